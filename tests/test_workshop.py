"""The workshop: anonymous guesses that nobody sees before the reveal, and what they say beside the customers."""

from __future__ import annotations

import io
import multiprocessing
import sqlite3

import numpy as np
import pandas as pd
import pytest

import csworkbook as cs
from csworkbook import dimensions, workshop
from csworkbook.errors import DataError, SettingError
from csworkbook.export import sheets
from csworkbook.language import speaking
from csworkbook.store import Store
from csworkbook.workshop import middle
from csworkbook.workshop.moments import count
from csworkbook.workshop.pictures import heaped
from csworkbook.workshop.superior import compare as compare_shares
from csworkbook.workshop.superior import customers as content_customers
from csworkbook.workshop.weights import compare as compare_weights
from csworkbook.workshop.weights import customers as customers_points

POINTS = dict(zip(dimensions.NAMES, (10, 20, 30, 15, 25), strict=True))
EMPTY = pd.DataFrame({"role": pd.Series(dtype=str), "superior": pd.Series(dtype="boolean")})


@pytest.fixture
def store(tmp_path):
    return Store(f"sqlite:///{tmp_path / 'workbook.sqlite'}")


@pytest.fixture
def session(store):
    return workshop.begin(store, "Team, June")


def add(store, session, round, *given):
    """Guesses of people who use a word of their own: "person 0", "person 1" …"""
    for place, answers in enumerate(given):
        answers = answers if isinstance(answers, dict) else {"superior": answers}
        workshop.guess(store, session.id, session.participant(f"person {place}"), round, answers)


def revealed(store, session, before, after=()):
    """A session in which these were guessed and revealed."""
    add(store, session, "before", *before)
    workshop.reveal(store, session.id, "before")
    if after:
        workshop.ask_again(store, session.id)
        add(store, session, "after", *after)
        workshop.reveal(store, session.id, "after")
    return workshop.guesses(store, session.id)


def asked(superiors, company=2):
    """A perception table: so many customers with these answers, and some of the company."""
    role = ["company"] * company + ["customer"] * len(superiors)
    flags = pd.array([True] * company + list(superiors), dtype="boolean")
    return pd.DataFrame({"role": role, "superior": flags})


# --- who may guess, and who may see ---


def test_before_the_reveal_nothing_can_be_read_but_how_many(store, session):
    shop = cs.open_shop()
    add(store, session, "before", {"superior": 0.37, "weights": POINTS, "moments": ["zebra crossing"]}, 0.4)
    assert workshop.counted(store, session.id, "before") == 2
    for ask in (workshop.guesses, workshop.sheet):
        with pytest.raises(SettingError, match="hidden until"):
            ask(store, session.id)
    for ask in (workshop.superior, workshop.weights, workshop.moments):
        with pytest.raises(SettingError, match="hidden until"):
            ask(shop, session=session.id, store=store)
        with pytest.raises(SettingError, match="No guesses were revealed"):
            ask(shop, store=store)
    told = repr([workshop.sessions(store), workshop.find(store, session.id)])
    assert "zebra" not in told
    assert "0.37" not in told


def test_the_second_round_stays_hidden_while_the_first_is_shown(store, session):
    revealed(store, session, [0.8, 0.7])
    workshop.ask_again(store, session.id)
    add(store, session, "after", 0.123)
    assert workshop.guesses(store, session.id)["round"].tolist() == ["before", "before"]
    assert 0.123 not in workshop.sheet(store, session.id)[0].to_numpy()


def test_a_guess_can_be_changed_until_the_reveal_and_not_after(store, session):
    mine = session.participant()
    assert workshop.guess(store, session.id, mine, "before", {"superior": 0.9}) == 1
    assert workshop.guess(store, session.id, mine, "before", {"superior": 0.5}) == 1
    with pytest.raises(workshop.Taken):
        workshop.guess(store, session.id, mine, "before", {"superior": 0.1}, change=False)
    workshop.reveal(store, session.id, "before")
    for token in (mine, session.participant()):
        with pytest.raises(SettingError, match="no guesses any more"):
            workshop.guess(store, session.id, token, "before", {"superior": 0.2})
    assert workshop.guesses(store, session.id)["superior"].tolist() == [0.5]


def test_rounds_come_in_their_order(store, session):
    with pytest.raises(SettingError, match="nothing to reveal"):
        workshop.reveal(store, session.id, "before")
    with pytest.raises(SettingError, match="first round first"):
        workshop.ask_again(store, session.id)
    with pytest.raises(SettingError, match="no guesses any more"):
        add(store, session, "after", 0.5)
    revealed(store, session, [0.5], [0.4])
    assert workshop.find(store, session.id).asking is None
    assert workshop.reveal(store, session.id, "after").revealed == ("before", "after")


def test_a_closed_session_takes_nothing_until_it_goes_on(store, session):
    add(store, session, "before", 0.5)
    workshop.close(store, session.id)
    with pytest.raises(SettingError):
        add(store, session, "before", 0.6)
    with pytest.raises(SettingError):
        workshop.reveal(store, session.id, "before")
    workshop.close(store, session.id, closed=False)
    assert workshop.reveal(store, session.id, "before").revealed == ("before",)


def test_several_sessions_are_kept_and_one_can_be_deleted(store, session, tmp_path):
    other = workshop.begin(store, "Board")
    add(store, session, "before", {"moments": ["zebra crossing"]})
    revealed(store, other, [0.2])
    assert {one.name for one in workshop.sessions(store)} == {"Team, June", "Board"}
    assert workshop.latest(store).id == other.id
    workshop.remove(store, session.id)
    assert [one.id for one in workshop.sessions(store)] == [other.id]
    assert workshop.guesses(store, other.id)["superior"].tolist() == [0.2]
    with sqlite3.connect(tmp_path / "workbook.sqlite") as raw:
        assert raw.execute("select count(*) from documents where document like '%zebra%'").fetchone() == (0,)
    with pytest.raises(SettingError, match="not there any more"):
        workshop.find(store, session.id)


@pytest.mark.parametrize("name", ["", "   "])
def test_a_session_needs_a_name(store, name):
    with pytest.raises(SettingError, match="needs a name"):
        workshop.begin(store, name)


@pytest.mark.parametrize(
    ("session_id", "round", "token"),
    [
        ("../x", "before", "0" * 32),
        ("ab", "then", "0" * 32),
        ("ab", "before", "anna"),
        ("ab", "before", "0" * 31 + "%"),
    ],
)
def test_what_a_browser_sends_is_not_trusted(store, session_id, round, token):
    with pytest.raises(SettingError):
        workshop.guess(store, session_id, token, round, {"superior": 0.5})


# --- anonymous ---


def test_neither_word_nor_hour_nor_order_of_a_guess_is_kept(store, session, tmp_path):
    add(store, session, "before", 0.9, 0.1, 0.5)
    with sqlite3.connect(tmp_path / "workbook.sqlite") as raw:
        rows = raw.execute("select key, document, saved_at from documents where kind = 'guess'").fetchall()
    assert "person" not in str(rows)
    assert {row[2][:19] for row in rows} == {session.opened[:19].replace("T", " ")}
    workshop.reveal(store, session.id, "before")
    kept = workshop.guesses(store, session.id)
    assert kept["superior"].tolist() == [0.1, 0.5, 0.9]
    assert not any(key.rsplit("/")[-1] in kept.to_csv() for key, _document, _at in rows)


def test_the_same_word_is_the_same_person_in_one_session_only(store, session):
    assert session.participant(" Blue  bike") == session.participant("blue BIKE")
    assert session.participant("blue bike") != workshop.begin(store, "Other").participant("blue bike")
    assert session.participant() != session.participant()


def test_addresses_of_people_do_not_get_into_a_moment(store, session):
    frame = revealed(store, session, [{"moments": ["ask anna@example.com about it"]}])
    assert "anna@" not in frame["moment_1"].iloc[0]
    assert "about it" in frame["moment_1"].iloc[0]


# --- what a guess can be ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "still empty"),
        ({"superior": 70}, "from 0 to 100"),
        ({"superior": float("nan")}, "from 0 to 100"),
        ({"superior": "many"}, "from 0 to 100"),
        ({"weights": {**POINTS, "empathy": 24}}, "add up to 99"),
        ({"weights": {**POINTS, "empathy": 35, "tangibles": 0, "price": 10}}, "cannot be points"),
        ({"weights": {**POINTS, "empathy": -25, "tangibles": 60}}, "cannot be points"),
        ({"moments": ["a", "b", "c", "d"]}, "Three at most"),
    ],
)
def test_a_guess_that_cannot_be_is_refused_with_what_can(given, said):
    with pytest.raises(DataError, match=said):
        workshop.Answers.of(given)


def test_a_guess_comes_back_as_it_was_given():
    made = workshop.Answers.of(
        {"superior": 1 / 3, "weights": POINTS, "moments": ["Delivery", " delivery", None]}
    )
    assert made.superior == pytest.approx(1 / 3, abs=1e-4)
    assert (made.weights, made.moments) == (POINTS, ("delivery",))
    assert workshop.Answers.of(made.document()) == made


def test_a_stage_is_known_in_both_languages():
    with speaking("nl"):
        dutch = workshop.stages()["return"]
    assert workshop.moment_key(dutch.upper()) == workshop.moment_key("Sending something back") == "return"


# --- several at once ---


def _many(url, session_id, first):
    store = Store(url)
    for place in range(first, first + 60):
        workshop.guess(store, session_id, f"{place:032x}", "before", {"superior": place % 100 / 100})


def test_phones_and_the_facilitator_write_at_once_and_nothing_is_lost(store, session):
    spawn = multiprocessing.get_context("spawn").Process
    others = [spawn(target=_many, args=(store.url, session.id, first)) for first in (0, 1000)]
    for one in others:
        one.start()
    _many(store.url, session.id, 2000)
    for one in others:
        one.join()
    assert [one.exitcode for one in others] == [0, 0]
    assert workshop.counted(store, session.id, "before") == 180
    workshop.reveal(store, session.id, "before")
    assert len(workshop.guesses(store, session.id)) == 180


def _late(url, session_id, ready, refused):
    store, place = Store(url), 0
    while True:
        try:
            workshop.guess(store, session_id, f"{place:032x}", "before", {"superior": 0.5})
        except SettingError:
            refused.value = place
            return
        place += 1
        ready.set()


def test_no_guess_slips_in_after_the_reveal(store, session):
    """Whoever was told that his guess counts is in what is shown, and nobody else."""
    context = multiprocessing.get_context("spawn")
    ready, refused = context.Event(), context.Value("i", -1)
    other = context.Process(target=_late, args=(store.url, session.id, ready, refused))
    other.start()
    assert ready.wait(60)
    workshop.reveal(store, session.id, "before")
    shown = len(workshop.guesses(store, session.id))
    other.join(60)
    assert refused.value == shown == workshop.counted(store, session.id, "before")


# --- the share of customers ---


def test_customers_are_counted_and_their_interval_is_wilsons(store, session):
    """81 of 263: 25.53 to 36.62 % (Newcombe 1998, Statistics in Medicine 17:857–872, table I)."""
    frame = revealed(store, session, [0.8, 0.7, 0.3])
    found = compare_shares(frame, asked([True] * 81 + [False] * 182))
    row = found.table.set_index("who").loc["customers"]
    assert (row["n"], row["share"]) == (263, pytest.approx(81 / 263))
    assert (row["low"], row["high"]) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert found.table.set_index("who").at["before", "share"] == 0.7
    assert "2 of 3 guessed too high." in found.text
    assert found.text.count(". ") == 2


def test_scores_count_as_superior_from_four_and_the_flag_goes_first():
    said = pd.DataFrame(
        {
            "role": ["customer"] * 5 + ["company"],
            "superior": pd.array([None, None, None, False, True, True], dtype="boolean"),
            "score": pd.array([5, 4, 3, 5, None, 5], dtype="Int64"),
        }
    )
    assert (content_customers(said).value, content_customers(said).n) == (3 / 5, 5)
    assert content_customers(said[said["role"] == "company"]) is None
    assert content_customers(None) is content_customers(EMPTY) is None


@pytest.mark.parametrize(
    ("n", "low", "high"), [(5, None, None), (6, 1, 6), (8, 1, 8), (10, 2, 9), (15, 4, 12), (20, 6, 15)]
)
def test_the_interval_of_a_median_is_that_of_the_tables(n, low, high):
    """Ranks of the exact 95 % interval of a median, as in Conover 1999 (table A3, binomial, p = 0.5)."""
    found = middle.median(pd.Series(np.arange(1, n + 1) * 1.0).sample(frac=1, random_state=1))
    assert found.value == (n + 1) / 2
    if low is None:
        assert np.isnan([found.low, found.high]).all()
    else:
        assert (found.low, found.high) == (low, high)


def test_before_and_after_are_compared_person_by_person(store, session):
    before, after = (0.8, 0.9, 0.6, 0.7, 0.8, 0.5), (0.3, 0.3, 0.5, 0.2, 0.1, 0.3)
    frame = revealed(store, session, before, after)
    found = compare_shares(frame, asked([True] * 20 + [False] * 80))
    assert found.change.n == 6
    assert found.change.value == pytest.approx(-0.5)  # of −50, −60, −10, −50, −70, −20
    assert (found.change.low, found.change.high) == (pytest.approx(-0.7), pytest.approx(-0.1))
    assert "Asked again, the middle guess was 30%." in found.text
    assert "the middle change was −50 points (95% interval −70 to −10)." in found.text


def test_five_people_are_told_what_five_can_tell(store, session):
    frame = revealed(store, session, [0.8] * 5, [0.4] * 5)
    text = compare_shares(frame, None).text
    assert "5 people can tell what those 5 think, no more: an interval takes 6." in text
    assert "What customers say is not known yet" in text
    assert "interval −" not in text


def test_without_words_nobody_is_paired(store, session):
    for round in workshop.ROUNDS:
        for share in (0.2, 0.4, 0.9):
            workshop.guess(store, session.id, session.participant(), round, {"superior": share})
        workshop.reveal(store, session.id, round)
        workshop.ask_again(store, session.id)
    found = compare_shares(workshop.guesses(store, session.id), asked([True, False] * 50))
    assert found.change.n == 0
    assert "cannot be told who changed" in found.text


def test_the_finding_is_how_far_the_room_is_off(store, session):
    frame = revealed(store, session, [0.8, 0.8, 0.8])
    customers = asked([True] * 20 + [False] * 80)
    (finding,) = compare_shares(frame, customers).findings()
    assert finding.estimate.value == pytest.approx(0.6)
    assert finding.estimate.low < 0.6 < finding.estimate.high
    assert "better of our service than they do" in finding.headline
    (few,) = compare_shares(frame, asked([True] * 5)).findings()
    assert (few.certainty, few.enough) == ("too few", 385)
    (right,) = compare_shares(frame.assign(superior=0.2), customers).findings()
    assert right.headline.startswith("We know")


def test_the_demo_shop_tells_the_planted_share(store, session):
    revealed(store, session, [0.8] * 7)
    truth = pd.read_csv(cs.paths.data_folder() / "truth.csv").set_index("id").loc["gap.superior.customer"]
    found = workshop.superior(cs.open_shop(), session=session.id, store=store)
    assert found.customers.low <= truth["value"] <= found.customers.high
    assert found.customers.n == 400


# --- weights ---


def survey(points, items=(1, 5, 10, 14, 18, 19)):
    """A service survey: for each respondent his points, repeated on two items of empathy."""
    belongs = dict(zip((1, 5, 10, 14, 18), dimensions.NAMES, strict=True)) | {19: "empathy"}
    rows = [
        (str(person), "customer", item, float(one[dimensions.NAMES.index(belongs[item])]))
        for person, one in enumerate(points)
        for item in items
    ]
    rows.append(("c1", "company", 1, 100.0))
    return pd.DataFrame(rows, columns=["respondent_id", "role", "item", "weight"])


def test_every_customer_counts_once_whatever_the_number_of_items():
    found = customers_points(survey([(10, 20, 30, 20, 20), (20, 20, 30, 20, 10), (30, 20, 30, 20, 0)]))
    assert [found[name].value for name in dimensions.NAMES] == [20, 20, 30, 20, 10]
    assert found["tangibles"].n == 3
    # t interval of 10, 20, 30: 20 ± 4.3027 × 10/√3 = 20 ± 24.84, points from 0 to 100
    assert (found["tangibles"].low, found["tangibles"].high) == (0, pytest.approx(44.84, abs=0.01))


def test_other_dimensions_than_the_five_are_not_compared():
    own = survey([(10, 20, 30, 20, 20)] * 3)
    assert customers_points(own, {"1": "price", "5": "speed"}) == {}
    assert customers_points(own.drop(columns="weight")) == customers_points(None) == {}
    frame = pd.DataFrame({"round": [], "pair": [], **{name: [] for name in dimensions.NAMES}})
    assert compare_weights(frame, own, service_items={"1": "price"}).others
    moved = dict.fromkeys(("1", "5", "10", "14"), "tangibles")
    assert customers_points(own, moved | {"18": "empathy"}) == {}


def test_the_dimension_we_misjudge_most_is_named(store, session):
    frame = revealed(
        store, session, [{"weights": dict(zip(dimensions.NAMES, (60, 10, 10, 10, 10), strict=True))}] * 2
    )
    points = [(10, 30, 20, 20, 20), (12, 28, 20, 20, 20)] * 20
    found = compare_weights(frame, survey(points))
    assert found.table.set_index("dimension").at["tangibles", "gap"] == pytest.approx(60 - 11)
    assert "We make Tangibles too heavy, by 49 points." in found.text
    (finding,) = found.findings()
    assert finding.estimate.value == pytest.approx(0.49)
    few = compare_weights(frame, survey(points[:5]))
    assert few.findings() == []
    assert "few customers" in few.text


# --- moments ---


def test_moments_are_grouped_and_counted_once_a_person(store, session):
    said = [
        {"moments": ["Late parcels!", "delivery"]},
        {"moments": ["late  PARCELS", "Delivery", "=1+1"]},
        {"moments": ["Late parcels!"]},
        {"superior": 0.5},
    ]
    found = count(revealed(store, session, said))
    assert found.table.set_index("moment")["before"].to_dict() == {
        "Late parcels!": 3,
        "delivery": 2,
        "=1+1": 1,
    }
    assert found.people == {"before": 3}
    assert "“Late parcels!” (3 of 3 people)" in found.text


def test_what_somebody_typed_is_never_markup(store, session):
    found = count(revealed(store, session, [{"moments": ["<script>x</script>"]}]))
    assert "<script>" not in found.plot().to_json()
    assert "<script>" not in found._repr_html_()


# --- what goes home ---


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_sheet_reads_back_as_it_was_guessed(store, session, spoken):
    said = [{"superior": 0.8, "weights": POINTS, "moments": ["=HYPERLINK(1)", "delivery"]}, 0.4]
    revealed(store, session, said, [0.3, 0.2])
    with speaking(spoken):
        frame, kinds = workshop.sheet(store, session.id)
        book = io.BytesIO(sheets.xlsx(frame, name="x", about=["y"], kinds=kinds))
        text = sheets.csv(frame).decode("utf-8-sig")
    for engine in ("calamine", "openpyxl"):
        back = pd.read_excel(book, engine=engine)
        assert back.iloc[:, 1].tolist() == [1, 2, 1, 2]
        assert back.iloc[:, 2].tolist() == [0.4, 0.8, 0.2, 0.3]
        assert back.iloc[1, 3:8].tolist() == list(POINTS.values())
        assert back.iloc[1, 8] == "=HYPERLINK(1)"
    comma = {"nl": {"sep": ";", "decimal": ","}, "en": {}}[spoken]
    back = pd.read_csv(io.StringIO(text), **comma)
    assert back.iloc[:, 2].tolist() == [0.4, 0.8, 0.2, 0.3]
    assert back.iloc[1, 8] == "'=HYPERLINK(1)"


# --- no input breaks it ---

ODD = {
    "one share": [0.0],
    "only points": [{"weights": POINTS}],
    "only a moment": [{"moments": ["?!a"]}],
    "all the same": [{"superior": 0.5, "weights": POINTS, "moments": ["refund"]}] * 8,
    "two rounds": [{"superior": 1.0, "weights": POINTS}, {"moments": ["refund"]}],
}


@pytest.mark.parametrize("spoken", ["en", "nl"])
@pytest.mark.parametrize(
    "perception", [None, EMPTY, asked([None] * 3), asked([True])], ids=["none", "empty", "unanswered", "one"]
)
@pytest.mark.parametrize("before", ODD.values(), ids=ODD)
def test_any_guesses_give_words_a_table_and_a_picture(store, session, before, perception, spoken):
    frame = revealed(store, session, before, before[:2])
    with speaking(spoken):
        for result in (
            compare_shares(frame, perception),
            compare_weights(frame, None),
            count(frame),
        ):
            assert result.text.endswith(".")
            assert result.plot().to_json()
            assert len(result.cells()) == len(result.table)
            assert len(result.sheet().columns) == len(result.kinds())
            assert all(finding.basis for finding in result.findings())
            assert "nan" not in f"{result.text} {result.cells()} {result.method}".lower()


def test_dots_of_one_value_stand_apart_and_the_same_every_time():
    values = pd.Series([0.5, 0.5, 0.5, 0.2])
    assert heaped(values).tolist() == pytest.approx([-0.11, 0, 0.11, 0])
    assert heaped(pd.Series([0.5] * 100)).abs().max() <= 0.36 + 1e-9

"""Points counted by hand, what to mend first, and how an audit leaves the house."""

import io

import openpyxl
import pytest
import tinyhtml5

from csworkbook import audits, findings
from csworkbook.audits import Answer, Round, rounds
from csworkbook.audits.judgement import standing
from csworkbook.export import sheets
from csworkbook.language import speaking
from csworkbook.shop import new_shop, open_shop

AT = "2026-03-02T23:30:00+00:00"  # half past midnight on the third in Amsterdam
NASTY = '=1+1 <script>alert("x")</script>'


def round_of(id="1", /, **answers):
    return Round(id, AT, "Noor", {item: Answer(answer, by="Noor", at=AT) for item, answer in answers.items()})


def scored(*rounds_, name="checkout"):
    return audits.scored(audits.checklist(name), *rounds_)


def test_points_counted_by_hand():
    # guest weighs 2: yes = 2 of 2. trail: partly = 0.5 of 1. twice, the other way round: no = 1 of 1.
    # errors: no = 0 of 1. chat does not apply, the rest is open.
    made = scored(round_of(guest="yes", trail="partly", twice="no", errors="no", chat="na"))
    assert (made.points, made.most, made.counted, made.answered) == (3.5, 5.0, 4, 5)
    assert standing(made) == "3.5 of 5 points (70%)"
    assert made.headline == "In order: 2 of 4 answered questions that apply; partly: 1; not: 1."
    assert "3.5 of 5 points" in made.text
    assert "10 questions are still open" in made.text
    points = made.table.set_index("item")["points"].dropna().to_dict()
    assert points == {"guest": 2, "trail": 0.5, "twice": 1, "errors": 0}


def test_all_good_and_all_bad_are_the_whole_and_nothing():
    checkout = audits.checklist("checkout")
    best = round_of(**{item.id: item.good_answer for item in checkout.items})
    worst = round_of(**{item.id: "no" if item.good_answer == "yes" else "yes" for item in checkout.items})
    assert scored(best).points == scored(best).most == 17  # 13 questions of 1, two of 2
    assert scored(best).findings() == []
    assert "nothing to mend" in scored(best).text
    assert scored(worst).points == 0
    assert len(scored(worst).findings()) == 15


def test_nothing_answered_has_no_share_of_nothing():
    made = scored(round_of())
    assert "%" not in made.text + standing(made)
    assert made.text == "Nothing was answered yet: there are 15 questions."
    assert made.findings() == []
    assert made.plot() is not None
    only = scored(round_of(chat="na"))
    assert standing(only) == ""
    assert "nothing applies" in only.text


def test_what_costs_most_comes_first_then_the_better_evidence():
    # all at no: guest costs 2; keep (survey) and loyalty (observation) cost 1, trail has no figure;
    # straight at partly costs 1 of its 2, without a figure, before trail in the list.
    found = scored(
        round_of(trail="no", keep="no", loyalty="no", guest="no", straight="partly", errors="partly")
    ).findings()
    asked = audits.checklist("checkout")
    assert [one.headline for one in found] == [
        asked.item("guest").lack,
        asked.item("loyalty").lack,
        asked.item("keep").lack,
        asked.item("straight").question + " Partly.",
        asked.item("trail").lack,
        asked.item("errors").question + " Partly.",
    ]
    assert all(one.action for one in found)


def test_a_judgement_says_whose_it_is_and_is_never_sure():
    (found,) = scored(round_of(guest="no")).findings()
    assert found.certainty == "likely"
    assert found.chapter == "08_checkout"
    assert "Noor answered “no” on 3 Mar 2026" in found.basis  # the day in the shop's zone
    assert "an opinion and no measurement (Handbook, 4.6)" in found.basis
    assert "handbook: Deciding made 20% simpler" in found.basis
    (plain,) = scored(round_of(trail="no")).findings()
    assert "handbook: " not in plain.basis


def test_measured_findings_come_before_those_without_data_and_after_sure_ones():
    (judged,) = scored(round_of(guest="no")).findings()
    few = findings.Finding("x", "too few")
    assert findings.rank([few, judged]) == [judged, few]


def test_progress_is_told_over_what_was_answered_both_times():
    before = round_of("1", guest="no", trail="no", errors="yes", chat="na", keep="no")
    now = round_of("2", guest="yes", trail="partly", errors="no", chat="no")
    made = scored(now, before)
    assert "Since 3 Mar 2026, of the 3 answered both times 2 went up and 1 down." in made.text
    assert made.table.set_index("item").loc["keep", "before"] == "no"
    assert "before" in made.columns
    labels = [label for bar in made.plot().data for label in bar.y][:2]
    assert labels == ["The way through (3 Mar<br>2026)", "The way through (now)"]


def test_the_picture_counts_every_question_once_per_part():
    made = scored(round_of(guest="yes", trail="partly", twice="no", errors="no", chat="na"))
    drawn = {bar.name: dict(zip(bar.y, bar.x, strict=True)) for bar in made.plot().data}
    assert drawn["in order"] == {"The way through": 1, "The cart": 0, "The fields": 1, "Help": 0}
    assert drawn["not in order"]["The fields"] == 1
    assert drawn["does not apply"]["Help"] == 1
    assert sum(sum(counts.values()) for counts in drawn.values()) == 15


def test_a_checklist_without_groups_has_one_bar(tmp_path):
    path = tmp_path / "bellen.toml"
    path.write_text('[en]\ntitle = "Calls"\n[[items]]\nid = "a"\n[items.en]\nquestion = "Well?"\n')
    made = audits.scored(audits.read(path), round_of(a="no"))
    assert [list(bar.y) for bar in made.plot().data] == [["Calls"]]
    assert made.columns[0] == "question"
    (found,) = made.findings()
    assert found.headline == "Well? No."  # without a sentence of its own
    assert "a checklist of your own" in found.basis


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_the_table_leaves_as_a_spreadsheet_and_runs_nothing(spoken):
    noted = Round("1", AT, answers={"guest": Answer("no", NASTY, "@Noor", AT)})
    with speaking(spoken):
        made = audits.scored(audits.checklist("checkout"), noted)
        frame = made.sheet()
        book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx(frame, name="x", kinds=made.kinds())))
        text = sheets.csv(frame).decode("utf-8-sig")
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 16
    assert rows[1][3:6] == (0, 2, NASTY)
    assert book.worksheets[0].cell(2, 6).data_type == "s"
    assert "'=1+1" in text
    assert "'@Noor" in text


def test_the_printed_sheet_holds_every_question_and_shows_markup_as_text():
    noted = Round("1", AT, "Noor", {"guest": Answer("no", NASTY, "Noor", AT), "trail": Answer("yes")})
    made = audits.scored(audits.checklist("checkout"), noted)
    html = audits.printed(made, "Merel & Mos <b>")
    parser = tinyhtml5.parser.HTMLParser()
    tree = parser.parse(html)
    assert parser.errors == []
    text = " ".join("".join(tree.itertext()).split())
    for item in made.checklist.items:
        assert f"{item.number}. {item.question}" in text
    assert NASTY in text
    assert "<script>" not in html
    assert "Merel & Mos <b>" in text
    assert html.count("☒") == 2
    assert html.count("☐") == 15 * 4 - 2
    assert audits.checklist("checkout").item("guest").action in text


def test_findings_of_a_shop_are_those_of_the_latest_round_of_every_checklist(tmp_path):
    shop = new_shop(tmp_path / "shop", name="x", language="en")
    assert audits.findings(shop) == []
    rounds.save(shop.store, "checkout", "1", "guest", answer="no")
    rounds.save(shop.store, "checkout", "1", "trail", answer="no")
    rounds.save(shop.store, "checkout", "2", "guest", answer="no")
    rounds.save(shop.store, "home", "1", "goal", answer="no")
    found = audits.findings(open_shop(shop.folder))
    assert [one.chapter for one in found] == ["08_checkout", "07_funnel"]
    assert audits.score(shop, "checkout").earlier.id == "1"


def test_a_checklist_that_went_wrong_leaves_the_others_alone(tmp_path):
    shop = new_shop(tmp_path / "shop", name="x", language="en")
    (shop.folder / "checklists").mkdir()
    for name in ("checkout", "home"):
        rounds.save(shop.store, name, "1", {"checkout": "guest", "home": "goal"}[name], answer="no")
    (shop.folder / "checklists" / "home.toml").write_text("items = 3")
    rounds.save(shop.store, "gone", "1", "guest", answer="no")
    assert [one.chapter for one in audits.findings(shop)] == ["08_checkout"]


def test_answers_to_questions_that_went_from_the_file_do_not_count(tmp_path):
    shop = new_shop(tmp_path / "shop", name="x", language="en")
    rounds.save(shop.store, "ux", "1", "a-question-of-before", answer="no")
    assert audits.score(shop, "ux").answered == 0
    assert audits.findings(shop) == []


def test_the_demo_shop_has_no_audit():
    assert audits.findings(open_shop()) == []


def test_a_part_tells_something_once_nearly_all_of_it_was_answered():
    costs = {"shipping": "yes", "surcharge": "partly", "free": "no"}  # 2 + ½ + 0 of 2 + 1 + 1 points
    parts = scored(round_of(**costs, phone="yes"), name="cart_rules").parts()
    assert parts == {"costs": 2.5 / 4, "deciding": None, "devices": None}
    away = scored(round_of(shipping="na", surcharge="na", free="na"), name="cart_rules").parts()
    assert away["costs"] is None


def test_what_an_audit_scored_reaches_the_function_that_asks_for_it(tmp_path):
    shop = new_shop(tmp_path / "shop", name="Shop")
    assert shop.call(lambda *, audit_cart_rules=None: audit_cart_rules) is None
    for item, answer in {"shipping": "yes", "surcharge": "no", "free": "yes"}.items():  # "no" is the good one
        rounds.save(shop.store, "cart_rules", "1", item, answer=answer)
    assert shop.call(lambda *, audit_cart_rules=None: audit_cart_rules)["costs"] == 1

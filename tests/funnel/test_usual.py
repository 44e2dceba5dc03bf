"""Which funnel a log suggests: known names in three systems and two languages, detours, ties, unknown names."""

from __future__ import annotations

import tomllib

import ibis
import numpy as np
import pandas as pd
import pytest

from csworkbook import events as engine
from csworkbook import funnel, language, open_shop
from csworkbook.chapters import by_chapter
from csworkbook.events import habits
from csworkbook.events.proposed import _CONTENT, ROLES, role_of, roles, usual, words

from .visits import crowd, log

GA4 = [
    "session_start",
    "view_item",
    "add_to_cart",
    "begin_checkout",
    "add_shipping_info",
    "add_payment_info",
    "purchase",
]
SHOPIFY = ["product_viewed", "product_added_to_cart", "checkout_started", "checkout_shipping_info_submitted",
           "payment_info_submitted", "checkout_completed"]  # fmt: skip
DUTCH = ["Homepage", "Productpagina", "In winkelwagen", "Afrekenen", "Bezorging", "Betalen", "Bedankt"]
WHOLE = ["home", "product", "cart", "checkout", "delivery", "payment", "paid"]


def through(names, n=10, *, every=1) -> pd.DataFrame:
    """`n` visitors who go through all of these names, a minute apart."""
    return log(crowd(n, ", ".join(f"{name} {place}" for place, name in enumerate(names)), "v", every=every))


def in_engine(frame: pd.DataFrame) -> ibis.Table:
    """The same events in DuckDB."""
    return ibis.memtable(frame.assign(at=frame["at"].dt.tz_convert("UTC").dt.as_unit("us")))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("add_to_cart", "cart"), ("Add to cart", "cart"), ("addToCart", "cart"), ("/winkelwagen/", "cart"),
        ("Purchase", "paid"), ("order-completed", "paid"), ("Kassa", "checkout"), ("Betaalmethode", "payment"),
        ("ecommerceOrder", "paid"), ("page_view", "general"), ("support_chat", "support"), ("Bezorging", "delivery"),
        ("remove_from_cart", ""), ("cart abandoned mail", ""), ("", ""), ("…", ""), ("view_search_results", "search"),
    ],
)  # fmt: skip
def test_a_name_is_known_as_a_whole(name, role):
    assert role_of(name) == role


def test_a_name_stands_once_in_the_list():
    lists = tomllib.loads(_CONTENT.read_text("utf-8"))
    assert set(lists) == {*ROLES, "general"}
    seen = {}
    for role, sources in lists.items():
        for name in (name for names in sources.values() for name in names):
            assert role_of(name) == role, f"{name}: {role} and {role_of(name)}"
            seen[name] = role
    assert set(words()) == set(ROLES) == {role_of(role) for role in ROLES}


@pytest.mark.parametrize(("names", "wanted"), [(GA4, WHOLE), (SHOPIFY, WHOLE[1:]), (DUTCH, WHOLE)])
@pytest.mark.parametrize("there", [False, True])
def test_known_names_make_a_funnel(names, wanted, there):
    frame = through(names)
    found = usual(in_engine(frame) if there else frame)
    assert [step.role for step in found] == wanted
    assert [step.name for step in found] == wanted  # what the page says in its own language
    assert [step.where["step"] for step in found] == [(name,) for name in names]
    assert found.known


# ---------------------------------------------------------------- several names of one role
def groups(found) -> list[set[str]]:
    return [set(step.where["step"]) for step in found]


@pytest.mark.parametrize("there", [False, True])
def test_names_of_one_role_without_a_clear_order_are_either_of_them(there):
    one = crowd(5, "view_item 0, add_to_cart 1, view_cart 2, purchase 3", "a")
    other = crowd(5, "view_item 0, view_cart 1, add_to_cart 2, purchase 3", "b")  # 5 of 10: not most
    frame = log({**one, **other})
    found = usual(in_engine(frame) if there else frame)
    assert [step.name for step in found] == ["product", "cart", "paid"]
    assert set(found[1].where["step"]) == {"add_to_cart", "view_cart"}


@pytest.mark.parametrize("there", [False, True])
def test_names_of_one_role_in_a_clear_order_are_steps_of_their_own(there):
    six = crowd(6, "mandje 0, gegevens 1, kassa 2, bedankt 3", "a")
    five = crowd(5, "mandje 0, kassa 1, gegevens 2, bedankt 3", "b")  # 6 of 11 did gegevens before kassa
    frame = log({**six, **five})
    found = usual(in_engine(frame) if there else frame)
    assert [step.name for step in found] == ["cart", "gegevens", "kassa", "paid"]
    assert [step.role for step in found] == ["cart", "checkout", "checkout", "paid"]


@pytest.mark.parametrize("there", [False, True])
def test_spellings_of_one_name_are_one_step_however_they_follow_each_other(there):
    frame = log(crowd(9, "Add to cart 0, add_to_cart 1, gegevens 2, Kassa 3, kassa 4, bedankt 5", "a"))
    found = usual(in_engine(frame) if there else frame)
    assert groups(found) == [{"Add to cart", "add_to_cart"}, {"gegevens"}, {"Kassa", "kassa"}, {"bedankt"}]
    assert [step.name for step in found] == ["cart", "gegevens", "Kassa", "paid"]


def test_spellings_of_an_unknown_name_are_one_step_too():
    frame = log({**crowd(6, "Uitleg 0, klaar ermee 3", "a"), **crowd(5, "uitleg 0, klaar ermee 3", "b")})
    assert groups(usual(frame)) == [{"Uitleg", "uitleg"}, {"klaar ermee"}]
    pages = log(crowd(4, "/p/1/2 0, /p/12 1", "a"))
    assert groups(usual(pages)) == [{"/p/1/2"}, {"/p/12"}]


@pytest.mark.parametrize("there", [False, True])
def test_a_log_under_our_names_and_the_rest_of_it_in_own_words_are_one_funnel(there):
    """An earlier version gave known words its own names; what is brought now keeps the words of the shop."""
    before = crowd(6, "cart 0, checkout 2, paid 3", "a")
    twice = crowd(3, "cart 0, mandje 0, checkout 2, kassa 2, paid 3, bedankt 3", "b")  # in both exports
    after = crowd(5, "mandje 0, kassa 2, bedankt 3", "c")
    frame = log({**before, **twice, **after, **crowd(2, "mandje 0", "d")})
    found = usual(in_engine(frame) if there else frame)
    assert groups(found) == [{"cart", "mandje"}, {"checkout", "kassa"}, {"paid", "bedankt"}]
    assert funnel.measure(frame).table["visitors"].tolist() == [16, 14, 14]


def test_the_page_calls_the_steps_in_its_own_language():
    frame = log(crowd(9, "view_item 0, add_to_cart 1, begin_checkout 2, purchase 3", "a"))
    with language.speaking("nl"):
        found = funnel.measure(frame)
        cells = [found.cell("step", name) for name in found.table["step"]]
        assert cells == ["productpagina", "winkelwagen", "afrekenen", "betaald"]
        assert "add_to_cart" not in found.text


def test_pages_of_one_instant_are_no_clear_order():
    frame = log({f"v{i}": "mandje 0, gegevens 1, kassa 1, bedankt 3" for i in range(9)})
    assert groups(usual(frame)) == [{"mandje"}, {"gegevens", "kassa"}, {"bedankt"}]


def test_a_broken_step_is_not_hidden_in_the_one_before_it():
    many = crowd(100, "mandje 0, gegevens 1", "a")
    few = crowd(5, "mandje 0, gegevens 1, kassa 2, bedankt 3", "b")
    assert [step.name for step in usual(log({**many, **few}))] == ["cart", "gegevens", "kassa", "paid"]


def test_two_languages_with_two_steps_each_make_two_steps():
    frame = log({**crowd(6, "mandje 0, gegevens 1, kassa 2, bedankt 3", "n"),
                 **crowd(5, "basket 0, personal details 1, checkout 2, thanks 3", "e")})  # fmt: skip
    assert groups(usual(frame)) == [
        {"mandje", "basket"}, {"gegevens", "personal details"}, {"kassa", "checkout"}, {"bedankt", "thanks"},
    ]  # fmt: skip


def test_a_side_page_of_a_role_leaves_the_role_whole():
    # 2 of 12 see the second page of the cart: no step of its own, and still the cart
    frame = log({**crowd(10, "mandje 0, kassa 2, bedankt 3", "a"),
                 **crowd(2, "mandje 0, view_cart 1, kassa 2, bedankt 3", "b")})  # fmt: skip
    assert groups(usual(frame)) == [{"mandje", "view_cart"}, {"kassa"}, {"bedankt"}]


def test_a_funnel_does_not_end_on_what_few_of_those_who_paid_do():
    rare = log({**crowd(10, "mandje 0, betaald 2", "a"), **crowd(2, "mandje 0, betaald 2, bedankt 3", "b")})
    assert groups(usual(rare)) == [{"mandje"}, {"betaald", "bedankt"}]
    most = log({**crowd(4, "mandje 0, besteld 2", "a"), **crowd(6, "mandje 0, besteld 2, betaald 3", "b")})
    assert groups(usual(most)) == [{"mandje"}, {"besteld"}, {"betaald"}]


def test_what_the_intake_knows_has_a_role_too():
    brought = tomllib.loads(_CONTENT.with_name("intake_answers.toml").read_text("utf-8"))["word"]["step"]
    for role, names in brought.items():
        known = {name: role_of(name) for name in names if name != "first visit"}  # no page: says nothing
        assert set(known.values()) == {role}, known
    assert (role_of("gegevens invullen"), role_of("Kassa (gast)")) == ("checkout", "checkout")


def test_the_order_is_that_of_the_visitors():
    # this shop lets people pay before they choose a delivery
    found = usual(through(["product", "cart", "checkout", "payment", "delivery", "paid"]))
    assert [step.name for step in found] == ["product", "cart", "checkout", "payment", "delivery", "paid"]
    # and paid is last, whatever the log says
    assert [step.name for step in usual(through(["paid", "product", "cart"]))][-1] == "paid"


def test_a_detour_is_no_step():
    four = crowd(4, "home 0, search 1, product 2, paid 3", "s")  # 4 of 10 search first
    six = crowd(6, "home 0, product 2, paid 3", "n")
    assert [step.name for step in usual(log({**four, **six}))] == ["home", "product", "paid"]
    six = crowd(6, "home 0, search 1, product 2, paid 3", "s")
    assert [step.name for step in usual(log({**six, **crowd(4, "home 0, product 2, paid 3", "n")}))][
        1
    ] == "search"


@pytest.mark.parametrize("there", [False, True])
def test_pages_of_one_instant_keep_the_order_of_a_sale(there):
    frame = log({f"v{i}": "paid 0, cart 0, product 0, checkout 0" for i in range(9)})
    found = usual(in_engine(frame) if there else frame)
    assert [step.name for step in found] == ["product", "cart", "checkout", "paid"]


@pytest.mark.parametrize("there", [False, True])
def test_unknown_names_are_taken_by_how_many_have_them(there):
    frame = log({**crowd(9, "page_view 0, alpha 1, beta 2", "a"), **crowd(9, "alpha 0, beta 3, gamma 5", "b"),
                 **crowd(9, "gamma 0", "c")})  # fmt: skip
    found = usual(in_engine(frame) if there else frame)
    assert not found.known
    assert [step.name for step in found] == ["alpha", "beta", "gamma"]  # gamma: half did beta before it
    assert [step.role for step in found] == ["", "", ""]


def test_one_known_name_is_not_enough():
    found = usual(through(["alpha", "cart", "beta"]))
    assert not found.known
    assert [step.name for step in found] == ["alpha", "cart", "beta"]


def test_names_that_say_nothing_are_taken_when_there_is_nothing_else():
    assert {step.name for step in usual(through(["scroll", "click"]))} == {"scroll", "click"}


def test_an_empty_log_suggests_nothing():
    empty = log({"a": "x 0"}).head(0)
    assert usual(empty) == ()
    assert not usual(empty).known
    assert roles(empty) == {}
    lost = log({"a": "cart 0, paid 1"})
    assert usual(lost.assign(visitor_id=None)) == ()
    assert [step.name for step in usual(lost.head(1))] == ["cart"]


def test_roles_are_the_owners_where_he_gave_them():
    frame = through(["view_item", "Kiosk", "purchase", "support_chat"])
    assert roles(frame)["support"] == ("support_chat",)
    own = [{"step": ["Kiosk", "view_item"], "role": "cart", "name": "Our cart"}, "purchase"]
    assert roles(frame, own) == {
        "cart": ("Kiosk", "view_item"),
        "paid": ("purchase",),
        "support": ("support_chat",),
    }
    assert roles(frame, engine.steps_of(own)) == roles(frame, own)
    assert "cart" not in roles(frame)


def test_a_frame_that_changed_is_looked_at_anew():
    frame = through(["product", "cart", "paid"])
    assert [step.name for step in usual(frame)] == ["product", "cart", "paid"]
    frame.loc[frame["step"] == "cart", "step"] = "checkout"
    assert [step.name for step in usual(frame)] == ["product", "checkout", "paid"]


def test_the_demo_shop():
    events = open_shop().events
    before = events.copy()
    assert [step.name for step in usual(events)] == WHOLE
    pd.testing.assert_frame_equal(events, before)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_first_order_and_days_agree_with_plain_counting(seed):
    rng = np.random.default_rng(seed)
    who, step = rng.integers(0, 12, 90), rng.choice(["a", "b", "c", "d"], 90)
    at = pd.Timestamp("2026-01-05", tz="UTC") + pd.to_timedelta(rng.integers(0, 40, 90) * 3, "h")
    frame = pd.DataFrame({"visitor_id": [f"v{n}" if n else None for n in who], "at": at, "step": step})
    steps = engine.steps_of(["a", ["b", "c"], "d"])
    groups = [("a",), ("b", "c"), ("d",)]
    first = {}
    for row in frame.dropna().itertuples():
        for place, names in enumerate(groups):
            if row.step in names:
                first[row.visitor_id, place] = min(first.get((row.visitor_id, place), row.at), row.at)
    people = sorted({one for one, _place in first})
    for source in (frame, in_engine(frame)):
        found = habits.first_order(source, steps)
        for one in range(3):
            assert found.visitors[one] == sum((who, one) in first for who in people)
            for two in range(3):
                both = [who for who in people if (who, one) in first and (who, two) in first]
                assert found.before[one, two] == sum(first[who, one] < first[who, two] for who in both)
                if one != two:
                    assert found.same[one, two] == sum(first[who, one] == first[who, two] for who in both)
        days = habits.daily(source, steps)
        for day, row in days.iterrows():
            on_day = frame.dropna()[lambda f, day=day: f["at"].dt.floor("D") == day]
            assert row.tolist() == [on_day["step"].isin(names).sum() for names in groups]
        assert days.to_numpy().sum() == len(frame.dropna())


# ---------------------------------------------------------------- the words of a shop and ours
WORDS = {"home": "session_start", "product": "view_item", "cart": "Winkelwagen", "checkout": "begin_checkout",
         "delivery": "Bezorgopties", "payment": "add_payment_info", "paid": "purchase"}  # fmt: skip


@pytest.fixture(scope="module")
def shops():
    """The demo shop, and the same shop whose log holds the words of its systems."""
    ours, theirs = open_shop(), open_shop()
    events = ours.events
    theirs._frames["events"] = events.assign(step=events["step"].astype("str").replace(WORDS))
    assert set(WORDS.values()) <= set(theirs.events["step"])
    return ours, theirs


@pytest.mark.parametrize(
    "question", [*by_chapter()["07_funnel"], *by_chapter()["08_checkout"]], ids=lambda one: one.__name__
)
def test_every_answer_is_the_same_whatever_the_shop_calls_its_steps(question, shops):
    ours, theirs = (shop.call(question) for shop in shops)
    assert [str(one) for one in theirs.findings()] == [str(one) for one in ours.findings()]
    pd.testing.assert_frame_equal(theirs.table, ours.table, check_dtype=False)
    assert theirs.text == ours.text

"""Every spelling of a thing counts for that thing, and two things never become one."""

import numpy as np
import pandas as pd
import pytest

from csworkbook.personas.loyal.named import named


def counts(texts, question="shop", **more):
    found = named(pd.DataFrame({question: texts}), **more)
    return found.counts(question).rename(found.names).to_dict()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["IKEA", "ikea", "Ikea ", "ikea."], {"Ikea": 4}),  # small letters and capitals are haste
        (["bol.com", "Bol", "bol com", "www.bol.com"], {"Bol": 4}),
        (["Coolblue", "cool blue", "COOLBLUE"], {"Coolblue": 3}),
        (["Amélie", "amelie"], {"Amélie": 2}),
        (["de kringloop", "kringloop", "Kringloop!"], {"Kringloop": 3}),
        (["Zara, HEMA", "Zara; HEMA", "Zara\nHEMA", "Zara • HEMA"], {"HEMA": 4, "Zara": 4}),
        (["HEMA, HEMA"], {"HEMA": 1}),
    ],
)
def test_spellings_are_one(answers, expected):
    assert counts(answers) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["Zalando", "Zalando", "zalndo"], {"Zalando": 3}),  # a letter missing
        (["Zalando", "Zalando", "Zalnado"], {"Zalando": 3}),  # two letters swapped
        (["Scandinavië", "scandinavie", "Scandinaavi"], {"Scandinavië": 3}),  # two letters of eleven
        (["Zara", "Zara", "Zarah"], {"Zara": 2, "Zarah": 1}),  # short names are not touched
        (["Apple 13", "Apple 13", "Apple 14"], {"Apple 13": 2, "Apple 14": 1}),  # nor numbers
        (["wandelen", "wandelen", "handelen"], {"wandelen": 2, "handelen": 1}),  # nor first letters
        (["Mexico", "Mexico", "Monaco"], {"Mexico": 2, "Monaco": 1}),
        (
            ["Austria", "Austria", "Australia"],
            {"Austria": 2, "Australia": 1},
        ),  # two letters, but a short name
        (["Rituals", "Rituels"], {"Rituals": 1, "Rituels": 1}),  # neither is the usual one
    ],
)
def test_a_rare_spelling_is_a_typing_error_only_where_it_looks_like_one(answers, expected):
    assert counts(answers) == expected


def test_what_was_taken_together_is_told():
    found = named(pd.DataFrame({"shop": ["Zalando", "Zalando", "zalndo", "ZALANDO"]}))
    assert found.spellings == {"zalando": ["zalndo"]}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["IKEA en HEMA", "ikea"], {"IKEA": 2, "HEMA": 1}),
        (
            ["Dille & Kamille", "dille en kamille", "IKEA en Dille & Kamille", "IKEA"],
            {"Dille & Kamille": 3, "IKEA": 2},
        ),
        (["AC/DC", "Queen/AC/DC", "Queen"], {"Queen": 2, "AC/DC": 2}),
        (["Friends and Pride and Prejudice", "Friends"], {"Friends": 2, "Pride and Prejudice": 1}),
        (["Simon & Garfunkel"], {"Simon & Garfunkel": 1}),
        (["Lord of the Rings", "lord of the rings"], {"Lord of the Rings": 2}),
    ],
)
def test_and_is_a_joint_only_where_a_part_is_named_alone(answers, expected):
    assert counts(answers) == expected


def test_what_two_name_is_found_in_a_longer_answer_to_the_same_question():
    told = pd.DataFrame(
        {
            "shop": ["IKEA", "ikea", "ik kom het liefst bij IKEA om de hoek", None],
            "music": [None, None, None, "bij IKEA"],
        }
    )
    found = named(told)
    assert found.counts("shop")["ikea"] == 3
    assert "ikea" in found.counts("music")  # where it is the answer itself
    assert found.mentions.groupby(["question", "row", "key"]).size().max() == 1


@pytest.mark.parametrize(
    "nothing",
    ["geen", "Nee", "n.v.t.", "niemand", "weet ik niet", "none", "No idea", "-", "", "?", " ", "& / +", None],
)
def test_no_answer_names_nothing(nothing):
    assert counts(["HEMA", nothing]) == {"HEMA": 1}


def test_telephones_count_by_their_make():
    told = ["iPhone 13", "iphone SE", "Apple", "Samsung Galaxy A54", "galaxy s23", "Nokia 3310", "Bosch"]
    assert counts(told, makes=("shop",)) == {"Apple (iPhone)": 3, "Samsung": 2, "Bosch": 1, "Nokia": 1}


def test_rows_in_any_order_name_the_same():
    rng = np.random.default_rng(5)
    told = pd.DataFrame(
        {"shop": ["IKEA en Hema", "ikea", "HEMA, Zara", "zara", "Zara", "Zarra", "Dille & Kamille"] * 3}
    )
    one, two = named(told), named(told.iloc[rng.permutation(len(told))])
    pd.testing.assert_frame_equal(one.mentions, two.mentions)
    assert (one.names, one.spellings) == (two.names, two.spellings)


def test_nothing_at_all():
    assert named(pd.DataFrame({"shop": pd.Series([], dtype=object)})).counts("shop").empty
    assert named(pd.DataFrame({"shop": [None, ""]}), makes=("shop",)).counts("shop").empty

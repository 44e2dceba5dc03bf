"""The whole way: every row of the file is used, or set aside with a reason its owner understands."""

import pandas as pd
import pytest

from csworkbook import intake
from csworkbook.language import speaking


def reasons(data: bytes, **options) -> dict[int, str]:
    found = intake.read(data, **options)
    assert found.read == found.used + len(found.aside)
    return dict(zip(found.aside["row"].tolist(), found.aside["reason"].tolist(), strict=True))


def test_types_of_the_frame(survey):
    header = "Datum;Kiezen;Kopen;Na aankoop;Opmerking;Klantnummer;Weer kopen;Meer uitgeven;NPS;Apparaat"
    found = intake.read(
        survey("01-02-2024;1;2;3;x;K1;ja;nee;9;mobiel", "02-02-2024;;2;;;;;;;", header=header)
    )
    types = {name: str(kind) for name, kind in found.frame.dtypes.items()}
    assert types == {
        "answered_at": "datetime64[us, Europe/Amsterdam]",
        "choosing": "Int64",
        "buying": "Int64",
        "after": "Int64",
        "customer_id": "str",
        "comment": "str",
        "buy_again": "boolean",
        "spend_more": "boolean",
        "recommend": "Int64",
        "device": "str",
    }
    assert found.frame.loc[1, ["choosing", "comment", "buy_again", "recommend"]].isna().all()


def test_a_reason_for_every_row_set_aside(survey):
    header = "Datum;Kiezen;Kopen;Na aankoop;Weer kopen;NPS"
    future = (pd.Timestamp.now() + pd.Timedelta(days=3)).strftime("%d-%m-%Y")
    rows = [f"{n:02d}-02-2024;1;2;3;ja;9" for n in range(1, 21)]
    bad = [
        "31-02-2024;1;1;1;ja;9",
        ";1;1;1;ja;9",
        "01-02-2024;;;;ja;9",
        "01-02-2024;blauw;1;1;ja;9",
        "01-02-2024;1;1;1;ooit;9",
        "01-02-2024;1;1;1;ja;11",
        f"{future};1;1;1;ja;9",
        "01-02-2024;4;blauw;1;ja;9",
        "Totaal;;;;;180",
    ]
    assert reasons(survey(*rows, *bad, header=header)) == {
        22: "“Datum”: “31-02-2024” cannot be understood; allowed: a date such as 31-12-2024, or 31-12-2024 14:30",
        23: "“Datum” is empty",
        24: "none of the three questions is answered",
        25: "“Kiezen”: “blauw” cannot be understood; allowed: hardly any, some, far too much, or a number from 1 to 3",
        26: "“Weer kopen”: “ooit” cannot be understood; allowed: yes or no",
        27: "“NPS”: “11” cannot be understood; allowed: 0 to 10",
        28: f"“Datum”: “{future}” lies in the future",
        29: "“Kiezen”: “4” cannot be understood; allowed: hardly any, some, far too much, or a number from 1 to 3; "
        "“Kopen”: “blauw” cannot be understood; allowed: hardly any, some, far too much, or a number from 1 to 3",
        30: "the line adds up the others (“Totaal”)",
    }


def test_rows_of_delimiters_only_are_lines_that_are_empty_and_do_not_count_at_the_end(survey):
    data = survey("01-02-2024;1;1;1;x", ";;;;", "02-02-2024;1;1;1;y", ";;;;", ";;;;")
    assert reasons(data) == {3: "the line is empty"}
    assert intake.read(data).read == 3


def test_rows_set_aside_keep_the_users_own_columns(survey):
    found = intake.read(
        survey("01-02-2024;1;1;1;a", "ooit;1;1;1; b@x.nl ", header="Datum;Kiezen;Kopen;row;reason")
    )
    assert found.table == "effort_survey"
    assert list(found.aside.columns) == ["row", "Datum", "Kiezen", "Kopen", "row (2)", "reason (2)", "reason"]
    assert found.aside.iloc[0]["reason (2)"] == " b@x.nl "


def test_the_frame_can_be_put_back_together_from_a_mended_row(survey):
    found = intake.read(survey("01-02-2024;1;1;1;a", "32-02-2024;2;2;2;b"))
    mended = found.aside.drop(columns=["row", "reason"]).assign(Datum="03-02-2024")
    again = intake.read(mended.to_csv(index=False, sep=";").encode())
    assert again.fingerprint == found.fingerprint
    assert again.frame["choosing"].tolist() == [2]


def test_a_seven_point_file_states_its_conversion(survey):
    header = "Datum;Het was makkelijk om te kiezen;Het was makkelijk om te bestellen;Het was makkelijk na de aankoop"
    rows = [f"{n:02d}-02-2024;{1 + n % 7};{1 + n % 7};7" for n in range(1, 22)]
    found = intake.read(survey(*rows, header=header))
    assert found.frame["choosing"].value_counts().to_dict() == {3: 9, 2: 6, 1: 6}
    assert any("6–7 hardly any, 4–5 some, 1–3 far too much" in note for note in found.notes)


def test_times_are_of_the_shops_zone(survey):
    found = intake.read(survey("01-07-2024 12:00;1;1;1;"), zone="America/New_York")
    assert found.frame["answered_at"][0].isoformat() == "2024-07-01T12:00:00-04:00"


def test_every_word_said_can_be_dutch(survey):
    with speaking("nl"):
        found = intake.read(survey("01-02-2024;1;1;1;a", "ooit;1;1;1;b"))
    english = intake.read(survey("01-02-2024;1;1;1;a", "ooit;1;1;1;b"))
    assert found.frame.equals(english.frame)
    assert found.mapping == english.mapping


def test_a_file_of_which_no_row_can_be_used_is_refused_with_the_commonest_reason(survey, refused):
    data = survey("01-02-2024;;;;x", "02-02-2024;;;;y", "ooit;;;;z")
    message = refused(data, mapping={"Kiezen": "choosing"})
    assert message.startswith(
        "No row of answers.csv can be used. Line 2, for one: none of the three questions is answered."
    )


@pytest.mark.slow
def test_two_hundred_megabytes(tmp_path):
    path = tmp_path / "groot.csv"
    block = "".join(
        f"{1 + n % 28:02d}-{1 + n % 12:02d}-2024 10:00;nauwelijks;enige;veel te veel;opmerking nummer {n} over de bezorging\n"
        for n in range(10_000)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("Datum;Kiezen;Kopen;Na aankoop;Opmerking\n")
        while file.tell() < 200 << 20:
            file.write(block)
    found = intake.read(path)
    assert found.used == found.read > 2_000_000
    assert found.frame["after"].eq(3).all()

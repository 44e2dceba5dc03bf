import pytest

from csworkbook import language
from csworkbook.serve import command

SURVEY = """Datum;Kiezen;Kopen;Na aankoop;Opmerking
01-02-2025;nauwelijks;een beetje;veel te veel;Lang wachten
02-02-2025;nauwelijks;nauwelijks;nauwelijks;
03-02-2025;een beetje;nauwelijks;veel te veel;Pakket kwijt
04-02-2025;nauwelijks;nauwelijks;een beetje;
geen datum;nauwelijks;nauwelijks;een beetje;
06-02-2025;nauwelijks;veel te veel;een beetje;
07-02-2025;nauwelijks;nauwelijks;veel te veel;
"""


@pytest.fixture(autouse=True)
def english():
    yield
    language.use("en")


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "enquete.csv"
    path.write_text(SURVEY, encoding="cp1252")
    return path


def test_a_survey_is_recognised_and_its_rows_add_up(capsys, survey):
    assert command.main(["check", str(survey), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "effort_survey" in said
    assert "Rows: 7 read = 6 used + 1 set aside" in said
    assert "Na aankoop" in said
    assert "after" in said
    assert "1 row, line 6" in said


def test_in_dutch(capsys, survey):
    assert command.main(["check", str(survey), "--lang", "nl"]) == 0
    assert "Rijen: 7 gelezen = 6 gebruikt + 1 opzij gelegd" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff", b"a,b\n1,2\n", b"<html><body>no table</body></html>"]
)
def test_nothing_usable_is_1_and_one_clear_message(capsys, tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert command.main(["check", str(path), "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip()) > 20
    assert "Traceback" not in said.err


def test_a_file_that_is_not_there(capsys, tmp_path):
    assert command.main(["check", str(tmp_path / "none.csv"), "--lang", "en"]) == 1
    assert "There is no file" in capsys.readouterr().err


def test_a_table_that_is_not_there(capsys, survey):
    assert command.main(["check", str(survey), "--table", "moods", "--lang", "en"]) == 1
    said = capsys.readouterr().err
    assert "moods" in said
    assert "effort_survey" in said

"""Files come into a workbook from the command line and from its inbox."""

import pytest

from csworkbook import shop
from csworkbook.serve.command import FAILED, OK, main

ORDERS = "Ordernummer;Klantnummer;Besteldatum;Totaal\n1;a;13-04-2025;10,00\n2;b;14-04-2025;20,00\n"
UNSURE = ORDERS.replace("13-04", "03-04").replace("14-04", "05-04")


@pytest.fixture
def own(tmp_path):
    return shop.new_shop(tmp_path / "own", name="x", language="en")


def run(*words):
    return main([*map(str, words), "--lang", "en"])


def test_a_file_is_added_and_counted(own, tmp_path, capsys):
    (tmp_path / "a.csv").write_text(ORDERS)
    assert run("add", tmp_path / "a.csv", "--workbook", own.folder) == OK
    assert "a.csv → orders: 2 rows read, 2 used, 0 set aside; 2 new, 0 known." in capsys.readouterr().out
    assert len(shop.open_shop(own.folder).orders) == 2


def test_what_stands_in_the_inbox_is_added_once(own, capsys):
    (own.inbox / "a.csv").write_text(ORDERS)
    assert run("add", "--workbook", own.folder) == OK
    assert "2 new, 0 known" in capsys.readouterr().out
    assert run("add", "--workbook", own.folder) == OK
    assert "Nothing waits" in capsys.readouterr().out
    (own.inbox / "a.csv").write_text(ORDERS + "3;c;15-04-2025;5,00\n")
    assert run("add", "--workbook", own.folder) == OK
    assert "1 new, 2 known" in capsys.readouterr().out


def test_an_open_question_keeps_a_file_out_until_it_is_answered(own, tmp_path, capsys, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text(UNSURE)
    assert run("add", path, "--workbook", own.folder) == FAILED
    assert "leaves 1 question open" in capsys.readouterr().out
    assert own.imports().empty
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    said = iter(["7", "2"])
    monkeypatch.setattr("builtins.input", lambda _text: next(said))
    assert run("add", path, "--workbook", own.folder) == OK
    assert shop.open_shop(own.folder).orders["ordered_at"].dt.month.tolist() == [3, 5]
    capsys.readouterr()


def test_assume_takes_what_is_most_probable(own, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text(UNSURE)
    assert run("add", path, "--workbook", own.folder, "--assume") == OK
    assert shop.open_shop(own.folder).orders["ordered_at"].dt.month.tolist() == [4, 4]
    capsys.readouterr()


def test_one_bad_file_does_not_keep_the_others_out(own, tmp_path, capsys):
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text(ORDERS)
    assert run("add", tmp_path / "a.csv", tmp_path / "b.csv", "--workbook", own.folder) == FAILED
    out = capsys.readouterr().out
    assert "a.csv is empty" in out
    assert "2 new" in out


def test_the_demo_shop_is_not_added_to(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("CSWORKBOOK", raising=False)
    assert run("add", tmp_path / "a.csv") == FAILED
    assert "--workbook" in capsys.readouterr().err

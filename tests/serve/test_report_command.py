"""`csworkbook report`: a page on a schedule, exit codes for the scheduler, nobody's file overwritten."""

import os
import shutil
import stat
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from csworkbook import language
from csworkbook.errors import SettingError
from csworkbook.serve import command, week
from csworkbook.settings import read_settings, save_settings
from csworkbook.shop import new_shop, open_shop

FIRST = pd.Timestamp("2026-01-05 10:00", tz="Europe/Amsterdam")  # a Monday


@pytest.fixture(autouse=True)
def english():
    yield
    language.use("en")


@pytest.fixture
def folder(tmp_path):
    """A Dutch workbook with 13 weeks of contacts, seven a week, and the first days of a fourteenth."""
    shop = new_shop(tmp_path / "shop", name="Fietsen & <Zn.>", language="nl")
    opened = pd.Series([FIRST + pd.Timedelta(days=n) for n in range(93)])
    contacts = pd.DataFrame(
        {
            "contact_id": [f"c{n}" for n in range(93)],
            "customer_id": [f"k{n % 40}" for n in range(93)],
            "opened_at": opened,
            "channel": ["email", "phone", "chat"] * 31,
            "topic": ["levering", "retour", "product"] * 31,
            "kind": ["question", "question", "complaint"] * 31,
            "replied_at": opened + pd.Timedelta(minutes=30),
            "resolved_at": opened + pd.Timedelta(minutes=60),
            "friendliness": [5.0, 4.0, 3.0] * 31,
        }
    )
    contacts.to_parquet(shop._tables / "contacts.parquet", index=False)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(93)],
            "customer_id": [f"k{n % 40}" for n in range(93)],
            "ordered_at": opened + pd.Timedelta(hours=2),
            "revenue": 50.0,
        }
    )
    orders.to_parquet(shop._tables / "orders.parquet", index=False)
    return shop.folder


def run(capsys, *words):
    code = command.main(["report", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_last_finished_week_in_the_language_of_the_shop(capsys, folder):
    code, out, err = run(capsys, folder)
    made = folder / "reports" / "fietsen-zn-2026-w14.html"
    assert (code, err) == (0, "")
    assert str(made) in out
    html = made.read_text("utf-8")
    assert '<html lang="nl">' in html
    assert "Fietsen &amp; &lt;Zn.&gt;" in html
    assert "30 maart" in html  # the Monday of that week
    assert stat.S_IMODE(made.stat().st_mode) == 0o644


def test_another_week_language_and_file(capsys, folder, tmp_path):
    out = tmp_path / "week.html"
    code, said, _err = run(capsys, folder, "--week", "2026-W08", "--lang", "en", "--out", out)
    assert code == 0
    assert str(out) in said
    assert '<html lang="en">' in out.read_text("utf-8")
    assert "16" in out.read_text("utf-8").split("</h1>")[1][:80]  # 16 to 22 February
    assert not (folder / "reports").exists()


def test_a_folder_as_place(capsys, folder, tmp_path):
    (tmp_path / "shared").mkdir()
    assert run(capsys, folder, "--out", tmp_path / "shared")[0] == 0
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["fietsen-zn-2026-w14.html"]


def test_a_report_is_replaced_and_keeps_who_may_read_it(capsys, folder, tmp_path):
    out = tmp_path / "week.html"
    assert run(capsys, folder, "--out", out)[0] == 0
    out.chmod(0o664)
    assert run(capsys, folder, "--out", out, "--week", "2026-W08")[0] == 0
    assert "16" in out.read_text("utf-8").split("</h1>")[1][:80]
    assert stat.S_IMODE(out.stat().st_mode) == 0o664
    assert [path.name for path in tmp_path.iterdir() if path.name != "shop"] == ["week.html"]


@pytest.mark.parametrize("name", ["index.html", "week.htm"])
def test_no_other_file_is_overwritten(capsys, folder, tmp_path, name):
    out = tmp_path / name
    out.write_text("<html>mine</html>")
    code, _said, err = run(capsys, folder, "--out", out)
    assert code == 1
    assert "no report of a week" in err
    assert out.read_text() == "<html>mine</html>"


@pytest.mark.parametrize(
    ("out", "said"),
    [("workbook.toml", ".html"), ("not/there/week.html", "is not there"), ("nothing", ".html")],
)
def test_a_place_that_cannot_be_is_explained_before_anything_is_worked_out(
    capsys, folder, monkeypatch, out, said
):
    monkeypatch.setattr("csworkbook.kpis.week_report.report", None)  # whoever calls it falls over
    before = (folder / "workbook.toml").read_bytes()
    code, _out, err = run(capsys, folder, "--out", folder / out)
    assert code == 1
    assert said in err
    assert (folder / "workbook.toml").read_bytes() == before


@pytest.mark.parametrize("text", ["25", "2026-W54", "2026-25", "last", "2026-W00", "2025-W53"])
def test_a_mistyped_week_is_2_and_says_how(capsys, folder, text):
    code, _out, err = run(capsys, folder, "--week", text)
    assert code == 2
    assert "2026-W25" in err
    assert "Traceback" not in err


def test_a_week_that_is_not_in_the_data(capsys, folder):
    code, _out, err = run(capsys, folder, "--week", "2024-W25")
    assert code == 1
    assert "2026-W14" in err  # which there are
    assert "2026-W0" in err
    code, _out, err = run(capsys, folder, "--week", "2026-W15")  # not over
    assert code == 1


def test_a_workbook_without_contacts(capsys, tmp_path):
    shop = new_shop(tmp_path / "empty", name="Leeg", language="nl")
    code, _out, err = run(capsys, shop.folder)
    assert code == 1
    assert err.strip()
    assert "Traceback" not in err
    assert not (shop.folder / "reports").exists()


def test_a_folder_that_is_no_workbook(capsys, tmp_path):
    code, _out, err = run(capsys, tmp_path)
    assert code == 1
    assert "is not a workbook" in err


def test_a_place_nobody_may_write_in(capsys, folder, monkeypatch):
    def refused(*_args):
        raise PermissionError(13, "Permission denied", "reports")

    monkeypatch.setattr("csworkbook.settings.write_atomically", refused)
    code, _out, err = run(capsys, folder)
    assert code == 1
    assert "Permission denied" in err
    assert "Traceback" not in err


def test_targets_of_the_workbook_stand_in_it(capsys, folder, tmp_path):
    before = read_settings(folder / "workbook.toml")
    save_settings(folder, type(before)(**{**vars(before), "targets": {"very_friendly": 0.9}}))
    out = tmp_path / "week.html"
    assert run(capsys, folder, "--out", out, "--lang", "en")[0] == 0
    assert "at least 90" in out.read_text("utf-8")


def test_as_a_scheduler_starts_it(folder):
    """A bare environment, from another folder, with words for the log and a code for the scheduler."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder.parent)}
    words = [sys.executable, "-m", "csworkbook.serve.command", "report", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd="/", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "fietsen-zn-2026-w14.html" in done.stdout
    shutil.rmtree(folder / "data")
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd="/", check=False)
    assert done.returncode == 1
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_there_in_both_languages(capsys):
    assert command.main(["report", "--help", "--lang", "en"]) == 0
    assert "2026-W25" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "monday"),
    [("2026-W25", date(2026, 6, 15)), ("2026W01", date(2025, 12, 29)), ("2020-w53", date(2020, 12, 28))],
)
def test_iso_weeks(text, monday):
    """The calendar of ISO 8601: week 1 holds the first Thursday; 2020 had 53 weeks."""
    assert week.day_of(text) == monday


def test_the_demo_shop_reports_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = week.write(None, speak="en")
    assert path.parent == tmp_path
    assert "invented" in path.read_text("utf-8")
    assert open_shop().folder is None


def test_errors_are_words(folder, tmp_path):
    with pytest.raises(SettingError, match="is not there"):
        week.write(folder, out=tmp_path / "a" / "b.html")

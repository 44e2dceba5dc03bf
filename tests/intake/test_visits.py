"""Logs of visits as shops have them: own exports with own words, page addresses, moments in every notation."""

import datetime as dt
import json

import openpyxl
import pytest

from csworkbook import intake
from csworkbook.intake.webpages import is_address, page

# three visitors, eight steps; (visitor, seconds after 5 January 2026 9:00 in Amsterdam, step, device)
VISITS = [
    ("b1", 0, "bekijkt fiets", "mobiel"),
    ("b2", 5, "bekijkt fiets", "desktop"),
    ("b1", 61, "in het mandje", "mobiel"),
    ("b3", 3600, "bekijkt fiets", "tablet"),
    ("b1", 3725, "gegevens ingevuld", "mobiel"),
    ("b1", 86400, "klaar", "mobiel"),
    ("b2", 86405, "in het mandje", "desktop"),
    ("b2", 172800, "klaar", "desktop"),
]
START = dt.datetime(2026, 1, 5, 9, 0, 0)
UTC = dt.timezone.utc  # noqa: UP017


def moments(style):
    """The moment of each visit, as a file writes it."""
    for _visitor, seconds, _step, _device in VISITS:
        moment = START + dt.timedelta(seconds=seconds)
        since = int((moment - dt.timedelta(hours=1)).replace(tzinfo=UTC).timestamp())
        yield {"epoch": str(since), "milliseconds": str(since * 1000)}.get(style) or moment.strftime(style)


def written(head, separator=",", style="%Y-%m-%d %H:%M:%S"):
    lines = [separator.join(head)]
    for (visitor, _seconds, step, device), moment in zip(VISITS, moments(style), strict=True):
        lines.append(separator.join([visitor, moment, step, device]))
    return "\n".join(lines) + "\n"


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (one,) = intake.read_all(path)
    assert one.table == "events"
    assert len(one.frame) + len(one.aside) == one.read
    return one


def as_planted(
    one, devices=("mobile", "desktop", "mobile", "tablet", "mobile", "mobile", "desktop", "desktop")
):
    frame = one.frame
    assert one.aside.empty
    assert frame["visitor_id"].tolist() == [visit[0] for visit in VISITS]
    assert frame["step"].astype(str).tolist() == [visit[2] for visit in VISITS]
    seconds = (frame["at"].dt.tz_localize(None) - START).dt.total_seconds()
    assert seconds.tolist() == [visit[1] for visit in VISITS]
    assert str(frame["at"].dt.tz) == "Europe/Amsterdam"
    assert devices is None or frame["device"].astype(str).tolist() == list(devices)


DUTCH = ("Bezoeker", "Tijdstip", "Stap", "Apparaat")
PLAIN = {
    "dutch.csv": (DUTCH, ";", "%d-%m-%Y %H:%M:%S"),
    "english.csv": (("visitor", "time", "event name", "device"), ",", "%Y-%m-%dT%H:%M:%S"),
    "page.tsv": (("client_id", "timestamp", "page", "device_type"), "\t", "%Y-%m-%d %H:%M:%S"),
    "seconds.csv": (("visitor_id", "timestamp", "event", "device"), ",", "epoch"),
    "milliseconds.csv": (("cookie", "ts", "action", "device"), ";", "milliseconds"),
    "slashes.csv": (("anonymous_id", "datum tijd", "gebeurtenis", "toestel"), ";", "%d/%m/%Y %H:%M:%S"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_log_comes_in_as_it_was(tmp_path, name):
    as_planted(read(tmp_path, name, written(*PLAIN[name])))


def test_a_log_of_windows_with_accents(tmp_path):
    text = written(DUTCH, ";", "%d-%m-%Y %H:%M:%S").replace("klaar", "betaling geïnd – €")
    one = read(tmp_path, "log.csv", text.encode("cp1252"))
    assert one.frame["step"].tolist().count("betaling geïnd – €") == 2


def test_a_log_in_a_spreadsheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(DUTCH)
    for visitor, seconds, step, device in VISITS:
        book.active.append([visitor, START + dt.timedelta(seconds=seconds), step, device])
    book.save(tmp_path / "log.xlsx")
    as_planted(read(tmp_path, "log.xlsx", (tmp_path / "log.xlsx").read_bytes()))


def test_a_log_of_lines_of_json(tmp_path):
    lines = [
        {"visitor": visitor, "ts": int(moment), "action": step, "device": device}
        for (visitor, _s, step, device), moment in zip(VISITS, moments("milliseconds"), strict=True)
    ]
    as_planted(read(tmp_path, "log.jsonl", "\n".join(map(json.dumps, lines))))


def test_rows_without_visitor_or_moment_are_set_aside_with_a_reason(tmp_path):
    text = written(DUTCH, ";", "%d-%m-%Y %H:%M:%S")
    text += ";06-01-2026 10:00:00;klaar;mobiel\nb9;straks;klaar;mobiel\nb9;06-01-2026 10:00:00;;mobiel\n"
    one = read(tmp_path, "log.csv", text)
    assert (one.read, len(one.frame), len(one.aside)) == (11, 8, 3)
    assert one.aside["reason"].str.len().min() > 10


def test_a_log_that_names_visits_and_no_visitors(tmp_path):
    text = written(("session_id", "timestamp", "event", "device"))
    one = read(tmp_path, "log.csv", text)
    as_planted(one)
    (visit,) = [match for match in one.columns if match.header == "session_id"]
    assert visit.column == "visitor_id"
    assert "every visit counts as one" in visit.note


def test_with_visitors_a_visit_stays_a_visit(tmp_path):
    text = "visitor,session,time,event\nb1,s1,2026-01-05 09:00:00,cart\nb1,s2,2026-01-06 09:00:00,cart\n"
    frame = read(tmp_path, "log.csv", text).frame
    assert (frame["visitor_id"].tolist(), frame["session_id"].tolist()) == (["b1", "b1"], ["s1", "s2"])


# ---------------------------------------------------------------- pages as steps
ADDRESSES = [
    ("https://www.winkel.nl/", "home"),
    ("https://www.winkel.nl/product/fiets-12?utm_source=mail&gclid=x", "/product/fiets-12"),
    ("https://www.winkel.nl/product/fiets-12/", "/product/fiets-12"),
    ("https://www.winkel.nl/winkelwagen", "/winkelwagen"),
    ("https://www.winkel.nl/over-ons#team", "/over-ons"),
    ("https://www.winkel.nl/bedankt?order=938221", "/bedankt"),
    ("https://www.winkel.nl/caf%C3%A9", "/café"),
]


@pytest.mark.parametrize("head", ["url", "Page URL", "page_path", "page_location", "Pagina-URL", "pagina"])
def test_a_page_is_one_step_however_it_was_reached(tmp_path, head):
    rows = "".join(
        f"b{n};05-01-2026 09:00:{n:02};{address}\n" for n, (address, _step) in enumerate(ADDRESSES)
    )
    one = read(tmp_path, "log.csv", f"bezoeker;datum tijd;{head}\n{rows}")
    assert one.aside.empty
    assert one.frame["step"].astype(str).tolist() == [step for _address, step in ADDRESSES]
    assert any("only the page is kept" in note for note in one.notes)


def test_a_name_of_an_event_goes_before_an_address(tmp_path):
    rows = (
        "b1,2026-01-05 09:00:00,https://x.nl/a,add_to_cart\nb1,2026-01-05 09:01:00,https://x.nl/b,purchase\n"
    )
    frame = read(tmp_path, "log.csv", f"visitor,time,page_url,event_name\n{rows}").frame
    assert frame["step"].astype(str).tolist() == ["add_to_cart", "purchase"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/", "home"),
        ("http://x.nl", "home"),
        ("/a/b/?x=1#y", "/a/b"),
        ("/index.php?route=checkout/cart&token=abc", "/index.php?route=checkout/cart"),
        ("/index.php?page=3", "/index.php"),  # a number tells nothing
        ("/#/checkout?x=1", "/#/checkout"),
        ("https://[half", "https://[half"),
    ],
)
def test_what_of_an_address_says_which_page(address, kept):
    assert page(address) == kept


@pytest.mark.parametrize("text", ["add to cart", "cart", "/ or not", "http", "", "1/2"])
def test_what_is_no_address(text):
    assert not is_address(text)


def test_five_thousand_pages_are_five_thousand_steps(tmp_path):
    rows = "".join(f"b{n % 700},2026-01-05 09:00:00,/p/{n % 5000}\n" for n in range(12_000))
    frame = read(tmp_path, "log.csv", f"visitor,time,path\n{rows}").frame
    assert frame["step"].nunique() == 5000
    assert frame["step"].value_counts()["/p/1"] == 3

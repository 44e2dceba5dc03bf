"""The Python halves of the widgets: what they accept, keep, write and say."""

import gzip
import json
import os
import time
from datetime import date

import ipywidgets
import pandas as pd
import pytest

from csworkbook import language
from csworkbook.errors import DataError, SettingError
from csworkbook.pages import arrival, memory, talking, widgets

MIB = 1024 * 1024


class Browser:
    """Stands in for the browser half: asks a widget and returns its answer."""

    def __init__(self, widget, monkeypatch):
        self.widget, self.sent = widget, []
        monkeypatch.setattr(
            widget, "send", lambda content, buffers=None: self.sent.append((content, buffers))
        )

    def ask(self, kind, *buffers, **message):
        self.widget._handle_custom_msg({"kind": kind, "ask": f"q{len(self.sent)}", **message}, list(buffers))
        content, parts = self.sent[-1]
        return {**content, "buffers": parts}


@pytest.fixture
def uploads(monkeypatch, tmp_path):
    """An upload widget, what it got, and the folder in which it keeps files."""
    monkeypatch.setattr(arrival.tempfile, "tempdir", str(tmp_path))
    got = []
    widget = widgets.Upload((".csv",), 3, lambda name, path: got.append((name, path.read_bytes(), path)))
    return Browser(widget, monkeypatch), got, tmp_path


def send(browser, name, content, order=None, packed=False):
    begun = browser.ask("begin", name=name, size=len(content))
    pieces = [content[at : at + MIB] for at in range(0, len(content), MIB)]
    for n in order if order is not None else range(len(pieces)):
        data = gzip.compress(pieces[n]) if packed else pieces[n]
        browser.ask("slice", memoryview(data), file=begun["file"], n=n, packed=packed)
    return browser.ask("end", file=begun["file"])


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("size", [0, 1, MIB, MIB + 1, 3 * MIB])
def test_a_file_arrives_whole_and_is_gone_afterwards(uploads, size, packed):
    browser, got, folder = uploads
    content = os.urandom(1000) * (size // 1000) + b"x" * (size % 1000)
    answer = send(browser, "my shop.csv", content, packed=packed)
    assert "my shop.csv" in answer["done"]
    assert [(name, data) for name, data, _ in got] == [("my shop.csv", content)]
    assert got[0][2].suffix == ".csv"
    assert list(folder.iterdir()) == []


def test_slices_may_come_in_any_order_and_twice(uploads):
    browser, got, _ = uploads
    content = os.urandom(2 * MIB + 5)
    send(browser, "a.csv", content, order=[2, 0, 2, 1])
    assert got[0][1] == content


def test_a_missing_slice_is_said_and_nothing_is_kept(uploads):
    browser, got, folder = uploads
    answer = send(browser, "a.csv", os.urandom(2 * MIB), order=[1])
    assert "did not arrive whole" in answer["failed"]
    assert got == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("n", "data", "packed"),
    [
        (0, b"short", False),
        (0, b"x" * (MIB + 1), False),
        (2, b"x", False),
        (-1, b"x", False),
        (None, b"x", False),
        (0, b"no gzip", True),
        (0, gzip.compress(b"x" * 50 * MIB), True),
    ],
)
def test_a_slice_that_does_not_fit_is_refused(uploads, n, data, packed):
    browser, _, _ = uploads
    begun = browser.ask("begin", name="a.csv", size=2 * MIB)
    answer = browser.ask("slice", memoryview(data), file=begun["file"], n=n, packed=packed)
    assert "did not arrive whole" in answer["failed"]


def test_the_copy_is_private_and_goes_when_the_upload_is_cancelled(uploads):
    browser, _, folder = uploads
    begun = browser.ask("begin", name="a.csv", size=10)
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    browser.ask("cancel")
    assert list(folder.iterdir()) == []
    assert (
        "no longer being received" in browser.ask("slice", b"0123456789", file=begun["file"], n=0)["failed"]
    )


def test_a_second_file_replaces_the_first(uploads):
    browser, _, folder = uploads
    first = browser.ask("begin", name="a.csv", size=10)
    browser.ask("begin", name="b.csv", size=10)
    assert len(list(folder.iterdir())) == 1
    assert "failed" in browser.ask("slice", b"0123456789", file=first["file"], n=0)


def test_closing_the_widget_deletes_a_file_on_its_way(uploads):
    browser, _, folder = uploads
    browser.ask("begin", name="a.csv", size=10)
    browser.widget.close()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("a.csv", 3 * MIB + 1, "At most 3 MB"),
        ("a.csv", -1, "At most"),
        ("a.csv", "9", "At most"),
        ("a.exe", 1, "It reads CSV."),
        ("csv", 1, "It reads CSV."),
    ],
)
def test_what_the_page_does_not_want_is_refused_before_it_travels(uploads, name, size, said):
    browser, _, folder = uploads
    assert said in browser.ask("begin", name=name, size=size)["failed"]
    assert list(folder.iterdir()) == []


def test_errors_of_the_callback_are_sentences_and_the_file_is_gone(uploads, caplog):
    browser, _, folder = uploads

    def fail(error):
        def on_file(_name, _path):
            raise error

        browser.widget.on_file = on_file
        return send(browser, "a.csv", b"x")["failed"]

    assert fail(DataError("No answers.", next_step="Bring others.")) == "No answers. Bring others."
    general = fail(ZeroDivisionError("inner workings"))
    assert "could not be worked out" in general
    assert "inner" not in general
    assert list(folder.iterdir()) == []


def test_a_callback_may_say_what_came_of_it(uploads):
    browser, _, _ = uploads
    browser.widget.on_file = lambda name, path: "12 answers were read."
    assert send(browser, "a.csv", b"x")["done"] == "12 answers were read."


def test_messages_that_are_no_questions_are_left_alone(uploads):
    browser, _, _ = uploads
    for message in ({"kind": "close"}, {"kind": "__init__"}, {}, ["kind"], "begin"):
        browser.widget._handle_custom_msg(message, [])
    assert browser.sent == []


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\shop\\orders.csv", "orders.csv"),
        ("a\n\x00b.csv", "ab.csv"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
        ("", "nameless file"),
    ],
)
def test_names_are_bare(name, bare):
    assert arrival.bare_name(name) == bare


def test_what_a_killed_process_left_is_swept(uploads):
    _, _, folder = uploads
    old, fresh, other = (folder / name for name in ("csworkbook-upload-1", "csworkbook-upload-2", "else"))
    for path in (old, fresh, other):
        path.write_text("x")
    os.utime(old, (0, time.time() - 7 * 3600))
    os.utime(other, (0, 0))
    read = folder / "csworkbook-upload-3"
    read.mkdir()
    (read / "orders.csv").write_text("x")
    os.utime(read, (0, time.time() - 7 * 3600))
    arrival.sweep()
    assert sorted(path.name for path in folder.iterdir()) == ["csworkbook-upload-2", "else"]


def test_a_download_is_made_on_click_and_sent_in_slices(monkeypatch):
    content, made = os.urandom(2 * MIB + 3), []
    button = widgets.Download("Save", lambda: made.append(1) or ("../a:b.xlsx", "text/x", content))
    assert made == []
    browser = Browser(button, monkeypatch)
    answer = browser.ask("make")
    assert (answer["filename"], answer["mime"], answer["slices"]) == ("a:b.xlsx", "text/x", 3)
    parts = [browser.ask("slice", file=answer["file"], n=n)["buffers"][0] for n in range(3)]
    assert b"".join(parts) == content
    assert "failed" in browser.ask("slice", file=answer["file"], n=3)
    assert "failed" in browser.ask("slice", file="other", n=0)
    assert len(made) == 1


def test_a_download_that_fails_says_so(monkeypatch):
    def fail():
        raise DataError("Nothing to save.")

    assert Browser(widgets.Download("Save", fail), monkeypatch).ask("make")["failed"] == "Nothing to save."


FRAME = pd.DataFrame(
    {
        "what": ["<b>x</b>", None, "z"],
        "n": [1234, 2, 3],
        "euro": [1.5, float("inf"), None],
        "day": pd.to_datetime(["2024-03-04", None, "2023-01-02"]),
        "level": pd.Categorical(["low", "high", None], ["low", "high"], ordered=True),
        "ok": [True, False, True],
    }
)


def test_cells_are_texts_with_what_to_sort_by():
    table = widgets.Table(
        FRAME, {"n": "{} pieces".format}, heads={"n": "Number"}, hints={"n": "Why"}, caption="All"
    )
    assert table.columns[1] == {"name": "n", "label": "Number", "align": "right", "hint": "Why"}
    assert [column["align"] for column in table.columns] == ["left", "right", "right", "left", "left", "left"]
    what, n, euro, day, level, ok = zip(*table.rows, strict=True)
    assert what == (["<b>x</b>", "<b>x</b>"], ["–", None], ["z", "z"])
    assert n[0] == ["1234 pieces", 1234]
    assert euro[0] == ["1.50", 1.5]
    assert euro[1][1] > 1e300
    assert euro[2] == ["–", None]
    assert day[0] == ["4 Mar 2024", "2024-03-04T00:00:00"]
    assert [cell[1] for cell in level] == [0, 1, None]
    assert [cell[0] for cell in ok] == ["yes", "no", "yes"]
    json.dumps(table.rows, allow_nan=False)


def test_whole_numbers_beside_a_gap_have_no_decimals():
    table = widgets.Table(pd.DataFrame({"a": [1.0, None], "b": [1.0, 2.25]}))
    assert [[cell[0] for cell in row] for row in table.rows] == [["1", "1.00"], ["–", "2.25"]]


def test_columns_with_the_same_name_and_no_rows_are_shown():
    table = widgets.Table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert [[cell[0] for cell in row] for row in table.rows] == [["1", "2"]]
    table.show(pd.DataFrame({"b": []}))
    assert (table.rows, [column["name"] for column in table.columns]) == ([], ["b"])


def test_long_tables_are_cut_and_say_so():
    table = widgets.Table(pd.DataFrame({"a": range(2500)}))
    assert len(table.rows) == 2000
    assert table.note.startswith("The first 2,000 of 2,500 rows")


def test_choosing_a_row_calls_back(monkeypatch):
    chosen = []
    table = widgets.Table(FRAME, on_row=chosen.append)
    browser = Browser(table, monkeypatch)
    for index in (2, 3, -1, "0"):
        browser.ask("row", index=index)
    assert table.selectable
    assert chosen == [2]


def test_a_visit_says_hello_and_brings_back_what_was_chosen(monkeypatch):
    visit, calls = widgets.Visit("en/page"), []
    box = ipywidgets.Dropdown(options=["mail", "chat"])
    visit.keep("channel", box)
    visit.on_hello(lambda: calls.append(visit.visit_id))
    visit.on_restore(calls.append)
    browser = Browser(visit, monkeypatch)
    assert browser.ask("hello", visit="ab" * 16, stored={})["welcome"]
    assert browser.ask("hello", visit="../etc", stored={"channel": "chat", "x": [1], "y": 2})["welcome"]
    assert calls == ["ab" * 16, "", {"channel": "chat", "y": 2}]
    assert box.value == "chat"
    assert visit.state == {"channel": "chat"}
    visit.forget()
    assert visit.state == {}
    assert browser.ask("ping")["pong"]


def test_a_control_that_is_made_anew_stands_as_it_was_chosen_last(monkeypatch):
    visit = widgets.Visit("en/page")
    first, again = (ipywidgets.Dropdown(options=["mail", "chat", "phone"]) for _time in range(2))
    visit.keep("channel", first)
    Browser(visit, monkeypatch).ask("hello", visit="ab" * 16, stored={"channel": "chat"})
    first.value = "phone"
    visit.keep("channel", again)
    assert again.value == "phone"
    visit.forget()
    later = ipywidgets.Dropdown(options=["mail", "chat", "phone"])
    visit.keep("channel", later)
    assert later.value == "mail"


def test_a_failing_hello_does_not_stop_the_others(monkeypatch):
    visit, calls = widgets.Visit("p"), []
    visit.on_hello(lambda: 1 / 0)
    visit.on_hello(lambda: calls.append("second"))
    assert Browser(visit, monkeypatch).ask("hello", visit="", stored=None)["welcome"]
    assert calls == ["second"]


@pytest.mark.parametrize("stored", [None, [], "x", {"a": {"b": 1}}, {"a": "x" * 20_000}, {"k" * 300: 1}])
def test_only_plain_short_values_come_back(stored):
    assert memory.plain_state(stored) == {}


@pytest.mark.parametrize(
    ("options", "value"),
    [
        (["a", None, "c", "d"], None),
        ({"first": ("x", 1), "second": ("y", 2)}, ("y", 2)),
        ((0, 10), 7),
        ((0.0, 1.0, 0.25), 0.75),
        (True, False),
        ("text", "other"),
        (date(2024, 1, 2), date(2025, 3, 4)),
    ],
)
def test_every_control_survives_a_reload(options, value):
    before, after = widgets.control("x", options, "X", value=value), widgets.control("x", options, "X")
    stored = json.loads(json.dumps(memory.plain(before)))
    memory.put_back(after, stored)
    assert before.value == after.value == value
    assert getattr(after, "label", None) == getattr(before, "label", None)


def test_what_is_no_longer_possible_is_left_alone():
    number, choice = widgets.control("n", (0, 10), "N"), widgets.control("c", ["a", "b"], "C")
    for box, stored in [(number, "many"), (choice, "z"), (choice, 5), (choice, None)]:
        before = box.value
        memory.put_back(box, stored)
        assert box.value == before


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["a", "b", None], "ToggleButtons"),
        (["a", "b", "c", "d"], "Dropdown"),
        (["a long name for an option", "b"], "Dropdown"),
        ((1, 5), "BoundedIntText"),
        ((1, 5, 0.5), "BoundedFloatText"),
        (False, "Checkbox"),
        (3, "IntText"),
        (3.0, "FloatText"),
        ("x", "Text"),
        (date(2024, 1, 1), "DatePicker"),
        (ipywidgets.Textarea(), "Textarea"),
    ],
)
def test_controls_follow_the_abbreviations_of_interact(options, kind):
    made = widgets.control("some_name", options, "Some name")
    assert isinstance(made, getattr(ipywidgets, kind))
    assert made.description == "Some name"
    assert "csw-control-some_name" in made._dom_classes
    assert made.layout.flex == "1 1 14rem"


def test_a_number_starts_on_a_step_in_the_middle():
    box = widgets.control("n", (0, 101, 5), "N")
    assert (box.value, box.min, box.max, box.step) == (50, 0, 101, 5)


@pytest.mark.parametrize("options", [["mail", None], ["mail", None, "chat", "phone"]])
def test_none_can_be_chosen_like_any_option(options):
    box = widgets.control("n", options, "N")
    for choose in (lambda: box.set_state({"index": 1}), lambda: setattr(box, "value", None)):
        box.value = "mail"
        choose()
        assert (box.value, box.index, box.label) == (None, 1, "all together")


def test_none_reads_all_together_in_the_page_language():
    assert widgets.control("n", ["mail", None], "N").options == (("mail", "mail"), ("all together", None))


@pytest.mark.parametrize("options", [None, [], {}, object(), (1, "a"), b"x"])
def test_what_has_no_control_is_an_error(options):
    if options == (1, "a"):
        assert widgets.control("n", options, "N").options[1] == ("a", "a")
    else:
        with pytest.raises(SettingError, match="no control for “n”"):
            widgets.control("n", options, "N")


def test_guarded_passes_on_values_and_explains_errors():
    shown = []
    assert widgets.guarded(lambda a, b=0: a + b, shown.append)(1, b=2) == 3
    assert widgets.guarded(lambda: [][1], shown.append)() is None
    assert len(shown) == 1
    assert "IndexError" not in shown[0]


def test_unexpected_errors_reach_the_log_of_the_server(monkeypatch):
    logged = []
    monkeypatch.setattr(
        talking, "get_logger", lambda: type("Log", (), {"error": lambda *a, **k: logged.append(k)})
    )
    widgets.guarded(lambda: [][1], print)()
    assert isinstance(logged[0]["exc_info"], IndexError)


def test_sentences_are_escaped():
    box = widgets.sentence("<script>x</script>", "error")
    assert "<script>" not in box.value
    assert 'role="alert"' in box.value


def test_texts_are_in_the_language_of_the_page():
    with language.speaking("nl"):
        upload = widgets.Upload()
    assert upload.lang == "nl"
    assert upload.labels["cancel"] == "Annuleren"
    assert widgets.Upload().labels["cancel"] == "Cancel"


@pytest.mark.parametrize("name", ["upload.js", "download.js", "picture.js", "table.js", "visit.js"])
def test_scripts_ask_no_other_host_and_write_no_markup(name):
    script = talking.script(name)
    assert "http" not in script
    assert "innerHTML" not in script
    assert script.count("export default") == 1

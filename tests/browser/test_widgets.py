"""The widgets in a real Chromium, on a page of stock Voila."""

import contextlib
import hashlib
import os
import random
import re
import signal
import struct
import time
import zlib
from pathlib import Path

import pytest
from widgets_server import served, served_lab

driver = pytest.importorskip("playwright.sync_api")
expect = driver.expect
MIB = 1024 * 1024
LONG = 60_000
EVENTS = """
window.heard = [];
for (const name of ["csw:alive", "csw:lost"]) document.addEventListener(name, () => heard.push(name));
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Address and log of a server with the page of all widgets."""
    with served(tmp_path_factory.mktemp("widgets")) as place:
        yield place


@pytest.fixture
def page(open_page, place):
    page = open_page()
    page.add_init_script(EVENTS)
    opened(page, place[0])
    return page


def opened(page, address):
    page.goto(address)
    expect(page.locator(".csw-figure .main-svg").first).to_be_visible()
    expect(page.locator(".t-hello").first).to_have_text(re.compile(".{30}"))
    expect(page.locator(".csw-upload")).to_be_visible()
    expect(rows(page)).to_have_count(200)


def choose(page, *files, wait=True):
    page.set_input_files(".csw-upload input[type=file]", [str(file) for file in files])
    outcomes = page.locator(".csw-upload-outcomes li")
    if wait:
        expect(outcomes).to_have_count(len(files), timeout=3 * LONG)
    return outcomes


def written(folder: Path, name: str, size: int) -> Path:
    """A file of this size: text that packs well and noise that does not, both."""
    path, noise = folder / name, random.Random(size).randbytes(MIB // 2)
    text = b"order;date;amount\n" * (MIB // 36)
    with path.open("wb") as file:
        while file.tell() < size:
            file.write((noise + text)[: size - file.tell()])
    return path


@pytest.mark.parametrize("size", [1, 12_000_000, 60_000_000, pytest.param(200 * MIB, marks=pytest.mark.slow)])
def test_a_file_of_any_size_arrives_as_it_was(page, tmp_path, size):
    file = written(tmp_path, "orders.csv", size)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    start = time.monotonic()
    expect(choose(page, file)).to_have_text(f"orders.csv: {size} bytes, {digest}")
    print(f"{size} bytes in {time.monotonic() - start:.1f} s, kernel {peak(page)} MB at most")
    path, mode = page.inner_text(".t-seen").split()
    assert mode == "0o600"
    assert not Path(path).exists()


def peak(page) -> int:
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{page.inner_text('.t-pid')}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024
    return 0


def test_packing_is_not_needed(open_page, place, tmp_path):
    page = open_page()
    page.add_init_script("delete window.CompressionStream")
    opened(page, place[0])
    expect(choose(page, written(tmp_path, "a.csv", 3_000_000))).to_have_text(
        re.compile("a.csv: 3000000 bytes")
    )


def test_several_files_are_taken_in_turn_and_failures_are_sentences(page, place, tmp_path):
    files = [
        written(tmp_path, name, 2_000_000) for name in ("one.csv", "bad.csv", "boom.csv", "x.exe", "two.xlsx")
    ]
    said = choose(page, *files).all_inner_texts()
    assert [text.split(":")[0] for text in said[::4]] == ["one.csv", "two.xlsx"]
    assert said[1] == "This file holds no answers. Choose <b>another</b>."
    assert "could not be worked out" in said[2]
    assert "It reads CSV and XLSX." in said[3]
    assert "inner workings" not in page.content()
    assert "inner workings of the page" in place[1].read_text()


def test_a_file_above_the_limit_does_not_travel(page, tmp_path):
    file = tmp_path / "big.csv"
    with file.open("wb") as empty:
        empty.truncate(200 * MIB + 1)
    expect(choose(page, file)).to_have_text(re.compile("At most 200 MB"))


def test_an_upload_shows_its_progress_and_can_be_cancelled(page, tmp_path):
    bar = page.get_by_role("progressbar")
    expect(bar).to_be_hidden()
    outcomes = choose(page, written(tmp_path, "long.csv", 100_000_000), wait=False)
    page.wait_for_function("document.querySelector('[role=progressbar]').ariaValueNow > 3")
    assert re.fullmatch(r"long.csv: [\d.]+ of 95.4 MB", bar.get_attribute("aria-valuetext"))
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(outcomes).to_have_text(["“long.csv” was cancelled; nothing of it was kept."])
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    expect(choose(page, written(tmp_path, "next.csv", 5))).to_have_text(re.compile("next.csv: 5 bytes"))


def test_files_can_be_dropped(page):
    page.evaluate("""() => {
        const carried = new DataTransfer();
        for (const name of ["a.csv", "b.csv"]) carried.items.add(new File(["12345"], name));
        const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
        document.querySelector(".csw-upload").dispatchEvent(drop);
    }""")
    outcomes = page.locator(".csw-upload-outcomes li")
    expect(outcomes).to_have_text([re.compile("a.csv: 5 bytes"), re.compile("b.csv: 5 bytes")])


def rows(page):
    return page.locator(".csw-table tbody tr")


def column(page, place):
    return rows(page).locator(f"> :nth-child({place})").all_inner_texts()


def show_all(page):
    page.get_by_role("button", name="Show all 250 rows").press("Enter")
    expect(rows(page)).to_have_count(250)


def sort(page, place, order="ascending"):
    """Press the head of a column, and wait until the table stands in that order."""
    page.locator(".csw-table thead button").nth(place).press("Enter")
    expect(page.locator(".csw-table thead th").nth(place)).to_have_attribute("aria-sort", order)


def test_the_table_sorts_by_keyboard(page):
    show_all(page)
    euro = page.locator(".csw-table thead button").nth(1)
    heads = page.locator(".csw-table thead th")
    euro.focus()
    for key, order in (("Enter", "ascending"), ("Space", "descending")):
        page.keyboard.press(key)
        expect(heads.nth(1)).to_have_attribute("aria-sort", order)
        expect(euro).to_be_focused()
        texts = column(page, 2)
        numbers = [float(text.replace(",", "")) for text in texts[:-1]]
        assert numbers == sorted(numbers, reverse=order == "descending")
        assert len(texts) == 250
        assert texts[-1] == "–"
    expect(heads.nth(0)).to_have_attribute("aria-sort", "none")
    sort(page, 0)
    names = column(page, 1)
    assert [name for name in names if name.startswith("part")] == [f"part {n}" for n in range(248)]
    assert names.index("Ärger") < names.index("part 0")


def test_long_tables_show_two_hundred_rows_first(page):
    assert len(column(page, 1)) == 200


def test_a_table_gets_other_rows_without_losing_its_order_or_place(page):
    sort(page, 1)
    page.evaluate("document.querySelector('.csw-table-scroll').dataset.same = 'yes'")
    page.get_by_role("button", name="other rows").click()
    expect(rows(page)).to_have_count(4)
    assert column(page, 2) == ["0.5", "37.5", "74.5", "111.5"]
    assert column(page, 3)[-1] == "–"
    assert page.get_attribute(".csw-table-scroll", "data-same") == "yes"


def test_a_row_can_be_chosen_by_keyboard(page):
    page.get_by_role("button", name="part 5", exact=True).press("Enter")
    expect(page.locator(".t-seen")).to_have_text("row 5")
    expect(page.locator("tr[aria-current=true]")).to_have_count(1)


def test_markup_in_cells_heads_and_texts_stays_text(page):
    show_all(page)
    assert any(text.startswith("<script>") for text in column(page, 1))
    assert (
        page.locator(".csw-table script, .csw-table img, .csw-table i, .csw-table b, .csw-headline b").count()
        == 0
    )
    assert page.evaluate("window.hacked") is None


def test_a_download_holds_the_same_bytes(page):
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the bytes").press("Enter")
    assert caught.value.suggested_filename == "my bytes.bin"
    assert Path(caught.value.path()).read_bytes() == random.Random(7).randbytes(3 * MIB + 17)


def test_a_download_that_cannot_be_made_says_why(page):
    page.get_by_role("button", name="Save nothing").click()
    expect(page.get_by_text("There is nothing to save.")).to_be_visible()


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the filtered rows of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return width, height, zlib.decompress(data)


def narrowed(page, width):
    """The page at that width, its picture drawn anew for it."""
    page.set_viewport_size({"width": width, "height": 900})
    drawn = "document.querySelector('.csw-figure .main-svg').getBoundingClientRect().width"
    room = "document.querySelector('.csw-figure').getBoundingClientRect().width"
    page.wait_for_function(f"Math.abs({drawn} - {room}) < 30 && {drawn} <= {width}")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_picture_is_a_png_that_is_not_blank(page, width):
    narrowed(page, width)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the picture").press("Enter")
    assert caught.value.suggested_filename == "three bars.png"
    wide, high, rows = pixels(Path(caught.value.path()).read_bytes())
    assert wide >= 1000
    assert high >= 600
    assert rows.count(0) < 0.999 * len(rows)
    assert len(set(rows)) > 30
    expect(page.locator(".plotly-notifier")).to_be_hidden()


def test_a_panel_without_picture_says_so(page):
    page.get_by_role("button", name="Save no picture").click()
    expect(page.get_by_text("There is no picture to save yet.")).to_be_visible()


def test_a_reload_brings_back_what_was_chosen(page):
    page.get_by_role("button", name="all together").click()
    page.locator(".csw-control-sort select").select_option("second option of this list")
    page.locator(".csw-control-typed input").fill("Søren <b>")
    page.locator(".csw-control-amount input").fill("35")
    page.keyboard.press("Tab")
    page.wait_for_function("(localStorage['csw:test/widgets'] ?? '').includes('35')")
    visit = page.inner_text(".t-hello")
    opened(page, page.url)
    expect(page.locator(".csw-control-typed input")).to_have_value("Søren <b>")
    expect(page.locator(".csw-control-amount input")).to_have_value("35")
    expect(page.get_by_role("button", name="all together")).to_have_class(re.compile("mod-active"))
    expect(page.locator(".csw-control-sort option:checked")).to_have_text("second option of this list")
    assert page.inner_text(".t-hello") == visit


def test_where_storage_is_forbidden_the_page_works(open_page, place):
    page = open_page()
    page.add_init_script("""for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });""")
    opened(page, place[0])
    page.locator(".csw-control-typed input").fill("x")
    with page.expect_download():
        page.get_by_role("button", name="Save the bytes").click()


def test_a_dead_kernel_is_noticed(page, tmp_path):
    page.wait_for_function("heard.join() === 'csw:alive'")
    os.kill(int(page.inner_text(".t-pid")), signal.SIGKILL)
    page.wait_for_function("heard.join() === 'csw:alive,csw:lost'")
    expect(choose(page, written(tmp_path, "late.csv", 9))).to_have_text(re.compile("connection was lost"))
    page.get_by_role("button", name="Save the bytes").click()
    expect(page.get_by_text("The connection was lost. Reload")).to_be_visible()


def test_a_kernel_that_dies_during_an_upload_is_noticed(page, tmp_path):
    outcomes = choose(page, written(tmp_path, "slow.csv", 9), wait=False)
    expect(page.locator(".csw-upload-words")).to_contain_text("being read")
    expect(page.locator(".t-seen")).to_have_text("reading")
    os.kill(int(page.inner_text(".t-pid")), signal.SIGKILL)
    expect(outcomes).to_have_text(re.compile("connection was lost"))


@pytest.mark.slow
def test_a_busy_kernel_is_not_taken_for_a_dead_one(page, tmp_path):
    page.get_by_role("button", name="work").click()
    outcomes = choose(page, written(tmp_path, "wait.csv", 9), wait=False)
    expect(page.locator(".t-seen")).to_have_text(re.compile("0o600"), timeout=2 * LONG)
    expect(outcomes).to_have_text(re.compile("wait.csv: 9 bytes"))
    page.wait_for_timeout(1000)
    assert page.evaluate("heard") == ["csw:alive"]


def test_nothing_is_wider_than_a_phone(page):
    narrowed(page, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".csw-button:visible").all():
        assert button.bounding_box()["height"] >= 44
    for part in (".csw-figure", ".csw-figure .jp-RenderedPlotly"):
        assert page.locator(part).bounding_box()["height"] == pytest.approx(340, abs=12)


def all_cells_run(page):
    """Ask for all cells until one has run: JupyterLab drops what is asked while the kernel's session is being made."""
    begun = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[(\*|\d+)\]"))
    for _ in range(6):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        try:
            begun.first.wait_for(timeout=20_000)
        except driver.TimeoutError:
            continue
        return


@pytest.mark.slow
def test_the_widgets_work_in_jupyterlab(open_page, tmp_path_factory, tmp_path):
    with served_lab(tmp_path_factory.mktemp("lab")) as address:
        page = open_page()
        page.goto(f"{address}lab/tree/widgets.ipynb?reset")
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=2 * LONG)
        expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')).to_be_visible(
            timeout=LONG
        )
        all_cells_run(page)
        expect(page.locator(".csw-figure .main-svg").first).to_be_visible(timeout=2 * LONG)
        expect(choose(page, written(tmp_path, "lab.csv", 3_000_000))).to_have_text(
            re.compile("lab.csv: 3000000 bytes")
        )
        sort(page, 1)
        assert column(page, 2)[0] == "-1,000.0"
        for button, name in (("Save the bytes", "my bytes.bin"), ("Save the picture", "three bars.png")):
            with page.expect_download() as caught:
                page.get_by_role("button", name=button).click()
            assert caught.value.suggested_filename == name

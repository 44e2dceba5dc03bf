"""The effort survey as its users walk through it: demo shop, own file, wrong file, report, reload."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from babel.messages.pofile import read_po

from csworkbook import language
from csworkbook.paths import data_folder

expect = pytest.importorskip("playwright.sync_api").expect
EXPORTS = data_folder() / "exports"
CHAPTER = "03_effort_survey.ipynb"
LONG = 240_000  # ms: what takes long on purpose


def expected():
    """Per survey file of data/exports: rows read, used and set aside, and counts per stage and answer."""
    files = {}
    with (EXPORTS / "expected.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] == "effort_survey":
                one = files.setdefault(
                    row["file"], {"rows": row["rows"], "aside": row["aside"], "counts": {}}
                )
                one["counts"][row["stage"], int(row["answer"])] = int(row["count"])
    return files


EXPECTED = expected()


def share_of_far_too_much(counts, stage="after"):
    """What the headline must say, from the counts alone."""
    return round(100 * counts[stage, 3] / sum(counts[stage, answer] for answer in (1, 2, 3)))


def hardest(counts):
    return max(("choosing", "buying", "after"), key=lambda stage: share_of_far_too_much(counts, stage))


def opened(page, server, spoken="nl", pictures=11):
    server.open(page, f"{spoken}/{CHAPTER}")
    expect(page.locator(".csw-panel .main-svg").first).to_be_attached()
    expect(page.locator(".csw-upload input[type=file]")).to_be_attached()
    page.wait_for_function(
        "n => document.querySelectorAll('.csw-panel .js-plotly-plot').length >= n", arg=pictures
    )
    return page


def drop(page, *files):
    page.set_input_files(".csw-upload input[type=file]", [str(file) for file in files])


def use(page):
    page.locator(".csw-file button.csw-press").first.click()
    expect(page.locator(".csw-bring").get_by_text(re.compile("own|eigen")).first).to_be_visible()


def headline(page):
    return page.locator(".csw-headline:visible").first


def says_other(page, before):
    """Wait until the first headline is another one."""
    expect(headline(page)).not_to_have_text(before)
    expect(headline(page)).not_to_be_empty()


def saved(page, button):
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_from_the_front_page_to_the_first_headline(open_page, server, spoken):
    page = open_page()
    page.goto(f"{server.url}?lang={spoken}")
    page.locator(f"a[href*='{spoken}/{CHAPTER}']").first.click()
    said = {"nl": r"Na de aankoop: \d+% vond", "en": r"After purchase: \d+% say"}[spoken]
    expect(headline(page)).to_have_text(re.compile(said))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_survey_export_comes_in_right_the_first_time(open_page, server, name):
    page, known = opened(open_page(), server), EXPECTED[name]
    drop(page, EXPORTS / name)
    said = page.locator(".csw-bring .csw-headline")
    expect(said).to_contain_text(f"{known['rows']} rijen gelezen")
    expect(said).to_have_text(re.compile(rf"\b{known['aside']} (is|zijn) opzij gelegd"))
    use(page)
    stage = {"choosing": "Kiezen", "buying": "Kopen", "after": "Na de aankoop"}[hardest(known["counts"])]
    share = share_of_far_too_much(known["counts"], hardest(known["counts"]))
    expect(headline(page)).to_contain_text(f"{stage}: {share}% vond")
    expect(page.locator("main")).not_to_have_text(re.compile("demo", re.I), use_inner_text=True)


def test_the_table_goes_home_as_a_spreadsheet_with_the_right_cells(open_page, server):
    name = "enquete_webshop_puntkomma.csv"
    page = opened(open_page(), server)
    drop(page, EXPORTS / name)
    use(page)
    book = openpyxl.load_workbook(
        io.BytesIO(saved(page, page.get_by_role("button", name="Tabel (Excel)").first))
    )
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("Fase", "Antwoord", "Aantal")
    found = {(row[0], row[1]): row[2] for row in rows[1:]}
    assert found["Na de aankoop", "Veel te veel"] == EXPECTED[name]["counts"]["after", 3]
    assert found["Kiezen", "Nauwelijks"] == EXPECTED[name]["counts"]["choosing", 1]


@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_the_report_stands_alone_and_says_what_the_page_says(open_page, server, spoken):
    page = opened(open_page(), server, spoken)
    label = {"nl": "Rapport", "en": "Report"}[spoken]
    html = saved(page, page.get_by_role("button", name=re.compile(label)).first).decode("utf-8")
    assert headline(page).inner_text().split("(")[0] in html
    assert f'<html lang="{spoken}">' in html
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", html)


def test_the_report_shows_its_pictures_without_a_server(open_page, server, tmp_path):
    page = opened(open_page(), server)
    report = tmp_path / "report.html"
    report.write_bytes(saved(page, page.get_by_role("button", name=re.compile("Rapport")).first))
    page.goto(report.as_uri())
    page.wait_for_function("document.querySelectorAll('.main-svg').length >= 10")
    assert page.outside.asked == []


@pytest.fixture(scope="session")
def broken(tmp_path_factory):
    """Files that cannot be used, or hold something nasty, by name."""
    folder = tmp_path_factory.mktemp("broken")
    good = "Datum;Kiezen;Kopen;Na aankoop\n" + "01-02-2026;1;2;3\n" * 20
    contents = {
        "leeg.csv": b"",
        "binair.csv": bytes(range(256)) * 40,
        "verkeerd_scheidingsteken.csv": good.replace(";", "&").encode(),
        "zestig_kolommen.csv": (
            ";".join(f"k{i}" for i in range(60)) + "\n" + ";".join(["x1"] * 60) + "\n"
        ).encode(),
        "webpagina.xls": b"<html><body><table><tr><td>Datum</td></tr></table></body></html>",
        "geen_bruikbare_kolom.csv": b"naam;plaats\nJan;Delft\nPiet;Breda\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    "name",
    ["leeg.csv", "binair.csv", "verkeerd_scheidingsteken.csv", "zestig_kolommen.csv", "webpagina.xls",
     "geen_bruikbare_kolom.csv"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_gives_a_sentence_and_the_page_lives_on(open_page, server, broken, name):
    page = opened(open_page(), server)
    before = headline(page).inner_text()
    drop(page, broken / name)
    trouble = page.locator(".csw-bring .csw-error").first
    expect(trouble).to_contain_text(name)
    said = trouble.inner_text()
    assert len(said.split()) > 8
    assert not re.search(r"Traceback|Error|Exception|\bfile\b", said)
    expect(headline(page)).to_have_text(before)
    page.locator(".csw-control-by select").first.select_option(index=1)
    says_other(page, before)


def survey(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_customer_typed_is_never_run(open_page, server, tmp_path):
    rows = "".join(
        f"{day:02}-02-2026;3;3;3;<script>window.hacked=1</script><img src=x onerror=window.hacked=2> =1+1 pakket {day}\n"
        for day in range(1, 26)
    )
    page = opened(open_page(), server)
    drop(page, survey(tmp_path, "script.csv", "Datum;Kiezen;Kopen;Na aankoop;Opmerking\n" + rows))
    use(page)
    expect(page.get_by_text("<script>").first).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_a_panel_that_lacks_something_says_so_and_the_others_work(open_page, server, tmp_path):
    rows = "".join(f"{day:02}-02-2026;1;2;3\n" for day in range(1, 28)) * 2
    page = opened(open_page(), server)
    drop(page, survey(tmp_path, "kaal.csv", "Datum;Kiezen;Kopen;Na aankoop\n" + rows))
    use(page)
    for lacking in ("geen opmerkingen", "geen kolom om op uit te splitsen"):
        expect(page.locator(".csw-panel .csw-error:visible", has_text=lacking).first).to_be_visible()
    expect(headline(page)).to_contain_text("Na de aankoop: 100% vond")


def test_a_changed_column_is_read_anew_and_remembered(open_page, server, tmp_path):
    rows = "".join(f"{day:02}-02-2026;1;2;3\n" for day in range(1, 28))
    text = "Datum;Kiezen;Kopen;Na aankoop\n" + rows
    page = opened(open_page(), server)
    drop(page, survey(tmp_path, "a.csv", text))
    page.locator("details.csw-form summary").first.click()
    for place, column in ((1, "after"), (3, "choosing")):
        page.locator(".csw-mapping select").nth(place).select_option(column)
    use(page)
    expect(headline(page)).to_have_text(re.compile("^Kiezen: 100%"))
    drop(page, survey(tmp_path, "b.csv", text))
    page.locator("details.csw-form summary").first.click()
    expect(page.locator(".csw-mapping select").nth(1)).to_have_value("after")


def test_a_reload_brings_back_choice_and_data(open_page, server):
    page = opened(open_page(), server)
    drop(page, EXPORTS / "enquete_webshop_puntkomma.csv")
    use(page)
    expect(page.locator("main")).to_contain_text("520 antwoorden", use_inner_text=True)
    page.locator(".csw-control-by select").first.select_option(index=1)
    expect(headline(page)).to_have_text(re.compile("^[^:]+, [^:]+: "))  # the moment, and now of whom
    page.wait_for_function("Object.values(localStorage).some((one) => one.includes('by'))")
    before = headline(page).inner_text()
    opened(page, server, pictures=6)
    expect(page.locator("main")).to_contain_text("520 antwoorden", use_inner_text=True)
    expect(headline(page)).to_have_text(before)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("spoken", ["nl", "en"])
def test_everybody_can_use_the_page(open_page, server, serious, screenshots, spoken, width):
    page = opened(open_page(width=width), server, spoken)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('.csw-panel')].filter(p => p.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.length") == 0
    if screenshots:
        page.screenshot(path=screenshots / f"chapter-{spoken}-{width}.png")


@pytest.mark.parametrize("hang", [False, True], ids=["refused", "unanswered"])
def test_the_page_asks_nothing_of_the_outside(open_page, server, hang):
    page = opened(open_page(hang=hang), server)
    assert page.outside.asked == []
    assert page.mistakes == []


def test_there_is_no_english_on_the_dutch_page(open_page, server):
    page = opened(open_page(), server)
    text = page.locator("body").inner_text()
    dutch = read_po((language.LOCALE_FOLDER / "nl/LC_MESSAGES/csworkbook.po").open("rb"))
    parts = {piece.strip() for m in dutch if isinstance(m.id, str) for piece in re.split(r"\{[^}]*\}", m.id)}
    english = {part for part in parts if len(re.findall("[a-z]{2,}", part)) >= 3}
    assert english
    assert [part for part in english if part in text] == []


def test_a_choice_works_from_the_keyboard(open_page, server):
    page = opened(open_page(), server)
    before = headline(page).inner_text()
    page.locator(".csw-control-by select").first.focus()
    page.keyboard.press("ArrowDown")
    says_other(page, before)


@pytest.mark.slow
def test_two_hundred_megabytes_are_read_or_refused_in_words(open_page, server, tmp_path):
    path = tmp_path / "groot.csv"
    line = "01-02-2026;1;2;3;" + "het pakket kwam te laat en er was geen bericht " * 4 + "\n"
    with path.open("w") as file:
        file.write("Datum;Kiezen;Kopen;Na aankoop;Opmerking\n")
        for _part in range(195):
            file.write(line * (2**20 // len(line)))
    page = opened(open_page(), server)
    drop(page, path)
    expect(page.locator(".csw-bring").locator(".csw-headline, .csw-error").first).to_be_visible(timeout=LONG)
    expect(page.locator(".csw-bring .csw-headline")).to_contain_text("rijen gelezen")


def test_orders_join_the_survey(open_page, server):
    """A panel that needs orders sees them (five weeks are too few for it), and the survey joins them."""
    page = opened(open_page(), server)
    drop(page, EXPORTS / "bestellingen_nl.csv")
    expect(page.locator(".csw-bring .csw-headline")).to_contain_text("Herkend als bestellingen")
    use(page)
    expect(
        page.locator(".csw-panel .csw-error:visible", has_text="bestellingen beslaan te weinig tijd").first
    ).to_be_visible()
    expect(page.locator(".csw-panel").first).to_contain_text("klantmoeite-enquête", use_inner_text=True)
    drop(page, EXPORTS / "enquete_webshop_puntkomma.csv")
    expect(page.locator(".csw-file").nth(1)).to_be_visible()
    use(page)
    expect(headline(page)).to_contain_text("19% vond")


@pytest.mark.parametrize(("spoken", "said"), [("en", "On this page"), ("nl", "Op deze pagina")])
def test_the_parts_of_a_long_page_can_be_reached_from_its_top(wide, server, spoken, said):
    wide.goto(server.chapter(f"{spoken}/01_service_gap.ipynb"))
    parts = wide.get_by_role("navigation", name=said).get_by_role("link")
    expect(wide.locator("h2[id]").first).to_be_visible()
    expect(parts.nth(4)).to_be_visible()
    for link in parts.all():
        place = wide.locator(link.get_attribute("href"))
        head = re.compile(rf"^\s*{re.escape(link.inner_text())}\s*¶?\s*$")
        expect(place.locator("h2").first).to_have_text(head, use_inner_text=True)

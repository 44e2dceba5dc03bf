"""The two pyramids of handbook 0.2: what the handbook says stands in them, and what is drawn is what the table says."""

from __future__ import annotations

import pytest

from csworkbook import evidence, language, pyramids
from csworkbook.shop import open_shop


@pytest.fixture(params=["en", "nl"])
def spoken(request):
    with language.speaking(request.param):
        yield request.param


PYRAMIDS = (pyramids.battlefield, pyramids.conversations)


# as the handbook draws them: grounds below each of the three arguments, and the figures among them
@pytest.mark.parametrize(
    ("pyramid", "grounds", "ids"),
    [
        (
            pyramids.battlefield,
            [3, 3, 3],
            ["leave-bad-service-91", "abandon-unanswered-45", "bad-experience-told-16"],
        ),
        (
            pyramids.conversations,
            [3, 3, 5],
            [
                "chat-twinkle-43",
                "chat-growth-60",
                "chat-websites-3",
                "chat-used-65",
                "chat-satisfaction-73",
                "one-interaction-88",
                "chat-raises-conversion-83",
                "chat-convert-7-5",
                "chat-spend-55",
            ],
        ),
    ],
)
def test_three_arguments_and_their_grounds(pyramid, grounds, ids):
    result = pyramid()
    assert result.table["argument"].value_counts(sort=False).tolist() == grounds
    assert [entry.id for entry in result.entries] == ids
    assert all(entry.where.startswith("Handbook, 0.2") for entry in result.entries)


@pytest.mark.parametrize("pyramid", PYRAMIDS)
def test_the_table_holds_the_registers_words(pyramid, spoken):
    result = pyramid()
    assert len(result.heads()) == len(result.columns) == 6
    cells = result.cells()
    for entry in result.entries:
        row = next(row for row in cells if row[1] == entry.claim)
        assert row[2:5] == [entry.say(), entry.source, entry.when()]
        assert all(other.briefly() in row[5] for other in entry.against())
    assert len(cells) == len(result.table)
    assert result.findings() == []
    assert len(result.sheet().columns) == len(result.heads())


def test_the_text_counts_what_is_asserted_and_what_is_contradicted():
    said = (
        pyramids.battlefield().text
    )  # 3 figures; only the 91 % is contradicted; 91 % and 16 people have no year
    assert "3 of 9 grounds have a figure; 6 are only asserted." in said
    assert "1 figure is contradicted" in said
    assert "2 figures have no year." in said


@pytest.mark.parametrize("pyramid", PYRAMIDS)
def test_every_block_is_drawn_with_its_words_and_tiers_get_wider(pyramid, spoken):
    result = pyramid()
    figure = result.plot()
    boxes, words = figure.layout.shapes, [one.text for one in figure.layout.annotations]
    assert len(boxes) == len(words) == len(figure.data[0].hovertext) == 1 + 3 + len(result.table)
    top, arguments, *_grounds = sorted({box.y1 for box in boxes}, reverse=True)
    tiers = [[b for b in boxes if b.y1 == top], [b for b in boxes if b.y1 == arguments], boxes]
    wide = [max(box.x1 for box in tier) - min(box.x0 for box in tier) for tier in tiers]
    assert wide[0] < wide[1] < wide[2]
    for entry in result.entries:
        assert any(entry.say() in text.replace("<br>", " ") for text in words)
    dashed = [box for box in boxes if box.line.dash == "dash"]
    assert len(dashed) == sum(bool(entry.contradicts) for entry in result.entries) > 0


@pytest.mark.parametrize("pyramid", PYRAMIDS)
def test_blocks_do_not_overlap_and_lines_are_short_enough_for_a_phone(pyramid, spoken):
    figure = pyramid().plot()
    boxes = figure.layout.shapes
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
            assert apart
    for words in figure.layout.annotations[1:]:
        lines = words.text.replace("<b>", "").replace("</b>", "").split("<br>")
        assert max(map(len, lines)) <= 14, lines  # 14 letters of 12 pixels fit a third of 340 pixels
        assert words.font.size >= 12


@pytest.mark.parametrize("pyramid", PYRAMIDS)
def test_a_shop_can_hand_it_to_a_panel(pyramid, spoken):
    assert open_shop().call(pyramid).headline.endswith(".")
    assert language.gettext(pyramid.question)


def test_figures_in_pyramids_are_in_the_register():
    for pyramid in PYRAMIDS:
        for entry in pyramid().entries:
            assert evidence.get(entry.id) == entry

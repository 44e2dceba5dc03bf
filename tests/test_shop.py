"""Shops: folders that lose nothing, and a demo that nothing changes."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace

import ibis
import pandas as pd
import pytest

from csworkbook import paths, shop, visits
from csworkbook.errors import DataError, SettingError
from csworkbook.intake import Choices
from csworkbook.intake.found import InMemory, Intake

SURVEY = pd.DataFrame(
    {
        "answered_at": pd.date_range("2026-01-05", periods=3, tz="Europe/Amsterdam"),
        "choosing": pd.array([1, 2, None], dtype="Int64"),
        "buying": pd.array([1, 1, 1], dtype="Int64"),
        "after": pd.array([3, 3, 1], dtype="Int64"),
    }
)
ASIDE = pd.DataFrame({"row": [5], "Naam": ["=1+1"], "reason": ["no date"]})


def brought(frame=SURVEY, aside=ASIDE, table="effort_survey", **more):
    told = {
        "mapping": {},
        "columns": (),
        "notes": [],
        "confidence": 1.0,
        "fingerprint": "f",
        "filename": "a.csv",
    }
    rows = InMemory(frame, aside)
    return Intake(table=table, rows=rows, read=len(frame) + len(aside), used=len(frame), **{**told, **more})


@pytest.fixture
def own(tmp_path):
    return shop.new_shop(tmp_path / "acme", name="Acme “B.V.”", language="nl")


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    monkeypatch.delenv("CSWORKBOOK", raising=False)
    monkeypatch.setenv("CSWORKBOOK_VISITS", str(tmp_path / "visits"))


def digest(folder):
    return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


# ---------------------------------------------------------------- open and new
def test_without_a_folder_the_demo_shop_opens():
    demo = shop.open_shop()
    assert demo.is_demo
    assert demo.folder is None
    assert "effort_survey" in demo.tables()
    assert len(demo.orders) > 1000


def test_a_new_shop_has_settings_a_key_and_no_tables(own):
    assert (own.name, own.settings.language, own.is_demo) == ("Acme “B.V.”", "nl", False)
    assert own.tables() == []
    assert own.orders is None
    assert stat.S_IMODE((own.folder / "workbook.key").stat().st_mode) == 0o600
    assert len(own.key) >= 32


def test_a_shop_opens_again_as_it_was(own):
    again = shop.open_shop(own.folder)
    assert (again.settings, again.key) == (own.settings, own.key)


def test_two_shops_have_other_keys(own, tmp_path):
    assert shop.new_shop(tmp_path / "other", name="x").key != own.key


def test_the_environment_names_the_shop(own, monkeypatch):
    monkeypatch.setenv("CSWORKBOOK", str(own.folder))
    assert shop.open_shop().name == own.name


@pytest.mark.parametrize("make", [lambda p: p / "nothing", lambda p: p])
def test_a_folder_that_is_no_workbook_is_named(tmp_path, make):
    with pytest.raises(SettingError, match=r"is not a workbook.*workbook\.toml.*csworkbook new"):
        shop.open_shop(make(tmp_path))


def test_a_file_is_no_workbook(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingError, match="is not a workbook"):
        shop.open_shop(tmp_path / "file")
    with pytest.raises(SettingError, match="cannot be written"):
        shop.new_shop(tmp_path / "file" / "deeper", name="x")


def test_a_workbook_is_not_made_twice(own):
    before = digest(own.folder)
    with pytest.raises(SettingError, match="already"):
        shop.new_shop(own.folder, name="again")
    assert digest(own.folder) == before


def test_an_unknown_language_makes_nothing(tmp_path):
    with pytest.raises(SettingError, match="de"):
        shop.new_shop(tmp_path / "x", name="x", language="de")
    assert not (tmp_path / "x").exists()


# ---------------------------------------------------------------- settings
def test_settings_survive_the_round_trip(own):
    said = shop.Settings(
        name='Quote " and \\ and\nnewline', currency="GBP", margin=0.2, opening_hours={"sunday": "10:00-12:00"},
        targets={"chat": 0.8},
    )  # fmt: skip
    shop.save_settings(own.folder, said)
    assert shop.open_shop(own.folder).settings == said


def test_settings_left_out_have_their_defaults_and_unknown_ones_are_left_alone(own):
    (own.folder / "workbook.toml").write_text('name = "x"\ncolour = "blue"\n', "utf-8")
    settings = shop.open_shop(own.folder).settings
    assert (settings.name, settings.margin) == ("x", shop.Settings().margin)


@pytest.mark.parametrize("content", [b"name = ", b'name = "\xff"', b"[name"])
def test_broken_settings_are_said_with_the_file(own, content):
    (own.folder / "workbook.toml").write_bytes(content)
    with pytest.raises(SettingError, match=r"workbook\.toml"):
        shop.open_shop(own.folder)


@pytest.mark.parametrize("line", ['margin = "35%"', "name = 3", 'opening_hours = "9-5"', "margin = true"])
def test_a_setting_of_the_wrong_kind_is_named(own, line):
    (own.folder / "workbook.toml").write_text(line, "utf-8")
    with pytest.raises(SettingError, match=line.split()[0]):
        shop.open_shop(own.folder)


def test_whole_numbers_do_for_amounts(own):
    (own.folder / "workbook.toml").write_text("hourly_cost = 30", "utf-8")
    assert shop.open_shop(own.folder).settings.hourly_cost == 30


# ---------------------------------------------------------------- add
def test_an_added_table_is_read_back_as_it_was(own):
    assert own.add(brought()) is own
    for one in (own, shop.open_shop(own.folder)):
        pd.testing.assert_frame_equal(one.effort_survey, SURVEY)
        assert one.tables() == ["effort_survey"]
        assert one.aside("effort_survey")["Naam"].tolist() == ["=1+1"]


def orders(*rows):
    frame = pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "revenue"])
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"]).dt.tz_localize("Europe/Amsterdam")
    return frame


def test_a_second_file_adds_its_rows_and_the_newer_of_two_stays(own):
    none = ASIDE.head(0)
    first = orders(
        ("1", "a", "2026-01-05", 10.0), ("2", "b", "2026-01-06", 20.0), ("3", "b", "2026-01-07", 5.0)
    )
    later = orders(
        ("2", "b", "2026-01-06", 20.0), ("3", "b", "2026-01-07", 7.5), ("4", "c", "2026-02-01", 8.0)
    )
    own.add(brought(first, none, "orders"))
    own.add(brought(later, none, "orders", filename="b.csv"))
    assert own.orders.set_index("order_id")["revenue"].to_dict() == {"1": 10.0, "2": 20.0, "3": 7.5, "4": 8.0}
    pd.testing.assert_series_equal(own.orders.dtypes, first.dtypes)
    told = own.imports().set_index("file")[["added", "known", "changed"]]
    assert told.loc["b.csv"].tolist() == [1, 2, 1]
    assert told.loc["a.csv"].tolist() == [3, 0, 0]
    assert len(pd.read_parquet(own.folder / "data" / "earlier" / "orders.parquet")) == 3


def test_the_lines_of_an_order_are_replaced_together(own):
    def lines(*rows):
        frame = pd.DataFrame(rows, columns=["order_id", "product_id", "quantity", "price"])
        return brought(frame.astype({"quantity": "Int64"}), ASIDE.head(0), "order_lines")

    own.add(lines(("1", "cup", 1, 5.0), ("1", "cup", 1, 5.0), ("2", "mug", 1, 7.0)))
    own.add(lines(("1", "cup", 2, 5.0), ("3", "pan", 1, 30.0)))
    found = own.order_lines.sort_values(["order_id", "product_id"])
    assert found[["order_id", "quantity"]].values.tolist() == [["1", 2], ["2", 1], ["3", 1]]
    assert own.imports().iloc[0][["added", "known", "changed"]].tolist() == [1, 1, 1]


def test_answers_without_a_number_are_known_by_all_they_say_as_often_as_they_say_it(own):
    twice = pd.concat([SURVEY.head(1)] * 2, ignore_index=True)
    own.add(brought(SURVEY.head(1)))
    own.add(brought(twice))
    assert len(own.effort_survey) == 2
    assert own.imports().iloc[0][["added", "known", "changed"]].tolist() == [1, 1, 0]


def test_opinions_that_cannot_be_told_apart_add_up_but_the_same_file_does_not(own):
    def opinions(*superior):
        frame = pd.DataFrame({"role": "customer", "superior": pd.array(superior, dtype="boolean")})
        return brought(frame, ASIDE.head(0), "perception")

    for file in (opinions(True, False), opinions(True, False), opinions(False, False, True)):
        own.add(file)
    assert len(own.perception) == 5
    assert own.imports()["added"].tolist() == [3, 0, 2]


def test_a_table_with_gaps_comes_back_with_its_kinds_after_a_second_file(own):
    own.add(brought())
    own.add(brought(SURVEY.assign(answered_at=SURVEY["answered_at"] + pd.Timedelta("1D")).tail(1)))
    pd.testing.assert_series_equal(own.effort_survey.dtypes, SURVEY.dtypes)
    assert len(own.effort_survey) == 4


def test_rows_set_aside_are_kept_without_what_tells_who_somebody_is(own):
    aside = pd.DataFrame(
        {"row": [7], "Naam": ["Jan Jansen"], "Tekst": ["mail jan@example.com"], "reason": ["no date"]}
    )
    private = pd.DataFrame([("Naam", "name", "left out", 1)], columns=["column", "kind", "what", "cells"])
    own.add(brought(aside=aside, private=private))
    kept = own.aside("effort_survey")
    assert list(kept.columns) == ["row", "Tekst", "reason"]
    assert kept["Tekst"].tolist() == ["mail [e-mail]"]
    files = [path.read_bytes() for path in own.folder.rglob("*") if path.is_file()]
    assert not any(b"Jansen" in content or b"jan@example" in content for content in files)


def test_a_crash_while_writing_leaves_the_old_table_and_no_rubbish(own, monkeypatch):
    own.add(brought())
    files = set((own.folder / "data").glob("*")) | set((own.folder / "data").glob(".*"))

    def crash(*_args):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="disk full"):
        own.add(brought(SURVEY.head(1)))
    monkeypatch.undo()
    assert len(shop.open_shop(own.folder).effort_survey) == 3
    left = set((own.folder / "data").glob("*")) | set((own.folder / "data").glob(".*"))
    assert left - files <= {own.folder / "data" / "earlier"}


def test_a_crash_while_saving_settings_leaves_the_old_ones(own, monkeypatch):
    def crash(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        shop.save_settings(own.folder, shop.Settings(name="new"))
    monkeypatch.undo()
    assert shop.open_shop(own.folder).name == "Acme “B.V.”"
    assert not list(own.folder.glob(".workbook.toml*"))


def test_the_demo_shop_never_changes():
    before = digest(paths.data_folder())
    demo = shop.open_shop()
    rows = len(demo.effort_survey)
    theirs = demo.add(brought())
    assert theirs is not demo
    assert not theirs.is_demo
    assert theirs.tables() == ["effort_survey"]
    assert theirs.orders is None
    assert len(demo.effort_survey) == rows
    assert digest(paths.data_folder()) == before


def test_a_changed_table_is_seen_after_forgetting(own):
    other = shop.open_shop(own.folder)
    assert other.effort_survey is None
    own.add(brought())
    other.forget_frames()
    assert len(other.effort_survey) == 3
    assert other.stamp() > 0


# ---------------------------------------------------------------- what it remembers
def test_a_corrected_mapping_survives_reopening(own):
    said = Choices(mapping={"Kolom “A”": "choosing", "E-mail": None}, dates={"Datum": "month"})
    own.remember(brought(fingerprint="fingerprint", choices=said))
    assert shop.open_shop(own.folder).remembered("fingerprint") == said
    assert own.remembered("another") is None


# ---------------------------------------------------------------- visits
def test_a_visit_is_found_again_by_its_id():
    first = visits.visit("abc123")
    first.add(brought())
    again = visits.visit("abc123")
    assert again.folder == first.folder
    assert again.key == first.key
    assert len(again.effort_survey) == 3
    assert visits.visit("zzz").tables() == []


def test_a_visit_that_never_was_is_none():
    assert visits.find_visit("nobody") is None
    assert visits.find_visit("") is None


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/etc/passwd", "..", "a/../../b", "\\\\server\\x", "a\x00b", "%2e%2e"]
)
def test_no_visit_leaves_its_folder(name, tmp_path):
    inside = (tmp_path / "visits").resolve()
    folder = visits.visit(name).folder
    assert folder.is_relative_to(inside) or not any(c.isalnum() for c in name)
    assert folder != inside
    assert not (tmp_path / "workbook.toml").exists()


def test_a_very_long_visit_id_is_still_a_folder():
    assert visits.visit("a" * 5000).folder.exists()


def test_without_a_server_two_visits_share_nothing(monkeypatch):
    monkeypatch.delenv("CSWORKBOOK_VISITS")
    assert visits.visit("same").folder != visits.visit("same").folder


# ---------------------------------------------------------------- call
def chapter(orders, effort_survey=None, *, margin=0.5, zone="UTC", other=1):
    return orders, effort_survey, margin, zone, other


def test_call_hands_in_tables_and_settings_by_name():
    demo = shop.open_shop()
    orders, survey, margin, zone, other = demo.call(chapter)
    assert orders is demo.orders
    assert survey is demo.effort_survey
    assert (margin, zone, other) == (demo.settings.margin, "Europe/Amsterdam", 1)
    assert demo.call(chapter, margin=0.9, other=2)[2:] == (0.9, "Europe/Amsterdam", 2)


def test_call_says_which_table_is_missing(own):
    with pytest.raises(DataError, match="needs the table"):
        own.call(chapter)


def test_a_table_that_only_adds_may_be_missing(own):
    def needs_nothing(effort_survey=None):
        return effort_survey

    assert own.call(needs_nothing) is None


def test_what_is_no_table_is_no_attribute(own):
    with pytest.raises(AttributeError):
        _ = own.nonsense
    assert "effort_survey" in dir(own)
    assert "no tables yet" in repr(own)


# ---------------------------------------------------------------- findings
def test_the_demo_shops_findings_are_ranked_and_whole():
    found = shop.open_shop().findings()
    assert len(found) >= 4
    order = [{"sure": 0, "likely": 1, "too few": 2}[f.certainty] for f in found]
    assert order == sorted(order)
    valued = [f.value.low for f in found if f.value and f.certainty == "sure"]
    assert valued == sorted(valued, reverse=True)
    assert all(f.headline and f.action for f in found)


def test_a_shop_without_tables_finds_nothing(own):
    assert own.findings() == []


def test_a_shop_with_hardly_any_answers_finds_that_there_are_too_few(own):
    found = own.add(brought()).findings()
    assert {f.certainty for f in found} == {"too few"}
    assert all(f.enough >= 30 for f in found)


def test_a_table_too_large_to_hold_stays_in_its_file(own, monkeypatch):
    with_survey = own.add(brought())
    first, last = with_survey.range("effort_survey")
    monkeypatch.setattr(shop, "_LARGE", 2)
    large = shop.open_shop(own.folder)
    given = large.call(lambda effort_survey: effort_survey)
    assert isinstance(given, ibis.Table)
    assert given.count().execute() == len(SURVEY)
    assert large.range("effort_survey") == (first, last)
    assert not large._frames


def test_chosen_steps_are_handed_in(own):
    chosen = [
        {"name": "Cart", "step": ["cart"], "role": "cart"},
        {"name": "Paid", "step": ["paid"], "role": ""},
    ]
    assert own.call(lambda *, steps=None: steps) is None
    own.save(replace(own.settings, funnel_steps=chosen))
    assert shop.open_shop(own.folder).call(lambda *, steps=None: steps) == chosen
    assert own.call(lambda *, steps=None: steps, steps=["a", "b"]) == ["a", "b"]

"""Every column has a name that people use, in both languages."""

import pytest

from csworkbook import language, naming
from csworkbook.tables import TABLES

COLUMNS = sorted({column.name for table in TABLES.values() for column in table.columns})


@pytest.mark.parametrize("name", COLUMNS)
def test_every_canonical_column_has_a_name(name):
    assert name in naming.names()
    assert "_" not in naming.column_name(name)


def test_no_name_is_left_over():
    assert sorted(naming.names()) == COLUMNS


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_columns_of_one_table_are_told_apart(table, spoken):
    with language.speaking(spoken):
        said = [naming.column_name(column.name) for column in TABLES[table].columns]
    assert len(set(said)) == len(said)


def test_names_are_dutch_in_dutch():
    with language.speaking("en"):
        english = naming.names()
    catalogue = language._catalogue("nl")
    assert not [text for text in english.values() if text not in catalogue._catalog]
    with language.speaking("nl"):
        assert naming.column_name("ordered_at") == "datum van de bestelling"
        assert naming.column_name("resolved_at") == "contact opgelost"


def test_a_column_of_the_owners_own_goes_by_its_own_words():
    assert naming.column_name("shoe_size") == "shoe size"

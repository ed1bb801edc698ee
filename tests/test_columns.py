"""A table laid out column after column: the face of any other table, to Python and to rules."""

import copy
import pickle
import sys

import numpy as np
import pytest
from running import in_another_process

from sim.columns import ColumnTable
from sim.compiled import INTERPRETED, rule
from sim.state import Column, new_columns

COLUMNS = {
    "open": Column("i1", "", ""), "people": Column("f8", "", ""), "place": Column("i4", "", ""), "name": Column("u8", "", ""),
}  # fmt: skip
needs_compiler = pytest.mark.skipif(INTERPRETED, reason="rules are interpreted here")


def some(rows: int = 5) -> ColumnTable:
    """Rows told apart by each of their numbers."""
    table = new_columns(COLUMNS, rows)
    for factor, column in enumerate(COLUMNS, 1):
        table[column] = factor * np.arange(rows)
    return table


def test_a_column_is_an_array_of_its_own_kind_in_one_piece():
    table = some(7)
    for column, told in COLUMNS.items():
        assert table[column].dtype == told.kind and table[column].flags.c_contiguous and table[column].flags.aligned
        assert len(table[column]) == len(table) == 7 and table.dtype.names == tuple(COLUMNS)
    table["people"][2] = 0.5
    assert table["people"].tolist() == [0.0, 2.0, 0.5, 6.0, 8.0, 10.0, 12.0] and table["place"].tolist() == list(range(0, 21, 3))
    assert table.nbytes == 7 * 21, "nothing is kept between the numbers"


def test_a_row_reads_and_writes_the_table():
    table = some()
    row = table[1]
    row.people, row["place"] = 4.5, 9
    assert (table["people"][1], table["place"][1], row.name, row["open"]) == (4.5, 9, 4, 1)
    assert [crew.place for crew in table] == [0, 9, 6, 9, 12] and table[-1].name == 16
    with pytest.raises(AttributeError, match="no column 'height'"):
        _ = row.height
    with pytest.raises(IndexError):
        _ = table[5]
    with pytest.raises(KeyError, match="no column 'height'; allowed: open, people, place, name"):
        _ = table["height"]


def test_a_column_is_written_by_its_name_however_that_is_said():
    table = some()
    table.people, table["place"] = 0.5, 7
    assert table["people"].tolist() == table.people.tolist() == [0.5] * 5 and table["place"].tolist() == [7] * 5
    table.note = "not a column"
    assert table.note == "not a column"


def test_what_numpy_would_do_to_a_table_without_its_columns_is_refused():
    table = some()
    for what in (np.repeat, lambda table, _: np.sort(table), lambda table, _: np.concatenate([table, table])):
        with pytest.raises(TypeError, match=r"does not know the columns of a table; allowed: of table\['column'\], or"):
            what(table, 2)
    with pytest.raises(TypeError):
        _ = table == some()
    assert np.repeat(table[:], 2)["place"].tolist() == [0, 0, 3, 3, 6, 6, 9, 9, 12, 12]


def test_a_copy_of_a_row_is_the_same_row_and_a_deep_one_has_a_table_of_its_own():
    row = some()[1]
    again, apart = copy.copy(row), copy.deepcopy(row)
    again.people = 4.5
    assert (row.people, apart.people) == (4.5, 2.0)
    with pytest.raises(TypeError):
        tuple(row)


def test_a_column_has_any_name_but_one_that_every_table_has():
    row = new_columns({name: Column("i8", "", "") for name in ("row", "table", "record_of")}, 3)[2]
    row.row, row.table = 7, 9
    assert (row.row, row["table"], row.record_of) == (7, 9, 0)
    for name in ("size", "with_rows", "record", "_row"):
        with pytest.raises(ValueError, match=f"no column can be called '{name}': every table or row has that"):
            new_columns({name: Column("i8", "", "")}, 3)


def test_rows_are_a_structured_array_that_may_be_written_back():
    table = some()
    found = table[table["place"] > 3]
    assert found.dtype == table.dtype and found["name"].tolist() == [8, 12, 16] and table[1:3]["people"].tolist() == [2.0, 4.0]
    with pytest.raises(ValueError, match="read-only"):
        found["people"] = 1.0
    table[:3] = found
    assert table["name"].tolist() == [8, 12, 16, 12, 16]
    again = ColumnTable.of(found)
    assert again["name"].tolist() == [8, 12, 16] and again.dtype == found.dtype


def test_copies_and_longer_copies_stand_by_themselves():
    table = some()
    same, longer = table.copy(), table.with_rows(9)
    table["people"] = -1.0
    assert same["people"].tolist() == longer["people"][:5].tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    sent = pickle.loads(pickle.dumps(same))  # as to another process
    assert sent.tobytes() == same.tobytes() and sent.dtype == same.dtype and sent[3].place == 9
    assert len(longer) == 9 and not any(longer[column][5:].any() for column in COLUMNS)


@rule
def merge(table):
    """Each crew hands half its people to the one before it; the last row becomes like the first."""
    for i in range(1, len(table)):
        crew = table[i]
        crew.people *= 0.5
        table[i - 1].people += crew.people
        crew.open = 1 if crew.name > np.uint64(8) else 0
    table[len(table) - 1] = table[0]
    return crew.people


@rule
def size(row, factor):
    return factor * row.people


def test_rules_read_and_write_rows_and_are_given_rows_by_python():
    table, by_hand = some(), some()
    assert merge(table) == getattr(merge, "py_func", merge)(by_hand)
    assert table["people"].tolist() == [1.0, 3.0, 5.0, 7.0, 1.0] and table["open"].tolist() == [0, 0, 0, 1, 0]
    assert table.tobytes() == by_hand.tobytes() and table["name"][4] == table["name"][0]
    assert size(table[2], 3.0) == 15.0


@rule
def beyond(table):
    return table[len(table)].people


@rule
def people_of(tables):
    return tables[0][1].people


@rule
def column_of(table):
    return table.people


@rule
def first_but_one(table):
    return table[1].people


def test_numba_takes_no_table_for_another_and_no_table_for_an_array():
    table, turned = some(), new_columns(dict(reversed(COLUMNS.items())), 5)
    for column in COLUMNS:
        turned[column] = table[column]
    for given in (table, turned, table[:], turned[:]) * 2:
        assert people_of((given,)) == first_but_one(given) == 2.0


@needs_compiler
def test_a_column_that_a_rule_hands_back_stays_when_its_table_is_gone():
    table = some(100_000)
    column = column_of(table)
    del table
    again = [some(100_000) for _ in range(5)]  # would take the memory that is free
    assert np.array_equal(column, 2.0 * np.arange(100_000)) and len(again) == 5


@needs_compiler
def test_no_rule_takes_a_part_of_a_table_for_a_table():
    table = some(6)
    for part in (table.reshape(3, 2), np.ndarray.__getitem__(table, slice(None, None, 2))):
        with pytest.raises(TypeError, match="a part of a table is no table"):
            column_of(part)


def test_rules_hold_no_table_that_they_were_given_longer_than_they_run():
    table = some()
    row, held = table[2], sys.getrefcount(table)
    for _ in range(100):
        size(row, 1.0)
        first_but_one(table)
        people_of((table, table))
        merge(table)
    assert sys.getrefcount(table) == held


def test_a_row_that_is_not_there_is_told_where_bounds_are_checked():
    code = "import test_columns as t\ntry:\n    t.beyond(t.some())\nexcept IndexError as error:\n    print(error)"
    assert "out of bounds" in in_another_process(code, NUMBA_BOUNDSCHECK="1")

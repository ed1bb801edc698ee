"""The tables of a world, laid out column after column: of many rows, each rule reads a few columns.

They have the face of structured arrays: a rule says ``crew = compounds[i]`` and ``crew.workers``, Python says
``compounds["workers"]``. But memory holds a column after the other, so that a pass over all rows reads what it uses and nothing
else. NumPy has no such array: this is it. Numba has no such type: that is `sim.column_types`. Why: docs/decisions/0030.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def laid_out(record: np.dtype) -> np.dtype:
    """What the array that holds such rows says it holds. The widest columns first: so each stands on a multiple of its width.

    Numba remembers which type an array of one kind has: so no other array is of this kind.
    """
    if taken := [name for name in record.names if hasattr(ColumnTable, name) or hasattr(Row, name)]:
        raise ValueError(f"no column can be called {taken[0]!r}: every table or row has that")
    widest = sorted(record.names, key=lambda name: -record[name].itemsize)
    return np.dtype([(f"{name}_by_column", record[name]) for name in widest])


def place_of(record: np.dtype, column: str) -> tuple[np.dtype, int]:
    """Type of a column, and how many bytes of each row stand before it."""
    if column not in record.names:
        raise KeyError(f"no column {column!r}; allowed: {', '.join(record.names)}")
    return laid_out(record).fields[f"{column}_by_column"][:2]


class ColumnTable(np.ndarray):
    """A table of zeroed rows of the type `record`, column after column.

    table["column"]     the column, an array that can be written to; rules say ``table.column``
    table[3]            a row, whose columns are attributes and items
    table[:9]           rows, as a structured array that can only be read, for it is a copy (likewise by mask or row numbers)

    It may stand in a tuple that compiled rules are given; ``copy`` and ``tobytes`` do what they say. NumPy's functions are for
    its columns and for ``table[:]``: of the table itself, whose columns they do not know, they raise TypeError.
    """

    __numba_array_subtype_dispatch__ = True  # a type of its own
    __array_ufunc__ = None  # such as ==
    record = None  # of what NumPy makes of a table

    def __new__(cls, record: np.dtype, rows: int):
        made = np.zeros(rows, laid_out(record)).view(cls)
        made.record = record
        return made

    def __array_finalize__(self, made_from):
        self.record = getattr(made_from, "record", None)

    @classmethod
    def of(cls, rows: np.ndarray) -> "ColumnTable":
        """A table with the rows of a structured array."""
        made = cls(rows.dtype, len(rows))
        made[:] = rows
        return made

    def __reduce__(self):
        return ColumnTable.of, (self[:],)

    def with_rows(self, rows: int) -> "ColumnTable":
        """A copy with rows up to so many: those after its own are zeroed."""
        made = type(self)(self.record, rows)
        made[: len(self)] = self
        return made

    @property
    def dtype(self) -> np.dtype:
        """Names and types of the columns, as of any other table."""
        return self.record

    def __getitem__(self, which):
        if isinstance(which, str):
            kind, before = place_of(self.record, which)
            return np.ndarray(len(self), kind, self, before * len(self))
        if isinstance(which, int | np.integer):
            return Row(self, range(len(self))[which])
        found = np.empty(len(np.arange(len(self))[which]), self.record)
        for name in self.record.names:
            found[name] = self[name][which]
        found.flags.writeable = False  # what is written to a copy would be lost in silence
        return found

    def __getattr__(self, column):
        if self.record is None or column not in self.record.names:
            raise AttributeError(f"no column {column!r}")
        return self[column]

    def __setattr__(self, name, value):
        if self.record is not None and name in self.record.names:
            self[name] = value
        else:
            super().__setattr__(name, value)

    def __array_function__(self, function, kinds, given, named):
        if function not in (np.shares_memory, np.may_share_memory):
            what = "does not know the columns of a table; allowed: of table['column'], or of table[:], which is a copy"
            raise TypeError(f"{function.__name__} {what}")
        return super().__array_function__(function, kinds, given, named)

    def __setitem__(self, which, value):
        if isinstance(which, str):
            self[which][:] = value
            return
        for name in self.record.names:
            self[name][which] = value[name]

    def __iter__(self) -> Iterator["Row"]:
        return (Row(self, row) for row in range(len(self)))

    def __repr__(self) -> str:
        return f"ColumnTable of {len(self)} rows: {', '.join(self.record.names)}"


class Row:
    """A row of such a table: reading and writing an attribute, or an item, reads and writes the table."""

    __slots__ = ("_row", "_table")
    __iter__ = None

    def __init__(self, table: ColumnTable, row: int):
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_row", row)

    def __reduce__(self):
        return Row, (self._table, self._row)

    def __getitem__(self, column):
        return self._table[column][self._row]

    def __setitem__(self, column, value):
        self._table[column][self._row] = value

    def __getattr__(self, column):
        if column.startswith("_"):  # what Python asks things for; arrays have some of it
            raise AttributeError(f"no column {column!r}")
        return getattr(self._table, column)[self._row]

    __setattr__ = __setitem__

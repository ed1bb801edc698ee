"""Runs become tables whose rows stand in the order of the design, place and week, whoever finished first.

`kept` is what a worker sends of a run: the arrays of the tables that are wanted, places as numbers. `Collector` makes the
tables of such runs, as Arrow has them: in chunks, so that no record is copied and what runs share is there once.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.ensemble.design import KEYS, Plan
from sim.measures.zones import ZONES, zones
from sim.model import Run
from sim.parquet import as_frame
from sim.records import CELL_WEEKS, new_records
from sim.region import ConfigError, Region
from sim.schema import BLOCS
from sim.state import CAUSES, MOVES, record

DAY = "datetime64[us]"  # pandas' own resolution, kept by Parquet
TABLES = ("weekly", "pools", "moves", "cells")
WEEKLY = {"compounds": "compounds", "workers": "workers", "revenue_usd": "revenue", "losses_usd": "losses"}
WEEKLY |= {"raids": "raids", "announced_raids": "official_raids"}
POOLS = {"losses_usd": "pool_losses", "reported_losses_usd": "pool_reported", "victims": "pool_victims"}
POOLS |= {"effort_workers": "pool_effort"}
GRIDS = {"weekly": WEEKLY, "pools": POOLS}  # tables with a row for each place and week: their columns, and records of these
NOWHERE = ("zone", "origin_territory", "origin_cell", "destination_territory", "destination_cell")  # columns that may be null
OCCUPIED = np.dtype([("quarter", "i2"), ("cell", "i4"), ("workers", "f4")], align=True)
LOGS = {"moves": record(MOVES), "cells": OCCUPIED}  # tables whose runs have as many rows as they like
MANY = 80e6  # bytes of records in one table: more than a part on disk has, which with its keys holds PART_BYTES
Kept = dict[str, Any]  # of one run: table -> its arrays by column, or its rows
Columns = dict[str, pa.Array | pa.ChunkedArray]


def checked_tables(asked: Sequence[str]) -> tuple[str, ...]:
    """The tables asked for, in their usual order. Raises ConfigError (one line) for one that does not exist."""
    unknown = [name for name in asked if name not in TABLES]
    if unknown or not asked or isinstance(asked, str):
        raise ConfigError(f"tables: is {asked!r}; allowed: some of {', '.join(TABLES)}")
    return tuple(name for name in TABLES if name in asked)


def kept(run: Run, tables: Sequence[str]) -> Kept:
    """What the tables need of a run: weekly and pools as places x weeks by column, moves and occupied cells a row each."""
    records, found = run.records, {}
    for table, columns in GRIDS.items():
        if table in tables:  # turned here, where they have just been written
            found[table] = {column: np.ascontiguousarray(getattr(records, name).T) for column, name in columns.items()}
    if "moves" in tables:
        found["moves"] = run.moves
    if "cells" in tables:
        there = np.flatnonzero(records.cells != 0.0)
        found["cells"] = occupied = np.empty(len(there), OCCUPIED)
        occupied["quarter"], occupied["cell"] = np.divmod(there, records.cells.shape[1])
        occupied["workers"] = records.cells.reshape(-1)[there]
    return found


class Collector:
    """Gathers some runs of a plan (row numbers of its design, in order) into tables, each run in its place.

    weekly   keys, date, territory, country, zone, compounds, workers (people), revenue_usd, losses_usd (per week), raids (real
             ones), announced_raids (those that officials announce, staged ones included)
    pools    keys, date, pool, bloc, losses_usd, reported_losses_usd, victims (persons), effort_workers (per week)
    moves    keys, date, compound, origin and destination (territory, cell; null for nowhere), cause, workers
    cells    keys, date (each quarter), cell, territory, workers; occupied cells only
    The keys are scenario and seed and, where the design has them, draw and structure. zone is relative to the scenario's own
    target; null in worlds that have none. A run that is never added has no rows.
    """

    def __init__(self, plan: Plan, runs: Sequence[int], tables: Sequence[str] = TABLES):
        self.plan, self.region, self.runs, self.names = plan, plan.first.region, runs, tuple(tables)
        self.dates = (np.datetime64(plan.first.start) + 7 * np.arange(plan.first.weeks)).astype(DAY)
        self._kept: dict[int, Kept] = {}
        self._blocks: dict[str, dict[str, np.ndarray]] = {}

    def add(self, run: int, given: Kept) -> None:
        """Take what was kept of a run."""
        size = sum(values.nbytes for name in GRIDS if name in given for values in given[name].values())
        if len(self.runs) * size > MANY:
            given = given | {name: self._in_blocks(name, run, given[name]) for name in GRIDS if name in given}
        self._kept[run] = given

    def _in_blocks(self, name: str, run: int, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The same in blocks of memory for all runs: these go back to the system as a whole, thousands of pieces do not."""
        if name not in self._blocks:
            self._blocks[name] = {column: np.empty((len(self.runs), *one.shape), one.dtype) for column, one in columns.items()}
        blocks, place = self._blocks[name], self.runs.index(run)
        for column, values in columns.items():
            blocks[column][place] = values
        return {column: block[place] for column, block in blocks.items()}

    def tables(self) -> dict[str, pa.Table]:
        """The tables; to be called once, when all runs are in. Keys are dictionaries, made from numbers and never from text."""
        there = [run for run in self.runs if run in self._kept]
        given = [self._kept.pop(run) for run in there]
        if not there:
            given = [kept(Run(new_records(self.plan.first), np.zeros(0, LOGS["moves"])), self.names)]
        self._blocks.clear()
        design = self.plan.table[self.plan.keys].iloc[there or [self.runs[0]]]
        make = {"weekly": self._weekly, "pools": self._pools, "moves": self._moves, "cells": self._cells}
        found = {name: _table(make[name](design, [one[name] for one in given])) for name in self.names}
        return found if there else {name: table[:0] for name, table in found.items()}

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables for pandas, likewise."""
        tables = self.tables()
        return {name: as_frame(tables.pop(name)) for name in self.names}

    def _weekly(self, design: pd.DataFrame, given: list[dict]) -> Columns:
        countries = [place.country for place in self.region.territories]
        known = sorted(set(countries))
        zone = _zones(self.region, tuple((name, scenario.target) for name, scenario in self.plan.bases.items()))
        keys = {
            "territory": [(range(len(countries)), self.region.names("territories"))],
            "country": [(map(known.index, countries), known)],
            "zone": [(zone[name], ZONES) for name in design["scenario"]],
        }
        return self._grid(design, given, keys, WEEKLY)

    def _pools(self, design: pd.DataFrame, given: list[dict]) -> Columns:
        blocs = [BLOCS.index(pool.bloc) for pool in self.region.pools]
        keys = {"pool": [(range(len(blocs)), self.region.names("pools"))], "bloc": [(blocs, BLOCS)]}
        return self._grid(design, given, keys, POOLS)

    def _grid(self, design: pd.DataFrame, given: list[dict], keys: Mapping[str, list], columns: Iterable[str]) -> Columns:
        """A row for each run, place and week. keys: codes of the places, and what they stand for, of each run or of all."""
        size, weeks = given[0][next(iter(columns))].size, len(self.dates)
        chunks = {"date": [_day_by_place(self.dates[0], weeks, size // weeks)]}
        chunks |= {name: [_by_place(tuple(codes), tuple(names), weeks) for codes, names in runs] for name, runs in keys.items()}
        chunks = {name: runs if len(runs) > 1 else runs * len(given) for name, runs in chunks.items()}
        chunks |= {name: [pa.array(one[name].reshape(-1)) for one in given] for name in columns}
        return self._keys(design, [size] * len(given)) | {name: pa.chunked_array(runs) for name, runs in chunks.items()}

    def _keys(self, design: pd.DataFrame, rows: list[int]) -> Columns:
        """The keys of runs with so many rows."""
        names = {"scenario": list(self.plan.bases), "structure": list(self.plan.labels)}  # the others are numbers
        found = {}
        for name, values in design.items():
            if name in names:
                codes = np.array([names[name].index(value) for value in values], "i4")
                found[name] = _named(codes.repeat(rows), names[name])
            else:
                found[name] = pa.array(values.to_numpy("i4").repeat(rows))
        return found

    def _moves(self, design: pd.DataFrame, given: list[np.ndarray]) -> Columns:
        columns, log = self._keys(design, [len(one) for one in given]), np.concatenate(given)
        columns |= {"date": pa.array(self.dates[log["week"]]), "compound": _hexadecimal(log["lineage"])}
        for end in ("origin", "destination"):
            columns |= self._where(log[end], f"{end}_")
        return columns | {"cause": _named(log["cause"], CAUSES), "workers": pa.array(log["workers"].astype("f4"))}

    def _cells(self, design: pd.DataFrame, given: list[np.ndarray]) -> Columns:
        columns, log = self._keys(design, [len(one) for one in given]), np.concatenate(given)
        columns["date"] = pa.array(self.dates[::CELL_WEEKS][log["quarter"]])
        where = self._where(log["cell"], "")
        return columns | {name: where[name] for name in ("cell", "territory")} | {"workers": pa.array(log["workers"].copy())}

    def _where(self, cell: np.ndarray, prefix: str) -> Columns:
        """The columns <prefix>territory and <prefix>cell from rows of cells; -1 is null."""
        return {
            f"{prefix}territory": _named(_territory_of_cells(self.region)[cell], self.region.names("territories")),
            f"{prefix}cell": _named(cell, self.region.names("cells")),
        }


def monthly(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """To be given as `reduce`: weekly and pools as means per week over the weeks that begin in a calendar month.

    date is the first of the month; units stay (USD per week, people). Rows stand by run, place and month. Other tables are left
    as they are. Tables shrink to about a quarter; a window of measurement is then met to within half a month at either end.
    """
    return {name: _by_month(table) if name in ("weekly", "pools") else table for name, table in tables.items()}


def _by_month(table: pd.DataFrame) -> pd.DataFrame:
    places = [name for name in ("territory", "country", "zone", "pool", "bloc") if name in table]
    by = [*(name for name in KEYS if name in table), "date", *places]
    amounts = table.select_dtypes("number").columns.difference(by)
    months = table.assign(date=table["date"].to_numpy().astype("datetime64[M]").astype(DAY)).astype(dict.fromkeys(amounts, "f8"))
    # unsorted groups keep the order in which they first appear: that of the runs, the places and the months
    means = months.groupby(by, observed=True, sort=False, dropna=False)[[name for name in table if name not in by]].mean()
    return means.astype("f4").reset_index()


def _table(columns: Columns) -> pa.Table:
    """A table of these columns, of which only those of places may be null: the others take less time to write."""
    fields = [pa.field(name, column.type, nullable=name in NOWHERE) for name, column in columns.items()]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def _hexadecimal(numbers: np.ndarray) -> pa.Array:
    """64-bit numbers as texts of 16 digits, without a Python object for each."""
    digits, ends = numbers.astype(">u8").tobytes().hex(), np.arange(0, 16 * len(numbers) + 1, 16)
    return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(digits.encode()))


def _named(codes: np.ndarray, names: Iterable[str]) -> pa.Array:
    """A key column from positions among the names, which are ours and within bounds; -1 is null."""
    values = _names(tuple(names))
    small = codes.astype("i1" if len(values) < 128 else "i2" if len(values) < 2**15 else "i4")
    nowhere = small < 0
    places = pa.array(small, mask=nowhere if nowhere.any() else None)
    return pa.DictionaryArray.from_arrays(places, values, safe=False)


# What runs share, and every part asks for: nobody can write to it.


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> pa.Array:
    return pa.array(names, pa.large_string())


@lru_cache(maxsize=64)
def _by_place(codes: tuple[int, ...], names: tuple[str, ...], weeks: int) -> pa.Array:
    """A key column of a run, places x weeks, from the code of each place."""
    return _named(np.repeat(codes, weeks), names)


@lru_cache(maxsize=8)
def _day_by_place(start: np.datetime64, weeks: int, places: int) -> pa.Array:
    """The column of dates of a run, places x weeks."""
    return pa.array(np.tile(start + np.arange(weeks) * np.timedelta64(7, "D"), places).astype(DAY))


@lru_cache(maxsize=8)
def _territory_of_cells(region: Region) -> np.ndarray:
    """Rows of the territories in which cells lie; the last is of no cell, and none."""
    inside = region.index("territories")
    return np.array([inside[row.territory] for row in region.cells] + [-1])


@lru_cache(maxsize=8)
def _zones(region: Region, targets: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[int]]:
    """Codes of the zones of all territories, for each scenario and its target."""
    columns = ("territory", "country", "remote")
    geography = pd.DataFrame({name: [getattr(place, name) for place in region.territories] for name in columns})
    codes = zones(geography, dict(targets))["zone"].cat.codes.to_numpy().reshape(len(targets), -1)
    return dict(zip(dict(targets), codes.tolist(), strict=True))

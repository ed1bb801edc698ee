"""Runs become tables whose rows stand in the order of the design, week and place, whoever finished first.

`kept` is what a worker sends of a run: the arrays of the tables that are wanted, places as numbers. `Collector` puts such
runs in their places and makes the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.arrays import ArrowStringArray

from sim.ensemble.design import KEYS, Plan
from sim.measures.zones import ZONES, zones
from sim.model import Run
from sim.records import CELL_WEEKS
from sim.region import ConfigError, Region
from sim.schema import BLOCS
from sim.state import CAUSES, MOVES, record

DAY = "datetime64[us]"  # pandas' own resolution, kept by Parquet
TABLES = ("weekly", "pools", "moves", "cells")
WEEKLY = {"compounds": "compounds", "workers": "workers", "revenue_usd": "revenue", "losses_usd": "losses"}
WEEKLY |= {"raids": "raids", "announced_raids": "official_raids"}
COUNTS = {"compounds": "i4", "raids": "i2", "announced_raids": "i2"}  # the other columns are amounts
POOLS = {"losses_usd": "pool_losses", "reported_losses_usd": "pool_reported", "victims": "pool_victims"}
POOLS |= {"effort_workers": "pool_effort"}
NOWHERE = ("zone", "origin_territory", "origin_cell", "destination_territory", "destination_cell")  # columns that may be null
OCCUPIED = np.dtype([("quarter", "i2"), ("cell", "i4"), ("workers", "f4")], align=True)
LOGS = {"moves": record(MOVES), "cells": OCCUPIED}  # tables whose runs have as many rows as they like
Kept = dict[str, Any]  # of one run: table -> its arrays by column, or its rows


def checked_tables(asked: Sequence[str]) -> tuple[str, ...]:
    """The tables asked for, in their usual order. Raises ConfigError (one line) for one that does not exist."""
    unknown = [name for name in asked if name not in TABLES]
    if unknown or not asked or isinstance(asked, str):
        raise ConfigError(f"tables: is {asked!r}; allowed: some of {', '.join(TABLES)}")
    return tuple(name for name in TABLES if name in asked)


def kept(run: Run, tables: Sequence[str]) -> Kept:
    """What the tables need of a run: weekly and pools as weeks x places by column, moves and occupied cells a row each."""
    records, found = run.records, {}
    if "weekly" in tables:
        found["weekly"] = {column: getattr(records, name) for column, name in WEEKLY.items()}
    if "pools" in tables:
        found["pools"] = {column: getattr(records, name) for column, name in POOLS.items()}
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
        self.plan, self.region, self.names = plan, plan.first.region, tuple(tables)
        self.place = {run: place for place, run in enumerate(runs)}
        self.design = plan.table.iloc[list(runs)]
        self.keys = {"scenario": _from_codes(pd.Index(list(plan.bases)).get_indexer(self.design["scenario"]), plan.bases)}
        for name in plan.keys[1:]:  # seed and, where the design has them, draw and structure
            values = self.design[name].to_numpy()
            codes = pd.Index(plan.labels).get_indexer(values) if name == "structure" else None
            self.keys[name] = values.astype("i4") if codes is None else _from_codes(codes, plan.labels)
        weeks = plan.first.weeks
        self.dates = (np.datetime64(plan.first.start) + 7 * np.arange(weeks)).astype(DAY)
        shape = (len(runs), weeks)
        self._there = np.zeros(len(runs), bool)
        self._cubes: dict[str, dict[str, np.ndarray]] = {}
        for name, columns, places in (
            ("weekly", WEEKLY, len(self.region.territories)), ("pools", POOLS, len(self.region.pools)),
        ):  # fmt: skip
            if name in tables:
                self._cubes[name] = {column: np.zeros((*shape, places), COUNTS.get(column, "f4")) for column in columns}
        self._logs: dict[str, dict[int, np.ndarray]] = {name: {} for name in LOGS if name in tables}

    def add(self, run: int, given: Kept) -> None:
        """Put what was kept of a run in its place."""
        place = self.place[run]
        self._there[place] = True
        for name, columns in self._cubes.items():
            for column, values in columns.items():
                values[place] = given[name][column]
        for name, log in self._logs.items():
            log[place] = given[name]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables; call it when all runs are in. Keys are categories, made from numbers and never from text."""
        make = {"weekly": self._weekly_table, "pools": self._pools_table, "moves": self._moves_table, "cells": self._cells_table}
        return {name: make[name]() for name in self.names}

    def _weekly_table(self) -> pd.DataFrame:
        values, shape = self._cube("weekly")
        names, countries = self.region.names("territories"), [place.country for place in self.region.territories]
        known = sorted(set(countries))
        zone = _zones(self.region, tuple((name, scenario.target) for name, scenario in self.plan.bases.items()))
        keys = {
            "territory": _category(np.arange(len(names)), names, shape),
            "country": _category(np.array([known.index(country) for country in countries]), known, shape),
            "zone": _category(zone[self.keys["scenario"].codes[self._there], np.newaxis], ZONES, shape),
        }
        return pd.DataFrame(self._keys(shape) | keys | values, copy=False)

    def _pools_table(self) -> pd.DataFrame:
        values, shape = self._cube("pools")
        names = self.region.names("pools")
        bloc = np.array([BLOCS.index(pool.bloc) for pool in self.region.pools])
        keys = {"pool": _category(np.arange(len(names)), names, shape), "bloc": _category(bloc, BLOCS, shape)}
        return pd.DataFrame(self._keys(shape) | keys | values, copy=False)

    def _cube(self, name: str) -> tuple[dict[str, np.ndarray], tuple[int, int, int]]:
        """Columns of all runs that are there, flat, and their shape: runs x weeks x places."""
        columns = self._cubes[name]
        if not self._there.all():
            columns = {column: values[self._there] for column, values in columns.items()}
        return {column: values.reshape(-1) for column, values in columns.items()}, next(iter(columns.values())).shape

    def _keys(self, shape: tuple[int, int, int]) -> dict:
        """The keys and the date of every row of a table of runs x weeks x places."""
        each = {name: values[self._there].repeat(shape[1] * shape[2]) for name, values in self.keys.items()}
        return each | {"date": np.tile(self.dates.repeat(shape[2]), shape[0])}

    def _log(self, name: str) -> tuple[dict, np.ndarray]:
        """Keys and rows of a table whose runs have as many rows as they like."""
        log = self._logs[name]
        places = np.array(sorted(log), int)
        rows = np.concatenate([np.zeros(0, LOGS[name]), *(log[place] for place in places)])
        lengths = [len(log[place]) for place in places]
        return {name: values[places].repeat(lengths) for name, values in self.keys.items()}, rows

    def _moves_table(self) -> pd.DataFrame:
        columns, log = self._log("moves")
        columns |= {"date": self.dates[log["week"]], "compound": _hexadecimal(log["lineage"])}
        for end in ("origin", "destination"):
            columns |= self._where(log[end], f"{end}_")
        columns |= {"cause": _from_codes(log["cause"], CAUSES), "workers": log["workers"].astype("f4")}
        return pd.DataFrame(columns)

    def _cells_table(self) -> pd.DataFrame:
        columns, log = self._log("cells")
        columns |= {"date": self.dates[::CELL_WEEKS][log["quarter"]]}
        columns |= self._where(log["cell"], "", ("cell", "territory")) | {"workers": log["workers"]}
        return pd.DataFrame(columns)

    def _where(self, cell: np.ndarray, prefix: str, order: tuple[str, str] = ("territory", "cell")) -> dict:
        """The columns <prefix>territory and <prefix>cell from rows of cells; -1 is null."""
        found = {
            "territory": _from_codes(_territory_of_cells(self.region)[cell], self.region.names("territories")),
            "cell": _from_codes(cell, self.region.names("cells")),
        }
        return {prefix + name: found[name] for name in order}


def monthly(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """To be given as `reduce`: weekly and pools as means per week over the weeks that begin in a calendar month.

    date is the first of the month; units stay (USD per week, people). Other tables are left as they are. Tables shrink to
    about a quarter; a window of measurement is then met to within half a month at either end.
    """
    return {name: _by_month(table) if name in ("weekly", "pools") else table for name, table in tables.items()}


def _by_month(table: pd.DataFrame) -> pd.DataFrame:
    places = [name for name in ("territory", "country", "zone", "pool", "bloc") if name in table]
    by = [*(name for name in KEYS if name in table), "date", *places]
    months = table.assign(date=table["date"].to_numpy().astype("datetime64[M]").astype(DAY))
    # unsorted groups keep the order in which they first appear: that of the runs, the months and the places
    means = months.groupby(by, observed=True, sort=False, dropna=False)[[name for name in table if name not in by]].mean()
    return means.astype("f4").reset_index()


def _hexadecimal(numbers: np.ndarray) -> ArrowStringArray:
    """64-bit numbers as texts of 16 digits, without a Python object for each."""
    digits, ends = numbers.astype(">u8").tobytes().hex(), np.arange(0, 16 * len(numbers) + 1, 16)
    texts = pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(digits.encode()))
    return pd.array(texts, dtype="str")


def _category(codes: np.ndarray, names: Sequence[str], shape: tuple[int, ...]) -> pd.Categorical:
    """A key column of a table of that shape, from codes that broadcast to it."""
    small = codes.astype("i1" if len(names) < 128 else "i2" if len(names) < 2**15 else "i4")
    return _from_codes(np.broadcast_to(small, shape).reshape(-1), names)


def _from_codes(codes: np.ndarray, names: Iterable[str]) -> pd.Categorical:
    """A key column from positions among the names; they are ours, and within bounds."""
    return pd.Categorical.from_codes(codes, dtype=_kind(tuple(names)), validate=False)


@lru_cache(maxsize=64)  # what follows is asked for with every part
def _kind(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(names))


@lru_cache(maxsize=8)
def _territory_of_cells(region: Region) -> np.ndarray:
    """Rows of the territories in which cells lie; the last is of no cell, and none."""
    inside = region.index("territories")
    return np.array([inside[row.territory] for row in region.cells] + [-1])


@lru_cache(maxsize=8)
def _zones(region: Region, targets: tuple[tuple[str, tuple[str, ...]], ...]) -> np.ndarray:
    """Zones of all territories for each scenario and its target, as codes: scenarios x territories."""
    columns = ("territory", "country", "remote")
    geography = pd.DataFrame({name: [getattr(place, name) for place in region.territories] for name in columns})
    return zones(geography, dict(targets))["zone"].cat.codes.to_numpy().reshape(len(targets), -1)

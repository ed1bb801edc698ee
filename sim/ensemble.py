"""Ensembles: many runs, scenarios by seeds. A design goes in, tidy tables come out.

    tables = run_ensemble([baseline, crackdown], seeds=range(1, 17))
    tables["weekly"]

`run_all` runs and hands over each run as it ends, in any order; `Collector` gathers runs into tables whose rows are in the
order of scenario, seed, date and place, whoever finished first. Another way of running (processes, a cluster, a run
read back from disk) is another generator of (scenario number, seed number, Run), and meets the same collector.

A run is a pure function of (scenario, seed), so scenarios share the seeds, and the baseline is run once for all.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager

import numpy as np
import pandas as pd

from sim.measures.zones import ZONES, zones
from sim.model import Run, simulate
from sim.records import CELL_WEEKS
from sim.region import ConfigError
from sim.scenario import Scenario
from sim.schema import BLOCS
from sim.state import CAUSES

DAY = "datetime64[us]"  # pandas' own resolution, kept by Parquet
Numbered = tuple[int, int, Run]


def run_ensemble(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int],
    workers: int | None = None,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, pd.DataFrame]:
    """Run every scenario with every seed; the tables weekly, pools, moves and cells (columns: see `Collector`).

    workers    threads at once; None is one per processor. Results do not depend on it.
    progress   called after each run
    About 30 bytes per row of `weekly`: scenarios × seeds × weeks × territories.
    Raises ConfigError (one line) for an empty design, or for scenarios of different regions or calendars.
    """
    seeds = list(seeds)
    collector = Collector(scenarios, seeds)
    with closing(run_all(scenarios, seeds, workers)) as runs:
        for scenario, seed, run in runs:
            collector.add(scenario, seed, run)
            progress()
    return collector.tables()


def run_all(scenarios: Sequence[Scenario], seeds: Sequence[int], workers: int | None = None) -> Iterator[Numbered]:
    """Runs in threads, each handed over as it ends: (number of the scenario, number of the seed, run).

    Threads do, because a compiled week holds no interpreter lock. At most two runs per thread are ahead of the reader,
    so a slow reader costs no memory; leaving early (Ctrl-C) waits only for the runs that have begun.
    """
    workers = workers or os.process_cpu_count() or 1
    jobs = ((s, k) for k in range(len(seeds)) for s in range(len(scenarios)))  # a seed's worlds together
    with ThreadPoolExecutor(workers) as pool, _short_turns():
        waiting = {}
        try:
            while True:
                for s, k in jobs:
                    waiting[pool.submit(simulate, scenarios[s], seeds[k])] = (s, k)
                    if len(waiting) >= 2 * workers:
                        break
                if not waiting:
                    return
                for job in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield *waiting.pop(job), job.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads pass the interpreter lock on quickly.

    A week takes about a millisecond. With Python's usual turn of five, a thread that comes back from one may wait for
    several weeks' worth of time while another does its bookkeeping.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(2e-4)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class Collector:
    """Gathers runs into tables of fixed size, each run in its place.

    weekly   scenario, seed, date, territory, country, zone, compounds, workers (people), revenue_usd, losses_usd (per week)
    pools    scenario, seed, date, pool, bloc, losses_usd, reported_losses_usd, victims (persons), effort_workers (per week)
    moves    scenario, seed, date, compound, origin and destination (territory, cell; null for nowhere), cause, workers
    cells    scenario, seed, date (each quarter), cell, territory, workers; occupied cells only
    zone is relative to the scenario's own target; null in worlds that have none.
    """

    def __init__(self, scenarios: Sequence[Scenario], seeds: Sequence[int]):
        if not scenarios or not seeds:
            raise ConfigError("ensemble: has no runs; allowed: at least one scenario and one seed")
        first = scenarios[0]
        for other in scenarios:
            if (other.region.digest, other.start, other.end) != (first.region.digest, first.start, first.end):
                raise ConfigError(f"ensemble: {other.name} has another region, start or end than {first.name}; allowed: the same")
        self.scenarios, self.seeds, self.region = list(scenarios), list(seeds), first.region
        self.names = [scenario.name for scenario in scenarios]
        self.dates = (np.datetime64(first.start) + 7 * np.arange(first.weeks)).astype(DAY)
        runs, places, pools = (len(scenarios), len(seeds), first.weeks), len(self.region.territories), len(self.region.pools)
        self._weekly = {"compounds": np.zeros((*runs, places), "i4")}
        self._weekly |= {name: np.zeros((*runs, places), "f4") for name in ("workers", "revenue_usd", "losses_usd")}
        columns = ("losses_usd", "reported_losses_usd", "victims", "effort_workers")
        self._pools = {name: np.zeros((*runs, pools), "f4") for name in columns}
        self._moves: dict[tuple[int, int], dict] = {}
        self._cells: dict[tuple[int, int], tuple] = {}

    def add(self, scenario: int, seed: int, run: Run) -> None:
        """Put a run in its place (numbers count in the order of the design)."""
        records, here = run.records, (scenario, seed)
        given = {"compounds": records.compounds, "workers": records.workers, "revenue_usd": records.revenue}
        for name, values in (given | {"losses_usd": records.losses}).items():
            self._weekly[name][here] = values
        given = {"losses_usd": records.pool_losses, "reported_losses_usd": records.pool_reported}
        for name, values in (given | {"victims": records.pool_victims, "effort_workers": records.pool_effort}).items():
            self._pools[name][here] = values
        quarter, cell = np.nonzero(records.cells)
        self._cells[here] = (quarter.astype("i2"), cell.astype("i4"), records.cells[quarter, cell])
        self._moves[here] = self._coded(run.moves)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables; call it when all runs are in. Keys are categories, made from numbers and never from text."""
        return {
            "weekly": self._weekly_table(),
            "pools": self._pools_table(),
            "moves": self._moves_table(),
            "cells": self._cells_table(),
        }

    def _weekly_table(self) -> pd.DataFrame:
        names, countries = self.region.names("territories"), [place.country for place in self.region.territories]
        shape = self._weekly["workers"].shape
        known = sorted(set(countries))
        geography = pd.DataFrame(
            {"territory": names, "country": countries, "remote": [place.remote for place in self.region.territories]}
        )
        placed = zones(geography, {scenario.name: scenario.target for scenario in self.scenarios})
        zone = placed["zone"].cat.codes.to_numpy().reshape(len(self.scenarios), 1, 1, -1)
        return pd.DataFrame(
            self._keys(shape)
            | {
                "territory": _category(np.arange(len(names)), names, shape),
                "country": _category(np.array([known.index(country) for country in countries]), known, shape),
                "zone": _category(zone, ZONES, shape),
            }
            | {name: values.reshape(-1) for name, values in self._weekly.items()},
            copy=False,
        )

    def _pools_table(self) -> pd.DataFrame:
        names, shape = self.region.names("pools"), self._pools["victims"].shape
        bloc = np.array([BLOCS.index(pool.bloc) for pool in self.region.pools])
        keys = {"pool": _category(np.arange(len(names)), names, shape), "bloc": _category(bloc, BLOCS, shape)}
        values = {name: values.reshape(-1) for name, values in self._pools.items()}
        return pd.DataFrame(self._keys(shape) | keys | values, copy=False)

    def _keys(self, shape: tuple[int, ...]) -> dict:
        """Scenario, seed and date of every row of a table of scenarios × seeds × weeks × places."""
        seeds, dates = np.array(self.seeds, "i4").reshape(1, -1, 1, 1), self.dates.reshape(1, 1, -1, 1)
        return {
            "scenario": _category(np.arange(shape[0]).reshape(-1, 1, 1, 1), self.names, shape),
            "seed": np.broadcast_to(seeds, shape).reshape(-1),
            "date": np.broadcast_to(dates, shape).reshape(-1),
        }

    def _coded(self, moves: dict) -> dict:
        """A run's log of moves with its places and causes as numbers; -1 is nowhere."""
        ends = {f"{end}_cell": _codes(moves[f"{end}_cell"], self.region.names("cells")) for end in ("origin", "destination")}
        return {
            "date": moves["date"].astype(DAY), "compound": moves["compound"], **ends,
            "cause": _codes(moves["cause"], CAUSES), "workers": moves["workers"],
        }  # fmt: skip

    def _moves_table(self) -> pd.DataFrame:
        columns = self._runs_in_order(self._moves, [len(run["workers"]) for _, run in sorted(self._moves.items())])
        log = {name: np.concatenate([run[name] for _, run in sorted(self._moves.items())]) for name in self._moves[0, 0]}
        columns |= {"date": log["date"], "compound": pd.array(log["compound"], dtype="str")}
        for end in ("origin", "destination"):
            columns |= self._place(log[f"{end}_cell"], f"{end}_")
        columns |= {"cause": pd.Categorical.from_codes(log["cause"], CAUSES), "workers": log["workers"].astype("f4")}
        return pd.DataFrame(columns)

    def _cells_table(self) -> pd.DataFrame:
        runs = [run for _, run in sorted(self._cells.items())]
        quarter, cell, workers = (np.concatenate([run[column] for run in runs]) for column in range(3))
        columns = self._runs_in_order(self._cells, [len(run[0]) for run in runs])
        columns |= {"date": self.dates[::CELL_WEEKS][quarter], **self._place(cell, "", ("cell", "territory")), "workers": workers}
        return pd.DataFrame(columns)

    def _runs_in_order(self, runs: dict, lengths: list[int]) -> dict:
        """Scenario and seed of the rows of runs of different lengths."""
        numbers = np.array(sorted(runs)).repeat(lengths, axis=0)
        names = pd.Categorical.from_codes(numbers[:, 0].astype("i1"), self.names)
        return {"scenario": names, "seed": np.array(self.seeds, "i4")[numbers[:, 1]]}

    def _place(self, cell: np.ndarray, prefix: str, order: tuple[str, str] = ("territory", "cell")) -> dict:
        """The columns <prefix>territory and <prefix>cell from rows of cells; -1 is null."""
        inside = self.region.index("territories")
        of_cell = np.array([inside[row.territory] for row in self.region.cells] + [-1])
        found = {
            "territory": pd.Categorical.from_codes(of_cell[cell], self.region.names("territories")),
            "cell": pd.Categorical.from_codes(cell, self.region.names("cells")),
        }
        return {prefix + name: found[name] for name in order}


def _codes(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Position of each value among the names; -1 where it is none of them (an empty text: nowhere)."""
    return pd.Index(names).get_indexer(values).astype("i4")


def _category(codes: np.ndarray, names: Sequence[str], shape: tuple[int, ...]) -> pd.Categorical:
    """A key column of a table of that shape, from codes that broadcast to it."""
    small = codes.astype("i1" if len(names) < 128 else "i2")
    return pd.Categorical.from_codes(np.broadcast_to(small, shape).reshape(-1), list(names))

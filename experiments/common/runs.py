"""The runs of a comparison: so many pairs or until the intervals are narrow, in memory or kept in a folder."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.common.console import changed_parameters
from experiments.common.design import Asked
from sim.compiled import cores
from sim.ensemble import TABLES, design, run_ensemble
from sim.ensemble.design import checked_plan
from sim.ensemble.memory import check_memory
from sim.ensemble.precision import until_precise
from sim.scenario import Scenario
from sim.store import MANIFEST, load_results

Tables = dict[str, pd.DataFrame]
FIRST_LOOK = 2  # pairs: the fewest for which displacement is defined
WORTH_A_LOOK = 3.0  # seconds that the other pairs take at least; a look takes half of one


def run_pairs(
    asked: Asked,
    scenarios: Sequence[Scenario],
    estimate: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame],
    progress: Callable[[], None],
    more: Callable[[int], None] = lambda runs: None,
    look: Callable[[Tables, int], None] | None = None,
) -> tuple[Tables, dict[str, Any]]:
    """Tables of the comparison, rows by scenario and seed, and what stopped it (for the manifest).

    estimate   tables -> a row per scenario with its intervals   more   told how many runs are added to those planned
    look       given the tables of the first pairs, and how many these are, where the others take long; those of runs that
               are kept in a folder, or that another executor makes, are not looked at: they would be cut into other parts
    """
    runs = _Runs(asked, scenarios, progress)
    if look and asked.ensemble.pairs > FIRST_LOOK and asked.ensemble.runs is None and asked.executor["kind"] == "threads":
        _first_look(runs, look)
    if asked.ensemble.until == "pairs":
        return runs.of(asked.ensemble.pairs), {"rule": "pairs", "pairs": asked.ensemble.pairs}

    def of(pairs: int) -> Tables:
        more((pairs - max(runs.pairs, asked.ensemble.pairs)) * len(scenarios))
        return runs.of(pairs)

    return until_precise(of, estimate, asked.ensemble.precision, max(asked.ensemble.pairs, runs.begun()))


@contextmanager
def told_how_to_go_on(runs: str | None) -> Iterator[None]:
    """Let an interruption tell how runs are kept, or where they are; one while runs are made has told it already."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if stop.args:
            raise
        told = f"runs are kept in {runs}, the same command goes on from there" if runs else (
            "nothing was written. With ensemble.runs=FOLDER runs are kept as they end, and the same command goes on from there"
        )  # fmt: skip
        raise KeyboardInterrupt(f"Interrupted; {told}.") from None


def _first_look(runs: "_Runs", look: Callable[[Tables, int], None]) -> None:
    """Run the first pairs; show their tables if the pace says that the others take long."""
    asked, scenarios, told = runs.asked.ensemble, runs.scenarios, runs.progress
    plan = checked_plan(scenarios, range(asked.seed, asked.seed + asked.pairs))
    check_memory(plan, TABLES, min(asked.workers or cores(), len(plan.table)), keep=len(plan.table))  # of all, before any
    ended: list[float] = []
    runs.progress = lambda: (told(), ended.append(time.perf_counter()))
    tables = runs.of(FIRST_LOOK)
    runs.progress = told
    pace = (ended[-1] - ended[0]) / max(len(ended) - 1, 1)  # but for the first, which may have waited for the compiler
    left = len(scenarios) * (asked.pairs - FIRST_LOOK) * pace
    if left > WORTH_A_LOOK and tables["runs"]["error"].isna().all():
        look(tables, FIRST_LOOK)


class _Runs:
    """Runs of so many pairs, and then of more."""

    def __init__(self, asked: Asked, scenarios: Sequence[Scenario], progress: Callable[[], None]):
        self.asked, self.scenarios, self.progress = asked, scenarios, progress
        self.pairs, self.tables = 0, {}

    def begun(self) -> int:
        """Pairs that an earlier, interrupted comparison had got to: the rule goes on from there."""
        kept = self.asked.ensemble.runs
        if kept is None or not (Path(kept) / MANIFEST).is_file():
            return 0
        return load_results(kept).manifest.get("runs", 0) // len(self.scenarios)

    def of(self, pairs: int) -> Tables:
        """The tables of the first `pairs` pairs; those run before are not run again."""
        ensemble, how = self.asked.ensemble, {"executor": self.asked.executor}
        seeds = range(ensemble.seed + self.pairs, ensemble.seed + pairs)
        if ensemble.runs is None:
            added = run_ensemble(self.scenarios, seeds, ensemble.workers, self.progress, **how)
            self.tables = {name: _by_scenario(self.tables.get(name), added[name]) for name in (*TABLES, "runs")}
            self.tables["runs"]["run"] = range(len(self.tables["runs"]))  # as if all had been run at once
        else:  # worlds of a pair together, so that more pairs continue the design
            names = [scenario.name for scenario in self.scenarios]
            wanted = design(names, range(ensemble.seed, ensemble.seed + pairs))
            how |= {"region": self.asked.region["name"], "start": self.asked.start, "end": self.asked.end}
            how |= {"params": changed_parameters(self.asked.params), "out": ensemble.runs}
            how |= {"retry_failed": ensemble.retry_failed and not self.pairs}
            known = iter(range(self.pairs * len(names)))  # told of before
            told = lambda: self.progress() if next(known, None) is None else None  # noqa: E731
            stored = run_ensemble(wanted, None, ensemble.workers, told, **how)
            self.tables = {name: _by_scenario(None, stored[name], sort=True) for name in (*TABLES, "runs")}
        self.pairs = pairs
        return self.tables


def _by_scenario(before: pd.DataFrame | None, added: pd.DataFrame, sort: bool = False) -> pd.DataFrame:
    """Tables one below the other, in the order of the scenarios; within one, as they were."""
    if before is None and not sort:
        return added
    table = pd.concat([before, added], ignore_index=True) if before is not None else added
    names = table["scenario"]
    codes = names.cat.codes if isinstance(names.dtype, pd.CategoricalDtype) else pd.factorize(names)[0]
    return table.iloc[pd.Series(codes).argsort(kind="stable")].reset_index(drop=True)

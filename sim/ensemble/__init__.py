"""Ensembles: many runs. A design goes in, tidy tables come out; any executor runs it.

    tables = run_ensemble(design(["baseline", "kokang_crackdown"], seeds=range(1, 17)))
    tables["weekly"]
    results = run_ensemble(design(...), executor="processes", out="results/runs/mine", progress=True)   # the same call resumes

A run is a pure function of (scenario, seed), so scenarios share the seeds, and the baseline is run once for all. What runs in
which process, in which order and after how many interruptions changes no bit of the tables.
"""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from sim import store
from sim.allowed import refuse_unknown
from sim.compiled import cores
from sim.ensemble.collect import TABLES, Collector, checked_tables, monthly
from sim.ensemble.design import Plan, checked_plan, design, model_digest, stored
from sim.ensemble.executors import Crew, checked_executor, opened, unheard_interrupts
from sim.ensemble.folder import RUNS, Folder, Part, cuts, ensemble_folder
from sim.ensemble.jobs import Done, Job, Outcome, Reduce, all_done
from sim.ensemble.memory import check_memory, run_bytes
from sim.ensemble.mending import failed_parts, mend
from sim.parquet import as_frame
from sim.region import ConfigError
from sim.scenario import Scenario

__all__ = ["TABLES", "Collector", "design", "monthly", "run_ensemble"]
SLICE = 8  # runs of a job that travels, at most
AHEAD = 3  # parts that may be under way: what bounds memory


def run_ensemble(
    design: pd.DataFrame | Sequence[Scenario | str],
    seeds: Iterable[int] | None = None,
    workers: int | None = None,
    progress: bool | Callable[[], None] = False,
    *,
    executor: str | Mapping[str, Any] | Executor = "threads",
    out: str | Path | None = None,
    tables: Sequence[str] = TABLES,
    reduce: Reduce | None = None,
    retry_failed: bool = False,
    **world: Any,
) -> Mapping[str, pd.DataFrame]:
    """Run a design; its tables by name (columns: see `Collector`), with rows in the order of the design.

    design     a row for each run (see `sim.ensemble.design`); or scenarios, names or loaded, each run with all `seeds`
    workers    runs at once on this machine; None is one per processor. Results do not depend on it.
    progress   True for a bar with the time left; or a function that is called after each run
    executor   threads, processes, dask or slurm; settings such as {"kind": "dask", "address": "tcp://..."}; or an Executor
    out        a folder to write to as parts are done, so that memory stays flat and an ensemble may be of any size. The same
               call goes on where an earlier one stopped, for whatever reason. Returns what `sim.load_results` reads there.
    tables     which to keep
    reduce     makes a table, or tables by name, from those of each group of runs that share seed, draw and structure, where
               they ran; only what it returns is kept. `monthly` is one.
    retry_failed   run those once more that failed in an earlier call with this `out`, and only those
    world      region, start, end, params: see `sim.load_scenario`

    The table `runs` has a row for each run: its number, id and keys, and for one that failed `error`, `traceback` and `config`;
    the others go on, and a warning says how many failed. Raises RuntimeError if all do; ConfigError if by one mistake in what was
    asked.
    Raises ConfigError (one line) for a design that cannot be run, too little memory, a folder that cannot be written.
    """
    refuse_unknown(world, run_ensemble, ("region", "start", "end", "params"))
    plan, tables = checked_plan(design, seeds, **world), checked_tables(tables)
    here = isinstance(executor, Executor) or checked_executor(executor).kind in ("threads", "processes")
    at_once = min(workers or cores(), len(plan.table))
    check_memory(plan, tables, at_once if here else 0, keep=len(plan.table) if out is None and reduce is None else 0)
    make = _Maker(plan, tables, reduce and _Reduced(reduce))
    if out is None and retry_failed:
        raise ConfigError("retry_failed: is True; allowed: with out, the folder of the runs that failed")
    if out is None:
        with opened(executor, workers) as crew, _progress(progress, len(plan.table), 0) as told:
            whole = Part(0, 0, len(plan.table))
            ((_, found),) = make.parts([whole], crew, told)
        _warn(found[RUNS])
        return {name: as_frame(found.pop(name)) for name in list(found)}
    name = reduce and f"{getattr(reduce, '__module__', '?')}.{getattr(reduce, '__qualname__', '?')}"
    with ensemble_folder(out, plan, tables, name, run_bytes(plan, tables)) as folder:
        again = failed_parts(folder) if retry_failed else []
        if wanted := sorted(folder.missing() + again, key=lambda part: part.first):
            folder.note(state="begun")
            _fill(folder, wanted, again, make, executor, workers, progress)
        if folder.manifest["state"] != "complete":
            folder.note(state="complete")
    results = store.load_results(out)
    _warn(results[RUNS])
    return results


def _fill(
    folder: Folder, missing: list[Part], again: list[Part], make: "_Maker", executor: Any, workers: int | None, progress: Any
) -> None:
    """Run and store what is missing, and what is run again; whatever stops it, what is stored stays, and the message says so."""
    total = len(folder.plan.table)
    left = sum(part.last - part.first for part in missing)
    try:
        with (
            opened(executor, workers) as crew,
            _progress(progress, total, total - left) as told,
            closing(make.parts(missing, crew, told)) as parts,
        ):
            for part, found in parts:
                mend(folder, part, found) if part in again else folder.write(part, found)
                left -= part.last - part.first
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"Interrupted: {_kept(total, left, folder)}") from None
    except ConfigError as error:
        raise ConfigError(f"{error}; {_kept(total, left, folder)}") from None


def _kept(total: int, left: int, folder: Folder) -> str:
    return f"{total - left} of {total} runs are kept in {folder.out}, the same command goes on from there."


class _Reduced(NamedTuple):
    """A reduction whose result is looked at where it is made: pickled with the function that it calls."""

    reduce: Reduce

    def __call__(self, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | dict[str, pd.DataFrame]:
        made = self.reduce(tables)
        for one in made.values() if isinstance(made, Mapping) and made else [made]:
            if not isinstance(one, pd.DataFrame):
                name = getattr(self.reduce, "__name__", "reduce")
                raise ConfigError(f"reduce: {name} gives {type(one).__name__}; allowed: a DataFrame, or DataFrames by name")
        return made


class _Maker:
    """Makes the parts of a plan."""

    def __init__(self, plan: Plan, tables: tuple[str, ...], reduce: Reduce | None):
        self.plan, self.tables, self.reduce, self.code = plan, tables, reduce, model_digest()

    def parts(self, parts: Sequence[Part], crew: Crew, told: Callable[[], None]) -> Iterator[tuple[Part, dict]]:
        """The parts with their tables, each as it is complete; all are the same whoever runs them."""
        step = max(1, min(SLICE, sum(part.last - part.first for part in parts) // (8 * crew.slots))) if crew.afar else 1
        part_of, under_way = {}, {}
        widest = max(part.last - part.first for part in parts)
        room = max(AHEAD * widest, 2 * crew.slots * step + widest)  # runs: a part that is slow to end must not pile up others

        def jobs() -> Iterator[Job]:
            for part in parts:
                for first, last in cuts(self.plan, part.first, part.last, step, self.reduce is not None):
                    part_of[first] = part
                    yield Job(self.plan.slice(first, last), first, self.tables, self.reduce, self.code)

        def may_begin(job: Job) -> bool:
            part = part_of[job.first]
            if under_way and job.first >= min(under_way) + room:
                return False
            if part.first not in under_way:
                under_way[part.first] = _Gathered(self.plan, part, self.tables, reduced=self.reduce is not None)
            return True

        with unheard_interrupts() as raise_again, closing(all_done(jobs(), crew, may_begin)) as done_jobs:
            for job, done in done_jobs:
                raise_again()
                part = part_of.pop(job.first)
                gathered = under_way[part.first]
                gathered.add(done)
                for _ in done.outcomes:
                    told()
                if gathered.complete():
                    del under_way[part.first]
                    yield part, gathered.all_tables()
            raise_again()


class _Gathered:
    """The runs of a part, as they come in."""

    def __init__(self, plan: Plan, part: Part, tables: tuple[str, ...], reduced: bool):
        self.plan, self.part, self.outcomes = plan, part, {}
        self.collector = None if reduced else Collector(plan, range(part.first, part.last), tables)
        self.reduced: dict[int, list] = {}

    def add(self, done: Done) -> None:
        for outcome in done.outcomes:
            if self.collector and outcome.kept is not None:
                self.collector.add(outcome.run, outcome.kept)
            self.outcomes[outcome.run] = outcome._replace(kept=None)
        self.reduced[done.outcomes[0].run] = done.reduced

    def complete(self) -> bool:
        return len(self.outcomes) == self.part.last - self.part.first

    def all_tables(self) -> dict[str, pa.Table | pd.DataFrame]:
        if self.collector:
            found = self.collector.tables()
        else:
            groups = [tables for _, made in sorted(self.reduced.items()) for tables in made]
            names = list(dict.fromkeys(name for tables in groups for name in tables))
            found = {name: pd.concat([tables[name] for tables in groups if name in tables], ignore_index=True) for name in names}
        return found | {RUNS: _runs_table(self.plan, [self.outcomes[run] for run in sorted(self.outcomes)])}


def _runs_table(plan: Plan, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    numbers = [outcome.run for outcome in outcomes]
    configs = [json.dumps(stored(plan.scenario(o.run)), default=str) if o.error else None for o in outcomes]
    text = {"id": [o.id for o in outcomes], "scenario": plan.table["scenario"].to_numpy()[numbers]}
    text |= {"error": [o.error for o in outcomes], "traceback": [o.trace for o in outcomes], "config": configs}
    keys = {name: pd.Series(plan.table[name].to_numpy()[numbers], dtype=plan.table[name].dtype) for name in plan.keys}
    columns = {"run": np.array(numbers), "id": None} | keys  # in this order
    return pd.DataFrame(columns | {name: pd.array(texts, dtype="str") for name, texts in text.items()})


def _warn(runs: pd.DataFrame) -> None:
    failed = runs[runs["error"].notna()]
    if len(failed) == len(runs):
        if failed["error"].nunique() == 1 and (said := failed["error"].iloc[0]).startswith("ConfigError: "):
            raise ConfigError(said.removeprefix("ConfigError: "))
        raise RuntimeError(f"every run failed; the first of them:\n{failed['traceback'].iloc[0]}")
    if len(failed):
        first = failed.iloc[0]
        told = f"{len(failed)} of {len(runs)} runs failed, the first {first['scenario']}, seed {first['seed']}: {first['error']}"
        warnings.warn(f"{told}; see the table 'runs'; retry_failed=True runs them again from a folder", stacklevel=3)


@contextmanager
def _progress(asked: bool | Callable[[], None], total: int, done: int) -> Iterator[Callable[[], None]]:
    """What to call after each run."""
    if callable(asked):
        for _ in range(done):
            asked()
        yield asked
        return
    with tqdm(total=total, initial=done, desc="runs", unit="run", disable=not asked, dynamic_ncols=True) as bar:
        yield lambda: bar.update() and None

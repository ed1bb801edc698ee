"""A results folder that grows: parts of many runs, each written whole; what is in it is never lost and never there twice.

    manifest.json          what made it, and how far it is
    design.parquet         the design, a row for each run
    weekly/00000.parquet   the tables, in parts of consecutive runs
    runs/00000.parquet     the runs of a part, with the traceback of those that failed; written last: then the part counts

Which runs make up a part follows from the design alone, so an ensemble leaves the same files whoever ran it and however often
it was interrupted. One process at a time may write (a lock that the system takes back when the process dies).
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim import store
from sim.compiled import source_digest
from sim.ensemble.design import Plan, model_digest, stored
from sim.ensemble.memory import run_work
from sim.region import ConfigError

LOCK, DESIGN, RUNS = ".lock", "design", "runs"
PARTS = 20  # so many, or a few more, where the runs suffice: an interruption costs only the parts under way
PART_WORK = 1e7  # compound-weeks that a part has at least, some seconds of work: else beginning and ending files takes as long
PART_ENOUGH = 100  # runs, however little work they are: so many pay for the files by what else they take
PART_BYTES, PART_RUNS = 128e6, 1000  # and none larger: in memory; in runs, where they are reduced
RECIPE = {"tables": "other tables", "reduce": "another reduction", "scenarios": "other settings", "digests": "other code or data"}


class Part(NamedTuple):
    """Runs `first` to before `last`, stored under a number."""

    number: int
    first: int
    last: int


def cuts(plan: Plan, first: int, last: int, step: int, whole_groups: bool) -> list[tuple[int, int]]:
    """Runs `first` to before `last` in slices of `step`; of somewhat more where no group (a pair) may be cut."""
    starts = np.arange(first, last, step)
    if whole_groups:
        breaks = np.append(plan.groups(), last)
        starts = np.unique(breaks[np.searchsorted(breaks, starts)])
    starts = [int(start) for start in starts if start < last]
    return list(zip(starts, [*starts[1:], last], strict=True))


class Folder:
    """An ensemble on disk that this process may write; made by `ensemble_folder`."""

    def __init__(self, out: Path, plan: Plan, manifest: dict[str, Any]):
        self.out, self.plan, self.manifest = out, plan, manifest

    def missing(self) -> list[Part]:
        """The parts that are not there, or not whole, in order."""
        return [part for part in self._parts() if not self._whole(part)]

    def stored(self) -> list[Part]:
        """The parts that are there, in order."""
        return [part for part in self._parts() if self._whole(part)]

    def file(self, part: Part, name: str) -> Path:
        """Where a table of a part lies."""
        return self.out / name / f"{_stem(part)}.parquet"

    def _parts(self) -> list[Part]:
        slices, first = [], 0
        for batch in self.manifest["batches"]:
            slices += cuts(self.plan, first, first + batch["runs"], batch["part"], self.manifest["reduce"] is not None)
            first += batch["runs"]
        return [Part(number, *ends) for number, ends in enumerate(slices)]

    def write(self, part: Part, tables: Mapping[str, pa.Table | pd.DataFrame]) -> None:
        """Store a part; from then on it survives anything. Raises ConfigError (one line) when it cannot be written."""
        with store.told_in_one_line(self.out):
            if not (self.out / store.MANIFEST).is_file():
                raise ConfigError(f"out: {self.out} was moved or removed while it was written; allowed: to put it back and go on")
            sizes = {}
            for name, table in tables.items():
                (self.out / name).mkdir(exist_ok=True)
                if name != RUNS:
                    file = store.write_table(self.out / name, _stem(part), table)
                    sizes[name] = file.stat().st_size
            store.write_table(self.out / RUNS, _stem(part), tables[RUNS], {"bytes": json.dumps(sizes)})

    def note(self, **news: Any) -> None:
        """Change the manifest."""
        self.manifest |= news
        with store.told_in_one_line(self.out):
            store.write_manifest(self.out, self.manifest)

    def _whole(self, part: Part) -> bool:
        try:
            notes = pq.read_metadata(self.out / RUNS / f"{_stem(part)}.parquet").metadata
            files = {self.out / name / f"{_stem(part)}.parquet": size for name, size in json.loads(notes[b"bytes"]).items()}
            return all(file.stat().st_size == size for file, size in files.items())
        except (OSError, KeyError, pa.ArrowInvalid):
            return False


@contextmanager
def ensemble_folder(out: str | Path, plan: Plan, tables: Sequence[str], reduce: str | None, run_bytes: float) -> Iterator[Folder]:
    """The folder of a new ensemble, or of one to go on with: the same design, or one that continues it.

    Raises ConfigError (one line) when another process is writing, the folder holds anything else, or it cannot be written.
    """
    out = Path(os.path.abspath(out))
    with store.told_in_one_line(out):
        out.mkdir(parents=True, exist_ok=True)
        begun = [path.name for path in out.iterdir() if not path.name.endswith(".part")]
        if store.MANIFEST not in begun and not {LOCK, f"{DESIGN}.parquet"}.issuperset(begun):
            raise ConfigError(f"out: {out} exists and is not empty; allowed: a new or empty folder, or an ensemble begun there")
        lock = filelock.FileLock(out / LOCK, timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise ConfigError(f"out: another process is writing to {out}; allowed: one at a time") from None
    try:
        recipe = _recipe(plan, tables, reduce)
        batches = _continued(out, plan, recipe) if (out / store.MANIFEST).exists() else []
        before = sum(batch["runs"] for batch in batches)
        manifest = recipe | store.provenance() | {"state": "begun", "runs": len(plan.table), "batches": batches}
        folder = Folder(out, plan, manifest)
        if before < len(plan.table):
            more = len(plan.table) - before
            with store.told_in_one_line(out):
                store.write_table(out, DESIGN, plan.table.astype({"scenario": str}))
            worth_it = min(int(PART_WORK / max(map(run_work, plan.bases.values()))), PART_ENOUGH)
            part = max(more // PARTS, worth_it)
            part = max(min(part, PART_RUNS if reduce else int(PART_BYTES / run_bytes)), 1)
            folder.note(batches=[*batches, {"runs": more, "part": part}])
        yield folder
    finally:
        lock.release()


def _recipe(plan: Plan, tables: Sequence[str], reduce: str | None) -> dict[str, Any]:
    """What must be the same for an ensemble to be gone on with."""
    return {
        "format": store.FORMAT,
        "experiment": "ensemble",
        "tables": list(tables),
        "reduce": reduce,
        "scenarios": {name: stored(scenario) for name, scenario in plan.bases.items()},
        "digests": {"data": plan.first.region.digest, "model": model_digest(), "source": source_digest()},
    }


def _continued(out: Path, plan: Plan, recipe: Mapping[str, Any]) -> list[dict[str, int]]:
    """The batches of the ensemble that is there. Raises ConfigError where it is not the beginning of this one."""
    there = store.load_results(out)
    if there.manifest.get("experiment") != "ensemble":
        raise ConfigError(f"out: {out} holds other results; allowed: a new or empty folder, or an ensemble to go on with")
    for name, what in RECIPE.items():
        now, then = json.loads(json.dumps(recipe[name], default=str)), there.manifest.get(name)
        if name == "digests":
            now, then = ({key: given[key] for key in ("data", "model")} for given in (now, then))
        if now != then:
            raise ConfigError(f"out: {out} was begun with {what}; allowed: the same, or a new folder")
    runs = sum(batch["runs"] for batch in there.manifest["batches"])
    before, now = there[DESIGN].iloc[:runs], plan.table.iloc[:runs]
    same = list(before.columns) == list(now.columns) and len(now) == runs
    for name in now.columns if same else ():
        same = same and bool(((before[name] == now[name]) | (before[name].isna() & now[name].isna())).all())
    if not same:
        raise ConfigError(f"out: {out} holds the runs of another design; allowed: the same design or one that continues it")
    return there.manifest["batches"]


def _stem(part: Part) -> str:
    return f"{part.number:05d}"

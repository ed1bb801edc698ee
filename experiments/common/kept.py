"""The steps of a long job, kept as they end beside where its results will lie: the same command goes on after any accident.

    with kept_steps(Path("results/claims/mine"), runs=382) as kept:      # results/claims/mine.begun
        counts = kept.step("3f2a91c0...", 76, make)                      # make() only where it was not kept

A step is known by a digest of all that decides it, so what is found is what would be made: other settings find other steps, and
share those that are the same. A step is written whole or not at all; the folder goes when the job ends.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim import ConfigError, store

Counts = dict[str, pd.DataFrame]  # by claim: a row for each pair (index: seed, draw, structure), a column for each count
KEYS = ["seed", "draw", "structure"]


class Kept:
    """Steps that are there, in a folder that this process may write; made by `kept_steps`."""

    def __init__(self, folder: Path, runs: int):
        self.folder, self.runs, self.done = folder, runs, 0

    def begun(self) -> int:
        """Steps that an earlier command left here."""
        return len(list(self.folder.glob("*.parquet")))

    def step(self, key: str, runs: int, make: Callable[[], tuple[Counts, bool]], told: Callable[[], None]) -> Counts:
        """What `make` counts, from the folder where it is there. It says whether all went well: only then it is kept.

        key: of all that decides the step.   told: called for each of its runs where they need not be made.
        """
        path = self.folder / f"{key}.parquet"
        found = _read(path)
        if found is None:
            found, whole = make()
            if not whole:  # a run failed: the next time it may not
                return found
            with store.told_in_one_line(self.folder):
                _write(path, found)
            found = _read(path)
        else:
            for _ in range(runs):
                told()
        self.done += runs
        return found


@contextmanager
def kept_steps(out: Path, runs: int) -> Iterator[Kept]:
    """The steps kept for results in `out`, of so many runs in all.

    Raises ConfigError (one line) when `out` is not free, when it cannot be written, or when another process is at it.
    """
    out = Path(os.path.abspath(out))
    store.must_be_free(out)
    folder = out.with_name(f"{out.name}.begun")
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]  # ours to take away again
    with store.told_in_one_line(out):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise ConfigError(f"out: another process is writing to {folder}; allowed: one at a time") from None
    kept, over = Kept(folder, runs), False
    try:
        yield kept
        over = True
    except KeyboardInterrupt:
        if not kept.begun():
            raise
        told = f"at least {kept.done} of {runs} runs are kept in {folder}"
        raise KeyboardInterrupt(f"Interrupted: {told}, the same command with out={out} goes on from there.") from None
    finally:
        lock.release()
        if over or not kept.begun():
            shutil.rmtree(folder, ignore_errors=True)
            for parent in made:
                if parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()


def _write(path: Path, found: Counts) -> None:
    """All counts in one column, claim by claim, row by row; which columns they were, and of what kind, in the notes."""
    parts = []
    for claim, rows in found.items():
        keys = rows.index.repeat(rows.shape[1]).to_frame(index=False)
        parts.append(keys.assign(claim=claim, value=rows.to_numpy(float).reshape(-1)))
    kinds = {claim: {name: str(kind) for name, kind in rows.dtypes.items()} for claim, rows in found.items()}
    store.write_table(path.parent, path.stem, pd.concat(parts, ignore_index=True), {"columns": json.dumps(kinds)})


def _read(path: Path) -> Counts | None:
    try:
        content = pq.ParquetFile(path).read()
        table, kinds = content.to_pandas(), json.loads(content.schema.metadata[b"columns"])
    except (OSError, KeyError, pa.ArrowInvalid):  # not there, or damaged since: made anew
        return None
    found = {}
    for claim, kind in kinds.items():
        mine = table[table["claim"] == claim]
        index = pd.MultiIndex.from_frame(mine[KEYS].iloc[:: len(kind)])
        found[claim] = pd.DataFrame(mine["value"].to_numpy().reshape(-1, len(kind)), index, list(kind)).astype(kind)
    return found

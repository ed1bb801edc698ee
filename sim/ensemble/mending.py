"""Failed runs of an ensemble on disk, once more: what went well is left as it is, and the others are put in their places."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.design import Plan
from sim.ensemble.folder import RUNS, Folder, Part
from sim.parquet import as_arrow, as_frame


def failed_parts(folder: Folder) -> list[Part]:
    """Runs that failed, as pieces of stored parts, in order; whole parts where runs are reduced, since no group may be cut."""
    found = []
    for part in folder.stored():
        runs = pq.ParquetFile(folder.file(part, RUNS)).read(["run", "error"]).to_pandas()
        failed = runs.loc[runs["error"].notna(), "run"].to_numpy()
        if len(failed) and folder.manifest["reduce"] is not None:
            found.append(part)
        elif len(failed):
            pieces = np.split(failed, np.flatnonzero(np.diff(failed) > 1) + 1)
            found += [Part(part.number, int(piece[0]), int(piece[-1]) + 1) for piece in pieces]
    return found


def mend(folder: Folder, piece: Part, tables: Mapping[str, pa.Table | pd.DataFrame]) -> None:
    """Put the tables of a piece among those of its part, which stays as if the piece had been run with the rest.

    Killed in the middle, the part no longer counts and the next call makes all of it.
    """
    part = next(part for part in folder.stored() if part.number == piece.number)
    if part == piece:
        folder.write(part, tables)
        return
    there = {name: as_frame(pq.ParquetFile(folder.file(part, name)).read()) for name in tables}
    runs = there[RUNS]
    there[RUNS] = runs[~runs["run"].between(piece.first, piece.last - 1)]
    schemas = {name: as_arrow(table).schema for name, table in tables.items()}
    whole = {name: as_arrow(_in_order(there[name], as_frame(tables[name]), folder.plan, part)) for name in tables}
    whole = {name: pa.Table.from_arrays(table.columns, schema=schemas[name]) for name, table in whole.items()}
    Path(folder.file(part, RUNS)).unlink()
    folder.write(part, whole)


def _in_order(before: pd.DataFrame, added: pd.DataFrame, plan: Plan, part: Part) -> pd.DataFrame:
    """Rows of both in the order of their runs; categories are those of `added`, which has all of them."""
    for name in added.select_dtypes("category"):
        before[name] = pd.Categorical(before[name], categories=added[name].cat.categories)
    table = pd.concat([before, added], ignore_index=True)
    runs = plan.table.iloc[part.first : part.last][plan.keys].astype({"scenario": "str"}).reset_index(drop=True)
    place = pd.MultiIndex.from_frame(runs).get_indexer(pd.MultiIndex.from_frame(table[plan.keys].astype({"scenario": "str"})))
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)

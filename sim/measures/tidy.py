"""The book as one tidy table: a row for each number, with its interval, window, unit and definition.

What is in it is said by `estimands.csv` beside this file: name, the table and column of the book, the columns that say of what
(part), and over which months (span: the window; from the start to its end; from the start to the end of the run).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import nan
from pathlib import Path

import pandas as pd

from sim.measures.displacement import HORIZON_WIDTH
from sim.measures.paired import WINDOW

COLUMNS = ("scenario", "estimand", "part", "value", "low", "high", "pairs", "from_month", "to_month", "unit", "definition")


@lru_cache(maxsize=1)
def estimands() -> pd.DataFrame:
    """What there is: estimand, table, column, part (columns, space between), span, unit, definition."""
    return pd.read_csv(Path(__file__).with_name("estimands.csv"), keep_default_na=False, encoding="utf-8")


def tidy(tables: Mapping[str, pd.DataFrame], window: tuple[float, float] = WINDOW) -> pd.DataFrame:
    """Every estimand of every scenario as a row: the columns `COLUMNS`, in the order of `estimands` within a scenario.

    tables   what `sim.measures.book.book` returns and, as "comparison", the table of `sim.measures.comparison`, whose order of
             scenarios is kept
    value, low, high are NaN where an estimand is undefined, low and high also where it has no interval; value is inf where
    something is not seen before the runs end. to_month is NaN where it is the end of the runs.
    """
    order = [str(name) for name in tables["comparison"]["scenario"]]
    pairs = dict(zip(order, tables["comparison"]["pairs"], strict=True))
    lines = [line for line in estimands().itertuples() if line.table in tables]
    rows = [row for line in lines for row in _rows(line, tables[line.table], window)]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "pairs"])
    table.insert(COLUMNS.index("pairs"), "pairs", table["scenario"].map(pairs))
    return table.sort_values("scenario", key=lambda names: names.map(order.index), kind="stable", ignore_index=True)


def _rows(line: tuple, table: pd.DataFrame, window: tuple[float, float]) -> Iterator[dict]:
    """The rows of one estimand; line: of `estimands`."""
    column, parts = line.column, line.part.split()
    if line.table == "footprint":  # by pair: the mean says enough here
        table = table.groupby("scenario", observed=True, sort=False)[column].mean().reset_index()
    low, high = ("low", "high") if line.table == "ledger" else (f"{column}_low", f"{column}_high")
    begin, end = {"window": window, "start": (0, window[1]), "run": (0, nan)}[line.span]
    for row in table.to_dict("records"):
        if "horizon" in parts:
            begin, end = max(row["horizon"] - HORIZON_WIDTH, 0), row["horizon"]
        yield {
            "scenario": str(row["scenario"]), "estimand": line.estimand, "part": " ".join(str(row[part]) for part in parts),
            "value": row[column], "low": row.get(low, nan), "high": row.get(high, nan), "from_month": begin, "to_month": end,
            "unit": line.unit, "definition": line.definition,
        }  # fmt: skip

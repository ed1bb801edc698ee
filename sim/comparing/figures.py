"""Every figure of `sim.plots` for a comparison, each with the numbers behind it, drawn in several processes."""

import inspect
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from sim import plots
from sim.comparing.world import BASELINE
from sim.compiled import cores
from sim.measures.paired import DAYS_PER_MONTH

MONTHS = (6, 12, 24, 36)  # of maps, after the start
TABLES = {  # that a comparison has: figures of the claims and of single pairs read others
    "weekly", "pools", "moves", "cells", "comparison", "scenarios", "zones", "territories", "countries", "cells_geo",
}  # fmt: skip
FEW = 16  # figures that are not worth starting processes for: each takes two seconds to come up


def fillable() -> list[str]:
    """Names of the figures that a comparison can fill."""
    return [name for name in plots.names() if TABLES.issuperset(plots.reads(name))]


def drawings(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str | None]]:
    """(figure, scenario) for all that may have something to show; scenario is None for a figure of the whole comparison."""
    scenarios = tables["scenarios"]
    compared = scenarios.loc[scenarios["relative_to"].notna(), "scenario"]
    names = fillable()
    of_all = [(name, None) for name in names if not plots.per_scenario(name)]
    of_one = [(name, scenario) for scenario in compared for name in names if plots.per_scenario(name)]
    return of_all + [(name, scenario) for name, scenario in of_one if _shows(tables, name, scenario)]


def draw_all(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    region: str,
    window: tuple[float, float],
    digest: str,
    workers: int | None = None,
    progress: Callable[[], None] = lambda: None,
) -> list[str]:
    """Write all figures of a comparison into a folder: <figure>.png or <figure>_<scenario>.png, and .svg, .csv, .txt.

    window: months of measurement.   digest: of what made the tables; printed on each figure.
    Returns a line for each figure that cannot be drawn from these runs, and why.
    """
    asked, undrawn = drawings(tables), []

    def jobs() -> Iterator[tuple]:
        for name, scenario in asked:
            try:
                table = picture_table(tables, name, scenario, window)
            except ValueError as error:  # the runs are too short for it
                table = str(error)
            yield name, f"{name}_{scenario}" if scenario else name, table, folder, region, digest

    for remark in _each(_draw, jobs(), len(asked), workers or cores()):
        undrawn += [remark] if remark else []
        progress()
    return undrawn


def picture_table(
    tables: Mapping[str, pd.DataFrame], name: str, scenario: str | None, window: tuple[float, float], **options: Any
) -> pd.DataFrame:
    """The table behind a figure, of the months that the runs reach; `options` go before what is usual.

    Raises ValueError (one line) where these runs have nothing to show in it.
    """
    usual: dict[str, Any] = {"window": window}
    if scenario:
        start = pd.Timestamp(tables["scenarios"].set_index("scenario")["start"][scenario])
        reach = (pd.Timestamp(tables["weekly"]["date"].iloc[-1]) - start).days / DAYS_PER_MONTH
        usual["months"] = tuple(month for month in MONTHS if month <= reach) or (int(reach),)
    chosen = understood(plots.figure(name).data, usual | options)
    return plots.table(name, against_counterpart(tables, scenario), scenario, **chosen)


def _shows(tables: Mapping[str, pd.DataFrame], name: str, scenario: str) -> bool:
    """Whether a figure has anything to show: a placebo changes nothing, and only a target in space can be emptied."""
    row = tables["comparison"].set_index("scenario").loc[scenario]
    zones = tables["zones"]
    aimed = zones.loc[zones["scenario"] == scenario, "zone"].notna().any() or not plots.needs_target(name)
    return bool(aimed and (row["worker_change"] != 0.0 or row["loss_change"] != 0.0))


def against_counterpart(tables: Mapping[str, pd.DataFrame], scenario: str | None) -> Mapping[str, pd.DataFrame]:
    """The tables with a scenario's own counterpart in the place of the baseline, where that is another scenario."""
    if scenario is None:
        return tables
    known = tables["scenarios"].set_index("scenario")["relative_to"]
    if known[scenario] == BASELINE:
        return tables
    swapped = dict(tables)
    for name in ("weekly", "pools", "moves", "cells"):
        table = tables[name]
        pair = table[table["scenario"].isin([scenario, known[scenario]])]
        swapped[name] = pair.assign(scenario=pair["scenario"].astype(str).replace(known[scenario], BASELINE).astype("category"))
    return swapped


def _draw(name: str, stem: str, table: pd.DataFrame | str, folder: Path, region: str, digest: str) -> str | None:
    """Draw and write one figure from its table; says why when that cannot be done."""
    figure = plots.figure(name)
    if not isinstance(table, str):
        try:
            picture = figure.draw(table, f"Run {digest}.", **understood(figure.draw, {"region": region}))
            plots.write(picture, table, folder, stem, figure.CAPTION, digest)
            return None
        except FileNotFoundError as error:  # a region without outlines
            table = str(error)
    return f"figures/{stem}: not drawn; {table}"


def _each(function: Callable, jobs: Iterator[tuple], count: int, workers: int) -> Iterator[Any]:
    """The results of `function` on each job, in processes when there are enough jobs for that to pay."""
    if workers == 1 or count <= FEW:
        yield from (function(*job) for job in jobs)
        return
    fresh = multiprocessing.get_context("spawn")  # a fork would inherit the threads of the ensemble
    with ProcessPoolExecutor(min(workers, count // (FEW // 2)), fresh, _leave_interrupts_to_the_parent) as pool:
        waiting: deque = deque()
        try:
            for job in jobs:  # making a job takes time, too: only a few are made ahead
                waiting.append(pool.submit(function, *job))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def understood(function: Callable, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that a function has."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}

"""The points of a phase diagram: which worlds they are, their runs by the ensemble engine, and the regime of each.

Points with the same parameters share an ensemble, and so the runs of their counterpart. The regime is the verdict of
`sim.claims.verdict` over the whole interval of the pairs, with EMPTY and DIRECT as in `experiments.common.regimes`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.common.regimes import DIRECT, EMPTY, acts_elsewhere
from sim import store
from sim.claims import verdict as rules
from sim.comparing.world import variant
from sim.ensemble import run_ensemble
from sim.measures.comparison import estimates
from sim.measures.paired import paired_blocs, paired_zones, per_pair, window_means
from sim.measures.zones import ELSEWHERE, TARGET, zones
from sim.scenario import Scenario, check_parameters

TABLES = ("weekly", "pools")
KEYS = ("column", "row", "x", "y")  # of a point
BOOTSTRAP = 1000  # resamples of the few pairs of a point
WESTERN = "western"


class Point(NamedTuple):
    """A place on the map: what the row of phase.csv begins with, the levers and target there, the parameters by path."""

    told: dict[str, Any]
    levers: tuple[dict, ...]
    target: tuple[str, ...]
    params: dict[str, float]


class Runner(NamedTuple):
    """How points are run: the scenario and its counterpart as usual, when they part, window, seeds, and the engine's settings."""

    scenario: Scenario
    other: Scenario
    start: pd.Timestamp
    window: tuple[float, float]
    seeds: range
    engine: dict[str, Any]  # workers, executor, retry_failed
    runs: str | None
    progress: Callable[[], None]

    def tables(self, worlds: Sequence[Scenario]) -> dict[str, pd.DataFrame]:
        """The weekly tables of these worlds, kept in a folder of their own where runs are kept.

        Raises RuntimeError where a run failed: a diagram is not read with holes in it.
        """
        out = Path(self.runs) / store.digest([list(self.seeds), *(world.digest() for world in worlds)]) if self.runs else None
        engine = self.engine | {"retry_failed": bool(out and self.engine["retry_failed"] and out.exists())}
        found = run_ensemble(worlds, self.seeds, progress=self.progress, out=out, tables=TABLES, **engine)
        if failed := int(found["runs"]["error"].notna().sum()):
            first = found["runs"]["error"].dropna().iloc[0]
            raise RuntimeError(f"{failed} of {len(found['runs'])} runs failed, such as: {first}")
        return {name: found[name] for name in TABLES}

    def people_at_start(self) -> pd.DataFrame:
        """People (workers) and crews (compounds) by territory when the campaign begins, mean over the seeds, without it."""
        weekly = self.tables([self.other])["weekly"]
        return _at_start(weekly, self.start).groupby("territory", observed=True)[["workers", "compounds"]].mean()


def explore(points: Sequence[Point], run: Runner) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row for each point, in their order: its estimates and regime; and a row for each of its pairs."""
    columns: dict[tuple, list[int]] = {}
    for number, point in enumerate(points):
        columns.setdefault(tuple(point.params.items()), []).append(number)
    rows: dict[int, dict] = {}
    pairs: dict[int, pd.DataFrame] = {}
    for params, numbers in columns.items():
        other, made = _worlds(dict(params), [points[number] for number in numbers], run)
        tables = run.tables([other, *made])
        judged, counted = judge(tables, made, run)
        at_start = _at_start(tables["weekly"], run.start)
        at_start = at_start[at_start["scenario"] == other.name].groupby("territory", observed=True)["workers"].mean()
        for number, world in zip(numbers, made, strict=True):
            here = float(at_start.reindex(list(world.target)).sum() / max(at_start.sum(), 1e-9))
            rows[number] = points[number].told | {"share_here": here} | judged[world.name] | dict(params)
            pairs[number] = counted[world.name].assign(**{name: points[number].told[name] for name in KEYS})
    table = pd.DataFrame([rows[number] for number in range(len(points))])
    by_pair = pd.concat([pairs[number] for number in range(len(points))], ignore_index=True)
    return table, by_pair[[*KEYS, *by_pair.columns.drop(list(KEYS))]]


def judge(
    tables: dict[str, pd.DataFrame], made: Sequence[Scenario], run: Runner
) -> tuple[dict[str, dict], dict[str, pd.DataFrame]]:
    """Estimates and regime of each world by its name, and people and losses in each of its pairs."""
    places = store.region_table(run.scenario.region.name, "territories")
    listed = [{"scenario": world.name, "target": "", "start": run.start, "relative_to": run.other.name} for world in made]
    scenarios, targets = pd.DataFrame(listed), {world.name: world.target for world in made}
    found = estimates(tables["weekly"], tables["pools"], places, scenarios, targets, run.window, BOOTSTRAP)
    judged = {}
    for row, world in zip(found.to_dict("records"), made, strict=True):
        alone = {f"{name}{end}": row[name] for name in ("ndr", "loss_change", "end_ratio") for end in ("_low", "_high")}
        row["regime"], row["by_estimate"] = (_regime(given, world) for given in (row, row | alone))
        judged[world.name] = {name: value for name, value in row.items() if name not in ("scenario", "target", "spatial")}
    people = window_means(paired_zones(tables["weekly"], zones(places, targets), scenarios), run.window)
    losses = window_means(paired_blocs(tables["pools"], scenarios), run.window)
    return judged, {world.name: _counted(people, losses, world.name) for world in made}


def _regime(row: dict, world: Scenario) -> str:
    if not np.isfinite(row["suppression_high"]):
        return EMPTY
    regime = rules.verdict(row)
    return DIRECT if regime == rules.DIFFUSION and acts_elsewhere(world) else regime


def _worlds(params: dict[str, float], points: Sequence[Point], run: Runner) -> tuple[Scenario, list[Scenario]]:
    """The counterpart and the world of each point, under the parameters that they share."""
    like, other = (_under(world, params) for world in (run.scenario, run.other))
    made = [
        variant(like, f"point_{number}", interventions=point.levers, target=point.target, relative_to=other.name)
        for number, point in enumerate(points, start=1)
    ]
    return other, made


def _under(world: Scenario, params: dict[str, float]) -> Scenario:
    values = {group: dict(names) for group, names in world.params.items()}
    for path, value in params.items():
        group, _, name = path.partition(".")
        values[group][name] = value
    return replace(world, params=check_parameters(values))


def _at_start(weekly: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    """The rows of the last week before the campaign begins (the first, where it begins with the run)."""
    before = weekly["date"][weekly["date"] < start]
    return weekly[weekly["date"] == (before.max() if len(before) else weekly["date"].min())]


def _counted(people: pd.DataFrame, losses: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row for each seed: people held by zone and losses, without the campaign and the change by it; means of the window."""
    held, lost = (per_pair(table[table["scenario"] == name]) for table in (people, losses))
    found = {}
    for zone in (TARGET, *ELSEWHERE):
        for kind in ("without", "change"):
            found[f"people_{kind}_{zone}"] = held.get(f"workers_{kind} {zone}", 0.0)
    for kind in ("without", "change"):
        blocs = [column for column in lost if column.startswith(f"losses_usd_{kind} ")]
        found[f"losses_usd_{kind}"] = lost[blocs].sum(axis=1)
        found[f"western_losses_usd_{kind}"] = lost.get(f"losses_usd_{kind} {WESTERN}", 0.0)
    return pd.DataFrame(found, index=held.index).rename_axis("seed").reset_index()

"""The runs of a calibration: what draws of the parameters give for the anchors, and for the effect of the scenario.

Draws are a design, run by the ensemble engine. Where only anchors are asked, the world without the scenario is run, to the last
of their dates; where the effect is asked, too, pairs of worlds, to the end of the window. Of each only a row or two is kept.
Draw 0 is the shipped model. All draws have the same seeds, so that two of them differ by their parameters.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import qmc

from experiments.calibration.anchors import ANCHORS, LAST, Look, measured
from experiments.common.draws import in_range
from experiments.common.effects import DEFINED, TABLES, Counts, at_points
from experiments.common.progress import worlds_run
from sim.claims.estimands import parts, relative
from sim.ensemble import design, run_ensemble
from sim.measures.zones import CROSS_BORDER, OUT_OF_REGION, OWN_COUNTRY
from sim.scenario import Scenario

SHIPPED = 0  # the draw with the shipped parameters
NAMES = [anchor.name for anchor in ANCHORS]
AFTER = dt.timedelta(days=21)  # of the runs, after the last day that is measured
WHOLE = dt.date.fromisoformat(LAST) + AFTER  # when every anchor has been measured


class Wave(NamedTuple):
    """What the draws of a wave gave; every table is indexed by draw. A draw with a run that failed is in none of them.

    unit      where each parameter lies on its range, 0 to 1; the shipped model has no row
    anchors   (draw, seed) -> each anchor, in its unit
    effects   the effects of the scenario (`experiments.common.effects`) and `state`: what net displacement is there
    """

    unit: pd.DataFrame
    anchors: pd.DataFrame
    effects: pd.DataFrame


def look(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Called by the ensemble on the tables of each run: the anchors."""
    weekly, pools = tables["weekly"], tables["pools"]
    keys = {name: [int(weekly[name].iloc[0])] for name in ("seed", "draw")}
    found = measured(Look.of_tables(weekly, pools))
    return {"anchors": pd.DataFrame(keys | {name: [value] for name, value in found.items()})}


class Seen:
    """Called by the ensemble on the tables of each pair: the anchors in the world without, and what the effect is made of."""

    def __init__(self, counts: Counts):
        self.counts, self.other = counts, counts.other
        self.__qualname__ = f"Seen({counts.__qualname__})"  # the name under which a folder of runs knows it again

    def __call__(self, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        without = {name: tables[name][tables[name]["scenario"] == self.other] for name in ("weekly", "pools")}
        return look(without) | {"counts": self.counts(tables)}


@dataclass(frozen=True)
class Runner:
    """How pairs are run: the reduction, the worlds without and with, the seeds, what `run_ensemble` is given besides a design."""

    counts: Counts
    pair: tuple[Scenario, Scenario]
    seeds: range
    workers: int | None
    executor: Any
    runs: str | None
    retry_failed: bool
    world: dict[str, Any]

    def pairs(self, name: str, unit: pd.DataFrame, shipped: bool = False) -> Wave:
        """Run pairs of worlds at the points of the unit cube (index: draws), and at the shipped model if asked."""
        values = in_range(unit)
        if shipped:
            values = pd.concat([pd.DataFrame(index=[SHIPPED], columns=values.columns, dtype=float), values])
        names = [scenario.name for scenario in self.pair]
        found = self._run(name, names, values, TABLES, Seen(self.counts), self.world)
        return gathered(unit, found["anchors"], found["counts"], len(self.seeds))

    def anchors(self, name: str, unit: pd.DataFrame) -> pd.DataFrame:
        """The anchors at the points, by draw and seed; only draws all of whose runs went well."""
        world = self.world | {"end": str(min(self.pair[0].end, WHOLE))}
        found = self._run(name, [self.pair[0].name], in_range(unit), TABLES[:2], look, world)["anchors"]
        whole = found.groupby("draw")["seed"].transform("size") == len(self.seeds)
        return found[whole].set_index(["draw", "seed"])[NAMES].sort_index()

    def _run(self, name: str, scenarios: Sequence[str], values: pd.DataFrame, tables: tuple, reduce: Any, world: dict) -> Mapping:
        table = design(scenarios, self.seeds, values.reset_index(drop=True))
        table["draw"] = values.index.to_numpy()[table["draw"] - 1]
        out = Path(self.runs) / name if self.runs else None
        with worlds_run(len(table), f"{name.replace('_', ' ')}: worlds") as step:
            return run_ensemble(
                table, None, self.workers, step,
                executor=self.executor, out=out, tables=tables, reduce=reduce, retry_failed=self.retry_failed, **world,
            )  # fmt: skip


def gathered(unit: pd.DataFrame, anchors: pd.DataFrame, counts: pd.DataFrame, seeds: int) -> Wave:
    """A wave from the rows of its pairs; only draws with all their pairs count."""
    many = counts.groupby("draw").size()
    whole = np.sort(many.index[many == seeds])
    anchors = anchors[anchors["draw"].isin(whole)].set_index(["draw", "seed"])[NAMES].sort_index()
    if not len(whole):
        raise RuntimeError("no draw has all its pairs: some run failed at each")
    numbered = counts[counts["draw"].isin(whole)].assign(draw=lambda table: np.searchsorted(whole, table["draw"]) + 1)
    effects, _ = at_points(numbered, len(whole))
    effects = effects.join(_parts(numbered, effects["state"])).set_axis(whole).rename_axis("draw")
    return Wave(unit[unit.index.isin(whole)], anchors, effects)


def _parts(counts: pd.DataFrame, state: pd.Series) -> pd.DataFrame:
    """Net displacement by where people reappear, at each draw where it is defined; `people`: change of all who are held."""
    means = counts.fillna(0.0).groupby("draw").mean()
    found = {f"ndr_{zone}": parts(zone)(dict(means.items())) for zone in (OWN_COUNTRY, CROSS_BORDER, OUT_OF_REGION)}
    table = pd.DataFrame(found, means.index).where(state == DEFINED)
    return table.assign(people=relative("workers")(dict(means.items())))


def cube(count: int, seed: int, paths: Sequence[str], first: int = 1) -> pd.DataFrame:
    """A Latin hypercube over the unit cube: a column for each parameter, draws `first`, first + 1, ..."""
    points = qmc.LatinHypercube(len(paths), rng=np.random.default_rng(seed)).random(count)
    return pd.DataFrame(points, pd.RangeIndex(first, first + count, name="draw"), list(paths))

"""Waves of a calibration: draws of the parameters, what each gives for the anchors, and the effect of the scenario there.

A wave is a design, run by the ensemble engine; of each pair of worlds only two rows are kept, the anchors in the world without
and the people and losses that the effect is made of. Draw 0 is the shipped model, in the first wave. All draws have the same
seeds, so that two of them differ by their parameters.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import qmc

from experiments.anchors import ANCHORS, Look, measured
from experiments.console import progress_bar
from experiments.draws import in_range
from experiments.effects import DEFINED, TABLES, Counts, at_points
from sim.claims.estimands import parts, relative
from sim.ensemble import design, run_ensemble
from sim.measures.zones import CROSS_BORDER, OUT_OF_REGION, OWN_COUNTRY
from sim.scenario import Scenario

SHIPPED = 0  # the draw with the shipped parameters
NAMES = [anchor.name for anchor in ANCHORS]


class Wave(NamedTuple):
    """What the draws of a wave gave; every table is indexed by draw. A draw with a run that failed is in none of them.

    unit      where each parameter lies on its range, 0 to 1; the shipped model has no row
    anchors   (draw, seed) -> each anchor, in its unit
    effects   the effects of the scenario (`experiments.effects`) and `state`: what net displacement is there
    """

    unit: pd.DataFrame
    anchors: pd.DataFrame
    effects: pd.DataFrame


class Seen:
    """Called by the ensemble on the tables of each pair: the anchors in the world without, and what the effect is made of."""

    def __init__(self, counts: Counts):
        self.counts, self.other = counts, counts.other
        self.__qualname__ = f"Seen({counts.__qualname__})"  # the name under which a folder of runs knows it again

    def __call__(self, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        weekly, pools = (tables[name][tables[name]["scenario"] == self.other] for name in ("weekly", "pools"))
        keys = {name: [int(weekly[name].iloc[0])] for name in ("seed", "draw")}
        anchors = pd.DataFrame(keys | {name: [value] for name, value in measured(Look.of_tables(weekly, pools)).items()})
        return {"anchors": anchors, "counts": self.counts(tables)}


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

    def wave(self, number: int, unit: pd.DataFrame) -> Wave:
        """Run the draws of a wave (index: their numbers); the first wave has the shipped model too."""
        values = in_range(unit)
        if number == 1:
            values = pd.concat([pd.DataFrame(index=[SHIPPED], columns=values.columns, dtype=float), values])
        table = design([scenario.name for scenario in self.pair], self.seeds, values.reset_index(drop=True))
        table["draw"] = values.index.to_numpy()[table["draw"] - 1]
        out = Path(self.runs) / f"wave_{number}" if self.runs else None
        with progress_bar(len(table), f"wave {number}: worlds") as bar:
            found = run_ensemble(
                table, None, self.workers, lambda: bar.update() and None,
                executor=self.executor, out=out, tables=TABLES, reduce=Seen(self.counts),
                retry_failed=self.retry_failed, **self.world,
            )  # fmt: skip
        return gathered(unit, found["anchors"], found["counts"], len(self.seeds))


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


def together(waves: Sequence[Wave]) -> Wave:
    """Some waves as one."""
    return Wave(*(pd.concat(tables) for tables in zip(*waves, strict=True)))


def cube(count: int, seed: int, paths: Sequence[str], first: int = 1) -> pd.DataFrame:
    """A Latin hypercube over the unit cube: a column for each parameter, draws `first`, first + 1, ..."""
    points = qmc.LatinHypercube(len(paths), rng=np.random.default_rng(seed)).random(count)
    return pd.DataFrame(points, pd.RangeIndex(first, first + count, name="draw"), list(paths))


def last_day(start: dt.date, window: tuple[float, float], days_per_month: float, needed: dt.date) -> dt.date:
    """When the runs may end: the window is over, and every anchor can be measured."""
    return max(start + dt.timedelta(days=window[1] * days_per_month), needed) + dt.timedelta(days=21)

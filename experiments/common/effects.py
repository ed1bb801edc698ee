"""The effect of a scenario at each point of a design: what is kept of a pair of worlds, and the numbers made of the pairs.

    elsewhere   change of the people held outside the target, for each person held anywhere without the scenario
    removed     the same inside the target
    losses, western_losses   relative change of victims' losses
    suppression, ndr         as in docs/methods.md, where they are defined

The first four are defined wherever anybody is held, so a point never drops out and no gate bends the analysis; net displacement
is a ratio of two of them and does not exist where nobody was removed.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim import store
from sim.claims.contrast import Contrast
from sim.claims.counts import by_pool, by_zone
from sim.claims.estimands import ESTIMANDS
from sim.measures.displacement import GATE
from sim.measures.intervals import Statistic, of_means, ratio
from sim.measures.zones import TARGET

TABLES = ("weekly", "pools", "moves")
DEFINED, SHUT, EMPTY = "defined", "not suppressed", "empty target"  # what net displacement is at a point


class Effect(NamedTuple):
    """words, unit: for figures.   statistic: of a sample (`sim.measures.intervals`).   always: defined at every point."""

    words: str
    unit: str
    statistic: Statistic
    always: bool


def _removed(m: dict[str, np.ndarray]) -> np.ndarray:
    everyone = sum(values for name, values in m.items() if name.startswith("workers_without "))
    return ratio(m[f"workers_change {TARGET}"], everyone)


EFFECTS: dict[str, Effect] = {
    "elsewhere": Effect("People held outside the target", "% of all people held", ESTIMANDS["elsewhere_change"].statistic, True),
    "removed": Effect("People held in the target", "% of all people held", of_means(_removed), True),
    "losses": Effect("All victims' losses", "% of all losses", ESTIMANDS["loss_change"].statistic, True),
    "western_losses": Effect("Western victims' losses", "% of Western losses", ESTIMANDS["western_loss_change"].statistic, True),
    "suppression": Effect("Suppression of the target", "% of people in the target", ESTIMANDS["suppression"].statistic, False),
    "ndr": Effect("Net displacement ratio", "ratio", ESTIMANDS["ndr"].statistic, False),
}
ALWAYS = tuple(name for name, effect in EFFECTS.items() if effect.always)


class Counts:
    """Called by the ensemble on the tables of each pair: people by zone and losses by bloc, means over the window.

    scenario, other   the two worlds of a pair     start   when they part     window   months after that
    target            territories at which the scenario aims     region   name of the map
    """

    def __init__(self, scenario: str, other: str, start: dt.date, target: tuple[str, ...], window: tuple, region: str):
        self.scenario, self.other, self.start, self.target, self.window = scenario, other, start, target, window
        self.places, self.pools = (store.region_table(region, name) for name in ("territories", "pools"))
        # the name under which a folder of runs knows the reduction again
        self.__qualname__ = f"Counts({scenario}, {other}, {start}, {window})"

    def __call__(self, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        sides = [
            {name: table[table["scenario"] == side] for name, table in tables.items()} for side in (self.scenario, self.other)
        ]
        contrast = Contrast(*sides, self.start, self.target, self.places, self.pools)
        counted = [count(contrast, self.window, "") for count in (by_zone, by_pool)]
        return pd.concat(counted, axis=1).reset_index()


def at_points(counts: pd.DataFrame, points: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Effects at each point (a row for each draw), and in each pair alone (the same columns, indexed by draw and seed).

    counts: as `Counts` makes them: draw (1 to points), seed, and a column for each count; as many pairs at each point.
    `state` says what net displacement is at a point: defined where every pair was suppressed. Effects that are always defined
    are 0 where nobody is held at all: there is nothing to change. Raises RuntimeError where runs of a point failed.
    """
    counts = counts.sort_values(["draw", "seed"], kind="stable").set_index(["draw", "seed"]).fillna(0.0)
    pairs, rest = divmod(len(counts), points)
    if rest or not pairs or (counts.groupby(level="draw").size() != pairs).any():
        raise RuntimeError(f"{len(counts)} pairs at {points} points: some runs failed; a design is not read with holes in it")
    sample = {name: counts[name].to_numpy().reshape(points, pairs) for name in counts}
    each = {name: values[:, :, None] for name, values in sample.items()}
    draws = pd.Index(np.arange(1, points + 1), name="draw")
    with np.errstate(all="ignore"):
        whole = pd.DataFrame({name: effect.statistic(sample) for name, effect in EFFECTS.items()}, draws)
        alone = {name: effect.statistic(each).reshape(-1) for name, effect in EFFECTS.items()}
        gone = ratio(sample[f"workers_change {TARGET}"], sample[f"workers_without {TARGET}"])
    found = whole.assign(state=np.select([np.isnan(gone).any(axis=1), ~(gone < GATE).all(axis=1)], [EMPTY, SHUT], DEFINED))
    by_pair = pd.DataFrame(alone, counts.index).assign(state=np.repeat(found["state"].to_numpy(), pairs))
    for table in (found, by_pair):
        table[list(ALWAYS)] = table[list(ALWAYS)].fillna(0.0)
        table.loc[table["state"] != DEFINED, "ndr"] = np.nan
    return found, by_pair

"""The search: the prior, then waves down to the draws that the evidence does not rule out, then the effect at those."""

from typing import NamedTuple

import pandas as pd

from experiments.calibration.anchors import ANCHORS
from experiments.calibration.matching import (
    Evidence,
    Rule,
    at_draws,
    distances,
    implausibility,
    seed_variance,
    spread,
    stated,
    worst,
)
from experiments.calibration.subset import Level, chosen, descend
from experiments.calibration.waves import SHIPPED, Runner


class Found(NamedTuple):
    """What a search found; tables by draw.

    unit       all points that were visited, in the unit cube     wave    in which wave each was run
    anchors    (draw, seed) -> each anchor     effects  where pairs were run
    prior      draws of the first wave     kept   draws not ruled out, one as often as a walk stood there
    """

    unit: pd.DataFrame
    wave: pd.Series
    anchors: pd.DataFrame
    effects: pd.DataFrame
    prior: pd.Index
    kept: pd.Index
    levels: list[Level]
    evidence: Evidence
    variance: pd.Series
    seeds: int


def search(
    points: pd.DataFrame, rule: Rule, run: Runner, survivors: float, waves: int, steps: int, kept: int, seed: int
) -> Found:
    """Run the prior in pairs, descend to the cutoff, and run pairs at some of the draws that are kept.

    The spread of seeds is that of the first wave throughout, so that the bar is the same from wave to wave.
    """
    first, evidence, seeds = run.pairs("wave_1", points, shipped=True), stated(ANCHORS), len(run.seeds)
    variance = seed_variance(first.anchors, evidence)
    width, seen, wave = spread(evidence, variance, seeds, rule), [first.anchors], {1: first.unit.index}

    def off(anchors: pd.DataFrame) -> pd.Series:
        values = at_draws(anchors, evidence)
        return pd.Series(worst(implausibility(distances(values, evidence, width)), rule.forgiven), values.index)

    def far(number: int, step: int, tried: pd.DataFrame) -> pd.Series:
        found = run.anchors(f"wave_{number}_step_{step}", tried)
        seen.append(found)
        wave[number] = wave.get(number, pd.Index([])).append(tried.index)
        return off(found)

    levels, visited = descend(first.unit, off(first.anchors)[first.unit.index], rule.cutoff, far, survivors, waves, steps, seed)
    stands = chosen(levels[-1], kept, seed) if levels[-1].bar <= rule.cutoff else pd.Index([], dtype=int, name="draw")
    new = stands.unique().difference(first.unit.index)
    effects = first.effects
    if len(new):
        last = run.pairs("kept", visited.loc[new])
        effects = pd.concat([effects, last.effects])
    stands = stands[stands.isin(effects.index)]
    numbers = pd.Series({SHIPPED: 1} | {draw: number for number, draws in wave.items() for draw in draws})
    anchors = pd.concat(seen)
    return Found(visited, numbers, anchors, effects, first.unit.index, stands, levels, evidence, variance, seeds)

"""Subset simulation: uniform draws from the small part of the parameters' ranges that the evidence does not rule out; its size.

One draw in a thousand or fewer may survive, and none of a few hundred. So the bar is lowered in steps: each wave keeps the best
part of the last one, and walks on from there, every step being taken only if it stays below the bar that this part set. Each
wave is then a uniform sample of what lies below its bar, and the shares multiply to the size of the last.

A step moves some of the parameters, by lot, each a short way or a long one, so that the prior stays as it is; how many adapts
to how many steps are taken. So parameters that do not matter are forgotten, however many there are. Still a walk resembles where
it began, and walks have common ancestors: `worth` says how many independent draws a sample stands for.

Au & Beck 2001, Probabilistic Engineering Mechanics 16:263; moves: Cotter et al. 2013, Statistical Science 28:424; for inference
without likelihood: Chiachio et al. 2014, SIAM J. Scientific Computing 36:A1339 [check before citing].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

TAKEN = 0.3  # share of steps that their length is adapted to
FIRST_STEP, SHORTEST = 0.5, 0.01  # share of the parameters that a step moves
FEWEST_STEPS = 3  # of a walk in a wave
MEDIAN_OF_SIZES = float(stats.norm.ppf(0.75))  # of a standard normal: robust against columns that being kept does depend on
Far = Callable[[int, int, pd.DataFrame], pd.Series]  # (wave, step, points) -> how far each is off; draws that failed are missing


@dataclass(frozen=True)
class Level:
    """A wave: uniform draws from what lies below its bar.

    bar      what is as far off, or farther, is left out; infinite for the prior
    states   how far off, by draw; a draw at which a walk stood twice stands here twice
    volume   share of the prior below the bar, as estimated     taken   share of the steps
    """

    bar: float
    states: pd.Series
    volume: float
    taken: float = np.nan


def descend(
    points: pd.DataFrame, off: pd.Series, cutoff: float, far: Far, share: float, most: int, steps: int, seed: int
) -> tuple[list[Level], pd.DataFrame]:
    """Waves from the prior until the bar is the cutoff, or there have been `most`; and all points that were visited.

    points   of the prior, in the unit cube, by draw     off   how far off each is; draws that are missing have failed
    far      runs points     share   of a wave that is carried on, 0 to 1     steps   at least so many in the last wave
    The bar of the last wave is the cutoff if it was reached. A pure function of its arguments if `far` is one.
    """
    luck = np.random.default_rng(seed)
    levels, visited, length = [Level(np.inf, off, 1.0)], points, FIRST_STEP
    while len(levels) < most and levels[-1].bar > cutoff:
        before = levels[-1]
        bar = max(cutoff, _bar(before.states, share))
        seeds = below = before.states[before.states < bar]
        if not bar < before.bar or seeds.empty:
            break  # all are equally far off
        if len(seeds) > (many := int(np.ceil(share * len(off)))):  # enough to walk from
            seeds = seeds.iloc[np.sort(luck.permutation(len(seeds))[:many])]
        here, states, taken = seeds, [seeds], []
        enough = max(round(len(off) / len(seeds)) - 1, steps if bar == cutoff else FEWEST_STEPS)
        for step in range(1, enough + 1):
            first = int(visited.index.max()) + 1
            tried = moved(visited.loc[here.index], length, luck).set_axis(range(first, first + len(here)))
            found = far(len(levels) + 1, step, tried).reindex(tried.index)
            visited = pd.concat([visited, tried])
            goes = (found < bar).to_numpy()
            index = np.where(goes, tried.index, here.index)
            here = pd.Series(np.where(goes, found, here), index)
            states.append(here)
            taken.append(goes.mean())
            length = float(np.clip(length * np.exp(goes.mean() - TAKEN), SHORTEST, 1.0))
        volume = before.volume * len(below) / len(before.states)
        levels.append(Level(bar, pd.concat(states), volume, float(np.mean(taken))))
    return levels, visited


def moved(points: pd.DataFrame, length: float, luck: np.random.Generator) -> pd.DataFrame:
    """Points of the unit cube a step on: each coordinate moves with probability `length`. Uniform points stay uniform.

    A coordinate moves as an autoregression of its normal score, with a weight of its own: near 0 a nudge, at 1 a new draw.
    """
    normal, fresh = stats.norm.ppf(points.clip(1e-12, 1 - 1e-12)), luck.normal(size=points.shape)
    weight = np.where(luck.random(points.shape) < length, luck.random(points.shape), 0.0)
    there = stats.norm.cdf(np.sqrt(1 - weight**2) * normal + weight * fresh)
    return pd.DataFrame(np.where(weight > 0, there, points), points.index, points.columns)


def worth(points: pd.DataFrame) -> float:
    """As many independent draws as the points are worth: the mean of n independent normal scores has a variance of 1/n.

    points: in the unit cube; most columns must be ones on which being kept does not depend. Never more than there are points.
    """
    if not len(points):
        return 0.0
    means = stats.norm.ppf(points.clip(1e-9, 1 - 1e-9)).mean(axis=0)
    return float(min((MEDIAN_OF_SIZES / max(np.median(np.abs(means)), 1e-9)) ** 2, len(points)))


def chosen(level: Level, count: int, seed: int) -> pd.Index:
    """So many states of the later half of a wave's walks, by lot and without replacement; a draw may come twice."""
    luck = np.random.default_rng(seed)
    states = level.states.index.to_numpy()[len(level.states) // 2 :]
    return pd.Index(np.sort(luck.permutation(states)[:count]), name="draw")


def _bar(off: pd.Series, share: float) -> float:
    """What the best `share` of the states lie below; where some of those are infinitely far off, what all others lie below."""
    ordered = np.sort(off.to_numpy())
    bar, finite = ordered[min(int(np.ceil(share * len(ordered))), len(ordered) - 1)], ordered[np.isfinite(ordered)]
    return float(np.nextafter(finite[-1], np.inf) if np.isinf(bar) and len(finite) else bar)

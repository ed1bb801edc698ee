"""History matching: which draws of the parameters does the evidence not rule out?

Implausibility of an anchor at a draw, on the log scale (every anchor is above zero):

    I = |log model - log centre| / sqrt(var_obs + var_disc + var_seed (1 + 1/n))

centre    geometric middle of the stated range, which is read as a 95 % interval: var_obs
disc      how far off the best parameters are expected to be, a factor (95 %) fixed before the runs
seed      spread between seeds: reality is one history, and the model's value a mean over n of them

A draw is kept when, but for the `forgiven` worst anchors, none is `cutoff` or more: a single anchor may be wrongly stated, and
some contradict each other. References: Craig et al. 1997; Vernon, Goldstein & Bower 2010, Bayesian Analysis 5:619; three
standard deviations: Pukelsheim 1994, American Statistician 48:88 [check before citing].
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from experiments.calibration.anchors import Anchor

Z95 = float(stats.norm.ppf(0.975))
FLOOR = 1e-3  # of a range's low end: a place without anybody is far off, not infinitely far
NEAR, FEWEST = 10.0, 10  # factor from the middle of a range within which draws tell the spread of seeds; how many are asked


class Rule(NamedTuple):
    """cutoff: of the implausibility.   forgiven: anchors that may lie beyond it.   discrepancy: a factor, 1 or more (95 %)."""

    cutoff: float
    forgiven: int
    discrepancy: float


class Evidence(NamedTuple):
    """By anchor, on the log scale.   error: standard deviation of what is stated   floor: what is less counts as this."""

    centre: pd.Series
    error: pd.Series
    floor: pd.Series


def stated(anchors: Sequence[Anchor]) -> Evidence:
    """The evidence as the anchors state it. Raises ValueError for a range that is not above zero and wide."""
    for anchor in anchors:
        if not 0 < anchor.low < anchor.high:
            raise ValueError(f"{anchor.name}: range {anchor.low} to {anchor.high}; it must lie above zero and be wide")
    low, high = (np.log([getattr(anchor, end) for anchor in anchors]) for end in ("low", "high"))
    by_name = lambda values: pd.Series(values, [anchor.name for anchor in anchors])  # noqa: E731
    return Evidence(by_name((low + high) / 2), by_name((high - low) / 2 / Z95), by_name(low + np.log(FLOOR)))


def logged(values: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Values of the anchors (columns) on the log scale, none below its floor; what is undefined stays so."""
    with np.errstate(divide="ignore"):
        return np.log(values.clip(lower=0.0)).clip(lower=evidence.floor, axis="columns")


def at_draws(anchors: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Log of the mean over seeds of each anchor at each draw; undefined where it is in any seed. anchors: by (draw, seed)."""
    return logged(anchors.groupby(level="draw").agg(lambda values: values.mean(skipna=False)), evidence)


def seed_variance(anchors: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """Variance between seeds of the log of each anchor, one for all draws; 0 with one seed.

    anchors: by (draw, seed), as many seeds at each draw. A draw's own variance over two or three seeds may be small by luck
    alone, and that of a place that has emptied says nothing. So it is the median over the draws whose value lies within a factor
    of ten of the stated middle (over all, where fewer than ten do), made good for the skew of a variance.
    """
    seeds = int(anchors.groupby(level="draw").size().max()) if len(anchors) else 1
    if seeds < 2:
        return pd.Series(0.0, anchors.columns)
    each = logged(anchors, evidence).groupby(level="draw")
    near = (each.mean() - evidence.centre).abs() < np.log(NEAR)
    variance = each.var()
    found = variance.where(near).median().where(near.sum() >= FEWEST, variance.median())
    return found.fillna(0.0) * (seeds - 1) / stats.chi2.median(seeds - 1)


def spread(evidence: Evidence, variance: pd.Series, seeds: int, rule: Rule) -> pd.Series:
    """The denominator of the implausibility, by anchor."""
    return np.sqrt(evidence.error**2 + (np.log(rule.discrepancy) / Z95) ** 2 + variance * (1 + 1 / seeds))


def distances(values: pd.DataFrame, evidence: Evidence, spread: pd.Series) -> pd.DataFrame:
    """Signed distance of each anchor (columns) at each draw from what is stated, in its standard deviations."""
    return (values - evidence.centre) / spread


def implausibility(distance: pd.DataFrame) -> pd.DataFrame:
    """Its size. An anchor that is undefined at a draw (nobody there) rules it out: infinite."""
    return distance.abs().fillna(np.inf)


def worst(implausible: pd.DataFrame | np.ndarray, forgiven: int) -> np.ndarray:
    """The largest implausibility of each draw once the `forgiven` largest are left out."""
    values = np.sort(np.asarray(implausible, float), axis=1)
    return values[:, max(values.shape[1] - 1 - forgiven, 0)]


def not_ruled_out(implausible: pd.DataFrame, rule: Rule) -> pd.Series:
    """Which draws are kept."""
    return pd.Series(worst(implausible, rule.forgiven) < rule.cutoff, implausible.index)


def share(kept: int, of: int, level: float = 0.95) -> tuple[float, float, float]:
    """A share with its interval (Clopper & Pearson 1934); undefined of nothing."""
    if not of:
        return np.nan, np.nan, np.nan
    found = stats.binomtest(kept, of).proportion_ci(level)
    return kept / of, float(found.low), float(found.high)

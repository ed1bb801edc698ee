"""Intervals over pairs: the BCa bootstrap, and Fieller's theorem as a cross-check for plain ratios.

A pair (one seed, draw and structure, with and without) is the unit that is resampled: what happens inside a world is
never split up. A statistic is a function of a sample, {column: values of shape [..., pairs]}, and works along the last
axis, so that thousands of resamples are one call.
"""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

DRAWS = 2000  # bootstrap resamples
LEVEL = 0.95

Sample = Mapping[str, np.ndarray]
Statistic = Callable[[Sample], np.ndarray]


def of_means(ratio: Callable[[dict[str, np.ndarray]], np.ndarray]) -> Statistic:
    """The statistic "ratio of means": `ratio` of the mean over pairs of each column, never the mean of ratios."""
    return lambda sample: ratio({name: values.mean(axis=-1) for name, values in sample.items()})


def interval(
    sample: Sample, statistic: Statistic, draws: int = DRAWS, seed: int = 0, level: float = LEVEL
) -> dict[str, float]:
    """value, low, high and se (bootstrap standard error) of a statistic of the pairs.

    sample: {column: [pairs]}. The interval is bias-corrected and accelerated (Efron 1987, JASA 82:171), by
    `scipy.stats.bootstrap`; the same seed gives the same resamples whatever the statistic. Where all pairs agree the
    interval is the value itself. Fewer than two pairs, or a statistic that is undefined, have none (NaN).
    """
    columns = {name: np.asarray(values, float) for name, values in sample.items()}
    pairs = len(next(iter(columns.values()))) if columns else 0
    missing = {"value": np.nan, "low": np.nan, "high": np.nan, "se": np.nan}
    if pairs == 0:
        return missing
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a degenerate distribution is dealt with below, in the open
        value = float(statistic(columns))
        if pairs == 1 or not np.isfinite(value):
            return missing | {"value": value}

        def of_pairs(rows: np.ndarray, axis: int = -1) -> np.ndarray:
            return statistic({name: values[rows] for name, values in columns.items()})

        found = stats.bootstrap(
            (np.arange(pairs),), of_pairs, n_resamples=draws, confidence_level=level, method="BCa",
            rng=np.random.default_rng(seed),
        )  # fmt: skip
        resampled = found.bootstrap_distribution
        low, high = map(float, found.confidence_interval)
        if not (np.isfinite(low) and np.isfinite(high)):  # BCa is undefined where resamples are all equal, or nearly so
            tails = (1 - level) / 2
            low, high = (float(np.quantile(resampled, tail)) for tail in (tails, 1 - tails))
    return {"value": value, "low": low, "high": high, "se": float(np.std(resampled, ddof=1))}


def fieller(part: np.ndarray, whole: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Fieller's set for mean(part) / mean(whole) over pairs: the ratios θ with mean(part − θ·whole) not different from 0.

    part, whole: [pairs]. Returns (low, high). Where the mean of `whole` itself is not different from 0 the set is
    unbounded and the ratio is not identified: then both are NaN, to be printed as "not identified".
    Fieller 1954, J. Royal Statistical Society B 16:175.
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    pairs = len(part)
    if pairs < 2:
        return np.nan, np.nan
    t2 = stats.t.ppf((1 + level) / 2, pairs - 1) ** 2 / pairs
    (part_var, both), (_, whole_var) = np.cov(part, whole)
    # (mean(part) − θ mean(whole))² ≤ t² var(part − θ whole) / n, a quadratic in θ
    a = whole.mean() ** 2 - t2 * whole_var
    b = -2 * (part.mean() * whole.mean() - t2 * both)
    c = part.mean() ** 2 - t2 * part_var
    inside = b * b - 4 * a * c
    if a <= 0 or inside < 0:
        return np.nan, np.nan
    return tuple(sorted(float((-b + sign * np.sqrt(inside)) / (2 * a)) for sign in (-1, 1)))


def fieller_text(low: float, high: float) -> str:
    """A Fieller set as text."""
    return f"[{low:.2f}, {high:.2f}]" if np.isfinite(low) and np.isfinite(high) else "not identified"


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, NaN where the whole is nothing: there is no share of nothing."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole != 0)

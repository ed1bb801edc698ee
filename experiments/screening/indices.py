"""Indices of sensitivity from a sample and the numbers found at its points. Samples and estimators are SALib's.

Morris screening (Morris 1991, Technometrics 33:161; mu* of Campolongo, Cariboni & Saltelli 2007, Environmental Modelling &
Software 22:1509): trajectories in which one factor after the other takes a step. mu* is the mean size of its effect, over the
whole range; sigma tells of interactions and bends. Sobol indices (Saltelli et al. 2010, Computer Physics Communications
181:259): S1 is the share of the variance that a factor makes by itself, ST with all its interactions. Rank correlations say
which way. Intervals are bootstrapped, at 95 %.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from scipy import stats

from experiments.screening.factors import SEED

LEVELS = 4  # of the grid of a trajectory
STEP = LEVELS / (2 * (LEVELS - 1))  # of the range, that a factor takes
RESAMPLES = 1000
FEWEST = 10  # points for each parameter, below which a partial rank correlation is not given


def trajectories(problem: Mapping[str, Any], count: int, seed: int) -> np.ndarray:
    """Morris's sample [count * (factors + 1), parameters], in the unit cube."""
    return morris_sample.sample(dict(problem), count, num_levels=LEVELS, seed=seed + 1)


def morris(problem: Mapping[str, Any], unit: np.ndarray, y: np.ndarray, seed: int) -> pd.DataFrame:
    """factor, mu, mu_star, mu_star_conf (half a 95 % interval) and sigma, the largest mu_star first.

    unit: from `trajectories`.   y: a number for each point, none missing.
    Seeds have no scale: their effect is that of another set of seeds, not drawn out to a whole range; mu and sigma mean nothing.
    Nor does mu for a factor of several parameters, which step up and down together.
    """
    found = morris_analysis.analyze(
        dict(problem), unit, np.asarray(y, float), num_levels=LEVELS, num_resamples=RESAMPLES, seed=seed + 1
    )
    table = pd.DataFrame({"factor": found["names"]} | {name: _column(found[name]) for name in ("mu", "mu_star")})
    table = table.assign(mu_star_conf=_column(found["mu_star_conf"]), sigma=_column(found["sigma"]))
    chance = table["factor"] == SEED
    table.loc[chance, ["mu_star", "mu_star_conf"]] *= STEP
    table.loc[chance, "sigma"] = np.nan
    table.loc[table["sigma"].isna(), "mu"] = np.nan
    return table.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)


def saltelli(problem: Mapping[str, Any], base: int, seed: int) -> np.ndarray:
    """Saltelli's sample for first and total order [base * (factors + 2), parameters]; base is a power of two."""
    return sobol_sample.sample(dict(problem), base, calc_second_order=False, seed=seed + 1)


def sobol(problem: Mapping[str, Any], y: np.ndarray, seed: int) -> pd.DataFrame:
    """factor, S1, S1_conf, ST, ST_conf (half a 95 % interval), in the order of the problem. NaN where nothing varies."""
    names = list(dict.fromkeys(problem["groups"]))
    y = np.asarray(y, float)
    if np.ptp(y) == 0.0:
        return pd.DataFrame({"factor": names, "S1": np.nan, "S1_conf": np.nan, "ST": np.nan, "ST_conf": np.nan})
    found = sobol_analysis.analyze(
        dict(problem), y, calc_second_order=False, num_resamples=RESAMPLES, seed=seed + 1
    )  # fmt: skip
    return pd.DataFrame({"factor": names} | {name: found[name] for name in ("S1", "S1_conf", "ST", "ST_conf")})


def rank_correlations(unit: pd.DataFrame, y: pd.Series, together: Sequence[int], seed: int) -> pd.DataFrame:
    """parameter, prcc, prcc_low, prcc_high and points: partial rank correlations over the points where y is defined.

    unit: points x parameters.   together: number of the base row from which each point was made; these are resampled whole,
    since points of one row share coordinates. Nothing where there are fewer than ten points for each parameter.
    """
    defined = np.isfinite(y.to_numpy(float))
    x, y, rows = unit.to_numpy()[defined], y.to_numpy(float)[defined], np.asarray(together)[defined]
    columns = ["parameter", "prcc", "prcc_low", "prcc_high", "points"]
    if len(y) < FEWEST * (unit.shape[1] + 1) or np.ptp(y) == 0.0:
        return pd.DataFrame(columns=columns)
    rng, of_row = np.random.default_rng(seed), {row: np.flatnonzero(rows == row) for row in np.unique(rows)}
    drawn = []
    for _ in range(RESAMPLES):
        picked = np.concatenate([of_row[row] for row in rng.choice(list(of_row), len(of_row))])
        drawn.append(partial_ranks(x[picked], y[picked]))
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    made = dict(zip(columns, (unit.columns, partial_ranks(x, y), low, high, len(y)), strict=True))
    return pd.DataFrame(made)


def partial_ranks(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Correlation of the ranks of y with those of each column of x [points, parameters], both freed of all other columns.

    From the inverse of the correlation matrix of ranks: r = -p_iy / sqrt(p_ii p_yy).
    """
    ranks = np.column_stack([stats.rankdata(column) for column in (*x.T, y)])
    with np.errstate(all="ignore"):
        precision = np.linalg.pinv(np.corrcoef(ranks, rowvar=False))
        diagonal = np.diag(precision)
        return -precision[:-1, -1] / np.sqrt(diagonal[:-1] * diagonal[-1])


def share_of_seeds(by_pair: pd.DataFrame, effects: Sequence[str]) -> dict[str, float]:
    """Share of the variance over pairs that lies between pairs of one point: {effect: share}, NaN with one pair a point.

    by_pair: indexed by draw and seed. The variance of one pair at one point, averaged over points, against that plus the
    variance between points (freed of its noise).
    """
    found = {}
    for name in effects:
        groups = by_pair[name].groupby(level="draw")
        within, pairs = groups.var(ddof=1).mean(), groups.size().mean()
        between = max(groups.mean().var(ddof=1) - within / pairs, 0.0)
        found[name] = float(within / (within + between)) if within + between > 0 else np.nan
    return found


def _column(values: Any) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(values, float), np.nan)

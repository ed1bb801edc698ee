"""What pairing is worth: the variance of an effect from independent worlds over its variance from pairs.

    factor = (Var(with) + Var(without)) / Var(with − without)

over seeds: how many times as many runs a comparison of worlds that share no draws needs for an interval of the same width
(common random numbers; Law 2015, Simulation Modeling and Analysis, 5th ed., section 11.2). Below 1, pairing does harm; infinite,
all pairs differ by the same amount, as those of a placebo.
"""

import numpy as np
import pandas as pd

from sim.measures.displacement import WESTERN
from sim.measures.paired import WINDOW, paired_blocs, paired_zones, window_means
from sim.measures.zones import TARGET, zones

FEWEST = 3  # pairs from which a factor is worth printing
EFFECTS = ("people", "people in the target", "losses", "Western losses")


def worth_of_pairs(weekly, pools, territories, scenarios, targets, window: tuple[float, float] = WINDOW) -> pd.DataFrame:
    """`variance_reduction` of the runs of a comparison; the arguments are those of `sim.measures.comparison.comparison`."""
    in_zones = paired_zones(weekly, zones(territories, targets), scenarios)
    return variance_reduction(window_means(in_zones, window), window_means(paired_blocs(pools, scenarios), window))


def variance_reduction(zone_means: pd.DataFrame, bloc_means: pd.DataFrame) -> pd.DataFrame:
    """The factor for each scenario and effect: columns scenario, effect (one of EFFECTS), pairs, factor.

    zone_means, bloc_means   as `sim.measures.paired.window_means` makes them of zones and of blocs: one row for each scenario,
                             seed (and, if the design has them, draw and structure) and zone or bloc
    NaN for an effect that a scenario does not have, or with fewer than two pairs.
    """
    parts = {
        "people": (zone_means, "workers"),
        "people in the target": (zone_means[zone_means["zone"] == TARGET], "workers"),
        "losses": (bloc_means, "losses_usd"),
        "Western losses": (bloc_means[bloc_means["bloc"] == WESTERN], "losses_usd"),
    }
    rows = []
    for scenario in zone_means["scenario"].unique():
        for effect in EFFECTS:
            table, stock = parts[effect]
            mine = table[table["scenario"] == scenario]
            keys = [key for key in ("seed", "draw", "structure") if key in mine]
            sums = mine.groupby(keys, observed=True)[[stock, f"{stock}_without"]].sum()
            factor = reduction(sums[stock].to_numpy(), sums[f"{stock}_without"].to_numpy())
            rows.append({"scenario": str(scenario), "effect": effect, "pairs": len(sums), "factor": factor})
    return pd.DataFrame(rows, columns=["scenario", "effect", "pairs", "factor"])


def reduction(with_it: np.ndarray, without: np.ndarray) -> float:
    """The factor from one number per world, pairs in the same order; NaN for fewer than two pairs or worlds without variance."""
    if len(with_it) < 2:
        return np.nan
    apart, paired = np.var(with_it, ddof=1) + np.var(without, ddof=1), np.var(with_it - without, ddof=1)
    if paired == 0.0:
        return np.inf if apart > 0.0 else np.nan
    return float(apart / paired)


def format_reduction(table: pd.DataFrame) -> list[str]:
    """A line for each scenario, for a terminal; none from fewer than FEWEST pairs, whose variance says nothing yet."""
    known = table[table["pairs"] >= FEWEST].dropna(subset="factor")
    if known.empty:
        return []
    lines = ["What pairing is worth (times as many runs that independent worlds would need for the same interval):"]
    for scenario, mine in known.groupby("scenario", sort=False):
        told = [f"{effect} {_times(factor)}" for effect, factor in zip(mine["effect"], mine["factor"], strict=True)]
        lines.append(f"  {scenario}: {', '.join(told)}")
    return lines


def _times(factor: float) -> str:
    if factor > 1000:
        return "more than 1000"
    return f"{factor:.0f}" if factor >= 9.5 else f"{factor:.1f}"

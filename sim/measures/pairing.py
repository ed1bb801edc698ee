"""What pairing is worth: the variance of an effect from independent worlds over its variance from pairs.

    factor = (Var(with) + Var(without)) / Var(with − without)

over seeds: how many times as many runs a comparison of worlds that share no draws needs for an interval of the same width
(common random numbers; Law 2015, Simulation Modeling and Analysis, 5th ed., section 11.2). Below 1, pairing does harm; infinite,
all pairs differ by the same amount, as those of a placebo.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.measures.displacement import WESTERN
from sim.measures.zones import TARGET

FEWEST, TOO_FEW = 3, "too few"  # pairs from which a factor is worth printing, and what stands in its place before
MOST = 999  # the largest that is written out
EFFECTS = ("people", "people in the target", "losses", "Western losses")
COLUMNS = tuple(f"{name}_pairing" for name in ("worker_change", "suppression", "loss_change", "western_loss_change"))


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


def pairing_columns(zone_means: pd.DataFrame, bloc_means: pd.DataFrame) -> pd.DataFrame:
    """The same with a row for each scenario, as a comparison has it: columns scenario and those of COLUMNS.

    NaN, too, from fewer than FEWEST pairs, whose variance says nothing yet.
    """
    long = variance_reduction(zone_means, bloc_means)
    long["factor"] = long["factor"].where(long["pairs"] >= FEWEST)
    wide = long.pivot(index="scenario", columns="effect", values="factor").reindex(long["scenario"].unique())
    return wide[list(EFFECTS)].set_axis(COLUMNS, axis=1).rename_axis(columns=None).reset_index()


def pairing_text(row: Mapping) -> str:
    """What pairing is worth in a row of a comparison, for people and losses in all: "2.1/14"."""
    if row["pairs"] < FEWEST:
        return TOO_FEW
    factors = [row.get(name, np.nan) for name in ("worker_change_pairing", "loss_change_pairing")]
    return "-" if pd.isna(factors).all() else "/".join(_times(factor) for factor in factors)


def _times(factor: float) -> str:
    if pd.isna(factor):
        return "-"
    if factor > MOST:
        return f">{MOST}"
    return f"{factor:.0f}" if factor >= 9.5 else f"{factor:.1f}"

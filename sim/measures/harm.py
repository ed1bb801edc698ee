"""Harm: what is lost by victims where operations reappear, and how long people are held.

Displacement of workers says nothing of losses unless a displaced worker takes as much as one who was removed:

    harm leakage   NDR_L = NDR_W · ρ = (ΔL_O + ΔL_X + ΔL_R) / (−ΔL_T)
    ρ              loss per worker displaced / loss per worker removed

Losses are counted where the workers are who cause them. The world is worse off than with doing nothing when NDR_L > 1.
People in compounds are victims, too: the person-weeks for which they are held are a harm of their own.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.measures.displacement import GATE
from sim.measures.intervals import DRAWS, interval, of_means, ratio
from sim.measures.paired import WINDOW, keys_of, per_pair, window_means
from sim.measures.zones import ELSEWHERE, TARGET

Means = Mapping[str, np.ndarray]


def elsewhere(mean: Means, stock: str) -> np.ndarray:
    """Change of a stock outside the target, from columns "<stock>_change <zone>"."""
    return sum((mean[name] for zone in ELSEWHERE if (name := f"{stock}_change {zone}") in mean), np.zeros(()))


def leakage(mean: Means) -> np.ndarray:
    """NDR_L from means over pairs: losses that appear elsewhere for each dollar not lost to the target."""
    return ratio(elsewhere(mean, "losses_usd"), -mean[f"losses_usd_change {TARGET}"])


def richness(mean: Means) -> np.ndarray:
    """ρ from means over pairs: loss per worker displaced over loss per worker removed."""
    displaced = ratio(elsewhere(mean, "losses_usd"), elsewhere(mean, "workers"))
    removed = ratio(mean[f"losses_usd_change {TARGET}"], mean[f"workers_change {TARGET}"])
    return ratio(displaced, removed)


def suppression(mean: Means) -> np.ndarray:
    """S = ΔW_T / W⁰_T from means over pairs."""
    return ratio(mean[f"workers_change {TARGET}"], mean[f"workers_without {TARGET}"])


def harm_leakage(means: pd.DataFrame, draws: int = DRAWS, seed: int = 0, gate: float = GATE) -> pd.DataFrame:
    """Harm leakage by scenario: scenario, pairs, ndr_losses (_low, _high), rho (_low, _high).

    means: of workers and losses_usd by zone, as `window_means` makes it from `paired_zones`.
    Empty (NaN) where the target was not suppressed, its losses did not fall, or there is no target: as for NDR.
    ρ needs people displaced: it is wide, or undefined, where hardly any are.
    """
    rows = []
    for scenario, mine in means.groupby("scenario", observed=True):
        pairs = per_pair(mine)
        row = {"scenario": scenario, "pairs": len(pairs)}
        sample = {name: pairs[name].to_numpy() for name in pairs}
        defined = f"workers_change {TARGET}" in sample
        if defined:
            suppressed = interval(sample, of_means(suppression), draws, seed)["high"] < gate
            defined = suppressed and sample[f"losses_usd_change {TARGET}"].mean() < 0
        for name, of in (("ndr_losses", leakage), ("rho", richness)):
            found = interval(sample, of_means(of), draws, seed) if defined else dict.fromkeys(("value", "low", "high"), np.nan)
            row |= {name: found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
        rows.append(row)
    return pd.DataFrame(rows)


def person_weeks(
    paired: pd.DataFrame, window: tuple[float, float] = (0, WINDOW[1]), draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Forced-labour person-weeks in a window, in all zones: mean over pairs, with, without, and the difference.

    paired: as `paired_zones` makes it. The window starts with the intervention: harm is not excused for coming early.
    Returns scenario, pairs, person_weeks, person_weeks_without, change (person-weeks, with _low and _high).
    """
    weeks = _weeks_inside(paired, window)
    rows = []
    for scenario, mine in window_means(paired, window).groupby("scenario", observed=True):
        held = mine.groupby(keys_of(mine), observed=True)[["workers", "workers_without"]].sum() * weeks[scenario]
        change = interval({"x": (held["workers"] - held["workers_without"]).to_numpy()}, of_means(lambda m: m["x"]), draws, seed)
        rows.append(
            {
                "scenario": scenario, "pairs": len(held),
                "person_weeks": held["workers"].mean(), "person_weeks_without": held["workers_without"].mean(),
                "change": change["value"], "change_low": change["low"], "change_high": change["high"],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _weeks_inside(paired: pd.DataFrame, window: tuple[float, float]) -> pd.Series:
    inside = paired[(paired["months"] >= window[0]) & (paired["months"] < window[1])]
    return inside.groupby("scenario", observed=True)["date"].nunique()

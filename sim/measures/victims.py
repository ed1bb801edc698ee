"""Victims: whose losses fall, whose rise, and whether the one is the price of the other.

    target displacement   TDR = Σ_{k≠CN} ΔL_k / (−ΔL_CN)     dollars lost by others for each dollar Chinese speakers are spared
    externality           ΔL_k / L⁰_k for each policy and pool: "your crackdown, my victims"

"Toward the West" is judged on Western losses and on TDR. The Western *share* rises whenever others lose less, so its
change is split in two. TDR has a gate, as NDR has: where Chinese losses are not shown to fall nothing can be shifted.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.measures.displacement import CHINESE, WESTERN
from sim.measures.intervals import DRAWS, interval, of_means, ratio
from sim.measures.paired import part_of, per_pair

GATE = -0.02  # Chinese losses have fallen where the whole interval of their change lies below

Means = Mapping[str, np.ndarray]


def target_displacement(
    means: pd.DataFrame, blocs: Mapping[str, str], draws: int = DRAWS, seed: int = 0, gate: float = GATE
) -> pd.DataFrame:
    """TDR of each scenario, whole and by bloc and pool of those who lose instead.

    means: losses_usd by pool, as `window_means(paired_pools(...))` makes it.   blocs: {pool: bloc}.
    Returns scenario, level ("all", "bloc", "pool"), name, tdr, tdr_low, tdr_high; the blocs add up to all, the pools of a
    bloc to the bloc. NaN throughout for a scenario whose Chinese losses are not shown to fall.
    """
    rows = []
    for scenario, mine in means.groupby("scenario", observed=True):
        sample = {name: values.to_numpy() for name, values in per_pair(mine).items()}
        chinese = [pool for pool, bloc in blocs.items() if bloc == CHINESE]
        others = {pool: bloc for pool, bloc in blocs.items() if bloc != CHINESE and f"losses_usd_change {pool}" in sample}
        parts = [("all", "all", list(others))]
        parts += [("bloc", bloc, [pool for pool in others if others[pool] == bloc]) for bloc in dict.fromkeys(others.values())]
        parts += [("pool", pool, [pool]) for pool in others]
        fell = interval(sample, of_means(lambda mean, pools=chinese: _change(mean, pools)), draws, seed)["high"] < gate
        for level, name, pools in parts:

            def of(mean: Means, pools=pools, spared=chinese) -> np.ndarray:
                return ratio(_sum(mean, "change", pools), -_sum(mean, "change", spared))

            found = interval(sample, of_means(of), draws, seed) if fell else dict.fromkeys(("value", "low", "high"), np.nan)
            rows.append(
                {
                    "scenario": scenario, "level": level, "name": name,
                    "tdr": found["value"], "tdr_low": found["low"], "tdr_high": found["high"],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def externalities(means: pd.DataFrame, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """The externality matrix in long form: change of each pool's (or bloc's) losses under each scenario.

    means: losses_usd by pool or bloc, as `window_means` makes it.
    Returns scenario, pool (or bloc), change_usd (USD per week), change, change_low, change_high (relative to the mean without).
    """
    part, rows = part_of(means), []
    for scenario, mine in means.groupby("scenario", observed=True):
        sample = {name: values.to_numpy() for name, values in per_pair(mine).items()}
        for label in mine[part].unique():
            found = interval(sample, of_means(lambda mean, label=label: _change(mean, [label])), draws, seed)
            rows.append(
                {
                    "scenario": scenario, part: label, "change_usd": sample[f"losses_usd_change {label}"].mean(),
                    "change": found["value"], "change_low": found["low"], "change_high": found["high"],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def share_decomposition(means: pd.DataFrame, bloc: str = WESTERN) -> pd.DataFrame:
    """Why a bloc's share of losses changed: because it lost more itself, or because others lost less.

    means: losses_usd by bloc. share¹ − share⁰ = (L¹_w − L⁰_w)/L¹ [own losses] + L⁰_w (1/L¹ − 1/L⁰) [all losses], L the total.
    Returns scenario, share_change, from_own_losses, from_the_total; share points.
    """
    rows = []
    for scenario, mine in means.groupby("scenario", observed=True):
        total = mine.groupby("bloc", observed=True)[["losses_usd", "losses_usd_without"]].mean()
        now, before = total["losses_usd"].sum(), total["losses_usd_without"].sum()
        own_now, own_before = total.loc[bloc, "losses_usd"], total.loc[bloc, "losses_usd_without"]
        own, rest = (own_now - own_before) / now, own_before * (1 / now - 1 / before)
        rows.append({"scenario": scenario, "share_change": own + rest, "from_own_losses": own, "from_the_total": rest})
    return pd.DataFrame(rows)


def scheme_displacement(mixes: pd.DataFrame) -> pd.DataFrame:
    """How far the mix of schemes moved: total variation ½ Σ|σ¹ − σ⁰|, and the entropy (bits) with and without.

    mixes: scenario, scheme, effort and effort_without (any unit: workers, say), means over pairs in a window.
    Returns scenario, total_variation (0 to 1), entropy, entropy_without.
    """
    rows = []
    for scenario, mine in mixes.groupby("scenario", observed=True):
        now, before = (mine[name].to_numpy() / mine[name].sum() for name in ("effort", "effort_without"))
        rows.append(
            {
                "scenario": scenario, "total_variation": np.abs(now - before).sum() / 2,
                "entropy": entropy(now), "entropy_without": entropy(before),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def entropy(shares: np.ndarray) -> float:
    """Shannon entropy in bits; a share of nothing adds nothing."""
    used = np.asarray(shares, float)
    used = used[used > 0]
    return float(-(used * np.log2(used)).sum())


def _sum(mean: Means, kind: str, labels: list[str]) -> np.ndarray:
    return sum((mean[f"losses_usd_{kind} {label}"] for label in labels), np.zeros(()))


def _change(mean: Means, labels: list[str]) -> np.ndarray:
    return ratio(_sum(mean, "change", labels), _sum(mean, "without", labels))

"""Displacement: what became of those removed from the target, as ratios of means over pairs with bootstrap intervals.

W is people held in compounds, L victims' losses; T is the target, the other zones are O (own country), X (across a
border) and R (out of the region); Δ is the mean over pairs of (with − without) in a window after the start.

    suppression          S   = ΔW_T / W⁰_T
    net displacement     NDR = (ΔW_O + ΔW_X + ΔW_R) / (−ΔW_T),  so that  ΔW = ΔW_T (1 − NDR)

NDR < 0 is diffusion of benefits, 0 none, 1 full, above 1 backfire; its sign is opposite to the weighted displacement
quotient it descends from (Bowers & Johnson 2003, J. Quantitative Criminology 19:275). Like theirs it has a gate: where
the target was not suppressed there is nothing to displace, and no number is given.

Ratios are ratios of means, never means of ratios. Intervals: 95 % BCa bootstrap over whole pairs (`sim.measures.intervals`).
Fewer than two pairs have no interval (NaN). Seed-only intervals shrink with the number of pairs and say nothing about the
parameters.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sim.measures.intervals import DRAWS, interval, of_means, ratio
from sim.measures.paired import HORIZONS, WINDOW, keys_of, per_pair, window_means
from sim.measures.zones import ELSEWHERE, TARGET

GATE = -0.10  # displacement is defined where the whole interval of suppression lies below
CHINESE, WESTERN = "chinese_speaking", "western"
HORIZON_WIDTH = 3  # months averaged up to each horizon

Means = dict[str, np.ndarray]  # column -> its mean over the pairs: a number, or one for each resample


def displacement(means: pd.DataFrame, draws: int = DRAWS, seed: int = 0, gate: float = GATE) -> pd.DataFrame:
    """Suppression and net displacement of workers, one row per scenario.

    means: scenario, seed, zone, workers, workers_without (people, mean in a window), as `window_means` makes it.
    Returns scenario, pairs, suppression, ndr (each with _low and _high), ndr_own_country, ndr_cross_border,
    ndr_out_of_region (shares of those removed; the parts add up to ndr). A scenario without a target has NaN
    throughout; one whose suppression interval is not entirely below `gate`, or whose target is everywhere, has NaN in every
    ndr column.
    """

    def ratios(mean: Means) -> Means:
        nothing = np.zeros_like(next(iter(mean.values())))
        removed = -mean.get(f"workers_change {TARGET}", nothing)
        parts = {f"ndr_{zone}": ratio(mean.get(f"workers_change {zone}", nothing), removed) for zone in ELSEWHERE}
        suppressed = ratio(-removed, mean.get(f"workers_without {TARGET}", nothing))
        return {"suppression": suppressed, "ndr": sum(parts.values()), **parts}

    table = _estimates(means, ratios, draws, seed)
    shut = ~(table["suppression_high"] < gate)
    covered = set(means.loc[means["zone"].isin(ELSEWHERE), "scenario"].unique())  # elsewhere exists: the target is not everything
    shut |= ~table["scenario"].isin(covered)
    table.loc[shut, [name for name in table if name.startswith("ndr")]] = np.nan
    parts = [f"ndr_{zone}" for zone in ELSEWHERE]
    columns = ["suppression", "suppression_low", "suppression_high", "ndr", "ndr_low", "ndr_high", *parts]
    return table[["scenario", "pairs", *columns]]


def displacement_by_horizon(
    paired: pd.DataFrame, horizons: Sequence[float] = HORIZONS, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """`displacement` in the three months that end at each horizon (months after the start): the curve NDR(h).

    paired: as `paired_zones` makes it.
    Returns scenario, horizon and the columns of `displacement`; horizons that the runs do not reach have no row.
    """
    curves = []
    for horizon in horizons:
        means = window_means(paired, (max(horizon - HORIZON_WIDTH, 0), horizon))
        if len(means):
            table = displacement(means, draws, seed)
            table.insert(1, "horizon", horizon)
            curves.append(table)
    if not curves:
        raise ValueError(f"weekly: the runs end before every horizon; the nearest is month {min(horizons)}")
    return pd.concat(curves, ignore_index=True).sort_values(["scenario", "horizon"], ignore_index=True)


def total_change(means: pd.DataFrame, stock: str = "workers", draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Change of a stock in all zones together, relative to its mean without the intervention.

    means: as for `displacement`, with columns `<stock>` and `<stock>_without`.
    Returns scenario, pairs, change, change_low, change_high (−0.12 is twelve per cent less; NaN where there was none).
    """

    def ratios(mean: Means) -> Means:
        change = _sum(mean, f"{stock}_change ")
        return {"change": ratio(change, _sum(mean, f"{stock}_without "))}

    return _estimates(means, ratios, draws, seed)


def loss_changes(means: pd.DataFrame, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Change of victims' losses, overall and by bloc, and of the Western share of them.

    means: scenario, seed, bloc, losses_usd, losses_usd_without (USD per week, mean in a window).
    Returns scenario, pairs and, each with _low and _high: loss_change, chinese_loss_change, western_loss_change
    (relative to the mean without; NaN for a bloc without losses) and western_share_change (share points, 0.02 is two).
    The share rises whenever others lose less: whether scams turned West is read from western_loss_change.
    """

    def ratios(mean: Means) -> Means:
        nothing = np.zeros_like(next(iter(mean.values())))
        change, without = _sum(mean, "losses_usd_change "), _sum(mean, "losses_usd_without ")
        by_bloc = {
            bloc: (mean.get(f"losses_usd_change {bloc}", nothing), mean.get(f"losses_usd_without {bloc}", nothing))
            for bloc in (CHINESE, WESTERN)
        }
        west_change, west_without = by_bloc[WESTERN]
        share_with = ratio(west_without + west_change, without + change)
        return {
            "loss_change": ratio(change, without),
            "chinese_loss_change": ratio(*by_bloc[CHINESE]),
            "western_loss_change": ratio(west_change, west_without),
            "western_share_change": share_with - ratio(west_without, without),
        }

    return _estimates(means, ratios, draws, seed)


def extinct_share(paired: pd.DataFrame, window: tuple[float, float] = WINDOW) -> pd.DataFrame:
    """Share of worlds in which no compound is open anywhere in the last week of the window, with the intervention.

    Returns scenario, extinct (0 to 1).
    """
    inside = paired[paired["months"] < window[1]]
    last = inside[inside["date"] == inside.groupby("scenario", observed=True)["date"].transform("max")]
    open_compounds = last.groupby(["scenario", *keys_of(last)], observed=True)["compounds"].sum()
    return (open_compounds == 0).groupby("scenario", observed=True).mean().rename("extinct").reset_index()


def _estimates(means: pd.DataFrame, ratios: Callable[[Means], Means], draws: int, seed: int) -> pd.DataFrame:
    """One row per scenario: each ratio of the means over pairs, with its interval."""
    rows = []
    for scenario, mine in means.groupby("scenario", observed=True):
        pairs = per_pair(mine)
        sample = {name: pairs[name].to_numpy() for name in pairs}
        row = {"scenario": scenario, "pairs": len(pairs)}
        for name in ratios({column: values.mean() for column, values in sample.items()}):
            found = interval(sample, of_means(lambda mean, name=name: ratios(mean)[name]), draws, seed)
            row |= {name: found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
        rows.append(row)
    return pd.DataFrame(rows)


def _sum(mean: Means, prefix: str) -> np.ndarray:
    return sum(values for name, values in mean.items() if name.startswith(prefix))

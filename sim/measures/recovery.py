"""Time: when a target is back, and how long suppression lasts.

A world in which the target has not come back by the end of the run is *censored*: it says "later than that". The median
is therefore of the Kaplan-Meier estimate (Kaplan & Meier 1958, JASA 53:457), never a mean of the worlds that came back.
"""

import numpy as np
import pandas as pd
from scipy import stats

from sim.measures.intervals import ratio
from sim.measures.paired import keys_of
from sim.measures.zones import TARGET

LEVELS = (0.5, 0.9)
LASTING = 4  # weeks in a row that a target must stay back to count as back
SMOOTHING = 13  # weeks of the moving mean from which a half-life is read


def recovery_times(paired: pd.DataFrame, level: float, zone: str = TARGET, since: float = 0.0) -> pd.DataFrame:
    """For each pair: months from the start until the zone holds `level` of its people without, and stays there four weeks.

    paired: as `paired_zones` makes it. since: months after the start before which nothing counts as back (the end of a pulse,
    say); times are counted from there.
    Returns scenario, the keys, fell (was it below the level after the start?), months, back (False: censored at the end of
    the run). A world that never fell has months NaN: it had nothing to recover from.
    """
    mine = paired[(paired["zone"] == zone) & (paired["months"] >= 0)]
    rows, keys = [], keys_of(mine)
    for key, world in mine.groupby(["scenario", *keys], observed=True, sort=True):
        world = world.sort_values("months")
        share = ratio(world["workers"].to_numpy(), world["workers_without"].to_numpy())
        months = world["months"].to_numpy()
        low = np.flatnonzero(share < level)
        row = dict(zip(("scenario", *keys), key, strict=True)) | {"fell": bool(len(low)), "months": np.nan, "back": False}
        if len(low):
            after = (np.arange(len(share)) > low[0]) & (months >= since)
            at = _lasting((share >= level) & after)
            row |= {"months": (months[at] if at is not None else months[-1]) - since, "back": at is not None}
        rows.append(row)
    return pd.DataFrame(rows)


def recovery(paired: pd.DataFrame, levels: tuple[float, ...] = LEVELS, zone: str = TARGET, since: float = 0.0) -> pd.DataFrame:
    """Kaplan-Meier medians by scenario and level.

    Returns scenario, level, pairs, fell (share of worlds that fell below the level), back (share of those that came back),
    median (months; inf where fewer than half are back by the end of the runs; NaN where none fell).
    """
    rows = []
    for level in levels:
        for scenario, times in recovery_times(paired, level, zone, since).groupby("scenario", observed=True):
            fallen = times[times["fell"]]
            rows.append(
                {
                    "scenario": scenario, "level": level, "pairs": len(times), "fell": times["fell"].mean(),
                    "back": fallen["back"].mean() if len(fallen) else np.nan,
                    "median": median_time(fallen["months"].to_numpy(), fallen["back"].to_numpy()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def kaplan_meier(months: np.ndarray, back: np.ndarray) -> pd.DataFrame:
    """The curve of those not yet back: months, share, low, high (95 %, log-log). One row for each time that occurs."""
    months, back = np.asarray(months, float), np.asarray(back, bool)
    curve = stats.ecdf(stats.CensoredData(uncensored=months[back], right=months[~back])).sf
    band = curve.confidence_interval(method="log-log")
    return pd.DataFrame(
        {"months": curve.quantiles, "share": curve.probabilities, "low": band.low.probabilities, "high": band.high.probabilities}
    )


def median_time(months: np.ndarray, back: np.ndarray) -> float:
    """First time at which at most half are not yet back; inf if that is not seen, NaN without worlds."""
    months, back = np.asarray(months, float), np.asarray(back, bool)
    if not len(months):
        return np.nan
    if not back.any():
        return np.inf
    curve = stats.ecdf(stats.CensoredData(uncensored=months[back], right=months[~back])).sf
    reached = curve.quantiles[curve.probabilities <= 0.5]
    return float(reached[0]) if len(reached) else np.inf


def half_life(paired: pd.DataFrame, zone: str = TARGET) -> pd.DataFrame:
    """How long suppression lasts, from the curve of ratios of means S(t) = ΔW / W⁰, a moving mean over a quarter.

    Returns scenario, trough (the lowest S), trough_months, half_life (months from the trough until half of it is made good;
    inf if that is not seen), residual (S in the last quarter of the runs: deterrence that is left, if the levers have ended).
    """
    mine = paired[(paired["zone"] == zone) & (paired["months"] >= 0)]
    rows = []
    for scenario, world in mine.groupby("scenario", observed=True):
        total = world.groupby("months")[["workers", "workers_without"]].sum().rolling(SMOOTHING, min_periods=1).mean()
        change = ratio((total["workers"] - total["workers_without"]).to_numpy(), total["workers_without"].to_numpy())
        months = total.index.to_numpy()
        row = {"scenario": scenario, "trough": np.nan, "trough_months": np.nan, "half_life": np.nan, "residual": np.nan}
        if np.isfinite(change).any():
            low = int(np.nanargmin(change))
            healed = np.flatnonzero((np.arange(len(change)) > low) & (change >= change[low] / 2))
            row |= {
                "trough": change[low], "trough_months": months[low], "residual": change[-1],
                "half_life": months[healed[0]] - months[low] if len(healed) else np.inf,
            }  # fmt: skip
            if not change[low] < 0:
                row["half_life"] = np.nan  # nothing was suppressed
        rows.append(row)
    return pd.DataFrame(rows)


def _lasting(back: np.ndarray) -> int | None:
    """First of LASTING weeks in a row that are all back."""
    if len(back) < LASTING:
        return None
    runs = np.lib.stride_tricks.sliding_window_view(back, LASTING).all(axis=1)
    return int(np.argmax(runs)) if runs.any() else None

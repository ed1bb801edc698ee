"""Displacement quotients as a field analyst computes them, beside what the paired worlds say.

Bowers & Johnson 2003 (J. Quantitative Criminology 19:275) compare a target A, a buffer B and a control area C before (0)
and after (1):

    success   A₁/C₁ − A₀/C₀ < 0, asked first
    WDQ = (B₁/C₁ − B₀/C₀) / (A₁/C₁ − A₀/C₀)        1 diffusion of benefits > 0 > displacement; −1 and beyond undoes the success
    TNE = [A₀ C₁/C₀ − A₁] + [B₀ C₁/C₀ − B₁]         net effect: people not held who would have been

Wheeler & Ratcliffe 2018 (Crime Science 7:11) difference counts, with a displacement area D and controls of both:

    WDD = ΔT − ΔC_t + ΔD − ΔC_d,   SE = √(sum of the eight counts), each count divided by its time in both

Two modes. The *oracle* sees the counterfactual: "before" is the world without, at the same time, and C is the same in
both, so WDQ = ΔB/ΔA = −NDR for that buffer. The *field analyst* sees one world, before and after, and a real control
zone, which other things move, too. The difference between the two is the bias of the design.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.measures.intervals import ratio
from sim.measures.paired import WINDOW
from sim.measures.zones import CROSS_BORDER, OWN_COUNTRY, TARGET

BEFORE = (-24, 0)  # months: what the analyst calls "before"


class Areas(NamedTuple):
    """People (or compounds) held in target A, buffer B and control C, before (0) and after (1)."""

    a0: float
    a1: float
    b0: float
    b1: float
    c0: float
    c1: float

    @property
    def success(self) -> float:
        """A₁/C₁ − A₀/C₀: negative where the target did better than the control."""
        return self.a1 / self.c1 - self.a0 / self.c0

    @property
    def wdq(self) -> float:
        """The weighted displacement quotient; NaN without success, when there is nothing to be displaced."""
        return float((self.b1 / self.c1 - self.b0 / self.c0) / self.success) if self.success < 0 else np.nan

    @property
    def tne(self) -> float:
        """Total net effect, in the unit of the counts; positive is a gain."""
        trend = self.c1 / self.c0
        return (self.a0 * trend - self.a1) + (self.b0 * trend - self.b1)


def wdd(
    treated: Sequence[float], control: Sequence[float], displacement: Sequence[float] = (0, 0),
    displacement_control: Sequence[float] = (0, 0), time: Sequence[float] = (1, 1),
) -> tuple[float, float]:  # fmt: skip
    """Weighted displacement difference and its standard error from (before, after) counts.

    time: length of the two periods, in one unit; counts are taken per unit. Counts are assumed to be Poisson.
    """
    signs = ((treated, 1), (control, -1), (displacement, 1), (displacement_control, -1))
    difference = sum(sign * (after / time[1] - before / time[0]) for (before, after), sign in signs)
    variance = sum(before / time[0] ** 2 + after / time[1] ** 2 for (before, after), _ in signs)
    return difference, sqrt(variance)


def quotients(
    paired: pd.DataFrame,
    window: tuple[float, float] = WINDOW,
    before: tuple[float, float] = BEFORE,
    buffer: Sequence[str] = (OWN_COUNTRY,),
    control: Sequence[str] = (CROSS_BORDER,),
    stock: str = "workers",
) -> pd.DataFrame:
    """WDQ and TNE of each scenario in both modes, and WDD in the second: ratios of means over pairs.

    paired: as `paired_zones` makes it.   buffer, control: zones.   stock: workers or compounds.
    Returns scenario, mode ("oracle", "field analyst"), success, wdq, tne, bias (of wdq against the oracle's). Empty where the
    target did no better than the control: displacement is then undefined, as it is under NDR's gate.
    """
    rows = []
    for scenario, mine in paired.groupby("scenario", observed=True):
        after, earlier = _zone_means(mine, window, stock), _zone_means(mine, before, stock)
        if TARGET not in after.index:
            continue

        def area(table: pd.DataFrame, zones: Sequence[str], column: str) -> float:
            return float(table.reindex(zones)[column].sum())

        without = f"{stock}_without"
        oracle = Areas(
            area(after, [TARGET], without), area(after, [TARGET], stock), area(after, buffer, without),
            area(after, buffer, stock), 1.0, 1.0,
        )  # fmt: skip
        field = Areas(
            area(earlier, [TARGET], stock), area(after, [TARGET], stock), area(earlier, buffer, stock),
            area(after, buffer, stock), area(earlier, control, stock), area(after, control, stock),
        )  # fmt: skip
        for mode, seen in (("oracle", oracle), ("field analyst", field)):
            defined = seen.c0 > 0 and seen.c1 > 0
            rows.append(
                {
                    "scenario": scenario, "mode": mode, "success": seen.success if defined else np.nan,
                    "wdq": seen.wdq if defined else np.nan, "tne": seen.tne if defined else np.nan,
                    "bias": (seen.wdq - oracle.wdq) if defined else np.nan,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def naive_change(
    paired: pd.DataFrame, window: tuple[float, float] = WINDOW, before: tuple[float, float] = BEFORE
) -> pd.DataFrame:
    """Before/after change of each zone in the world with the intervention, beside the paired effect.

    Returns scenario, zone, before_after, paired (both relative to their own comparison) and confounding, their difference.
    """
    rows = []
    for scenario, mine in paired.groupby("scenario", observed=True):
        after, earlier = _zone_means(mine, window, "workers"), _zone_means(mine, before, "workers")
        for zone in after.index:
            now, never = after.loc[zone, "workers"], after.loc[zone, "workers_without"]
            then = earlier["workers"].get(zone, np.nan)  # there is no before where a scenario begins with the run
            naive, effect = float(ratio(now - then, then)), float(ratio(now - never, never))
            told = {"before_after": naive, "paired": effect, "confounding": naive - effect}
            rows.append({"scenario": scenario, "zone": zone} | told)
    return pd.DataFrame(rows)


def _zone_means(paired: pd.DataFrame, window: tuple[float, float], stock: str) -> pd.DataFrame:
    inside = paired[(paired["months"] >= window[0]) & (paired["months"] < window[1])]
    means = inside.groupby("zone", observed=True)[[stock, f"{stock}_without"]].mean()
    return means.set_index(means.index.astype(object))

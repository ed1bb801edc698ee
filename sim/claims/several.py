"""Several claims at once: the conjunction of the headline, and corrections for asking many things of the same runs.

The headline is a conjunction, so it holds at the level at which each part does (intersection-union test: Berger 1982,
Technometrics 24:295): its p is the largest of its parts', and no correction is due among them. The few contrasts named
confirmatory beforehand are corrected by Holm (1979, Scandinavian J. Statistics 6:65), all other claims by Benjamini &
Hochberg (1995, J. Royal Statistical Society B 57:289).
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from sim.claims.reading import UNDECIDED, UNDEFINED, Reading
from sim.claims.verdict import FAILS, HOLDS, IN_SPACE_ONLY, REVERSES

LEVEL = 0.05


def conjunction(parts: Sequence[str]) -> str:
    """Outcome of the headline from those of its parts: displaced in space, toward the West, not ended."""
    space, west, lasting = parts
    if lasting in (FAILS, REVERSES):
        return FAILS  # it ended
    if space in (FAILS, REVERSES):
        return space
    if space == HOLDS and lasting == HOLDS and west == HOLDS:
        return HOLDS
    if space == HOLDS and lasting == HOLDS and west in (FAILS, REVERSES):
        return IN_SPACE_ONLY
    return UNDEFINED if UNDEFINED in parts else UNDECIDED


def conjunctions(heads: Sequence[Reading], of: str = "by_draw") -> dict:
    """Outcome of the headline at each draw ("by_draw") or structural variant ("by_structure")."""
    return {point: conjunction([getattr(head, of)[point] for head in heads]) for point in getattr(heads[0], of)} if heads else {}


def intersection_union(p: Sequence[float]) -> float:
    """p of a conjunction: the largest of its parts'; NaN if one is undefined."""
    return float("nan") if any(not isfinite(part) for part in p) else max(p)


def corrected(readings: Sequence[Reading], headline_p: float = float("nan")) -> tuple[list[Reading], float]:
    """The readings with adjusted p and whether they survive, and the adjusted p of the headline.

    The headline is one of the confirmatory family. What has no p (undefined, too few pairs) is in no family.
    """
    made = list(readings)
    confirmatory = [k for k, r in enumerate(made) if r.claim.family == "confirmatory" and isfinite(r.p)]
    p = [made[k].p for k in confirmatory] + ([headline_p] if isfinite(headline_p) else [])
    holm = multipletests(p, LEVEL, method="holm")[1] if p else []
    for k, value in zip(confirmatory, holm, strict=False):
        made[k] = replace(made[k], adjusted=float(value), survives=bool(value < LEVEL))
    rest = [k for k, r in enumerate(made) if r.claim.family != "confirmatory" and isfinite(r.p)]
    if rest:
        for k, value in zip(rest, false_discovery_control(np.array([made[k].p for k in rest]), method="bh"), strict=True):
            made[k] = replace(made[k], adjusted=float(value), survives=bool(value < LEVEL))
    return made, float(holm[-1]) if isfinite(headline_p) else float("nan")

"""Reading a claim: from pairs to an outcome, and how far the outcome is a matter of seeds, parameters and structure.

    holds         the whole interval lies beyond the rope on the side that the claim names (or within it, for "within")
    fails         it lies at or short of that side of the rope
    reverses      it lies beyond the other side: the opposite of the claim
    not decided   it lies across a border; see how many pairs would decide
    undefined     there is nothing to divide by, such as displacement where nobody was removed

The interval is over seeds and says nothing of the world. Draws of the parameters and structural variants are read by
their estimate alone, since each has few pairs: their shares say in what part of them the claim holds.
"""

from dataclasses import dataclass, field, replace
from math import isfinite, nan

import numpy as np
import pandas as pd
from scipy import stats

from sim.claims.claim import Asked, Claim
from sim.claims.contrast import Contrast
from sim.claims.estimands import ESTIMANDS
from sim.claims.verdict import FAILS, HOLDS, REVERSES, STRICT, pairs_needed, verdict
from sim.measures.harm import elsewhere, suppression
from sim.measures.intervals import fieller, fieller_text, interval, of_means, ratio
from sim.measures.zones import TARGET
from sim.scenario import read_choice

UNDECIDED, UNDEFINED, NOT_JUDGED = "not decided", "undefined", "not judged"
OUTCOMES = (HOLDS, FAILS, REVERSES, UNDECIDED, UNDEFINED)
KEYS = ("draw", "structure")
SHIPPED = 0  # the draw with the shipped parameters


@dataclass(frozen=True)
class Reading:
    """A claim with its numbers. Shares are None where no draw (or variant) was run; p and adjusted are one-sided."""

    claim: Claim
    outcome: str
    value: float = nan
    low: float = nan
    high: float = nan
    pairs: int = 0
    needed: int | None = None
    p: float = nan
    adjusted: float = nan
    survives: bool | None = None
    regime: str = ""
    p_regime: dict[str, float] = field(default_factory=dict)
    fieller: str = ""
    by_draw: dict[int, str] = field(default_factory=dict)
    by_structure: dict[str, str] = field(default_factory=dict)

    def share(self, outcome: str = HOLDS, of: str = "by_draw") -> float | None:
        """Share of the draws (or structural variants) with an outcome."""
        found = list(getattr(self, of).values())
        return found.count(outcome) / len(found) if found else None

    @property
    def flips(self) -> list[str]:
        """Structural variants that turn the outcome: the claim depends on what they change."""
        shipped = self.by_structure.get("")
        return [name for name, outcome in self.by_structure.items() if name and shipped and outcome != shipped]


def count(claim: Claim, contrast: Contrast) -> pd.DataFrame:
    """What the claim counts in each pair: the only thing kept of the runs. Raises ValueError where the runs end too early."""
    asked = claim.asked
    if not contrast.reaches(asked.window):
        raise ValueError(f"{claim.id}: the runs end before month {asked.window[1]:g} after the start of {asked.scenario}")
    return ESTIMANDS[asked.estimand].count(contrast, asked.window, asked.of)


def read(claim: Claim, pairs: pd.DataFrame) -> Reading:
    """Judge a claim by its pairs.

    pairs: as `count` makes it, of all runs, indexed by seed, draw and structure. Draw 0 with structure "" is the shipped model.
    """
    asked, index = claim.asked, pairs.index
    draw, structure = index.get_level_values("draw"), index.get_level_values("structure")
    main = sample_of(pairs[(draw == SHIPPED) & (structure == "")])
    numbers = estimate(asked, main)
    outcome = outcome_of(asked, numbers["value"], numbers["low"], numbers["high"])
    reading = Reading(
        claim, outcome, numbers["value"], numbers["low"], numbers["high"], numbers["pairs"],
        p=p_value(asked, numbers), needed=_needed(asked, numbers, outcome),
        by_draw={int(d): point(asked, pairs[(draw == d) & (structure == "")]) for d in sorted(set(draw) - {SHIPPED})},
        by_structure={s: point(asked, pairs[(draw == SHIPPED) & (structure == s)]) for s in dict.fromkeys(structure)},
    )  # fmt: skip
    if f"losses_usd_change {TARGET}" in main and _is_displacement(asked):
        reading = replace(reading, regime=regime(main), p_regime=regime_shares(main), fieller=_fieller(asked, main))
    if len(reading.by_structure) == 1:
        reading = replace(reading, by_structure={})
    return reading


def estimate(asked: Asked, sample: dict[str, np.ndarray]) -> dict[str, float]:
    """value, low, high, se and pairs of the claim's estimand; NaN where NDR's gate is shut."""
    estimand = ESTIMANDS[asked.estimand]
    pairs = {"pairs": len(next(iter(sample.values())))}
    if estimand.gated and not interval(sample, of_means(suppression))["high"] < STRICT.suppression:
        return dict.fromkeys(("value", "low", "high", "se"), nan) | pairs
    return interval(sample, estimand.statistic) | pairs


def point(asked: Asked, pairs: pd.DataFrame) -> str:
    """The outcome by the estimate alone, for a draw or a variant with few pairs."""
    sample, estimand = sample_of(pairs), ESTIMANDS[asked.estimand]
    if estimand.gated and not float(of_means(suppression)(sample)) < STRICT.suppression:
        return UNDEFINED
    with np.errstate(all="ignore"):
        value = float(estimand.statistic(sample))
    return outcome_of(asked, value, value, value)


def outcome_of(asked: Asked, value: float, low: float, high: float) -> str:
    """One of OUTCOMES from an estimate and its interval."""
    if not isfinite(value):
        return UNDEFINED
    if not (isfinite(low) and isfinite(high)):
        return UNDECIDED
    (least, most), direction = asked.rope, asked.direction
    if direction == "below":  # the mirror image
        least, most, low, high = -most, -least, -high, -low
    if direction == "within":
        if least <= low and high <= most:
            return HOLDS
        return FAILS if low > most or high < least else UNDECIDED
    if low > most:
        return HOLDS
    if high < least:
        return REVERSES
    return FAILS if high <= most else UNDECIDED


def p_value(asked: Asked, numbers: dict[str, float]) -> float:
    """One-sided p of "the value does not lie where the claim puts it", by t with the bootstrap's standard error.

    For "within" it is that of the two one-sided tests (TOST). Zero where all pairs agree that it does, one that it does not.
    """
    value, se, (least, most) = numbers["value"], numbers["se"], asked.rope
    if not (isfinite(value) and isfinite(se)):
        return nan
    distance = {"above": value - most, "below": least - value, "within": min(value - least, most - value)}[asked.direction]
    if se == 0:
        return 0.0 if distance > 0 else 1.0
    return float(stats.t.sf(distance / se, numbers["pairs"] - 1))


def regime(sample: dict[str, np.ndarray]) -> str:
    """The verdict of METHODS §2 (`sim.claims.verdict`) on the pairs, whatever the claim asks."""
    return verdict(_row(sample, lambda values, of: interval(values, of_means(of))))


def regime_shares(sample: dict[str, np.ndarray]) -> dict[str, float]:
    """P(regime): share of single worlds in each regime, by their own numbers. Said instead of a mean where futures part."""
    pairs = len(next(iter(sample.values())))
    found = []
    for k in range(pairs):
        one = {name: values[k : k + 1] for name, values in sample.items()}
        found.append(verdict(_row(one, _as_point)))
    return {name: found.count(name) / pairs for name in sorted(set(found), key=found.count, reverse=True)}


def _as_point(sample: dict[str, np.ndarray], of) -> dict[str, float]:
    value = float(of_means(of)(sample))
    return {"value": value, "low": value, "high": value}


def _row(sample: dict[str, np.ndarray], number) -> dict:
    """A row as `sim.measures.comparison.estimates` has, from counts by zone; ends are judged by the whole window."""

    def total(stock: str, kind: str, values: dict) -> np.ndarray:
        return sum(v for name, v in values.items() if name.startswith(f"{stock}_{kind} "))

    asked = {
        "suppression": suppression,
        "loss_change": lambda m: ratio(total("losses_usd", "change", m), total("losses_usd", "without", m)),
        "end_ratio": lambda m: 1 + ratio(total("workers", "change", m), total("workers", "without", m)),
    }
    if any(name.startswith("workers_change ") and name != f"workers_change {TARGET}" for name in sample):
        asked["ndr"] = lambda m: ratio(elsewhere(m, "workers"), -m[f"workers_change {TARGET}"])
    row: dict = {"spatial": True}
    for name, of in asked.items():
        found = number(sample, of)
        row |= {name: found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
    left = total("compounds", "change", sample) + total("compounds", "without", sample)
    return row | {"extinct": float(np.mean(left == 0))}


def _is_displacement(asked: Asked) -> bool:
    """Whether a regime can be told: the claim is about the target, against what the scenario says it is relative to."""
    about = ESTIMANDS[asked.estimand].gated or asked.estimand == "suppression"
    return about and asked.other == read_choice("scenario", asked.scenario).get("relative_to")


def _fieller(asked: Asked, sample: dict[str, np.ndarray]) -> str:
    if asked.estimand != "ndr":
        return ""
    return fieller_text(*fieller(elsewhere(sample, "workers"), -sample[f"workers_change {TARGET}"]))


def _needed(asked: Asked, numbers: dict[str, float], outcome: str) -> int | None:
    """About how many pairs would draw the interval off the nearest border of the rope."""
    half = min(abs(numbers["value"] - border) for border in asked.rope)
    if outcome != UNDECIDED or not numbers["se"] > 0 or not half > 0:
        return None
    return max(pairs_needed(numbers["se"] * numbers["pairs"] ** 0.5, half), numbers["pairs"] + 1)


def sample_of(pairs: pd.DataFrame) -> dict[str, np.ndarray]:
    """Counts of pairs as columns of numbers."""
    return {name: pairs[name].to_numpy(float) for name in pairs}


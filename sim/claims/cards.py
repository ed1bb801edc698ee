"""Claim cards: a few lines of plain text for each claim, and one table of all. Where the model contradicts the articles the
text says so in these words."""

import textwrap
from collections.abc import Sequence
from math import isfinite

import pandas as pd

from sim.claims.claim import Asked, Headline
from sim.claims.estimands import ESTIMANDS, NEVER
from sim.claims.reading import NOT_JUDGED, OUTCOMES, UNDECIDED, UNDEFINED, Reading
from sim.claims.verdict import FAILS, HOLDS, IN_SPACE_ONLY, REVERSES
from sim.measures.comparison import percent

WIDTH = 120
COLUMNS = (
    "claim", "article", "estimand", "value", "low", "high", "rope", "verdict", "pairs", "draws", "share_of_draws",
    "share_of_structures", "fails_when",
)  # fmt: skip
SAYS = {
    HOLDS: "The model agrees with the articles.",
    FAILS: "The model contradicts the articles:",
    REVERSES: "The model contradicts the articles, the opposite comes about:",
    IN_SPACE_ONLY: "The model contradicts the articles in part: operations are displaced in space, but losses do not turn West.",
    UNDECIDED: "The model does not decide this with the pairs that were run.",
    UNDEFINED: "The model cannot be asked this as shipped: what the claim presupposes does not happen.",
}


def says(reading: Reading) -> str:
    """The verdict in plain words; where the model contradicts the articles, with what it finds instead."""
    found = f" {reading.claim.fails_when}." if reading.outcome in (FAILS, REVERSES) else ""
    return SAYS[reading.outcome] + found


def claims_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """claims.csv: a row for each claim, in order. share_of_draws, share_of_structures: in which the claim holds."""
    rows = []
    for reading in readings:
        claim, asked = reading.claim, reading.claim.asked
        rows.append(
            {
                "claim": claim.id, "article": claim.article, "estimand": asked.estimand if asked else None,
                "value": reading.value, "low": reading.low, "high": reading.high,
                "rope": f"{asked.rope[0]:g} to {asked.rope[1]:g}, holds {asked.direction}" if asked else None,
                "verdict": reading.outcome, "pairs": reading.pairs, "draws": len(reading.by_draw),
                "share_of_draws": reading.share(), "share_of_structures": reading.share(of="by_structure"),
                "fails_when": claim.fails_when if asked else claim.why,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def number(reading: Reading, digits: int = 0) -> str:
    """The estimate with its interval, as a person reads it."""
    if not isfinite(reading.value):
        return "undefined"
    return with_interval(reading.claim.asked.estimand, reading.value, reading.low, reading.high, digits)


def with_interval(estimand: str, value: float, low: float, high: float, digits: int = 1) -> str:
    """A number of an estimand with its interval, in the estimand's unit."""
    interval = f" [{figure(estimand, low, digits)}, {figure(estimand, high, digits)}]" if isfinite(low) else ""
    return f"{figure(estimand, value, digits)}{interval}"


def figure(estimand: str, value: float, digits: int = 1) -> str:
    """One number: per cent with its sign, or as it is; "later" for a time that was not reached."""
    if estimand == "return_months" and value >= NEVER:
        return "later"
    return f"{percent(value, digits=digits)} %" if ESTIMANDS[estimand].percent else f"{value:.3g}"


def border(asked: Asked) -> str:
    """Where the claim puts the value."""
    low, high = (figure(asked.estimand, end, 1).replace(".0 %", " %") for end in asked.rope)
    return {"above": f"above {high}", "below": f"below {low}", "within": f"within {low} to {high}"}[asked.direction]


def card(reading: Reading, draws: str = "parameter draws") -> str:
    """One claim as text: what it says, how it was asked, what came out, how robust that is. draws: what they are called."""
    claim = reading.claim
    lines = [f"{claim.id} (article {claim.article}): {claim.paraphrase}"]
    if reading.outcome == NOT_JUDGED:
        return _filled([*lines, f"Not judged: {claim.why}."])
    lines += [
        f"Asked: {question(reading)}.",
        f"Found: {number(reading, 1)} in {reading.pairs} pairs. Verdict: {reading.outcome.upper()}. {says(reading)}",
    ]
    if reading.needed:
        lines.append(f"About {reading.needed:,} pairs would be needed to decide.")
    if reading.p_regime:
        worlds = ", ".join(f"{name} {100 * share:.0f} %" for name, share in reading.p_regime.items())
        lines.append(f"Regime: {reading.regime}; of single worlds {worlds}.")
    if reading.fieller == "not identified":
        lines.append("Fieller's set is unbounded: the ratio is not identified.")
    lines += _robustness(reading, draws)
    if claim.note:
        lines.append(f"Note: {claim.note}.")
    return _filled(lines)


def question(reading: Reading) -> str:
    """What was asked of the model: estimand, worlds, window, and where the claim puts the value."""
    asked = reading.claim.asked
    estimand, of = ESTIMANDS[asked.estimand], f" ({asked.of})" if asked.of else ""
    than = f" against the same {asked.earlier:g} months earlier" if asked.earlier else f" against {asked.other}"
    return (
        f"{estimand.words}{of}, {asked.scenario}{than if estimand.paired else ''}, months {asked.window[0]:g} to "
        f"{asked.window[1]:g}; holds {border(asked)}"
    )


def _robustness(reading: Reading, draws: str) -> list[str]:
    said = []
    for of, what in (("by_draw", draws), ("by_structure", "structures")):
        found = list(getattr(reading, of).values())
        if found:
            shares = [f"{name} in {found.count(name)}" for name in OUTCOMES if name in found]
            said.append(f"Of {len(found)} {what} it " + ", ".join(shares) + ".")
    if reading.flips:
        said.append(f"It turns with {', '.join(reading.flips)}.")
    return said


def headline_card(
    headline: Headline, parts: Sequence[Reading], outcome: str, p: float, by_draw: dict, by_structure: dict,
    draws: str = "parameter draws",
) -> str:  # fmt: skip
    """The headline claim: its parts, their conjunction, and in how many draws and structures it comes out how."""
    lines = [f"HEADLINE: {headline.paraphrase}"]
    lines += [f"{part.claim.id} {part.claim.paraphrase} {number(part, 1)}: {part.outcome}." for part in parts]
    test = f" (intersection-union test, adjusted p {p:.2g})" if isfinite(p) else ""
    found = f" {headline.fails_when}." if outcome in (FAILS, REVERSES) else ""
    lines.append(f"Verdict: {outcome.upper()}{test}. {SAYS[outcome]}{found}")
    for points, what in ((by_draw, draws), (by_structure, "structures")):
        found = list(points.values())
        often = dict.fromkeys(sorted(found, key=found.count, reverse=True))
        shares = "; ".join(f"{found.count(name)} {name}" for name in often)
        lines += [f"Of {len(found)} {what}: {shares}."] if found else []
    turned = [name for name, found in by_structure.items() if name and found != by_structure.get("")]
    lines += [f"It turns with {', '.join(turned)}."] if turned else []
    return _filled(lines)


def compact(readings: Sequence[Reading]) -> str:
    """All claims, a line each."""
    rows = [("claim", "estimand", "value", "verdict", "draws", "variants", "says")]
    for reading in readings:
        asked = reading.claim.asked
        held = (reading.share(of=of) for of in ("by_draw", "by_structure"))
        shares = ["-" if share is None else f"{100 * share:.0f} %" for share in held]
        told = (asked.estimand, number(reading), reading.outcome) if asked else ("-", "-", NOT_JUDGED)
        rows.append((reading.claim.id, *told, *shares, reading.claim.paraphrase))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    room = max(20, 160 - sum(widths) - len(widths))
    lines = [
        " ".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)) + " " + textwrap.shorten(row[-1], room)
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _filled(lines: list[str]) -> str:
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in lines)

"""The verdict: rules that turn a row of estimates into one word, and the row into a sentence.

Intervals are read against regions of practical equivalence (Kruschke 2018, Advances in Methods and Practices in
Psychological Science 1:270): a verdict is given when the whole interval lies on one side, never because a difference is
"significant", which more seeds would always make it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite, nan
from statistics import NormalDist

from sim.measures.comparison import percent

ENDS = "ENDS"
NOT_SPATIAL = "NOT SPATIAL"
NO_SUPPRESSION = "NO SUPPRESSION"
WORSE = "WORSE"
DIFFUSION = "DIFFUSION"
NO_DISPLACEMENT = "NO DISPLACEMENT"
PARTIAL = "PARTIAL"
FULL = "FULL"
INDETERMINATE = "INDETERMINATE"

HOLDS = "holds"
IN_SPACE_ONLY = "holds in space but not in target"
FAILS = "fails"
REVERSES = "reverses"
NOT_DECIDED = "is not decided"


@dataclass(frozen=True)
class Rope:
    """Regions of practical equivalence, fixed in a claim's file before its runs. All are ratios."""

    suppression: float = -0.10  # the target counts as suppressed when the whole interval lies below
    displacement: float = 0.10  # a net displacement ratio within ± this is none
    full: float = 0.90  # and above this it is full
    losses: float = 0.02  # losses within ± this are unchanged (0.02 strict, 0.05 for policy)
    ended: float = 0.05  # of the workers without the intervention, at most this many are left
    extinct: float = 0.90  # and in more than this share of worlds no compound is open


STRICT = Rope()


def verdict(row: Mapping, rope: Rope = STRICT) -> str:
    """One word for a row of estimates. The first rule that applies decides, in this order:

    ENDS             upper(end_ratio) < 0.05 and extinct > 0.90: over, wherever it was.
    NOT SPATIAL      there is no target in space, or (after WORSE) nothing outside it: displacement is undefined, losses speak.
    NO SUPPRESSION   not upper(S) < −0.10: nothing is shown to be removed, so nothing can be displaced. It stands before
                     WORSE because a rise of losses without suppression is no displacement; the sentence reports it.
    WORSE            lower(loss change) > 0.02: suppressed in the target, and more is lost in all.
    DIFFUSION        upper(NDR) < −0.10.
    NO DISPLACEMENT  NDR within ±0.10.
    PARTIAL          NDR within (0.10, 0.90).
    FULL             lower(NDR) > 0.90 and lower(loss change) <= 0.02.
    INDETERMINATE    otherwise: an interval lies across a border, or (one pair) there is none; see `pairs_to_decide`.

    row: the columns of `sim.measures.comparison.estimates` (a dict or a Series). A row of comparison.csv has neither
    end_ratio_high nor extinct, and can then not be found to END: keep the verdict that stands in it.
    """
    suppression, suppression_high = _number(row, "suppression"), _number(row, "suppression_high")
    loss_low = _number(row, "loss_change_low")
    ndr_low, ndr_high = _number(row, "ndr_low"), _number(row, "ndr_high")

    # A comparison with NaN is false: what is unknown satisfies no rule.
    if _number(row, "end_ratio_high") < rope.ended and _number(row, "extinct") > rope.extinct:
        return ENDS
    if not row.get("spatial", isfinite(suppression)):
        return NOT_SPATIAL
    if isfinite(suppression) and not isfinite(suppression_high):
        return INDETERMINATE
    if not suppression_high < rope.suppression:
        return NO_SUPPRESSION
    if loss_low > rope.losses:
        return WORSE
    if not isfinite(_number(row, "ndr")):
        return NOT_SPATIAL
    if ndr_high < -rope.displacement:
        return DIFFUSION
    if -rope.displacement <= ndr_low and ndr_high <= rope.displacement:
        return NO_DISPLACEMENT
    if rope.displacement < ndr_low and ndr_high < rope.full:
        return PARTIAL
    if ndr_low > rope.full and loss_low <= rope.losses:
        return FULL
    return INDETERMINATE


def headline(row: Mapping, rope: Rope = STRICT) -> str:
    """What the row says of the headline claim: displaced in space, and toward the West, and not ended.

    The claim is a conjunction, each part tested at the full level (intersection-union test):
    displaced in space, lower(NDR) > 0.10; toward the West, lower(Western loss change) > 0.02; not ended.

    holds                             all three.
    holds in space but not in target  displaced, and upper(Western loss change) <= 0.02. A higher Western *share* does
                                      not help: it rises whenever others lose less.
    fails                             ended, or upper(NDR) <= 0.10.
    reverses                          upper(NDR) < −0.10: places that were left alone gained, too.
    is not decided                    otherwise, and wherever displacement is undefined.
    """
    ndr_low, ndr_high = _number(row, "ndr_low"), _number(row, "ndr_high")
    west_low, west_high = _number(row, "western_loss_change_low"), _number(row, "western_loss_change_high")
    if _given_verdict(row, rope) == ENDS:
        return FAILS
    if ndr_high < -rope.displacement:
        return REVERSES
    if ndr_high <= rope.displacement:
        return FAILS
    if ndr_low > rope.displacement and west_low > rope.losses:
        return HOLDS
    if ndr_low > rope.displacement and west_high <= rope.losses:
        return IN_SPACE_ONLY
    return NOT_DECIDED


def pairs_needed(spread: float, half_width: float, level: float = 0.95) -> int:
    """Pairs for an interval of mean ± half_width: n ≥ (z·s_D / ε)².

    spread: standard deviation s_D of the paired difference; half_width: ε > 0, in the same unit.
    """
    if not half_width > 0:
        raise ValueError(f"pairs_needed: half_width is {half_width}; it must be above 0")
    return ceil(round((_z(level) * spread / half_width) ** 2, 6))  # rounded: 80 is not to become 81 by the last bit


def pairs_to_decide(row: Mapping, rope: Rope = STRICT) -> int | None:
    """About how many pairs would draw the NDR interval off the nearest border, were the estimate to stay where it is.

    None where displacement is undefined or the estimate lies on a border (no number of pairs would do).
    """
    ndr, low, high = (_number(row, name) for name in ("ndr", "ndr_low", "ndr_high"))
    distance = min(abs(ndr - border) for border in (-rope.displacement, rope.displacement, rope.full))
    if not (isfinite(low) and isfinite(high)) or not distance > 0:
        return None
    pairs = int(row["pairs"])
    spread = (high - low) / 2 * pairs**0.5 / _z(0.95)
    return max(pairs_needed(spread, distance), pairs + 1)


def sentence(row: Mapping, rope: Rope = STRICT, window: tuple[float, float] = (6, 36)) -> str:
    """The row in plain words: suppression, who reappears where, losses, the verdict, and what becomes of the claim.

    row: of `sim.measures.comparison` (its verdict is kept) or of its `estimates`. window: months after the start that
    the row was measured in. Where displacement is undefined the sentence says so and gives no number for it.
    """
    judged = _given_verdict(row, rope)
    place = str(row.get("target") or "the target")
    opening = (
        f"In {int(row['pairs'])} paired worlds, months {window[0]:g} to {window[1]:g} after the start, "
        f"{row['scenario']} {_suppression(row, judged, place)}"
    )
    reading = f"Verdict: {judged}. The claim of displacement toward the West {_claim(row, judged, rope)}"
    pairs = pairs_to_decide(row, rope) if judged == INDETERMINATE else None
    if pairs:
        reading += f"; about {pairs:,} pairs would be needed to say more of displacement"
    return f"{opening}; {_reappearing(row, judged)}; {_losses(row)}. {reading}."


def _claim(row: Mapping, judged: str, rope: Rope) -> str:
    if judged == NOT_SPATIAL:
        aimed = isfinite(_number(row, "suppression"))
        return f"does not apply where {'nothing lies outside the target' if aimed else 'no place is aimed at'}"
    return "does not apply where no place loses a tenth" if judged == NO_SUPPRESSION else headline(row, rope)


def _suppression(row: Mapping, judged: str, place: str) -> str:
    if not isfinite(_number(row, "suppression")) and judged in (NOT_SPATIAL, ENDS):
        return "has no target in space"
    if not isfinite(_number(row, "suppression")):
        return f"finds no one held in {place} to begin with"
    change = _change(row, "suppression")
    if not isfinite(_number(row, "suppression_high")):
        return f"has too few pairs to show suppression in {place} (people held there: {change})"
    if judged == NO_SUPPRESSION and _number(row, "suppression_low") > 0:
        return f"lets operations in {place} grow (people held there: {change})"
    if judged == NO_SUPPRESSION:
        return f"is not shown to suppress operations in {place} by a tenth or more (people held there: {change})"
    return f"suppresses operations in {place} (people held there: {change})"


def _reappearing(row: Mapping, judged: str) -> str:
    ndr, low, high = (_number(row, name) for name in ("ndr", "ndr_low", "ndr_high"))
    if judged == NOT_SPATIAL or not isfinite(ndr):
        if _number(row, "suppression_low") > 0:
            return "nobody is removed there who could reappear, so displacement is not defined, as in every relaxation"
        if judged == NOT_SPATIAL and isfinite(_number(row, "suppression")):
            return "everything is target, so there is no elsewhere, and displacement is undefined"
        return "displacement is therefore undefined"
    own, border, far = (
        percent(_number(row, f"ndr_{zone}"), sign="") for zone in ("own_country", "cross_border", "out_of_region")
    )
    where = f"({own} in the country, {border} across a border, {far} out of the region)"
    interval = f" [{percent(low, '')}, {percent(high, '')}]" if isfinite(low) else ""
    if ndr < 0:
        change = f"{percent(ndr, '')}{interval}"
        return f"for each 100 people removed, {percent(-ndr, '')} fewer are held elsewhere, too: {change} {where}"
    return f"of each 100 people removed, {percent(ndr, '')}{interval} reappear elsewhere {where}"


def _losses(row: Mapping) -> str:
    share = _number(row, "western_share_change")
    share_text = f"{percent(share, digits=1)} points" if isfinite(share) else "undefined"
    return (
        f"victims' losses change by {_change(row, 'loss_change')}, "
        f"Western losses by {_change(row, 'western_loss_change')} (Western share: {share_text})"
    )


def _change(row: Mapping, name: str) -> str:
    value, low, high = (_number(row, f"{name}{end}") for end in ("", "_low", "_high"))
    if not isfinite(value):
        return "an undefined amount"
    interval = f" [{percent(low)}, {percent(high)}]" if isfinite(low) else ""
    return f"{percent(value)} %{interval}"


def _given_verdict(row: Mapping, rope: Rope) -> str:
    given = row.get("verdict")
    return given if isinstance(given, str) and given else verdict(row, rope)


def _number(row: Mapping, name: str) -> float:
    value = row.get(name, nan)
    return nan if value is None or value == "" else float(value)


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)

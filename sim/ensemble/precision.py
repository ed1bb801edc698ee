"""How many pairs? As many as make every interval as narrow as was asked for, or as many as are allowed.

The rule looks at the widths of intervals and never at where they lie: whether an effect is found, or on which side of a
threshold, has no say in when to stop, which is what keeps the intervals honest (a fixed-width sequential design: Chow & Robbins
1965, Annals of Mathematical Statistics 36:457 [check before citing]).
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

HEADLINE = ("suppression", "ndr", "western_loss_change")
Width = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]


class Precision(BaseModel):
    """Widths asked of the 95 % intervals (upper − lower; null: not asked), pairs to add at a time, and at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suppression: Width | None
    ndr: Width | None
    western_loss_change: Width | None
    batch: Annotated[int, Field(ge=1, le=100_000)]
    most: Annotated[int, Field(ge=2, le=100_000)]


def until_precise(
    run: Callable[[int], Mapping[str, pd.DataFrame]],
    estimate: Callable[[Mapping[str, pd.DataFrame]], pd.DataFrame],
    asked: Precision,
    pairs: int,
) -> tuple[Mapping[str, pd.DataFrame], dict[str, Any]]:
    """Run `pairs` pairs, and more until every interval is narrow enough; the tables, and why it stopped (for the manifest).

    run        so many pairs -> their tables; called with more and more (what was run before need not be run again)
    estimate   tables -> a row for each scenario with <estimand>, <estimand>_low, <estimand>_high
    """
    pairs = min(max(pairs, 2), asked.most)
    while True:
        tables = run(pairs)
        widths = widest(estimate(tables), asked)
        narrow = all(width <= getattr(asked, name) for name, width in widths.items())
        if narrow or pairs >= asked.most:
            why = "every interval is as narrow as asked" if narrow else f"the cap of {asked.most} pairs"
            return tables, {"rule": "precision", "because": why, "narrow": narrow, "pairs": pairs, "widths": widths}
        pairs = min(pairs + asked.batch, asked.most)


def widest(table: pd.DataFrame, asked: Precision) -> dict[str, float]:
    """The widest interval of each estimand that is asked for, over the scenarios for which it is defined.

    An estimate without an interval is infinitely wide; one that is undefined (displacement where nothing was removed) is left
    out: the interval of suppression decides whether that is so, and must be narrow itself.
    """
    found = {}
    for name in HEADLINE:
        defined = table[table[name].notna()]
        if getattr(asked, name) is not None and len(defined):
            width = (defined[f"{name}_high"] - defined[f"{name}_low"]).fillna(np.inf)
            found[name] = float(width.max())
    return found

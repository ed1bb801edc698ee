"""Recovery from synthetic truth: were the world like one of the draws, would the evidence tell its displacement?

Each draw in turn is taken for the truth. Its anchors, each off by an error as large as the evidence and the rule state (of the
evidence, of the model, of one history), become pseudo-evidence; the other draws are matched against it by the same rule; and
the effect at those that are kept is held against the effect at the truth. No further runs.

Two readings. The rank of the truth among the kept draws, which is uniform for an exact posterior (Talts et al. 2018,
arXiv:1804.06788), and the share of truths whose rank lies in the middle 90 %: below 0.9 intervals promise too much. It is read
from ranks and not from quantiles, which for few draws miss even an exact posterior's truth too often (one in four with ten).
A history match is none: it keeps whatever is not ruled out: ranks that crowd in the middle, and a share above 0.9, mean that it
keeps more than it must.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.calibration.matching import Rule, implausibility, not_ruled_out, share

LEVEL = 0.90
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
FEWEST = 10  # kept draws from which an interval is read
REPEATED = 4000  # times, for the width of an interval without evidence
PRIOR = "prior"  # the group of truths that stands for no evidence
COLUMNS = ["effect", "truth", "kept", "value", "low", "median", "high", "inside", "rank"]
TOLD = ["group", "effect", "truths", "recovered", "inside", "inside_low", "inside_high", "narrower"]


def recover(
    values: pd.DataFrame, effects: pd.DataFrame, truths: Sequence[int], among: Sequence[int], spread: pd.Series, rule: Rule,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """A row for each truth and effect: effect, truth, kept (draws), value, low, median, high, inside, rank (0 to 1).

    values    log of each anchor at each draw; NaN where undefined: nothing is then known of it in that world
    effects   columns to recover, by draw; NaN where undefined: a truth without a value is passed over for that effect
    spread    standard deviation by anchor, errors of all kinds
    The truth itself is not among the draws matched. low to rank are NaN where fewer than ten draws with a value are kept.
    """
    rows = []
    for truth in truths:
        luck = np.random.default_rng((seed, int(truth)))
        known = values.loc[truth].dropna().index
        pseudo = values.loc[truth, known] + luck.normal(size=len(known)) * spread[known]
        others = values.loc[[draw for draw in among if draw != truth], known]
        distance = implausibility((others - pseudo) / spread[known])
        kept = effects.loc[not_ruled_out(distance, rule)[lambda found: found].index]
        for name in effects:
            if np.isfinite(value := float(effects.at[truth, name])):
                rows.append({"effect": name, "truth": truth} | _told(kept[name].dropna().to_numpy(), value, luck))
    return pd.DataFrame(rows, columns=COLUMNS)


def _told(found: np.ndarray, value: float, luck: np.random.Generator) -> dict:
    told = {"kept": len(found), "value": value, "low": np.nan, "median": np.nan, "high": np.nan, "inside": None, "rank": np.nan}
    if len(found) < FEWEST:
        return told
    low, median, high = np.quantile(found, [TAILS[0], 0.5, TAILS[1]])
    # ties are broken by lot, so that ranks of an exact posterior are uniform
    rank = ((found < value).sum() + luck.random() * ((found == value).sum() + 1)) / (len(found) + 1)
    return told | {"low": low, "median": median, "high": high, "inside": bool(TAILS[0] <= rank <= TAILS[1]), "rank": float(rank)}


def coverage(recovered: pd.DataFrame, seed: int) -> pd.DataFrame:
    """By group and effect: truths asked, recovered (with at least ten kept draws), share inside with its 95 % interval, width.

    narrower   median over truths of the interval's width against that of as many draws by lot from the truths of the prior:
               truths from kept draws are no measure of what there is without evidence, which has chosen them
    """
    rows, luck = [], np.random.default_rng(seed)
    for (group, effect), mine in recovered.groupby(["group", "effect"], sort=False):
        read = mine.dropna(subset="rank")
        without = recovered.loc[(recovered["group"] == PRIOR) & (recovered["effect"] == effect), "value"].to_numpy()
        inside, low, high = share(int(read["inside"].sum()), len(read))
        alone = read["kept"].map({many: _width(without, many, luck) for many in sorted(read["kept"].unique())})
        width = float(((read["high"] - read["low"]) / alone).median())
        rows.append(
            {"group": group, "effect": effect, "truths": len(mine), "recovered": len(read), "inside": inside,
             "inside_low": low, "inside_high": high, "narrower": width}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=TOLD)


def _width(values: np.ndarray, many: int, luck: np.random.Generator) -> float:
    """Of the 90 % interval of so many of the values, drawn by lot, in the median; undefined where they have no width."""
    if not len(values):
        return np.nan
    low, high = np.quantile(luck.choice(values, (REPEATED, int(many))), TAILS, axis=1)
    return float(np.median(high - low)) or np.nan

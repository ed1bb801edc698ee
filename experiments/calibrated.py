"""What a calibration says: the ledger of anchors, effects before and after, what the kept draws have in common, other rules."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from experiments.anchors import Anchor
from experiments.effects import DEFINED, EFFECTS, EMPTY
from experiments.factors import in_words
from experiments.matching import Evidence, Rule, at_draws, distances, implausibility, not_ruled_out, spread
from experiments.waves import SHIPPED, Wave
from sim.claims import verdict as rules

TAILS = {"05": 0.05, "50": 0.5, "95": 0.95}
NOBODY, UNTOUCHED = "cannot be asked: nobody in the target", "cannot be asked: not suppressed"
OUTCOMES = (rules.HOLDS, rules.IN_SPACE_ONLY, rules.FAILS, rules.REVERSES, rules.NOT_DECIDED, UNTOUCHED, NOBODY)
SHOWN = ("suppression", "ndr", "losses", "western_losses")
OTHER_DISCREPANCIES, OTHER_FORGIVEN = (1.25, 1.5, 2.0, 3.0), (0, 1, 2)
PERMUTED = 200  # times, for what chance alone would make of the largest correlation


def ledger(
    anchors: Sequence[Anchor], values: pd.DataFrame, implausible: pd.DataFrame, prior: pd.Index, kept: pd.Index, cutoff: float
) -> pd.DataFrame:
    """A row for each anchor: stated range, predictive quantiles of prior and kept draws, the shipped value, and its source.

    values, implausible: by draw (`SHIPPED` too), a column for each anchor, in its unit.   prior, kept: draws.
    ruled_out: share of prior draws that lie beyond the cutoff.   *_inside: share of draws within the stated range.
    """
    rows = []
    for anchor in anchors:
        mine, far = values[anchor.name], implausible[anchor.name]
        row = {"anchor": anchor.name, "unit": anchor.unit, "low": anchor.low, "high": anchor.high}
        for name, draws in (("prior", prior), ("calibrated", kept)):
            found = mine.loc[draws]
            row |= {f"{name}_{tail}": found.quantile(at) for tail, at in TAILS.items()}
            row[f"{name}_inside"] = found.between(anchor.low, anchor.high).mean() if len(found) else np.nan
        shipped = mine.get(SHIPPED, np.nan)
        row |= {"shipped": shipped, "shipped_implausibility": far.get(SHIPPED, np.nan)}
        row |= {"shipped_is": "inside" if anchor.low <= shipped <= anchor.high else "outside"}
        row |= {"ruled_out": float((far.loc[prior] >= cutoff).mean()), "source": anchor.source}
        rows.append(row)
    return pd.DataFrame(rows)


def outcome(row: Mapping) -> str:
    """What a draw says of the headline claim, by its estimate alone: one of OUTCOMES. row: of `Wave.effects`."""
    if row["state"] != DEFINED:
        return NOBODY if row["state"] == EMPTY else UNTOUCHED
    ends = {f"{theirs}{end}": row[ours] for theirs, ours in TOLD.items() for end in ("_low", "_high")}
    ended = 1 + row["people"] < rules.STRICT.ended
    return rules.headline(ends | {"verdict": rules.ENDS if ended else rules.INDETERMINATE})


TOLD = {"ndr": "ndr", "western_loss_change": "western_losses"}


def before_and_after(effects: pd.DataFrame, prior: pd.Index, kept: pd.Index) -> pd.DataFrame:
    """Effects over prior and over kept draws, where they are defined: effect, label, unit, group, draws, defined, quantiles."""
    rows = []
    for name in (*SHOWN, "ndr_own_country", "ndr_cross_border", "ndr_out_of_region"):
        words, unit = (EFFECTS[name].words, EFFECTS[name].unit) if name in EFFECTS else (name, "ratio")
        for group, draws in (("prior", prior), ("calibrated", kept)):
            found = effects.loc[draws, name].where(effects.loc[draws, "state"] == DEFINED).dropna()
            shipped = effects[name].get(SHIPPED, np.nan)
            row = {"effect": name, "label": words, "unit": unit, "group": group, "draws": len(draws), "defined": len(found)}
            rows.append(row | {f"q{tail}": found.quantile(at) for tail, at in TAILS.items()} | {"shipped": shipped})
    return pd.DataFrame(rows)


def moved(unit: pd.DataFrame) -> pd.DataFrame:
    """Parameters by how far the kept draws have moved them from the prior, which is uniform on the range.

    unit: places on the ranges (0 to 1) of the kept draws. Kolmogorov-Smirnov, corrected by Holm for their number.
    """
    columns = ["parameter", "label", "median", "ks", "p", "p_holm"]
    if len(unit) < 2:
        return pd.DataFrame(columns=columns)
    found = [stats.kstest(unit[path], "uniform") for path in unit]
    table = pd.DataFrame([(test.statistic, test.pvalue) for test in found], columns=["ks", "p"]).assign(parameter=unit.columns)
    table["label"], table["median"] = [in_words(path) for path in unit], unit.median().to_numpy()
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("ks", ascending=False, kind="stable")[columns].reset_index(drop=True)


def ridges(unit: pd.DataFrame, seed: int, most: int = 50) -> pd.DataFrame:
    """Pairs of parameters by their rank correlation over the kept draws: what the evidence ties together.

    chance: what the largest of all pairs' correlations comes to, in 95 of 100 cases, where nothing is tied (columns permuted).
    """
    columns = ["one", "other", "correlation", "chance", "beyond_chance"]
    if len(unit) < 4:
        return pd.DataFrame(columns=columns)
    ranks, luck = unit.rank().to_numpy(), np.random.default_rng(seed)
    upper = np.triu_indices(ranks.shape[1], 1)
    found = np.corrcoef(ranks, rowvar=False)[upper]
    largest = [np.abs(np.corrcoef(luck.permuted(ranks, axis=0), rowvar=False)[upper]).max() for _ in range(PERMUTED)]
    first, chance = np.argsort(-np.abs(found), kind="stable")[:most], float(np.quantile(largest, 0.95))
    names = unit.columns.to_numpy()
    table = pd.DataFrame({"one": names[upper[0][first]], "other": names[upper[1][first]], "correlation": found[first]})
    return table.assign(chance=chance, beyond_chance=table["correlation"].abs() > chance)


def other_rules(wave: Wave, evidence: Evidence, variance: pd.Series, seeds: int, rule: Rule, prior: pd.Index) -> pd.DataFrame:
    """What would have been kept under other rules: the asked one is marked. Waves were steered by the asked one."""
    rows, values, draws = [], at_draws(wave.anchors, evidence), wave.unit.index
    for discrepancy in sorted({*OTHER_DISCREPANCIES, rule.discrepancy}):
        for forgiven in sorted({*OTHER_FORGIVEN, rule.forgiven}):
            other = Rule(rule.cutoff, forgiven, discrepancy)
            far = implausibility(distances(values, evidence, spread(evidence, variance, seeds, other)))
            whole = not_ruled_out(far, other)
            kept = whole.loc[draws][lambda found: found].index
            ndr = wave.effects.loc[kept, "ndr"].dropna()
            row = {"discrepancy": discrepancy, "forgiven": forgiven, "asked": other == rule, "shipped_kept": bool(whole[SHIPPED])}
            row |= {"prior_kept": int(whole.loc[prior].sum()), "kept": len(kept), "ndr_draws": len(ndr)}
            rows.append(row | {f"ndr_{tail}": ndr.quantile(at) for tail, at in TAILS.items()})
    return pd.DataFrame(rows)

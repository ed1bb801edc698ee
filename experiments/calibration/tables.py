"""What a calibration says: the ledger of anchors, effects before and after, what the kept draws have in common, other rules."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from experiments.calibration.anchors import ANCHORS, Anchor
from experiments.calibration.matching import Rule, at_draws, distances, implausibility, not_ruled_out, spread, worst
from experiments.calibration.search import Found
from experiments.calibration.subset import worth
from experiments.calibration.synthetic import coverage, recover
from experiments.calibration.waves import SHIPPED
from experiments.common.draws import in_range, in_words
from experiments.common.effects import DEFINED, EFFECTS, EMPTY
from sim import plots
from sim.claims import verdict as rules

TAILS = {"05": 0.05, "50": 0.5, "95": 0.95}
NOBODY, UNTOUCHED = "cannot be asked: nobody in the target", "cannot be asked: not suppressed"
OUTCOMES = (rules.HOLDS, rules.IN_SPACE_ONLY, rules.FAILS, rules.REVERSES, rules.NOT_DECIDED, UNTOUCHED, NOBODY)
SHORT = {"suppression": "Suppression", "ndr": "Net displacement", "losses": "All losses", "western_losses": "Western losses"}
SHOWN = tuple(SHORT)
TOLD = {"ndr": "ndr", "western_loss_change": "western_losses"}  # columns that a verdict reads, as an effect is called here
OTHER_DISCREPANCIES, OTHER_FORGIVEN = (1.25, 1.5, 2.0, 3.0), (0, 1, 2)
REPEATED = 100  # times, for what chance alone would make of the largest correlation


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


def moved(unit: pd.DataFrame, many: float) -> pd.DataFrame:
    """Parameters by how far the kept draws have moved them from the prior, which is uniform on the range.

    unit: places on the ranges (0 to 1) of the kept draws     many: independent draws that they are worth
    Kolmogorov-Smirnov, for so many draws, corrected by Holm for the number of parameters.
    """
    columns = ["parameter", "label", "median", "ks", "p", "p_holm"]
    if len(unit) < 2:
        return pd.DataFrame(columns=columns)
    far = [stats.kstest(unit[path], "uniform").statistic for path in unit]
    table = pd.DataFrame({"parameter": unit.columns, "ks": far, "p": stats.kstwo.sf(far, max(int(many), 1))})
    table["label"], table["median"] = [in_words(path) for path in unit], unit.median().to_numpy()
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    return table.sort_values("ks", ascending=False, kind="stable")[columns].reset_index(drop=True)


def ridges(unit: pd.DataFrame, many: float, seed: int, most: int = 50) -> pd.DataFrame:
    """Pairs of parameters by their rank correlation over the kept draws: what the evidence ties together.

    many: independent draws that the kept ones are worth     chance: what the largest of all pairs' correlations comes to, in 95
    of 100 cases, over so many draws where nothing is tied
    """
    columns = ["one", "other", "correlation", "chance", "beyond_chance"]
    if len(unit) < 4:
        return pd.DataFrame(columns=columns)
    ranks, luck = unit.rank().to_numpy(), np.random.default_rng(seed)
    upper = np.triu_indices(ranks.shape[1], 1)
    found = np.corrcoef(ranks, rowvar=False)[upper]
    alone = [luck.random((max(int(many), 3), ranks.shape[1])).argsort(axis=0).argsort(axis=0) for _ in range(REPEATED)]
    largest = [np.abs(np.corrcoef(table, rowvar=False)[upper]).max() for table in alone]
    first, chance = np.argsort(-np.abs(found), kind="stable")[:most], float(np.quantile(largest, 0.95))
    names = unit.columns.to_numpy()
    table = pd.DataFrame({"one": names[upper[0][first]], "other": names[upper[1][first]], "correlation": found[first]})
    return table.assign(chance=chance, beyond_chance=table["correlation"].abs() > chance)


def other_rules(found: Found, rule: Rule) -> pd.DataFrame:
    """What other rules would leave of the prior, which was run whatever the rule: the one asked is marked.

    prior_kept: draws of the prior.   calibrated_kept: of the draws that the rule asked for keeps.   ndr_*: over prior_kept.
    """
    rows, values = [], at_draws(found.anchors, found.evidence)
    for discrepancy in sorted({*OTHER_DISCREPANCIES, rule.discrepancy}):
        for forgiven in sorted({*OTHER_FORGIVEN, rule.forgiven}):
            other = Rule(rule.cutoff, forgiven, discrepancy)
            width = spread(found.evidence, found.variance, found.seeds, other)
            whole = not_ruled_out(implausibility(distances(values, found.evidence, width)), other)
            prior = found.prior[whole[found.prior]]
            ndr = found.effects.loc[prior, "ndr"].dropna()
            row = {"discrepancy": discrepancy, "forgiven": forgiven, "asked": other == rule}
            row |= {"shipped_kept": bool(whole.get(SHIPPED, False))}
            row |= {"prior_kept": len(prior), "prior": len(found.prior), "calibrated_kept": int(whole[found.kept].sum())}
            rows.append(row | {"ndr_draws": len(ndr)} | {f"ndr_{tail}": ndr.quantile(at) for tail, at in TAILS.items()})
    return pd.DataFrame(rows)


def synthetic_truth(found: Found, rule: Rule, seed: int) -> pd.DataFrame:
    """Recovery of the effects with truths from the prior, and with truths from the kept draws, each among its own kind.

    Only draws in which the target was suppressed: in the others there is nothing to recover.
    """
    values, tables = at_draws(found.anchors, found.evidence), []
    width = spread(found.evidence, found.variance, found.seeds, rule)
    defined = found.effects.index[found.effects["state"] == DEFINED]
    for group, draws in (("prior", found.prior), ("calibrated", found.kept.unique())):
        mine = draws.intersection(defined)
        table = recover(values, found.effects.loc[mine, list(SHOWN)], mine, mine, width, rule, seed)
        tables.append(table.assign(group=group, label=[SHORT[name] for name in table["effect"]]))
    return pd.concat(tables, ignore_index=True)


def all_tables(found: Found, rule: Rule, seed: int) -> dict[str, pd.DataFrame]:
    """Everything that is written, by name; see docs/calibration.md."""
    values = found.anchors.groupby(level="draw").agg(lambda column: column.mean(skipna=False))
    width = spread(found.evidence, found.variance, found.seeds, rule)
    implausible = implausibility(distances(at_draws(found.anchors, found.evidence), found.evidence, width))
    drawn, times = in_range(found.unit), found.kept.value_counts().sort_index()
    unit = found.unit.loc[found.kept]
    many = worth(unit)
    long = values.rename_axis(columns="anchor").stack(future_stack=True).rename("value").to_frame()
    long["implausibility"] = implausible.rename_axis(columns="anchor").stack(future_stack=True)
    told = found.effects.assign(wave=found.wave, times_kept=times, outcome=found.effects.apply(outcome, axis=1))
    told["off"] = pd.Series(worst(implausible, rule.forgiven), implausible.index)
    told["times_kept"] = told["times_kept"].fillna(0).astype(int)
    recovered = synthetic_truth(found, rule, seed)
    levels = [
        {"wave": number, "bar": level.bar, "states": len(level.states), "draws": level.states.index.nunique(),
         "worth": worth(found.unit.loc[level.states.index]), "steps_taken": level.taken, "share_of_prior": level.volume}
        for number, level in enumerate(found.levels, start=1)
    ]  # fmt: skip
    levels[-1]["worth"] = many if len(unit) else levels[-1]["worth"]
    return {
        "kept": drawn.loc[times.index].rename_axis("draw").assign(wave=found.wave, times=times).reset_index(),
        "ledger": ledger(ANCHORS, values, implausible, found.prior, found.kept, rule.cutoff),
        "estimands": told.rename_axis("draw").reset_index(),
        "effects": before_and_after(found.effects, found.prior, found.kept),
        "draws": drawn.rename_axis("draw").assign(wave=found.wave).reset_index(),
        "anchors": long.reset_index().assign(wave=lambda table: table["draw"].map(found.wave)),
        "waves": pd.DataFrame(levels), "recovery": recovered, "coverage": coverage(recovered, seed),
        "rules": other_rules(found, rule), "moved": moved(unit, many), "ridges": ridges(unit, many, seed),
    }  # fmt: skip


def draw(tables: Mapping[str, pd.DataFrame], folder: Path, foot: str, digest: str) -> list[str]:
    """Write the figures; returns a line for each that cannot be drawn, and why."""
    told, counts = tables["estimands"], {"prior_draws": "prior", "calibrated_draws": "calibrated"}
    counts = {name: int(tables["effects"].query(f"group == '{group}'")["draws"].iloc[0]) for name, group in counts.items()}
    rows = []
    for row in tables["effects"][tables["effects"]["effect"].isin(SHOWN)].to_dict("records"):
        mine = told[(told["wave"] == 1) & (told["draw"] != SHIPPED)] if row["group"] == "prior" else told[told["times_kept"] > 0]
        mine = mine[(mine["state"] == DEFINED) & mine[row["effect"]].notna()]
        same = {name: row[name] for name in ("effect", "label", "unit", "group", "defined", "draws", "shipped")}
        many = mine["times_kept"] if row["group"] == "calibrated" else pd.Series(1, mine.index)
        for one in mine.loc[mine.index.repeat(many)].to_dict("records") or [{"draw": 0, row["effect"]: np.nan}]:
            rows.append(same | {"draw": one["draw"], "value": one[row["effect"]]})
    given = {"predictive": tables["ledger"].assign(**counts), "calibrated": pd.DataFrame(rows), "recovered": tables["recovery"]}
    if len(tables["kept"]):
        foot = f"Calibrated draws are worth about {tables['waves']['worth'].iloc[-1]:.0f} independent ones. {foot}"
    undrawn = []
    for name in ("predictive", "calibrated", "ranks"):
        try:
            table = plots.table(name, given)
            picture = plots.figure(name).draw(table, foot)
            plots.write(picture, table, folder, name, plots.figure(name).CAPTION, digest)
        except ValueError as error:
            undrawn.append(f"figures/{name}: not drawn; {error}")
    return undrawn

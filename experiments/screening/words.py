"""What a sensitivity analysis says in words: what leads, how sure that is, how much is chance, where nothing is displaced."""

from collections.abc import Mapping

import pandas as pd

from experiments.common.effects import DEFINED, EFFECTS, EMPTY, SHUT
from experiments.screening.factors import SEED
from experiments.screening.stages import VARIANCE

NAMES = {name: effect.words for name, effect in EFFECTS.items()}
TOP = 5
WIDE = 0.2  # of an index, half its interval: above, it only ranks


def summary(tables: Mapping[str, pd.DataFrame], rank_by: str) -> str:
    """The tables of `experiments.sensitivity` in a few lines."""
    table = tables["sensitivity"]
    lines = [f"Effect looked at: {NAMES[rank_by].lower()} (relative change against the paired world)."]
    for stage, mine in table[(table["effect"] == rank_by) & (table["stage"] != VARIANCE)].groupby("stage", sort=False):
        lines += ["", *_screened(stage, mine)]
    variance = table[(table["stage"] == VARIANCE)]
    if len(variance):
        lines += ["", *_decomposed(variance, rank_by)]
    lines += _directions(tables["ranks"])
    lines += ["", *_chance(tables["seeds"], variance), *_undefined(tables["points"])]
    return "\n".join(lines)


def _screened(stage: str, mine: pd.DataFrame) -> list[str]:
    noise = float(mine.loc[mine["factor"] == SEED, "mu_star"].iloc[0])
    ranked = mine[mine["factor"] != SEED].sort_values("mu_star", ascending=False, kind="stable")
    above = int((ranked["mu_star"] - ranked["mu_star_conf"] > noise).sum())
    over = f"{100 * mine['span'].iloc[0]:.0f} % of its range" if mine["span"].iloc[0] < 1 else "its whole range"
    lines = [f"Morris, {stage}: mean size of the effect of moving each over {over} (mu* ± half a 95 % interval)."]
    for row in ranked.head(TOP).to_dict("records"):
        many = f", {row['parameters']} parameters" if row["parameters"] > 1 else ""
        lines.append(f"  {row['mu_star']:.3f} ± {row['mu_star_conf']:.3f}  {row['label']}{many}")
    lines.append(f"  {noise:.3f}          another set of seeds: {above} of {len(ranked)} lie above it with their whole interval.")
    return lines


def _decomposed(variance: pd.DataFrame, rank_by: str) -> list[str]:
    mine = variance[variance["effect"] == rank_by].sort_values("ST", ascending=False, kind="stable")
    over = f"{100 * mine['span'].iloc[0]:.0f} % of the ranges"
    lines = [f"Sobol, over {over}: share of the variance alone (S1) and with interactions (ST), other parameters as shipped:"]
    for row in mine.to_dict("records"):
        alone, whole = (f"{row[name]:+.2f} ± {row[f'{name}_conf']:.2f}" for name in ("S1", "ST"))
        lines.append(f"  S1 {alone}  ST {whole}  {row['label']}")
    widest = variance[["S1_conf", "ST_conf"]].max(axis=None)
    said = "small runs only rank: no index here is to be quoted (raise base)" if widest > WIDE else "narrow enough to quote"
    lines.append(f"  The widest interval of all effects is ± {widest:.2f}: {said}.")
    return lines


def _directions(ranks: pd.DataFrame) -> list[str]:
    clear = ranks[(ranks["prcc_low"] > 0) | (ranks["prcc_high"] < 0)] if len(ranks) else ranks
    lines = []
    for effect, mine in ranks.groupby("effect", sort=False) if len(ranks) else ():
        mine = clear[clear["effect"] == effect]
        order = mine.reindex(mine["prcc"].abs().sort_values(ascending=False).index).head(TOP)
        told = ", ".join(f"{row['parameter']} {row['prcc']:+.2f}" for row in order.to_dict("records"))
        points = int(ranks.loc[ranks["effect"] == effect, "points"].iloc[0])
        lines.append(f"  {NAMES[effect]} ({points} points): {told or 'none is clear of zero'}")
    return ["", "Partial rank correlations whose interval is clear of zero:", *lines] if lines else []


def _chance(seeds: pd.DataFrame, variance: pd.DataFrame) -> list[str]:
    lines = []
    for stage, mine in seeds.dropna(subset="share").groupby("stage", sort=False):
        told = ", ".join(f"{NAMES[row['effect']].lower()} {100 * row['share']:.0f} %" for row in mine.to_dict("records"))
        lines.append(f"Share of seeds in the variance of single pairs, screening of {stage}: {told}.")
    chance = variance[variance["factor"] == SEED] if len(variance) else variance
    if len(chance):
        rows = chance.to_dict("records")
        told = ", ".join(f"{NAMES[row['effect']].lower()} {row['ST']:.2f} ± {row['ST_conf']:.2f}" for row in rows)
        lines.append(f"Total index of seeds, among the few: {told}.")
    return lines


def _undefined(points: pd.DataFrame) -> list[str]:
    counts = points.groupby("stage", sort=False)["state"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=[DEFINED, SHUT, EMPTY], fill_value=0)
    lines = []
    for stage, row in counts.iterrows():
        total = int(row.sum())
        lines.append(
            f"Net displacement, {stage}: undefined at {total - row[DEFINED]} of {total} points "
            f"({row[SHUT]} where not every pair was suppressed, {row[EMPTY]} with nobody in the target)."
        )
    return lines

"""Tornado: on which parameters the effect of a scenario depends most, and where chance begins."""

import textwrap

import numpy as np
import pandas as pd

from sim.plots import style

CAPTION = (
    "Morris screening of the paired difference (with the scenario less without, same seeds, mean over the window): mean size "
    "of the effect of moving a factor over its range, while the others stand anywhere in theirs (mu*), with 95% intervals "
    "from bootstrapped trajectories. Titles name the part of every range, around the shipped value, that is moved over. Left: "
    "files of parameters, each moved as one factor; right: each parameter of those files that came first, all others as "
    "shipped. Dashed: what another set of seeds does to a point; a bar within it "
    "is grey: it cannot be told from chance. A screening ranks; it does not measure. Ranges are priors, mostly judgement."
)
COLUMNS = ["stage", "effect", "effect_label", "effect_unit", "factor", "label", "parameters", "mu", "mu_star"]
COLUMNS += ["mu_star_conf", "sigma", "span"]
TITLES = {"factors": "Factors", "parameters": "Parameters"}
SHOWN = 12  # bars per panel
SEED = "seed"  # the factor that is chance
WIDTH = 38  # characters of a label
ROWS, LINE = 0.2, 0.14  # inches: of a bar, and of each line of its label


def data(screening):
    """The first factors of each stage in order of mu_star, seeds last: the columns COLUMNS and `left_out`, factors not shown.

    screening: stage, effect (one of them), effect_label, effect_unit, factor, label (in words), parameters, mu, mu_star,
    mu_star_conf (half a 95% interval), sigma, span (part of the ranges moved over); the factor "seed" is chance.
    """
    if screening.empty:
        raise ValueError("screening: nothing was screened")
    parts = []
    for stage in dict.fromkeys(screening["stage"]):
        mine = screening[screening["stage"] == stage]
        ranked = mine[mine["factor"] != SEED].sort_values("mu_star", ascending=False, kind="stable")
        parts.append(ranked.head(SHOWN).assign(left_out=max(len(ranked) - SHOWN, 0)))
        parts.append(mine[mine["factor"] == SEED].assign(left_out=0))
    return pd.concat(parts, ignore_index=True).reindex(columns=[*COLUMNS, "left_out"])


def draw(table, provenance=""):
    """A Figure with a panel of bars per stage from the table made by `data`."""
    with style.context():
        stages = list(dict.fromkeys(table["stage"]))
        panels = [table[(table["stage"] == stage)] for stage in stages]
        labels = [[textwrap.fill(str(text), WIDTH) for text in rows.loc[rows["factor"] != SEED, "label"]] for rows in panels]
        tall = max(len(texts) * max(ROWS, *(LINE * (text.count("\n") + 1) + 0.05 for text in texts)) for texts in labels)
        fig = style.figure(style.DOUBLE_COLUMN, 1.1 + tall)
        for ax, rows, texts in zip(fig.subplots(1, len(stages), squeeze=False)[0], panels, labels, strict=True):
            _panel(ax, rows, texts)
        style.finish(fig, f"Bars: 95% intervals. Dashed: another set of seeds; grey: not clear of it. {provenance}")
    return fig


def _panel(ax, rows, texts):
    bars, chance = rows[rows["factor"] != SEED], rows[rows["factor"] == SEED]
    noise = 100 * float(chance["mu_star"].iloc[0]) if len(chance) else np.nan
    sizes, halves = (100 * bars[name].to_numpy(float) for name in ("mu_star", "mu_star_conf"))
    colours = [style.GREY if size - half <= noise else style.BLUE for size, half in zip(sizes, halves, strict=True)]
    ax.barh(range(len(bars)), sizes, 0.62, color=colours)
    low = np.minimum(halves, sizes)  # a mean of sizes is not below zero
    ax.errorbar(sizes, range(len(bars)), xerr=[low, halves], fmt="none", ecolor=style.INK, elinewidth=0.8, capsize=2)
    if np.isfinite(noise):
        ax.axvline(noise, color=style.VERMILLION, linewidth=1.0, linestyle=(0, (4, 2)))
    ax.set_yticks(range(len(bars)), texts)
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.tick_params(axis="y", length=0)
    stage, left_out = rows["stage"].iloc[0], int(bars["left_out"].iloc[0])
    of = f" (first {len(bars)} of {len(bars) + left_out})" if left_out else ""
    part = float(rows["span"].iloc[0])
    over = f"{style.percent(part)} of ranges" if part < 1 else "whole range"
    ax.set_title(f"{TITLES.get(stage, stage.capitalize())}{of}, {over}", loc="right")
    words = f"{rows['effect_label'].iloc[0]}: mean effect, {rows['effect_unit'].iloc[0]}"
    ax.set_xlabel(textwrap.fill(words, 30), x=1.0, ha="right")  # the axis may be narrower than its words

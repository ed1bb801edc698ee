"""Sobol indices: which part of the variance of an effect each of a few parameters makes, and which part chance makes."""

import textwrap

import numpy as np
from matplotlib.lines import Line2D

from sim.plots import style

CAPTION = (
    "Shares of the variance of the paired difference (with the scenario less without, same seeds, mean over the window) by "
    "Saltelli's sample: alone (first order, S1) and with all interactions (total, ST), with 95% bootstrap intervals. Only the "
    "parameters that came first in the screening vary, over the part of their ranges, around the shipped values, that the foot "
    "names; all others are as shipped. Chance is a factor "
    "like the others: each point has its own seeds, one pair of worlds. Estimates may lie outside 0 to 1 where points are few; "
    "where intervals are wide the indices rank and do not measure."
)
COLUMNS = ["effect", "effect_label", "factor", "label", "span", "S1", "S1_conf", "ST", "ST_conf"]
SEED = "seed"
WIDTH = 34  # characters of a label
FRAME = (-0.35, 1.35)  # of an index; bars beyond end in an arrowhead
MARKS = {"S1": ("o", style.BLUE, -0.16, "alone (S1)"), "ST": ("D", style.ORANGE, 0.16, "with interactions (ST)")}


def data(indices):
    """The columns COLUMNS, factors in the order of their total index for the first effect, chance last.

    indices: effect, effect_label, factor, label, span (part of the ranges), S1, S1_conf, ST, ST_conf (halves of 95% intervals);
    "seed" is chance.
    """
    table = indices.reindex(columns=COLUMNS)
    if table.empty:
        raise ValueError("indices: no Sobol indices were taken; see base=")
    first = table[table["effect"] == table["effect"].iloc[0]]
    order = first.assign(chance=first["factor"] == SEED).sort_values(["chance", "ST"], ascending=[True, False], kind="stable")
    place = {factor: k for k, factor in enumerate(order["factor"])}
    effects = {effect: k for k, effect in enumerate(dict.fromkeys(table["effect"]))}
    sort = table.assign(a=table["effect"].map(effects), b=table["factor"].map(place)).sort_values(["a", "b"], kind="stable")
    return sort[COLUMNS].reset_index(drop=True)


def draw(table, provenance=""):
    """A Figure with a panel per effect and a row per factor from the table made by `data`."""
    with style.context():
        effects = list(dict.fromkeys(table["effect"]))
        first = table[table["effect"] == effects[0]]
        fig = style.figure(style.DOUBLE_COLUMN, 1.6 + 0.5 * len(first))
        axes = fig.subplots(1, len(effects), sharey=True, squeeze=False)[0]
        for ax, effect in zip(axes, effects, strict=True):
            _panel(ax, table[table["effect"] == effect])
        axes[0].set_yticks(range(len(first)), [textwrap.fill(str(label), WIDTH) for label in first["label"]])
        axes[0].set_ylim(len(first) - 0.4, -0.6)
        handles = [
            Line2D([], [], marker=mark, linestyle="none", color=colour, markersize=4.5, label=name)
            for mark, colour, _, name in MARKS.values()
        ]
        fig.legend(handles=handles, loc="outside upper right", ncols=2, handletextpad=0.2, columnspacing=1.2)
        style.finish(fig, f"Over {style.percent(first['span'].iloc[0])} of ranges. 95% intervals; grey: seeds. {provenance}")
    return fig


def _panel(ax, rows):
    low, high = FRAME
    for y, row in enumerate(rows.to_dict("records")):
        if row["factor"] == SEED:
            ax.axhspan(y - 0.45, y + 0.45, color=style.PALE, alpha=0.6, linewidth=0, zorder=0)
        for name, (mark, colour, aside, _) in MARKS.items():
            value, half = row[name], row[f"{name}_conf"]
            if not np.isfinite(value):
                continue
            ax.plot([max(value - half, low), min(value + half, high)], [y + aside] * 2, color=colour, linewidth=1.3, zorder=2)
            for end, edge, arrow in ((value - half, low, "<"), (value + half, high, ">")):
                if (end < edge) if arrow == "<" else (end > edge):
                    ax.plot(edge, y + aside, marker=arrow, color=colour, markersize=3.5, clip_on=False, zorder=3)
            ax.plot(np.clip(value, low, high), y + aside, marker=mark, color=colour, markersize=4.5, zorder=4)
    if not np.isfinite(rows[["S1", "ST"]].to_numpy(float)).any():
        ax.text(0.5, 0.5, "no variance", transform=ax.transAxes, ha="center", style="italic", color="#555555")
    ax.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    ax.axvline(1, color=style.GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
    ax.spines["left"].set_visible(False)
    ax.set_xlim(low, high)
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    ax.tick_params(axis="y", length=0)
    ax.set_title(textwrap.fill(rows["effect_label"].iloc[0], 15))
    ax.set_xlabel("Share of variance")

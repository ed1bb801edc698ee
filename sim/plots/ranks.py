"""Ranks: were the world like one of the draws, where would its effect stand among the draws that its evidence keeps?"""

import numpy as np
import pandas as pd
from scipy import stats

from sim.plots import style

CAPTION = (
    "Recovery from synthetic truth. Each draw in turn is taken for the truth, its anchors with the stated errors for the "
    "evidence, and the other draws are matched against it. Bars: rank of the true effect among the draws that are kept (0: "
    "below all, 1: above all), number of truths; grey: where 95 of 100 bars lie if ranks are uniform, as they are for an "
    "exact posterior. Bars that crowd in the middle: more is kept than need be, and intervals are too wide; at the ends: "
    "too narrow. Above each panel the share of truths in the middle 90% of the kept draws. Truths that keep fewer "
    "than ten draws are left out; calibrated ones are related, so their bars stray farther than the grey."
)
COLUMNS = [
    "group", "effect", "label", "bin_low", "bin_high", "count", "expected_low", "expected_high", "recovered", "truths", "inside",
]  # fmt: skip
BINS = 10
TITLES = {"prior": "truths from the prior", "calibrated": "truths from calibrated draws"}


def data(recovered):
    """The columns COLUMNS: a histogram for each group of truths and effect.

    recovered: group, effect, label, rank (0 to 1; empty where too few draws were kept), inside.
    """
    rows, edges = [], np.linspace(0, 1, BINS + 1)
    for (group, effect), mine in recovered.groupby(["group", "effect"], sort=False):
        read = mine.dropna(subset="rank")
        if read.empty:
            continue
        counts, _ = np.histogram(read["rank"], edges)
        expected = stats.binom.ppf([0.025, 0.975], len(read), 1 / BINS)
        row = {"group": group, "effect": effect, "label": mine["label"].iloc[0], "recovered": len(read), "truths": len(mine)}
        row |= {"expected_low": expected[0], "expected_high": expected[1], "inside": read["inside"].astype(float).mean()}
        ends = zip(edges[:-1], edges[1:], counts, strict=True)
        rows += [row | {"bin_low": low, "bin_high": high, "count": int(count)} for low, high, count in ends]
    if not rows:
        raise ValueError("recovered: no truth kept ten draws or more")
    return pd.DataFrame(rows)[COLUMNS]


def draw(table, provenance=""):
    """A Figure with a row per group and a panel per effect from the table made by `data`."""
    with style.context():
        groups, effects = (list(dict.fromkeys(table[name])) for name in ("group", "effect"))
        fig = style.figure(style.DOUBLE_COLUMN, 0.6 + 1.75 * len(groups))
        axes = fig.subplots(len(groups), len(effects), squeeze=False)
        for i, group in enumerate(groups):
            for k, effect in enumerate(effects):
                mine = table[(table["group"] == group) & (table["effect"] == effect)]
                _panel(axes[i, k], mine) if len(mine) else axes[i, k].set_visible(False)
            axes[i, 0].set_ylabel(f"Number of\n{TITLES.get(group, group)}")
        for ax in axes[-1]:
            ax.set_xlabel("Rank of the truth")
        style.finish(fig, f"Grey: 95% range if ranks are uniform. {provenance}")
    return fig


def _panel(ax, rows):
    first = rows.iloc[0]
    ax.axhspan(first["expected_low"], first["expected_high"], color=style.PALE, linewidth=0, zorder=0)
    ax.axhline(first["recovered"] / BINS, color=style.INK, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
    ax.bar(rows["bin_low"], rows["count"], rows["bin_high"] - rows["bin_low"], align="edge", color=style.BLUE,
           edgecolor="white", linewidth=0.5, zorder=2)  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(0, max(rows["count"].max(), first["expected_high"]) * 1.1 + 0.5))
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    ax.yaxis.get_major_locator().set_params(integer=True)
    told = f"{style.percent(first['inside'])} inside, {first['recovered']} of {first['truths']}"
    ax.set_title(f"{first['label']}\n{told}", fontweight="normal")

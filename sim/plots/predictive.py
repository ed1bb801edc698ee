"""Predictive: each anchor's stated range, and beside it what prior worlds, calibrated worlds and the shipped model give."""

import textwrap

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots import style

CAPTION = (
    "Quantities of the real trade with a stated range (grey), and where the model's worlds without a crackdown stand: draws "
    "from the whole ranges of the parameters (prior), draws that the evidence does not rule out (calibrated), each with the "
    "middle 90% over draws and the median, and the shipped parameters. All are divided by the geometric middle of the "
    "stated range, on a logarithmic axis; what lies beyond it ends in an arrowhead. Calibrated draws were chosen by these "
    "very quantities, so their agreement is a fit and no test; where they lie outside, the margins of the rule allow it, "
    "the evidence contradicts itself, or the model cannot meet it."
)
COLUMNS = [
    "anchor", "unit", "low", "high", "prior_05", "prior_50", "prior_95", "calibrated_05", "calibrated_50", "calibrated_95",
    "shipped", "prior_draws", "calibrated_draws",
]  # fmt: skip
FRAME = (1 / 12, 12.0)  # of the ratio to the middle of the stated range
WIDTH = 58  # characters of a label
BARS = {"prior": (style.GREY, -0.17, 1.2), "calibrated": (style.BLUE, 0.17, 2.4)}


def data(predictive):
    """The columns COLUMNS, in the order given; calibrated quantiles are empty where no draw was kept.

    predictive: as `experiments.calibration.tables.ledger` makes it, with prior_draws and calibrated_draws, the numbers of draws.
    """
    if predictive.empty:
        raise ValueError("predictive: no anchors")
    return predictive[COLUMNS].reset_index(drop=True)


def draw(table, provenance=""):
    """A Figure with a row per anchor from the table made by `data`."""
    with style.context():
        labels = [f"{textwrap.shorten(row['anchor'], WIDTH, placeholder='…')}\n{_range(row)}" for row in table.to_dict("records")]
        fig = style.figure(style.DOUBLE_COLUMN, 1.2 + 0.36 * len(table))
        ax = fig.subplots()
        for y, row in enumerate(table.to_dict("records")):
            _row(ax, y, row, np.sqrt(row["low"] * row["high"]))
        ax.axvline(1, color=style.INK, linewidth=0.5, zorder=1)
        ax.set(xscale="log", xlim=FRAME, ylim=(len(table) - 0.5, -0.5), xlabel="Ratio to the middle of the stated range")
        ax.set_yticks(range(len(table)), labels)
        ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        fig.legend(handles=_handles(), loc="outside upper left", ncols=4, columnspacing=1.4)
        many = f"{table['prior_draws'].iloc[0]:,} prior and {table['calibrated_draws'].iloc[0]:,} calibrated draws."
        style.finish(fig, f"{many} {provenance}")
    return fig


def _row(ax, y, row, middle):
    ax.barh(y, (row["high"] - row["low"]) / middle, 0.8, row["low"] / middle, color=style.PALE, zorder=0)
    for name, (colour, aside, width) in BARS.items():
        low, median, high = (row[f"{name}_{tail}"] / middle for tail in ("05", "50", "95"))
        if not np.isfinite(median):
            continue
        ends = np.clip([low, high], *FRAME)
        ax.plot(ends, [y + aside] * 2, color=colour, linewidth=width, solid_capstyle="butt", zorder=2)
        if FRAME[0] <= median <= FRAME[1]:
            ax.plot(median, y + aside, marker="|", color=colour, markersize=7, markeredgewidth=1.6, zorder=3)
        for beyond, edge, arrow in ((low < FRAME[0], FRAME[0], "<"), (high > FRAME[1], FRAME[1], ">")):
            if beyond:
                ax.plot(edge, y + aside, marker=arrow, color=colour, markersize=4, clip_on=False, zorder=4)
    if np.isfinite(row["shipped"]):
        at = np.clip(row["shipped"] / middle, *FRAME)
        ax.plot(at, y, marker="D", color=style.VERMILLION, markersize=4.5, markeredgecolor="white", markeredgewidth=0.5, zorder=5)


def _range(row):
    """The stated range in its unit, as a reader wants it: 100-150 thousand people."""
    low, high, unit = row["low"], row["high"], "" if row["unit"] in ("ratio", "share") else row["unit"]
    for size, word in ((1e9, "bn "), (1e3, "thousand ")):
        if high >= 10 * size:
            return f"{low / size:g}–{high / size:g} {word}{unit}"
    return f"{low:g}–{high:g} {unit}".rstrip()


def _handles():
    return [
        Patch(color=style.PALE, label="stated range"),
        *(Line2D([], [], color=colour, linewidth=width, marker="|", markersize=7, label=f"{name}, middle 90%")
          for name, (colour, _, width) in BARS.items()),
        Line2D([], [], marker="D", linestyle="none", color=style.VERMILLION, markersize=4.5, label="as shipped"),
    ]  # fmt: skip

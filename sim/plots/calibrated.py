"""Calibrated: the effect of a scenario over prior and over calibrated draws, draw by draw."""

import textwrap
import zlib

import numpy as np
from matplotlib.lines import Line2D

from sim.plots import style

CAPTION = (
    "Effect of the scenario against the same worlds without it, mean over the window, a dot for each draw of the parameters: "
    "draws from their whole ranges (prior) and those that the evidence does not rule out (calibrated). Bars: middle 90% over "
    "draws, with the median (a calibrated draw at which walks stood twice counts twice); diamonds: the shipped parameters. "
    "Only draws in which the target was suppressed are shown, since nothing can be asked of the others; beside each name, in "
    "how many that is. The spread is that of parameters, and no number of seeds narrows it. Dots beyond the axis stand at its "
    "edge as triangles."
)
COLUMNS = ["effect", "label", "unit", "group", "draw", "value", "defined", "draws", "shipped"]
GROUPS = {"prior": (style.GREY, 1.0), "calibrated": (style.BLUE, 0.0)}
REACH = 3.0  # widths of the middle half beyond which a dot stands at the edge


def data(calibrated):
    """The columns COLUMNS, values in the unit that is drawn; a group without draws has one row without a value.

    calibrated: effect, label, unit ("%..." or "ratio"), group (prior, calibrated), draw, value (a ratio; rows only where it is
    defined, or one empty row), defined and draws (how many there are), shipped.
    """
    if calibrated["value"].notna().sum() == 0:
        raise ValueError("calibrated: no draw in which the effect is defined")
    table = calibrated[COLUMNS].copy()
    size = np.where(table["unit"].str.startswith("%"), 100.0, 1.0)
    return table.assign(value=table["value"] * size, shipped=table["shipped"] * size).reset_index(drop=True)


def draw(table, provenance=""):
    """A Figure with a panel per effect from the table made by `data`."""
    with style.context():
        effects = list(dict.fromkeys(table["effect"]))
        fig = style.figure(style.DOUBLE_COLUMN, 0.9 + 1.45 * ((len(effects) + 1) // 2))
        axes = fig.subplots((len(effects) + 1) // 2, 2, squeeze=False).ravel()
        for ax, effect in zip(axes, effects, strict=False):
            _panel(ax, table[table["effect"] == effect])
        for ax in axes[len(effects) :]:
            ax.set_visible(False)
        handle = Line2D([], [], marker="D", linestyle="none", color=style.VERMILLION, markersize=5, label="as shipped")
        fig.legend(handles=[handle], loc="outside upper right", handletextpad=0.2)
        style.finish(fig, provenance)
    return fig


def _panel(ax, rows):
    low, high = _frame(rows)
    names = []
    for group, (colour, y) in GROUPS.items():
        mine = rows[rows["group"] == group]
        values = mine["value"].dropna().to_numpy(float)
        first = mine.iloc[0]
        names.append(f"{group.capitalize()}\n{first['defined']} of {first['draws']}")
        if not len(values):
            ax.text((low + high) / 2, y, "none", ha="center", va="center", style="italic", color="#555555")
            continue
        aside = np.array([(zlib.crc32(str(draw).encode()) % 100 - 50) / 180 for draw in mine.dropna(subset="value")["draw"]])
        for beyond, mark in ((values < low, "<"), (values > high, ">"), ((values >= low) & (values <= high), "o")):
            ax.scatter(np.clip(values[beyond], low, high), y + aside[beyond], s=7, marker=mark, color=colour, alpha=0.55,
                       linewidths=0, clip_on=False, zorder=2)  # fmt: skip
        tails = np.quantile(values, [0.05, 0.5, 0.95])
        ends = np.clip(tails, low, high)
        for beyond, edge, mark in ((tails[0] < low, low, "<"), (tails[2] > high, high, ">")):
            if beyond:
                ax.plot(edge, y - 0.38, marker=mark, color=colour, markersize=4.5, clip_on=False, zorder=4)
        ax.plot(ends[[0, 2]], [y - 0.38] * 2, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=3)
        ax.plot(ends[1], y - 0.38, marker="|", color=style.INK, markersize=8, markeredgewidth=1.4, zorder=4)
    shipped = float(rows["shipped"].iloc[0])
    if np.isfinite(shipped):
        ax.plot(np.clip(shipped, low, high), 0.5, marker="D", color=style.VERMILLION, markersize=5, clip_on=False, zorder=5)
    if low < 0 < high:
        ax.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    ax.set(xlim=(low, high), ylim=(-0.55, 1.45))
    ax.set_yticks([y for _, y in GROUPS.values()], names)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    words, unit = rows["label"].iloc[0], rows["unit"].iloc[0]
    told = f"change, {unit}" if unit.startswith("%") else "people held elsewhere per person removed"
    ax.set_xlabel(textwrap.fill(f"{words} ({told})", 48))


def _frame(rows):
    """Ends of the axis: all dots, but for those far out; the shipped value is always within."""
    values = np.append(rows["value"].dropna().to_numpy(float), rows["shipped"].iloc[0])
    values = values[np.isfinite(values)]
    quarter, middle, three = np.quantile(values, [0.25, 0.5, 0.75])
    reach = max(REACH * (three - quarter), 1e-9)
    inside = values[np.abs(values - middle) <= reach]
    low, high = min(inside.min(), 0.0 if inside.min() < reach else inside.min()), max(inside.max(), 0.0)
    margin = max(0.04 * (high - low), 1e-6)
    return low - margin, high + margin

"""Who is spared and who pays: the change in Chinese-speaking losses against that in Western losses, a point per scenario."""

import textwrap

import numpy as np
import pandas as pd

from sim.measures.displacement import loss_changes
from sim.measures.paired import paired_blocs, window_means
from sim.plots import labels, style

CAPTION = (
    "Change in the losses of Chinese-speaking and of Western victims under each scenario, relative to its counterpart "
    "(ratio of means over pairs; crosses: 95% intervals over pairs). Upper left, shaded: Chinese-speaking victims lose less "
    "and Western ones more, a turn toward the West; lower left: both lose less. Grey bands: practically unchanged (within 2%). "
    "Diagonal: both change by the same share; above it Western losses grow beside Chinese-speaking ones even where both fall. "
    "Inset: the scenarios near to no change, enlarged. Intervals show chance among seeds only."
)
EQUIVALENCE = 0.02
LINE = 26  # characters of a line of a name; one line would not fit beside every point
CROWD = 0.14  # of the span of an axis: so near to no change, the points of several scenarios are shown again, enlarged
FEWEST, MOST = 3, 12  # scenarios in the inset
INSET = (0.47, 0.16, 0.52, 0.41)  # left, bottom, width, height, as parts of the frame: where both lose less, but no point is
AXES = {"chinese": "chinese_loss_change", "western": "western_loss_change"}


def data(pools, scenarios, *, window=(6, 36)):
    """A row per scenario: scenario, title, pairs, from_month, to_month, and for chinese and western the change, _low, _high.

    Changes are ratios (−0.05 is five per cent less). A scenario without runs is left out.
    """
    ran = scenarios["scenario"].isin(pools["scenario"].unique())
    scenarios = scenarios[ran]
    found = loss_changes(window_means(paired_blocs(pools, scenarios), window))
    if found.empty:
        raise ValueError(f"pools: the runs end before month {window[1]:g} after every start")
    titles = dict(zip(scenarios["scenario"].astype(str), scenarios["title"].astype(str), strict=True))
    names = found["scenario"].astype(str)
    table = pd.DataFrame({"scenario": names, "title": names.map(titles), "pairs": found["pairs"]})
    table["from_month"], table["to_month"] = window
    for short, name in AXES.items():
        for end in ("", "_low", "_high"):
            table[short + end] = found[name + end]
    return table


def draw(table, provenance=""):
    """A Figure with the scatter and a name at every point, from the table made by `data`."""
    with style.context():
        fig = style.figure(style.DOUBLE_COLUMN * 0.86, 4.6)
        ax = fig.subplots()
        values = table[[short + end for short in AXES for end in ("", "_low", "_high")]].to_numpy(float) * 100
        low, high = min(-8.0, np.nanmin(values)), max(8.0, np.nanmax(values))
        x_low, x_high = _span(values[:, :3])
        y_low, y_high = _span(values[:, 3:])
        rope = 100 * EQUIVALENCE
        if y_high > rope and x_low < -rope:
            ax.fill_between([x_low, -rope], rope, y_high, color=style.ORANGE, alpha=0.13, linewidth=0, zorder=0)
        _scatter(ax, table, (low, high), (x_low, x_high), (y_low, y_high))
        ax.set_xlabel("Change in losses of Chinese-speaking victims (%)")
        ax.set_ylabel("Change in losses of Western victims (%)")
        fig.suptitle("Who is spared, and who pays", x=0.01, ha="left", fontweight="bold")
        first, last = table["from_month"].iloc[0], table["to_month"].iloc[0]
        fewest, most = table["pairs"].min(), table["pairs"].max()
        pairs = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        months = f"months {first:g} to {last:g} after the start"
        style.finish(fig, f"{pairs} pairs per scenario, {months}; crosses: 95% intervals over pairs. {provenance}")
        crowd = _crowd(table, (x_low, x_high), (y_low, y_high))
        inset = [_enlarge(ax, table[crowd], (low, high))] if crowd.any() else []
        _names(ax, table[~crowd], inset)
    return fig


def _scatter(ax, table, diagonal, across, upward):
    """Points with their intervals, zero, the diagonal and the bands of no change, within the limits of both axes."""
    rope = 100 * EQUIVALENCE
    ax.axvspan(-rope, rope, color=style.PALE, alpha=0.55, linewidth=0, zorder=0)
    ax.axhspan(-rope, rope, color=style.PALE, alpha=0.55, linewidth=0, zorder=0)
    ax.axhline(0, color=style.INK, linewidth=0.6, zorder=1)
    ax.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    ax.plot(diagonal, diagonal, color=style.GREY, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    for row in table.to_dict("records"):
        colour = style.GREY if row["scenario"] == "placebo" else style.scenario_colour(row["scenario"])
        x, y = 100 * row["chinese"], 100 * row["western"]
        ax.plot([100 * row["chinese_low"], 100 * row["chinese_high"]], [y, y], color=colour, linewidth=1.2, zorder=3)
        ax.plot([x, x], [100 * row["western_low"], 100 * row["western_high"]], color=colour, linewidth=1.2, zorder=3)
        ax.plot(x, y, "o", color=colour, markersize=5, markeredgecolor="white", markeredgewidth=0.5, zorder=4)
    ax.set(xlim=across, ylim=upward)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(style.ticks(lambda value, signed: style.percent(value / 100, signed), signed=True))


def _crowd(table, across, upward):
    """True for the scenarios near to no change, if the inset has room for so many names and would cover no point."""
    x, y = 100 * table["chinese"], 100 * table["western"]
    wide, tall = across[1] - across[0], upward[1] - upward[0]
    near = (x.abs() < CROWD * wide) & (y.abs() < CROWD * tall)
    left, bottom, width, height = INSET
    beside = ((x - across[0]) / wide).between(left, left + width)
    covered = beside & ((y - upward[0]) / tall).between(bottom - 0.08, bottom + height + 0.03)
    return near & (FEWEST <= near.sum() <= MOST) & ~covered.any()


def _enlarge(ax, table, diagonal):
    """The crowd near to no change once more, in a frame of its own, with names; returns the box in pixels that it takes."""
    inset = ax.inset_axes(INSET)
    reach = [100 * table.filter(like=short).to_numpy(float) for short in AXES]
    limits = []
    for values, room in zip(reach, (1.9, 0.25), strict=True):  # at the left stand the names
        low, high = min(np.nanmin(values), -1.0), max(np.nanmax(values), 1.0)
        limits.append((low - room * (high - low), high + 0.25 * (high - low)))
    _scatter(inset, table, diagonal, *limits)
    inset.set_facecolor("white")
    inset.spines[["top", "right"]].set_visible(True)
    inset.locator_params(nbins=4)
    inset.xaxis.set_major_locator(style.steps(5 if np.ptp(reach[0]) > 4 else 1))
    ax.indicate_inset_zoom(inset, edgecolor=style.GREY)
    rows = table.sort_values("western", ascending=False).to_dict("records")
    for height, row in zip(np.linspace(0.91, 0.09, len(rows)), rows, strict=True):
        colour = style.GREY if row["scenario"] == "placebo" else style.scenario_colour(row["scenario"])
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "relpos": (1, 0.5), "shrinkA": 1, "shrinkB": 3}
        inset.annotate(row["title"], (100 * row["chinese"], 100 * row["western"]), (0.02, height), textcoords="axes fraction",
                       ha="left", va="center", arrowprops=line, gid="scenario", zorder=2)  # fmt: skip
    return inset.get_tightbbox()


def _span(values):
    """The ends of an axis: all intervals, zero, and a tenth of room."""
    low, high = min(-8.0, np.nanmin(values)), max(8.0, np.nanmax(values))
    return low - 0.1 * (high - low), high + 0.1 * (high - low)


def _names(ax, table, taken=()):
    """Names beside their points, off the boxes `taken`, and the words for the corners; after the layout is settled."""
    frame = ax.get_window_extent()
    points = [
        (textwrap.fill(row["title"], LINE), 100 * row["chinese"], 100 * row["western"]) for row in table.to_dict("records")
    ]
    points.sort(key=lambda point: -abs(point[1]) - abs(point[2]))
    taken = list(taken)
    for at, ha, va, text in (
        ((0.01, 0.985), "left", "top", "turn toward the West"),
        ((0.01, 0.015), "left", "bottom", "both lose less"),
        ((0.99, 0.985), "right", "top", "both lose more"),
    ):
        written = ax.text(*at, text, transform=ax.transAxes, ha=ha, va=va, color="#555555", style="italic")
        taken.append(labels.extent(written))
    labels.place(ax, points, frame, taken, gid="scenario")

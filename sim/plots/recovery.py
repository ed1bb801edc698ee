"""Recovery: how long until the target is back, as a Kaplan-Meier curve; worlds in which it is not back are censored."""

import warnings

import numpy as np
import pandas as pd

from sim.measures.recovery import kaplan_meier, median_time, recovery_times
from sim.plots import pairs, style

NEEDS_TARGET = True
CAPTION = (
    "Share of worlds in which the target is not yet back, by months since the start: back means that it holds 50% (or 90%) "
    "of the people that it holds in the same world without the intervention, for four weeks in a row. Kaplan-Meier estimate "
    "with 95% bands (log-log); a world that is not back by the end of the run is censored (tick) and says only 'later than "
    "that'. Only worlds that fell below the level are counted; the legend says how many of them are back by the end "
    "of the runs, and by when half are; below the axis, how many are still under observation. "
    "No mean is given: it would leave out those that never come back."
)
LEVELS = (0.5, 0.9)
COLOURS = {0.5: style.BLUE, 0.9: style.VERMILLION}
LINES = {0.5: "-", 0.9: (0, (4, 2))}
MARKS = 12  # months between the counts below the axis


def data(weekly, zones, scenarios, scenario, *, levels=LEVELS):
    """Rows scenario, title, pairs, level, fell, median, kind, months, share, low, high, worlds.

    kind curve: share (0 to 1) of the worlds that fell below the level and are not yet back, from `months` on, with its
    band; censored: a world that ends there; at_risk: worlds still under observation at `months`. fell: how many of the
    pairs fell. median: months, inf where fewer than half come back by the end of the runs. Raises ValueError where no world
    fell below any level.
    """
    weeks, parts = pairs.of_zones(weekly, zones, scenarios, scenario), []
    end = weeks["months"].max()
    for level in levels:
        times = recovery_times(weeks, level)
        fallen = times[times["fell"]]
        if fallen.empty:
            continue
        months, back = fallen["months"].to_numpy(float), fallen["back"].to_numpy(bool)
        start = pd.DataFrame({"months": [0.0], "share": [1.0], "low": [1.0], "high": [1.0]})
        stays = start.assign(months=months.max())
        curve = pd.concat([start, _estimate(months, back) if back.any() else stays])
        lost = pd.DataFrame({"months": np.sort(months[~back])})
        lost["share"] = [curve.loc[curve["months"] <= month, "share"].min() for month in lost["months"]]
        marks = np.arange(0, end + 1, MARKS)
        risk = pd.DataFrame({"months": marks, "worlds": [(months >= mark).sum() for mark in marks]})
        kinds = {"curve": curve, "censored": lost, "at_risk": risk}
        part = pd.concat([rows.assign(kind=kind) for kind, rows in kinds.items()], ignore_index=True)
        parts.append(part.assign(level=level, fell=len(fallen), median=median_time(months, back), pairs=len(times)))
    if not parts:
        raise ValueError(f"{scenario}: in no world did the target fall below {100 * max(levels):.0f} % of what it holds without")
    tidy = pd.concat(parts, ignore_index=True)
    tidy["scenario"], tidy["title"] = scenario, pairs.title_of(scenarios, scenario)
    columns = ["scenario", "title", "pairs", "level", "fell", "median", "kind", "months", "share", "low", "high", "worlds"]
    return tidy.reindex(columns=columns)


def _estimate(months, back):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where all or none are back a band is not defined: it is left empty
        return kaplan_meier(months, back)


def draw(table, provenance=""):
    """A Figure with a curve per level and the worlds under observation below, from the table made by `data`."""
    with style.context():
        levels = sorted(table["level"].unique())
        fig = style.figure(style.DOUBLE_COLUMN * 0.82, 2.9 + 0.32 * len(levels))
        ax = fig.subplots()
        marks = table.loc[table["kind"] == "at_risk", "months"].unique()
        for level in levels:
            mine, colour = table[table["level"] == level], COLOURS.get(level, style.INK)
            curve = mine[mine["kind"] == "curve"]
            median, fell = mine["median"].iloc[0], int(mine["fell"].iloc[0])
            back = fell - int((mine["kind"] == "censored").sum())
            half = f"; half by month {median:.0f}" if np.isfinite(median) else ""
            name = f"Back at {100 * level:.0f}% of its people: in {back or 'none'} of the {fell} worlds that fell{half}"
            line = {"color": colour, "linestyle": LINES.get(level, "-"), "label": name, "zorder": 3}
            ax.step(curve["months"], curve["share"] * 100, where="post", **line)
            band = {"step": "post", "color": colour, "alpha": 0.16, "linewidth": 0}
            ax.fill_between(curve["months"], curve["low"] * 100, curve["high"] * 100, **band)
            ends = mine[mine["kind"] == "censored"]
            ax.plot(ends["months"], ends["share"] * 100, "|", color=colour, markersize=6, zorder=4)
        ax.axhline(50, color=style.GREY, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
        ax.set(ylim=(-2, 104), xlim=(0, max(marks.max(), table["months"].max()) * 1.02), xticks=marks)
        under = [[f"{int(mark)}" for mark in marks]]
        for i, level in enumerate(levels):
            risk = table[(table["level"] == level) & (table["kind"] == "at_risk")].set_index("months")["worlds"]
            under.append([f"{int(risk[mark])}" for mark in marks])
            place = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "right", "va": "top"}
            drop = -5 - 1.24 * style.FONT_SIZE * (i + 1)  # the line of the tick labels that it stands before
            ax.annotate(f"at {100 * level:.0f}%", (0, 0), (-9, drop), color=COLOURS.get(level, style.INK), **place)
        ax.set_xticks(marks, ["\n".join(column) for column in zip(*under, strict=True)])
        ax.set_xlabel("Months since the start; below them, worlds under observation and not yet back")
        ax.set_ylabel("Worlds not yet back (%)")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.02), borderaxespad=0, handlelength=1.8)
        style.heading(fig, table["title"].iloc[0])
        style.finish(fig, f"{table['pairs'].iloc[0]} pairs of worlds, to the end of the runs; bands: 95% intervals. {provenance}")
    return fig

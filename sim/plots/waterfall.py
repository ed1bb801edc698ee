"""The waterfall of displacement: from those removed from the target, through each channel, to what is left of the effect."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from sim.measures.intervals import interval, of_means
from sim.measures.ledger import CHANNELS, channels, ledger
from sim.measures.zones import TARGET
from sim.plots import pairs, style

NEEDS_TARGET = True
CAPTION = (
    "Where the people removed from the target reappear, by channel (means over pairs of worlds, with the intervention minus "
    "without it, in the window of the foot line). Crews that moved away (relocation): those that left the target, beyond "
    "those that do so anyway. Arrivals that went elsewhere (deflection): crews that would have come to the target and stay, "
    "or are founded, elsewhere. New crews elsewhere (entry): those that are founded nowhere without the intervention. Growth "
    "of rivals elsewhere (competitive release): the rest, by which crews that were elsewhere all along are larger than "
    "without the intervention, since room, recruits and victims that those removed would have taken are left to them. The "
    "channels add up to the change elsewhere; what is left is the net change. Lines: 95% intervals over pairs, of each step "
    "by itself. Of 100: the same for each 100 people removed, given only where suppression is shown."
)
NAMES = {
    "removed": "Change in the target",
    "relocation": "Crews that moved away",
    "deflection": "Arrivals that went elsewhere",
    "entry": "New crews elsewhere",
    "competitive_release": "Growth of rivals elsewhere",
    "net": "Net change",
}


def data(weekly, moves, zones, scenarios, scenario, *, window=(6, 36)):
    """Rows scenario, title, pairs, from_month, to_month, step, people, low, high, per_removed, in the order of the page.

    step: removed (the change in the target), the four channels, net. people, low, high: mean over pairs with its 95%
    interval. per_removed: the same for one person removed (empty where suppression is not shown). Raises ValueError where there
    is no elsewhere.
    """
    pairs.need_elsewhere(zones, scenario)
    weeks = pairs.of_zones(weekly, zones, scenarios, scenario)
    mine = moves[moves["scenario"].isin([pairs.BASELINE, scenario])]
    parts = channels(mine, weeks, zones, pairs.contrast(scenarios, scenario), window)
    share = ledger(parts).set_index("channel")["share"]
    steps = {"removed": parts[f"workers_change {TARGET}"], **{channel: parts[channel] for channel in CHANNELS}}
    steps["net"] = steps["removed"] + parts["workers_change elsewhere"]
    rows = []
    for step, people in steps.items():
        found = interval({"people": people.to_numpy(float)}, of_means(lambda mean: mean["people"]))
        per = {"removed": -1.0, "net": share.sum(skipna=False) - 1}.get(step, share.get(step))
        per = np.nan if share.isna().any() else per
        rows.append({"step": step, "people": found["value"], "low": found["low"], "high": found["high"], "per_removed": per})
    tidy = pd.DataFrame(rows)
    head = {"scenario": scenario, "title": pairs.title_of(scenarios, scenario), "pairs": len(parts)}
    for place, (name, value) in enumerate((head | {"from_month": window[0], "to_month": window[1]}).items()):
        tidy.insert(place, name, value)
    return tidy


def draw(table, provenance=""):
    """A Figure with a bar per step, each beginning where the one before it ended, from the table made by `data`."""
    with style.context():
        fig = style.figure(style.DOUBLE_COLUMN * 0.86, 3.1)
        ax, side = fig.subplots(1, 2, sharey=True, width_ratios=(1, 0.26))
        side.axis("off")
        rows = table.set_index("step").loc[list(NAMES)]
        level = 0.0
        for y, (step, row) in enumerate(rows.iterrows()):
            begin, people = (0.0, row["people"]) if step in ("removed", "net") else (level, row["people"])
            colour = style.INK if step == "net" else style.BLUE if people < 0 else style.VERMILLION
            ax.barh(y, people, 0.62, left=begin, color=colour, linewidth=0, zorder=2)
            ax.plot([begin + row["low"], begin + row["high"]], [y, y], color=style.BLACK, linewidth=1.0, zorder=4)
            level = begin + people
            if step != "net":
                ax.plot([level, level], [y + 0.31, y + 0.69], color=style.GREY, linewidth=0.7, zorder=1)
            per = "–" if pd.isna(row["per_removed"]) else style.thousands(100 * row["per_removed"], signed=True)
            for at, text in ((0.52, style.thousands(people, signed=True)), (1.0, per)):
                weight = "bold" if step in ("removed", "net") else "normal"
                side.text(at, y, text, transform=side.get_yaxis_transform(), ha="right", va="center", fontweight=weight)
        for at, head in ((0.52, "people"), (1.0, "of 100")):
            side.text(at, 1.0, head, transform=side.transAxes, ha="right", va="bottom", color="#555555")
        ax.axvline(0, color=style.INK, linewidth=0.7, zorder=3)
        ax.set_yticks(range(len(rows)), [textwrap.fill(NAMES[step], 26) for step in rows.index])
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.margins(x=0.06)
        ax.xaxis.set_major_formatter(style.ticks(style.thousands, signed=True))
        ax.locator_params(axis="x", nbins=5)
        ax.set_xlabel("Change in people held (people, mean over the window)")
        handles = [
            Line2D([], [], color=colour, linewidth=6, label=label)
            for colour, label in ((style.BLUE, "fewer"), (style.VERMILLION, "more"), (style.INK, "what is left"))
        ]
        fig.legend(handles=handles, loc="outside upper right", ncols=3, handlelength=0.8)
        style.heading(fig, table["title"].iloc[0])
        first, last, n = (table[name].iloc[0] for name in ("from_month", "to_month", "pairs"))
        told = f"Means over {n} pairs of worlds, months {first:g} to {last:g} after the start"
        style.finish(fig, f"{told}; lines: 95% intervals over pairs. {provenance}")
    return fig

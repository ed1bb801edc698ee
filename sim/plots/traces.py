"""Decision traces: where a few crews are, what befalls them, what they fear, and whom they defraud, with and without."""

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots import pairs, style

CAPTION = (
    "The same crews in one pair of worlds, week by week, without the intervention (left) and with it (right): the largest "
    "that stood in the target when it began, unless others were asked for. For each crew, from above: its people, coloured "
    "and named by the territory where it is (pale: on the move), with what befell it and why it thought about its site; the "
    "raids per compound-year that its owner expects there (line) and the true hazard (dotted), on a log scale; its working "
    "time by the victims' bloc. A tip-off is word of a raid to come. A cross is the end of a crew. One pair is one possible "
    "course of events and no estimate: read it for how a result comes about."
)
EVENTS = {  # column and value: mark, filled, what it says
    "raid real": ("v", True, "real raid"),
    "raid staged": ("v", False, "staged raid"),
    "ask tipped_off": ("D", False, "tipped off"),
    "ask expelled": ("s", True, "told to leave"),
    "ask review": ("o", False, "review"),
}
WORLDS = {"without": "Without", "with": "With"}
LOWEST = 0.01  # raids per compound-year, the foot of the log scale
WEEK = pd.Timedelta(weeks=1)


def data(traces, zones, scenarios, territories, scenario, *, months_before=12, months_after=60):
    """A row per week, world and crew: scenario, title, seed, start, crew (A, B ...), world, compound, date, territory, name,
    zone, status, workers, hazard and belief (raids per compound-year), event (one of EVENTS, or empty), cause (of a move or of
    the end, in its week), and effort_<bloc> (shares).
    """
    start = pairs.start_of(scenarios, scenario)
    first, last = (start + pd.to_timedelta(month * pairs.DAYS_PER_MONTH, unit="D") for month in (-months_before, months_after))
    rows = traces[pd.to_datetime(traces["date"]).between(first, last)].copy()
    if rows.empty:
        raise ValueError(f"traces: none of the crews is there between {first.date()} and {last.date()}")
    for column in rows.select_dtypes(["category", "object", "str"]):
        rows[column] = rows[column].astype(str)
    size = rows[(rows["world"] == "with") & (rows["date"] >= start - WEEK)].groupby("compound", sort=False)["workers"].first()
    order = dict.fromkeys([*size.sort_values(ascending=False, kind="stable").index, *rows["compound"]])
    crews = {compound: chr(65 + n) for n, compound in enumerate(order)}
    names = {row.territory: row.name.partition(" (")[0] for row in territories[["territory", "name"]].itertuples(index=False)}
    rows["crew"], rows["title"], rows["start"] = rows["compound"].map(crews), pairs.title_of(scenarios, scenario), start
    rows["scenario"], rows["name"] = scenario, rows["territory"].map(names)
    rows["zone"] = pairs.zone_names(rows["territory"], zones, scenario).astype(str)
    kinds = [column + " " + rows[column] for column in ("raid", "ask")]
    rows["event"] = kinds[0].where(kinds[0].isin(EVENTS), kinds[1].where(kinds[1].isin(EVENTS), ""))
    head = ["scenario", "title", "seed", "start", "crew", "world", "compound", "date", "territory", "name", "zone", "status",
            "workers", "hazard", "belief", "event", "cause"]  # fmt: skip
    return rows[[*head, *(name for name in rows if name.startswith("effort_"))]].sort_values(["crew", "world", "date"])


def draw(table, provenance=""):
    """A Figure with three panels per crew and world from the table made by `data`."""
    with style.context():
        table = table.assign(date=pd.to_datetime(table["date"]))
        table[["event", "cause"]] = table[["event", "cause"]].fillna("")
        crews = sorted(table["crew"].unique())
        fig = style.figure(style.DOUBLE_COLUMN, 1.55 + 1.75 * len(crews))
        axes = fig.subplots(3 * len(crews), 2, sharex=True, sharey="row", squeeze=False, height_ratios=[5, 3, 2.2] * len(crews))
        for n, crew in enumerate(crews):
            mine = table[table["crew"] == crew]
            for column, (world, head) in enumerate(WORLDS.items()):
                here, block = mine[mine["world"] == world], axes[3 * n : 3 * n + 3, column]
                _people(block[0], here, 1.18 * max(mine["workers"].max(), 1.0))
                _fear(block[1], here)
                _victims(block[2], here)
                begun = here["name"].iloc[0] if len(here) else ""
                block[0].set_title(f"{head}" if n == 0 and column else f"Crew {crew}, {begun}" if column == 0 else "")
                for ax in block:
                    ax.axvline(pd.Timestamp(mine["start"].iloc[0]), color=style.INK, linewidth=0.7, linestyle=(0, (4, 3)))
            for ax, label in zip(axes[3 * n : 3 * n + 3, 0], ("people", "raids/yr", "victims"), strict=True):
                ax.set_ylabel(label, rotation=0, ha="right", va="center")
        locator = AutoDateLocator(minticks=4, maxticks=7)
        axes[-1, 0].xaxis.set_major_locator(locator)
        axes[-1, 0].xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        axes[-1, 0].set_xlim(table["date"].min(), table["date"].max() + WEEK)
        fig.align_ylabels(axes[:, 0])
        _legend(fig, table)
        style.heading(fig, f"What a few crews do: {table['title'].iloc[0]}")
        style.finish(fig, f"One pair of worlds (seed {int(table['seed'].iloc[0])}), one possible course of events. {provenance}")
    return fig


def _people(ax, here, top):
    """Area of people, a spell in each place, and the events above it."""
    ax.set_ylim(0, top)
    ax.yaxis.set_major_formatter(style.ticks(style.compact))
    ax.locator_params(axis="y", nbins=2)
    place = here["territory"] + here["status"]
    for _, spell in here.groupby((place != place.shift()).cumsum()):
        moving = spell["status"].iloc[0] != "open"
        dates = [*spell["date"], spell["date"].iloc[-1] + WEEK]
        people = spell["workers"].to_numpy(float)
        ax.fill_between(dates, np.append(people, people[-1]), color=_colour(spell), alpha=0.25 if moving else 0.75, linewidth=0)
        if not moving and (dates[-1] - dates[0]).days > 60 + 28 * len(spell["name"].iloc[0]) * 2:
            ax.text(dates[0], 0.04 * top, f" {spell['name'].iloc[0]}", va="bottom", color="white", fontweight="bold")
    for event, (mark, filled, _) in EVENTS.items():
        rows = here[here["event"] == event]
        face = style.INK if filled else "white"
        ax.plot(rows["date"], np.minimum(rows["workers"] + 0.1 * top, 0.95 * top), mark, color=style.INK, markerfacecolor=face,
                markersize=4.5, markeredgewidth=0.9, clip_on=False, zorder=4)  # fmt: skip
    over = here[here["status"] == "closed"]
    ax.plot(over["date"], np.full(len(over), 0.12 * top), "X", color=style.BLACK, markersize=6, zorder=5)


def _colour(spell):
    return style.ZONES.get(spell["zone"].iloc[0], style.INK)


def _fear(ax, here):
    """What the owner expects and what is, raids per compound-year."""
    ax.plot(here["date"], here["belief"].clip(lower=LOWEST), color=style.INK, linewidth=1.1)
    ax.plot(here["date"], here["hazard"].clip(lower=LOWEST), color=style.VERMILLION, linewidth=1.1, linestyle=(0, (1, 1)))
    ax.set_yscale("log")
    ax.set_ylim(LOWEST, 30)
    ax.set_yticks([0.1, 10], ["0.1", "10"])
    ax.minorticks_off()


def _victims(ax, here):
    shares = [100 * here[f"effort_{bloc}"].to_numpy(float) for bloc in style.BLOCS if f"effort_{bloc}" in here]
    colours = [style.BLOCS[bloc] for bloc in style.BLOCS if f"effort_{bloc}" in here]
    ax.stackplot(here["date"], *shares, colors=colours, alpha=0.8, linewidth=0)
    ax.set(ylim=(0, 100), yticks=[0, 100])
    ax.set_yticklabels(["0%", "100%"])


def _legend(fig, table):
    zones = [zone for zone in style.ZONES if zone in set(table["zone"])]
    handles = [Patch(facecolor=style.ZONES[zone], alpha=0.75, label=style.ZONE_NAMES[zone]) for zone in zones]
    point = {"linestyle": "none", "color": style.INK, "markersize": 4.5}
    for event, (mark, filled, label) in EVENTS.items():
        if (table["event"] == event).any():
            face = style.INK if filled else "white"
            handles.append(Line2D([], [], marker=mark, markerfacecolor=face, label=label, **point))
    handles.append(Line2D([], [], color=style.INK, linewidth=1.1, label="raids expected"))
    handles.append(Line2D([], [], color=style.VERMILLION, linewidth=1.1, linestyle=(0, (1, 1)), label="true hazard"))
    if (table["status"] == "closed").any():
        handles.append(Line2D([], [], marker="X", linestyle="none", color=style.BLACK, label="end"))
    blocs = [bloc for bloc in style.BLOCS if f"effort_{bloc}" in table]
    handles += [Patch(facecolor=style.BLOCS[bloc], alpha=0.8, label=style.BLOC_NAMES[bloc]) for bloc in blocs]
    fig.legend(handles=handles, loc="outside lower left", ncols=4, handlelength=1.2, columnspacing=1.2)

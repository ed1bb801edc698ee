"""Decision traces: where a few crews are, what befalls them, what they fear, and whom they defraud, with and without."""

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from sim.plots import pairs, style

CAPTION = (
    "The same crews in one pair of worlds, week by week, without the intervention (left) and with it (right): the largest "
    "that stood in the target when it began, unless others were asked for. For each crew, from above: its people, coloured "
    "and named by the territory where it is (pale: on the move), with what befell it and why it thought about its site; the "
    "raids per compound-year that its owner expects there (line) and the true hazard (dotted), on a log scale; its working "
    "time by the victims' bloc. A tip-off is word of a raid to come; a crew that found no room chose a place that could not "
    "take it, and stayed. A cross is the end of a crew. One pair is one possible course of events and no estimate: read it "
    "for how a result comes about."
)
EVENTS = {  # column and value: mark, filled, what it says
    "raid real": ("v", True, "real raid"),
    "raid staged": ("v", False, "staged raid"),
    "no room": ("P", False, "found no room"),
    "ask tipped_off": ("D", False, "tipped off"),
    "ask expelled": ("s", True, "told to leave"),
    "ask review": ("o", False, "review"),
    "split": ("x", False, "half splits off"),
}
WORLDS = {"without": "without", "with": "with"}
ZONE_NAMES = style.ZONE_NAMES | {pairs.EVERYWHERE: "A place (shades take turns)"}  # of a scenario without a target
HEAD, FOOT, LEFT, GAP, RIGHT, PANELS = 0.30, 1.30, 0.92, 0.22, 0.18, (0.78, 0.42, 0.28)  # inches
BLOCK = sum(PANELS) + 0.46
DAYS_PER_LETTER = 56  # of the time axis, that a letter of a name takes
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
    kept_out = ~rows["bound_for"].isin(["", "nan"]) & (rows["cause"] == "")  # it chose a place and did not get in
    found = [kinds[0].isin(EVENTS), kept_out, kinds[1].isin(EVENTS), rows["split"] > 0]
    rows["event"] = np.select(found, [kinds[0], "no room", kinds[1], "split"], "")
    head = ["scenario", "title", "seed", "start", "crew", "world", "compound", "date", "territory", "name", "zone", "status",
            "workers", "hazard", "belief", "event", "cause"]  # fmt: skip
    return rows[[*head, *(name for name in rows if name.startswith("effort_"))]].sort_values(["crew", "world", "date"])


def draw(table, provenance=""):
    """A Figure with three panels per crew and world from the table made by `data`."""
    with style.context():
        table = table.assign(date=pd.to_datetime(table["date"]))
        table[["event", "cause"]] = table[["event", "cause"]].fillna("")
        crews = sorted(table["crew"].unique())
        height = HEAD + BLOCK * len(crews) + FOOT
        fig = style.figure(style.DOUBLE_COLUMN, height, layout=None)
        for n, crew in enumerate(crews):
            mine = table[table["crew"] == crew]
            for column, (world, head) in enumerate(WORLDS.items()):
                block = _axes(fig, column, height - HEAD - n * BLOCK)
                here = mine[mine["world"] == world]
                if len(here):
                    _people(block[0], here, 1.25 * max(mine["workers"].max(), 1.0))
                    _fear(block[1], here)
                    _victims(block[2], here)
                block[0].set_title(f"Crew {crew}, {head}", pad=3)
                _frame(block, table, column, last=n == len(crews) - 1)
        _legends(fig, table)
        fig.text(0.01, 1 - 0.06 / height, f"What a few crews do: {table['title'].iloc[0]}", va="top", fontweight="bold",
                 fontsize=style.FONT_SIZE + 1)  # fmt: skip
        style.finish(fig, f"One pair of worlds (seed {int(table['seed'].iloc[0])}), one possible course of events. {provenance}")
    return fig


def _axes(fig, column, top):
    """The three panels of a crew in one world, below `top` (inches)."""
    width = (style.DOUBLE_COLUMN - LEFT - GAP - RIGHT) / 2
    tall, panels, y = fig.get_figheight(), [], top - 0.20
    for inches in PANELS:
        left = (LEFT + column * (width + GAP)) / style.DOUBLE_COLUMN
        panels.append(fig.add_axes([left, (y - inches) / tall, width / style.DOUBLE_COLUMN, inches / tall]))
        y -= inches + 0.07
    return panels


def _frame(block, table, column, last):
    """Years below, names at the left, the start as a dashed line."""
    for ax, label in zip(block, ("people", "raids\na year", "victims"), strict=True):
        ax.set_xlim(table["date"].min(), table["date"].max() + WEEK)
        ax.axvline(pd.Timestamp(table["start"].iloc[0]), color=style.INK, linewidth=0.7, linestyle=(0, (4, 3)))
        ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=7))
        ax.tick_params(labelbottom=False)
        if column:
            ax.tick_params(labelleft=False)
        else:
            ax.text(-0.125, 0.5, label, transform=ax.transAxes, ha="right", va="center", linespacing=0.95)
    block[-1].xaxis.set_major_formatter(ConciseDateFormatter(block[-1].xaxis.get_major_locator(), show_offset=False))
    block[-1].tick_params(labelbottom=last)


def _people(ax, here, top):
    """Area of people, a spell in each place, and the events above it."""
    ax.set_ylim(0, top)
    ax.yaxis.set_major_formatter(style.ticks(style.compact))
    ax.locator_params(axis="y", nbins=3)
    place = here["territory"] + here["status"]
    for number, spell in here.groupby((place != place.shift()).cumsum()):
        moving = spell["status"].iloc[0] != "open"
        dates = [*spell["date"], spell["date"].iloc[-1] + WEEK]
        people = spell["workers"].to_numpy(float)
        colour = style.ZONES.get(spell["zone"].iloc[0], style.INK)
        shade = 0.2 if moving else 0.7 if colour != style.INK or number % 4 == 1 else 0.5  # without zones, spells take turns
        ax.fill_between(dates, np.append(people, people[-1]), color=colour, alpha=shade, linewidth=0)
        name = spell["name"].iloc[0]
        if not moving and (dates[-1] - dates[0]).days > DAYS_PER_LETTER * len(name):
            text = ax.text(dates[0], 0.05 * top, f" {name}", va="bottom", color=style.BLACK)
            text.set_path_effects([withStroke(linewidth=2, foreground="white", alpha=0.85)])
    for event, (mark, filled, _) in EVENTS.items():
        rows = here[here["event"] == event]
        ax.plot(rows["date"], np.minimum(rows["workers"] + 0.11 * top, 0.93 * top), mark, color=style.INK, markersize=4.5,
                markerfacecolor=style.INK if filled else "white", markeredgewidth=0.9, zorder=4)  # fmt: skip
    over = here[here["status"] == "closed"]
    ax.plot(over["date"], np.full(len(over), 0.12 * top), "X", color=style.BLACK, markersize=6, zorder=5)


def _fear(ax, here):
    """What the owner expects and what is, raids per compound-year."""
    ax.plot(here["date"], here["belief"].clip(lower=LOWEST), color=style.INK, linewidth=1.1)
    ax.plot(here["date"], here["hazard"].clip(lower=LOWEST), color=style.VERMILLION, linewidth=1.1, linestyle=(0, (1, 1)))
    ax.set_yscale("log")
    ax.set_ylim(LOWEST, 30)
    ax.set_yticks([0.1, 10], ["0.1", "10"])
    ax.minorticks_off()


def _victims(ax, here):
    """Working time by bloc of the victims, per cent."""
    blocs = [bloc for bloc in style.BLOCS if f"effort_{bloc}" in here]
    shares = [100 * here[f"effort_{bloc}"].to_numpy(float) for bloc in blocs]
    ax.stackplot(here["date"], *shares, colors=[style.BLOCS[bloc] for bloc in blocs], alpha=0.8, linewidth=0)
    ax.set(ylim=(0, 100), yticks=[0, 100])
    ax.set_yticklabels(["0%", "100%"])


def _legends(fig, table):
    """Four legends side by side: places, what happens, risk, victims."""
    point = {"linestyle": "none", "color": style.INK, "markersize": 4.5}
    faces = {True: style.INK, False: "white"}
    columns = [
        [Patch(facecolor=style.ZONES[zone], alpha=0.7, label=name) for zone, name in ZONE_NAMES.items()
         if zone in set(table["zone"])],
        [Line2D([], [], marker=mark, markerfacecolor=faces[filled], label=label, **point)
         for event, (mark, filled, label) in EVENTS.items() if (table["event"] == event).any()],
        [Line2D([], [], color=style.INK, linewidth=1.1, label="raids expected"),
         Line2D([], [], color=style.VERMILLION, linewidth=1.1, linestyle=(0, (1, 1)), label="true hazard"),
         *[Line2D([], [], marker="X", label="end of the crew", **point)] * int((table["status"] == "closed").any())],
        [Patch(facecolor=style.BLOCS[bloc], alpha=0.8, label=style.BLOC_NAMES[bloc]) for bloc in style.BLOCS
         if f"effort_{bloc}" in table],
    ]  # fmt: skip
    for handles, x in zip(columns, (0.005, 0.36, 0.555, 0.765), strict=True):
        at = (x, (FOOT - 0.18) / fig.get_figheight())
        fig.legend(handles=handles, loc="upper left", bbox_to_anchor=at, handlelength=1.2, labelspacing=0.25, borderaxespad=0.1)

"""The timeline of states and protectors: who holds which place, what is done about the trade, who is there, in both worlds."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgba
from matplotlib.dates import YearLocator
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.plots import pairs, style

CAPTION = (
    "One pair of worlds, month by month, without the intervention (left) and with it (right). Upper rows, states: colour of "
    "the band, what a state that decides for itself does about the trade on its soil (white: it follows the policy it is "
    "given, or has no soil on the map); dark area, the raids a year that its effort at home would come to with full access, "
    "line, those abroad, as parts of the row's own greatest (right). Lower rows, territories: colour of the band, what "
    "whoever holds the place does; dark area, people held in open compounds, as part of the row's own greatest (right); "
    "bars from above, raids carried out there, real and staged, by the square root of their number, on one scale for all "
    "rows. Below a territory's name: its holder on the first day; a new holder is named where the place changes hands. "
    "Ring: target. Dashed line: start of the intervention. Shown are the target, and the places and states with the most "
    "people and effort. One pair is one possible course of events and no estimate."
)
CONDUCT = {  # what is done about the trade, from letting it be to ending it
    "hosts": style.ORANGE,
    "tolerates": style.PALE,
    "stages raids": style.PURPLE,
    "raids it": style.SKY,
    "expels it": style.BLUE,
    "policy": "#FFFFFF",
}
OF_STATES = {"tolerate": "tolerates", "stage": "stages raids", "suppress": "raids it", "policy": "policy"}
WORLDS = {"without": "Without", "with": "With"}
TINT, ROW, FILL, RAIN = 0.45, 0.36, 0.60, 0.34  # strength of a band; inches of a row; its parts for people and for raids
ACROSS = 32  # letters from one end of the time axis to the other
LONGEST = 36  # letters of a line beside a row: longer names are broken, not cut


def data(timeline, states, zones, scenarios, scenario, *, most_places=13, most_states=6):
    """A row per month, world and shown state or territory, in the order of the page.

    Columns scenario, title, seed, start, kind (state or territory), row, key, name, target (0/1), world, date (first of the
    month), conduct (one of CONDUCT, at the month's end), holder (its name, at the month's end), workers (mean), raids and
    staged_raids (counts), home and abroad (mean raids a year of a state's effort).
    """
    zone = zones[zones["scenario"] == scenario]
    target = set(zone.loc[zone["zone"] == "target", "territory"].astype(str))
    places = timeline.assign(conduct=_conduct(timeline), holder=timeline["holder_name"].astype(str))
    sums = {"workers": "mean", "raids": "sum", "staged_raids": "sum", "conduct": "last", "holder": "last"}
    places = _by_month(places, "territory", sums)
    at_home = states["country"].astype(str).isin(set(timeline["country"].astype(str)))
    course = states["course"].astype(str).map(OF_STATES).where(at_home, "policy")
    powers = states.assign(conduct=course, home=states["raids_a_year_home"], abroad=states["raids_a_year_abroad"])
    powers = _by_month(powers, "state", {"home": "mean", "abroad": "mean", "conduct": "last"})
    places["target"], powers["target"] = places["key"].isin(target).astype(int), 0
    size = places.groupby("key")["workers"].max() + 1e9 * places.groupby("key")["target"].max()
    spent = (powers["home"] + powers["abroad"]).groupby(powers["key"]).max()
    spent += 1e6 * powers["key"].isin(_acting_abroad(powers)).groupby(powers["key"]).max()
    shown = {"state": _in_order(powers, spent, most_states), "territory": _in_order(places, size, most_places)}
    table = pd.concat([part.assign(kind=kind) for kind, part in shown.items()], ignore_index=True)
    told = {"scenario": scenario, "title": pairs.title_of(scenarios, scenario), "seed": timeline["seed"].iloc[0],
            "start": pairs.start_of(scenarios, scenario)}  # fmt: skip
    columns = [*told, "kind", "row", "key", "name", "target", "world", "date", "conduct", "holder", "workers", "raids",
               "staged_raids", "home", "abroad"]  # fmt: skip
    return table.assign(**told).reindex(columns=columns)


def _conduct(timeline):
    """What the holder of a place does there: its course where it has taken one, else its stance."""
    course, stance = timeline["course"].astype(str), timeline["stance"].astype(str)
    found = np.select(
        [timeline["expels"].astype(bool) | (stance == "hostile"), course == "raid", course == "stage", stance == "host"],
        ["expels it", "raids it", "stages raids", "hosts"], "tolerates",
    )  # fmt: skip
    return pd.Series(found, index=timeline.index)


def _acting_abroad(powers):
    """The state that does most abroad in each world, if any does: it is shown whatever it does at home."""
    most = powers[powers["abroad"] > 0].sort_values("abroad").groupby("world")["key"].last()
    return set(most)


def _by_month(table, key, how):
    months = table.assign(key=table[key].astype(str), name=table["name"].astype(str), world=table["world"].astype(str),
                          date=pd.to_datetime(table["date"]).dt.to_period("M").dt.to_timestamp())  # fmt: skip
    return months.groupby(["key", "name", "world", "date"], sort=False).agg(how).reset_index()


def _in_order(table, size, most):
    """The largest, numbered from the top of the page."""
    size = size[size > 0].sort_values(ascending=False, kind="stable").head(most)
    place = {key: n for n, key in enumerate(size.index)}
    return table[table["key"].isin(place)].assign(row=lambda rows: rows["key"].map(place))


def draw(table, provenance=""):
    """A Figure with a column per world and a band per state and territory, from the table made by `data`."""
    with style.context():
        table = table.assign(date=pd.to_datetime(table["date"]), holder=table["holder"].fillna(""))
        heads = table[["kind", "row", "key", "name"]].drop_duplicates().sort_values(["kind", "row"])
        counts = heads.groupby("kind").size().to_dict()
        states, places = counts.get("state", 0), counts.get("territory", 0)
        fig = style.figure(style.DOUBLE_COLUMN, 1.95 + ROW * (states + places))
        axes = fig.subplots(2 if states else 1, 2, sharex=True, sharey="row", squeeze=False,
                            height_ratios=[states, places] if states else [places])  # fmt: skip
        most = max(1.0, (table["raids"].fillna(0) + table["staged_raids"].fillna(0)).max())
        for kind, pair in zip(["state", "territory"] if states else ["territory"], axes, strict=True):
            mine = table[table["kind"] == kind]
            for ax, (world, head) in zip(pair, WORLDS.items(), strict=True):
                for key, here in mine.groupby("key", sort=False):
                    peak = mine.loc[mine["key"] == key, ["workers", "home", "abroad"]].max().max()
                    _band(ax, here[here["world"] == world], kind, peak, most)
                    if world == "with":
                        ax.text(1.015, here["row"].iloc[0] + 0.5, style.compact(peak), va="center",
                                transform=ax.get_yaxis_transform(), color="#555555")  # fmt: skip
                if kind == ("state" if states else "territory"):
                    ax.set_title(head)
            _frame(pair, mine, "States (raids a year)" if kind == "state" else "Places (people held)")
        _legend(fig, table)
        first = table.iloc[0]
        style.heading(fig, f"States, protectors and places: {first['title']}")
        told = f"One pair of worlds (seed {int(first['seed'])}), one possible course of events."
        style.finish(fig, f"{told} Longest bar from above: {most:.0f} raids in a month (square-root scale). {provenance}")
    return fig


def _band(ax, here, kind, peak, most):
    """One state or territory in one world: band, area, line or bars, changes of hands."""
    here = here.sort_values("date")
    dates, bottom = here["date"].to_numpy(), float(here["row"].iloc[0]) + 0.96  # rows run downward
    step = np.diff(dates).min()
    edges = np.append(dates, dates[-1] + step)
    spell = (here["conduct"] != here["conduct"].shift()).cumsum().to_numpy()
    for number in np.unique(spell):
        inside = np.flatnonzero(spell == number)
        colour = CONDUCT[here["conduct"].iloc[inside[0]]]
        ax.fill_between(edges[[inside[0], inside[-1] + 1]], bottom - 0.92, bottom, color=to_rgba(colour, TINT), linewidth=0)
    scale = FILL / max(peak, 1e-9)
    level = bottom - scale * here["workers" if kind == "territory" else "home"].to_numpy(float)
    ax.fill_between(edges, bottom, np.append(level, level[-1]), step="post", color=style.INK, alpha=0.8, linewidth=0)
    if kind == "state":
        if here["abroad"].max() > 0:
            ax.step(dates, bottom - scale * here["abroad"], where="post", color=style.VERMILLION, linewidth=1.2)
        return
    width, top = 0.8 * step, bottom - 0.92
    counts = here["raids"].to_numpy(float), here["raids"].to_numpy(float) + here["staged_raids"].to_numpy(float)
    real, both = (RAIN * np.sqrt(count / most) for count in counts)
    ax.bar(dates, real, width, bottom=top, color=style.VERMILLION, align="edge", linewidth=0)
    ax.bar(dates, both - real, width, bottom=top + real, color=style.BLACK, align="edge", linewidth=0)
    holder = here["holder"].to_numpy()
    for n in np.flatnonzero(holder[1:] != holder[:-1]) + 1:
        ax.plot([dates[n]] * 2, [bottom - 0.92, bottom], color=style.BLACK, linewidth=1.4)
        late = n > 0.5 * len(dates)  # the name stands where there is more room
        letters = int(ACROSS * max(n, len(dates) - n) / len(dates))
        name = "\n".join(f" {part} " for part in textwrap.wrap(holder[n], letters))
        ax.text(dates[n], bottom - 0.46, name, ha="right" if late else "left", va="center", linespacing=0.95, in_layout=False)


def _frame(pair, mine, what):
    """Names at the left, what the areas count above them, years below, the start as a dashed line."""
    first = mine.sort_values("date").groupby("row").first()
    names = []
    for row in first.to_dict("records"):
        name = row["name"] + (" ◎" if row["target"] else "")
        names.append("\n".join([*textwrap.wrap(name, LONGEST), *textwrap.wrap(row["holder"], LONGEST)]))
    for ax in pair:
        ax.set(ylim=(len(names), 0), xlim=(mine["date"].min(), mine["date"].max() + pd.Timedelta(days=31)))
        ax.axvline(pd.Timestamp(mine["start"].iloc[0]), color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(YearLocator(2))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda day, _: f"{pd.Timestamp(day, unit='D'):%Y}"))
    above = {"va": "bottom", "color": "#555555", "style": "italic"}
    pair[0].text(-0.02, -0.12, what, transform=pair[0].get_yaxis_transform(), ha="right", **above)
    pair[1].text(1.015, -0.12, "peak", transform=pair[1].get_yaxis_transform(), **above)
    pair[0].set_yticks(np.arange(len(names)) + 0.5, names, linespacing=0.95)


def _legend(fig, table):
    used = [name for name in CONDUCT if name in set(table["conduct"]) and name != "policy"]
    handles = [Patch(facecolor=to_rgba(CONDUCT[name], TINT), edgecolor=style.GREY, linewidth=0.4, label=name) for name in used]
    rest = {
        "people; effort at home": Patch(facecolor=style.INK, alpha=0.8),
        "effort abroad": Line2D([], [], color=style.VERMILLION, linewidth=1.2) if table["abroad"].max() > 0 else None,
        "real raids": Patch(facecolor=style.VERMILLION) if table["raids"].max() > 0 else None,
        "staged raids": Patch(facecolor=style.BLACK) if table["staged_raids"].max() > 0 else None,
    }
    for label, handle in rest.items():
        if handle is not None:
            handle.set_label(label)
            handles.append(handle)
    fig.legend(handles=handles, loc="outside upper right", ncols=3, handlelength=1.0, columnspacing=1.0)

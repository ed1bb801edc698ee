"""Choices: what each option was worth to a crew in the week in which it moved or stayed, and how likely it was to take it."""

import textwrap

import pandas as pd
from matplotlib.lines import Line2D

from sim.plots import pairs, style

CAPTION = (
    "What the crews of the traces weighed when they thought about their site, with the intervention: for each of up to six "
    "decisions the options worth most, in thousand USD per person over the crew's planning horizon, on the tables as they "
    "stood at that moment. Light dot: expected profit less the expected sanction; dark dot: less also the cost of the move "
    "and more by the owner's ties to the place, which is what is compared. In colour: the option chosen; a crew that finds "
    "no room there stays. (own), (abroad), (remote): in the country where the crew is, across a border, out of the region. "
    "Per cent: how likely each option was before chance, by the nested logit; options that are no place form nests of their "
    "own, and places compete first with others of their nest. Choices to move come first, then the decisions to stay of "
    "greatest doubt. One pair is one possible course of events and no estimate."
)
PANELS, OPTIONS = 6, 6
NAMES = {"stay": "Stay", "hide": "Stay and hide", "exit": "Leave the business"}
NESTS = {"own_country": "own", "abroad": "abroad", "out_of_region": "remote"}
HEAD, FOOT, PANEL, BETWEEN, NAME, CHANCE = 0.72, 0.68, 1.05, 0.46, 2.04, 0.42  # inches
LONGEST = 25  # letters of a place
ASKS = {"review": "on review", "raided": "after a raid", "tipped_off": "tipped off", "expelled": "told to leave"}


def data(options, traces, scenarios, territories, scenario, *, decisions=PANELS, shown=OPTIONS):
    """The options worth most in each decision, best first: scenario, title, seed, decision (1, 2 ...), crew, compound, date,
    origin (name), ask, workers, rank, option, place (name), belief, worth_kusd, net_kusd, probability, taken (0/1).
    """
    start = pairs.start_of(scenarios, scenario)
    rows = options[(options["world"] == "with") & (pd.to_datetime(options["date"]) >= start)] if len(options) else options
    if rows.empty:
        raise ValueError("options: none of the crews thinks about its site after the start")
    rows = rows.assign(date=pd.to_datetime(rows["date"]), place=rows["place"].fillna(""))
    names = dict(zip(territories["territory"].astype(str), territories["name"].str.partition(" (")[0], strict=True))
    letters = _letters(traces, start)
    taken = rows[rows["taken"].astype(bool)]
    taken = taken.assign(stays=taken["option"].isin(["stay", "hide"]).astype(int))
    wanted = taken.sort_values(["stays", "probability"], kind="stable").head(decisions).sort_values(["date", "compound"])
    parts = []
    for number, key in enumerate(wanted[["compound", "date"]].itertuples(index=False), 1):
        mine = rows[(rows["compound"] == key.compound) & (rows["date"] == key.date)]
        mine = mine.sort_values("net_usd", ascending=False, kind="stable").assign(rank=lambda table: range(1, len(table) + 1))
        keep = mine["taken"].astype(bool) | (mine["option"] == "stay")
        best = mine[~keep].head(shown - int(keep.sum()))
        parts.append(mine.loc[sorted([*mine.index[keep], *best.index], key=mine["rank"].get)].assign(decision=number))
    found = pd.concat(parts, ignore_index=True)
    found["crew"], found["origin"] = found["compound"].map(letters), found["from_territory"].map(names)
    found["place"], found["taken"] = found["place"].map(names).fillna(""), found["taken"].astype(bool).astype(int)
    found["worth_kusd"], found["net_kusd"] = found["worth_usd"] / 1000, found["net_usd"] / 1000
    told = {"scenario": scenario, "title": pairs.title_of(scenarios, scenario)}
    columns = [*told, "seed", "decision", "crew", "compound", "date", "origin", "ask", "workers", "rank", "option", "place",
               "belief", "worth_kusd", "net_kusd", "probability", "taken"]  # fmt: skip
    return found.assign(**told)[columns]


def _letters(traces, start):
    """The letter of each crew in the figure of the traces: by size at the start."""
    there = traces[(traces["world"] == "with") & (pd.to_datetime(traces["date"]) >= start - pd.Timedelta(weeks=1))]
    size = there.groupby(there["compound"].astype(str), sort=False)["workers"].first().sort_values(ascending=False, kind="stable")
    return {compound: chr(65 + n) for n, compound in enumerate(size.index)}


def draw(table, provenance=""):
    """A Figure with a panel per decision from the table made by `data`."""
    with style.context():
        table = table.assign(date=pd.to_datetime(table["date"]), place=table["place"].fillna(""))
        decisions = sorted(table["decision"].unique())
        height = HEAD + -(-len(decisions) // 2) * (PANEL + BETWEEN) + FOOT
        fig = style.figure(style.DOUBLE_COLUMN, height, layout=None)
        half = style.DOUBLE_COLUMN / 2
        for n, number in enumerate(decisions):
            left, top = (n % 2) * half, height - HEAD - (n // 2) * (PANEL + BETWEEN)
            box = ((left + NAME) / style.DOUBLE_COLUMN, (top - PANEL) / height, (half - NAME - CHANCE) / style.DOUBLE_COLUMN,
                   PANEL / height)  # fmt: skip
            _panel(fig.add_axes(box), table[table["decision"] == number])
            fig.text((left + 0.07) / style.DOUBLE_COLUMN, (top + 0.05) / height, _heading(table[table["decision"] == number]),
                     va="bottom", fontweight="bold")  # fmt: skip
        unit = "Worth of the option (thousand USD per person over the planning horizon)"
        fig.text(0.5, (FOOT - 0.12) / height, unit, ha="center", va="top")
        _legend(fig, height)
        fig.text(0.01, 1 - 0.06 / height, f"What crews weighed: {table['title'].iloc[0]}", va="top", fontweight="bold",
                 fontsize=style.FONT_SIZE + 1)  # fmt: skip
        told = f"One pair of worlds (seed {int(table['seed'].iloc[0])}), one possible course of events."
        style.finish(fig, f"{told} Per cent: how likely the option was before chance. {provenance}")
    return fig


def _heading(mine):
    first = mine.iloc[0]
    origin = textwrap.shorten(first["origin"], 20, placeholder=" …")
    return f"Crew {first['crew']}, {first['date']:%b %Y}, in {origin}, {ASKS.get(first['ask'], first['ask'])}"


def _legend(fig, height):
    dot = {"marker": "o", "linestyle": "none", "markersize": 4.5}
    handles = [
        Line2D([], [], color=style.GREY, markerfacecolor="white", label="profit less expected sanction", **dot),
        Line2D([], [], color=style.INK, label="less the move, plus ties", **dot),
        Line2D([], [], color=style.VERMILLION, label="the option chosen", **dot),
    ]
    at = (0.005, 1 - 0.25 / height)
    fig.legend(handles=handles, loc="upper left", bbox_to_anchor=at, ncols=3, handletextpad=0.1, columnspacing=1.0)


def _panel(ax, mine):
    """One decision: a row per option, best at the top."""
    names = []
    for y, row in enumerate(mine.to_dict("records")):
        colour = style.VERMILLION if row["taken"] else style.INK
        ax.plot([row["worth_kusd"], row["net_kusd"]], [y, y], color=style.GREY, linewidth=0.8, zorder=1)
        ax.plot(row["worth_kusd"], y, "o", color=style.GREY, markerfacecolor="white", markersize=4.5, zorder=2)
        ax.plot(row["net_kusd"], y, "o", color=colour, markersize=5.5 if row["taken"] else 4.5, zorder=3)
        chance = "" if pd.isna(row["probability"]) else "<1%" if row["probability"] < 0.01 else style.percent(row["probability"])
        ax.text(1.03, y, chance, transform=ax.get_yaxis_transform(), va="center", color=colour)
        place = textwrap.shorten(row["place"].replace(";", ","), LONGEST, placeholder=" …")
        names.append(NAMES.get(row["option"]) or f"{place} ({NESTS[row['option']]})")
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.08)
    ax.locator_params(axis="x", nbins=3)

"""Weekly operations: workers by country or zone through the years, with and without the intervention."""

import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from sim.plots import pairs, style

CAPTION = (
    "Workers held or working in open compounds, week by week, with the intervention and without it; line: median over "
    "worlds, band: the middle 90% of worlds. Dashed line: start of the intervention. Bands of the two worlds overlap "
    "more than their paired differences: for the effect of the intervention see the fan of paired differences."
)
REMOTE = "Remote hosts"


def data(weekly, zones, scenarios, territories, countries, scenario, *, by="country"):
    """Weekly workers by place: columns scenario, title, start, place, world, date, worlds, median, low, high (people).

    by: "country" (remote hosts are one place) or "zone". world is "with" or "without"; low and high are the 5% and
    95% quantiles over worlds.
    """
    if by not in ("country", "zone"):
        raise ValueError(f"operations: by is {by!r}; it may be 'country' or 'zone'")
    rows = pairs.paired(weekly, scenario)
    if by == "zone":
        zone = pairs.zone_names(rows["territory"], zones, scenario)
        rows["place"] = pairs.relabelled(zone, style.ZONE_NAMES.get)
    else:
        names = dict(zip(countries["country"], countries["name"], strict=True))
        where = territories.set_index(territories["territory"].astype(str))
        place = where["country"].map(lambda code: names.get(code, code)).mask(where["remote"].astype(bool), REMOTE)
        rows["place"] = pairs.relabelled(rows["territory"], place.to_dict().get)
    worlds = rows["seed"].nunique()
    both = pairs.totals(rows, ["place", "seed", "date"], "workers")
    by_world = both.stack().unstack("seed", fill_value=0.0)
    bands = pd.DataFrame({name: by_world.quantile(q, axis=1) for name, q in (("median", 0.5), ("low", 0.05), ("high", 0.95))})
    tidy = bands.rename_axis(["place", "date", "world"]).reset_index()
    tidy.insert(0, "scenario", scenario)
    tidy.insert(1, "title", pairs.title_of(scenarios, scenario))
    tidy.insert(2, "start", pairs.start_of(scenarios, scenario))
    tidy.insert(3, "worlds", worlds)
    return tidy


def draw(table, provenance=""):
    """A Figure with one panel per place that holds anybody, the largest first, from the table made by `data`."""
    with style.context():
        size = table.groupby("place")["high"].max().sort_values(ascending=False)
        size = size[size > 0] if (size > 0).any() else size  # a place where nobody is held in any world has no panel
        places = [place for place in size.index if place != REMOTE] + [place for place in size.index if place == REMOTE]
        columns = 2 if len(places) <= 4 else 3
        rows = -(-len(places) // columns)
        fig = style.figure(style.DOUBLE_COLUMN, 0.9 + 1.45 * rows)
        axes = fig.subplots(rows, columns, sharex=True, squeeze=False).ravel()
        name, title = table["scenario"].iloc[0], table["title"].iloc[0]
        start = pd.Timestamp(table["start"].iloc[0])
        for ax, place in zip(axes, places, strict=False):
            here = table[table["place"] == place]
            for world, colour, label in (
                ("without", style.GREY, "Without the intervention"),
                ("with", style.scenario_colour(name), title),
            ):
                one = here[here["world"] == world].sort_values("date")
                date = pd.to_datetime(one["date"])
                ax.fill_between(date, one["low"], one["high"], color=colour, alpha=0.25, linewidth=0)
                ax.plot(date, one["median"], color=colour, linewidth=1.2, label=label)
            ax.axvline(start, color=style.INK, linewidth=0.7, linestyle=(0, (4, 3)))
            ax.set_title(place)
            ax.set_ylim(0, max(1.0, 1.08 * here["high"].max()))
            ax.set_xlim(date.min(), date.max())
            ax.yaxis.set_major_formatter(style.ticks(style.compact))
            locator = AutoDateLocator(minticks=2, maxticks=5)
            ax.xaxis.set_major_locator(locator)
            ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
        for ax in axes[len(places) :]:
            ax.set_visible(False)
        for ax in axes[max(0, len(places) - columns) : len(places)]:
            ax.tick_params(labelbottom=True)
        fig.supylabel("Workers in open compounds (people)", fontsize=style.FONT_SIZE)
        handles, names = axes[0].get_legend_handles_labels()
        fig.legend(handles, names, loc="outside upper left", ncols=2)
        worlds = table["worlds"].iloc[0]
        told = f"Week by week, median and middle 90% of {worlds} worlds each; dashed: the start; vertical scales differ."
        style.finish(fig, told + f" {provenance}")
    return fig

"""Map of the change in workers per hexagon, with the extra moves across borders, at several times after the start."""

import pandas as pd

from sim.plots import background, map_panel, pairs, style

CAPTION = (
    "Change in workers held or working in open compounds, per hexagon (H3 resolution 4, about 1,700 km2): with the "
    "intervention minus without it in the same world, mean over pairs, at the given months after the start. Arrows: "
    "workers moved across a border per year beyond those moved without it, since the panel before (or the "
    "start), between the label points of territories; only the largest are drawn. Boxes: remote hosts, drawn beside "
    "the map, with their change in workers. Ring, or dot where they are many: target; where nearly all places are, none is "
    "marked, and the foot says so. Model output at territory level, not a record of places. "
    + background.NOTE
)
MONTHS = (6, 12, 24, 36)
SNAPSHOT_DAYS = 50  # a snapshot stands for a month when it lies at most this far from it (snapshots come quarterly)
COLUMNS = [
    "scenario", "title", "pairs", "kind", "months", "date", "cell", "territory", "name", "country", "remote", "lat",
    "lon", "to_territory", "to_name", "to_remote", "to_lat", "to_lon", "without", "with", "change", "agree",
]  # fmt: skip


def data(cells, moves, cells_geo, territories, zones, scenarios, scenario, *, months=MONTHS):
    """Everything on the map, one row each, told apart by `kind`:

    cell   workers in a cell of the grid (without, with, change: people, means over pairs), zero rows included
    host   the same for a remote host
    flow   workers moved from `territory` to `to_territory` in another country (people per year)
    place  label point of a target territory

    agree is the share of pairs whose change has the sign of the mean. Months without a snapshot within
    SNAPSHOT_DAYS are left out; an error says so when that leaves none.
    """
    start = pairs.start_of(scenarios, scenario)
    rows = pairs.paired(cells, scenario)
    seeds = sorted(rows["seed"].unique())
    dates = _snapshots(rows["date"], start, months)
    if not dates:
        raise ValueError(f"cells: no snapshot within {SNAPSHOT_DAYS} days of months {months} after {start.date()}")
    moves = moves[moves["destination_territory"].notna() & moves["origin_territory"].notna()]
    moves = moves[moves["seed"].isin(seeds) & (moves["date"] >= start)]
    parts, since = [], start
    for month, date in dates.items():
        parts.append(_change(rows[rows["date"] == date], cells_geo, territories, seeds).assign(months=month, date=date))
        recent = moves[(moves["date"] >= since) & (moves["date"] < date)]
        years = (date - since).days / 365.25
        parts.append(_flows(recent, territories, scenario, seeds, years).assign(months=month, date=date))
        since = date
    is_target = (zones["scenario"] == scenario) & (zones["zone"] == "target")
    targets = territories[territories["territory"].isin(set(zones.loc[is_target, "territory"].astype(str)))]
    parts.append(targets[["territory", "name", "country", "remote", "lat", "lon"]].assign(kind="place"))
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    table["scenario"], table["title"], table["pairs"] = scenario, pairs.title_of(scenarios, scenario), len(seeds)
    return table.reindex(columns=COLUMNS)


def _snapshots(dates, start, months):
    """{month: the snapshot date nearest to that month}, as far as there is one."""
    found, dates = {}, pd.Series(pd.to_datetime(dates.unique()))
    for month in months:
        distance = (dates - (start + pd.to_timedelta(month * pairs.DAYS_PER_MONTH, unit="D"))).abs()
        if distance.min() <= pd.Timedelta(days=SNAPSHOT_DAYS):
            found[month] = dates[distance.idxmin()]
    return found


def _change(snapshot, cells_geo, territories, seeds):
    """Rows of kind cell and host: means over all `seeds` (a missing row is a cell without workers)."""
    both = pairs.totals(snapshot.astype({"cell": str}), ["cell", "seed"], "workers")
    change = (both["with"] - both["without"]).unstack("seed", fill_value=0.0).reindex(columns=seeds, fill_value=0.0)
    mean = change.mean(axis=1)
    sign = change.mul(mean, axis=0) > 0
    sums = both.groupby("cell").sum() / len(seeds)
    stats = sums.assign(change=mean, agree=sign.mean(axis=1))
    table = cells_geo[["cell", "territory", "country", "remote", "lat", "lon"]].merge(stats.reset_index(), on="cell", how="left")
    table[["with", "without", "change"]] = table[["with", "without", "change"]].fillna(0.0)
    table = table.merge(territories[["territory", "name"]], on="territory", how="left")
    return table.assign(kind=table["remote"].astype(bool).map({True: "host", False: "cell"}))


def _flows(moves, territories, scenario, seeds, years):
    """Rows of kind flow: people moved per year from a territory to one of another country, with and without."""
    country = dict(zip(territories["territory"], territories["country"], strict=True))
    keys = ["origin_territory", "destination_territory"]
    moves = moves[moves["scenario"].isin([pairs.BASELINE, scenario])].astype(dict.fromkeys(keys, str))
    moves = moves[moves[keys[0]].map(country) != moves[keys[1]].map(country)]
    moves = moves.assign(world=(moves["scenario"] == scenario).map({True: "with", False: "without"}))
    flows = (pairs.totals(moves, keys, "workers") / len(seeds) / years).reset_index()
    flows = flows.rename(columns={"origin_territory": "territory", "destination_territory": "to_territory"})
    flows["change"] = flows["with"] - flows["without"]
    ends = territories[["territory", "name", "country", "remote", "lat", "lon"]]
    to = ends.drop(columns="country").add_prefix("to_")
    return flows.merge(ends, on="territory").merge(to, on="to_territory").assign(kind="flow")


def draw(table, provenance="", *, months=None, columns=2, extent=None, smallest_flow=50.0, most_flows=12,
         region="southeast_asia"):  # fmt: skip
    """A Figure with one map per time from the table made by `data`.

    months: those to draw (all); columns: maps side by side; extent: (west, south, east, north) in degrees (the whole
    grid); smallest_flow: people per year below which no arrow is drawn; most_flows: arrows per map at most.
    """
    with style.context():
        if months is not None:
            table = table[table["months"].isna() | table["months"].isin(months)]
        months = sorted(table["months"].dropna().unique())
        columns = min(columns, len(months))
        rows = -(-len(months) // columns)
        grid = table[table["kind"] == "cell"]
        if extent is None:
            extent = grid["lon"].min() - 0.6, grid["lat"].min() - 1.0, grid["lon"].max() + 0.6, grid["lat"].max() + 0.6
        hosts = table.loc[table["kind"] == "host", "territory"].nunique()
        frame = map_panel.Frame.around(*extent, style.DOUBLE_COLUMN / columns, hosts)
        head, foot, gap = 0.26, 0.92, 0.10
        height = head + rows * (frame.height + gap) + foot
        fig = style.figure(style.DOUBLE_COLUMN, height, layout=None)
        scale = map_panel.Scale.of(table)
        flows = map_panel.drawn_flows(table, smallest_flow, most_flows)
        names = map_panel.names_to_write(table, flows)
        for i, month in enumerate(months):
            left = (i % columns) * frame.width
            bottom = height - head - (i // columns + 1) * frame.height - (i // columns) * gap
            box = [left / fig.get_figwidth(), bottom / height, frame.width / fig.get_figwidth(), frame.height / height]
            ax = fig.add_axes(box)
            map_panel.draw(ax, month, table, flows, names, scale, frame, region)
            date = pd.Timestamp(table.loc[table["months"] == month, "date"].iloc[0])
            ax.text(frame.map_west, frame.north, f" +{int(month)} months ({date:%b %Y})", va="bottom", fontweight="bold")
        title, pairs_count = table["title"].iloc[0], int(table["pairs"].iloc[0])
        fig.text(0.01, 1 - 0.08 / height, f"{title}: change in workers against worlds without it", va="top", fontweight="bold")
        map_panel.legends(fig, scale, flows, foot)
        mark = map_panel.targets_on_map(table)[1]
        told = {"ring": "Ring: target. ", "dot": "Dots: targets. ", "": "Nearly every place is target; none is marked. "}[mark]
        told = told if (table["kind"] == "place").any() else ""
        style.finish(fig, f"Mean of {pairs_count} pairs of worlds. {told}{background.NOTE} {provenance}")
    return fig

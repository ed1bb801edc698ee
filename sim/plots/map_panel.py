"""One map of the change map: hexagons, arrows, boxes of remote hosts, names; and the legends all maps share."""

from typing import NamedTuple

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import SymLogNorm
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.transforms import Bbox, TransformedBbox

from sim.plots import background, labels, style

STRIP = 0.96  # inches: the boxes of the remote hosts, west of the map, where most of them lie
GAP = 0.08
TITLE = 0.20  # inches above the map
BOX_HEIGHT = 0.268  # inches: two lines of print
WIDEST_ARROW = 3.2  # points
MANY = 8  # targets, above which rings would lie over each other: then each is a dot, and none where nearly all are target
NEARLY_ALL = 0.9  # of the territories on the map
SMALLEST_CHANGE = 1.0  # people; a cell that changes less is left blank


class Frame(NamedTuple):
    """Where things lie in one panel: inches, and degrees for the map."""

    width: float
    height: float
    west: float
    east: float
    south: float
    north: float  # of the map; the title stands above it
    top: float
    map_west: float
    strip_east: float  # longitude of the right edge of the boxes

    @classmethod
    def around(cls, west, south, east, north, width, hosts):
        """A panel of `width` inches around a part of the world (degrees), high enough for the boxes of `hosts`."""
        strip = STRIP if hosts else 0.0
        inch = (east - west) / (width - strip - GAP)  # degrees of longitude per inch
        tall = inch / background.aspect(south, north)  # degrees of latitude per inch
        south = min(south, north - (hosts * BOX_HEIGHT - TITLE) * tall)
        return cls(
            width=width, height=(north - south) / tall + TITLE,
            west=west - strip * inch - GAP * inch / 2, east=east + GAP * inch / 2,
            south=south, north=north, top=north + TITLE * tall, map_west=west, strip_east=west - GAP * inch,
        )  # fmt: skip


class Scale(NamedTuple):
    """Colours of changes (people per cell) and widths of arrows (people per year)."""

    norm: SymLogNorm
    largest_change: float
    largest_flow: float

    @classmethod
    def of(cls, table):
        change = table.loc[table["kind"].isin(["cell", "host"]), "change"].abs().max()
        top = nice(change)
        flow = table.loc[table["kind"] == "flow", "change"].max()
        return cls(SymLogNorm(10, vmin=-top, vmax=top, base=10), top, nice(0.0 if np.isnan(flow) else flow))

    def arrow(self, people):
        """Width in points."""
        return 0.5 + (WIDEST_ARROW - 0.5) * min(1.0, people / self.largest_flow)


def nice(value):
    """The next of 100, 200, 500, 1000 ... at or above a value."""
    size = 100.0
    while True:
        for step in (1, 2, 5):
            if step * size >= value:
                return step * size
        size *= 10


def drawn_flows(table, smallest, most):
    """The flows that get an arrow: the largest of each month, people per year above `smallest`."""
    flows = table[(table["kind"] == "flow") & (table["change"] >= smallest)]
    flows = flows[~(flows["remote"].astype(bool) & flows["to_remote"].astype(bool))]
    return flows.sort_values("change", ascending=False).groupby("months").head(most)


def targets_on_map(table):
    """The label points of the targets within the grid, and how each is marked: "ring", "dot", "" where nearly all are target."""
    places = table[(table["kind"] == "place") & ~table["remote"].astype(bool)]
    there = table.loc[table["kind"] == "cell", "territory"].nunique()
    mark = "ring" if len(places) <= MANY else "dot" if len(places) < NEARLY_ALL * there else ""
    return places, mark


def names_to_write(table, flows, most=7):
    """Places named on every map: targets if they are few, then territories with the largest flows: (name, lon, lat)."""
    found, weight = {}, {}
    targets, mark = targets_on_map(table)
    for row in targets.to_dict("records") if mark == "ring" else ():
        found.setdefault(row["name"], (row["lon"], row["lat"]))
    for row in flows.to_dict("records"):
        for end in ("", "to_"):
            if not row[f"{end}remote"]:
                place = (row[f"{end}name"], row[f"{end}lon"], row[f"{end}lat"])
                weight[place] = weight.get(place, 0.0) + row["change"]
    for (name, lon, lat), _ in sorted(weight.items(), key=lambda item: -item[1]):
        if len(found) < most:
            found.setdefault(name, (lon, lat))
    return [(short(name, 24), lon, lat) for name, (lon, lat) in found.items()]


def draw(ax, month, table, flows, names, scale, frame, region):
    """The map of one month on `ax`; names keep clear of the arrows of all months, so that they stand still."""
    now, (targets, mark) = table[table["months"] == month], targets_on_map(table)
    ax.set_xlim(frame.west, frame.east)
    ax.set_ylim(frame.south, frame.top)
    ax.set_aspect("auto")  # the frame already has the map's proportions
    ax.axis("off")
    before = set(ax.get_children())
    background.draw(ax, region)
    cells = now[(now["kind"] == "cell") & (now["change"].abs() >= SMALLEST_CHANGE)]
    colours = ScalarMappable(scale.norm, style.CHANGE).to_rgba(cells["change"].to_numpy())
    order = np.argsort(cells["change"].abs().to_numpy())
    polygons = background.hexagons(cells["cell"])
    ax.add_collection(
        PolyCollection(
            [polygons[i] for i in order], facecolors=colours[order], edgecolors=colours[order], linewidths=0.5, zorder=4
        ),
        autolim=False,
    )
    clip = TransformedBbox(Bbox.from_extents(frame.map_west, frame.south, frame.east, frame.north), ax.transData)
    for artist in set(ax.get_children()) - before:
        artist.set_clip_box(clip)
    if mark == "ring":
        ring = {"markersize": 8, "markerfacecolor": "none", "markeredgewidth": 1.0}
        ax.plot(targets["lon"], targets["lat"], "o", color=style.BLACK, zorder=7, gid="target", **ring)
    elif mark == "dot":
        dot = {"markersize": 2.6, "markeredgecolor": "white", "markeredgewidth": 0.4}
        ax.plot(targets["lon"], targets["lat"], "o", color=style.BLACK, zorder=7, gid="target", **dot)
    sides = _hosts(ax, now[now["kind"] == "host"], scale, frame)
    for row in flows[flows["months"] == month].to_dict("records"):
        start = sides.get(row["territory"], (row["lon"], row["lat"]))
        end = sides.get(row["to_territory"], (row["to_lon"], row["to_lat"]))
        _arrow(ax, start, end, scale.arrow(row["change"]))
    ends = flows.drop_duplicates(["territory", "to_territory"]).to_dict("records")
    avoid = [point for row in ends for point in _along(row, sides)]
    marked = zip(targets["lon"], targets["lat"], strict=True) if mark else ()
    rings = [labels.around(ax, x, y, 5 if mark == "ring" else 1.3) for x, y in marked]
    written = labels.place(ax, names, clip, rings, avoid, gid="place")
    near = [place for place in background.outlines(region)[2] if place[2] < frame.north + 3]
    countries = [(name, lon, min(lat, frame.north - 1.5)) for name, lon, lat in near]
    countries = [place for place in countries if clip.contains(*ax.transData.transform(place[1:]))]
    taken = rings + [labels.extent(text) for text in written]
    labels.place(ax, countries, clip, taken, avoid, leader=False, color="#767676", style="italic", gid="country")


def _hosts(ax, hosts, scale, frame):
    """Boxes of the remote hosts from north to south; returns the point where arrows meet each box, by territory."""
    hosts = hosts.sort_values("lat", ascending=False)
    sides, left = {}, frame.west + 0.04 * (frame.strip_east - frame.west)
    step = (frame.top - frame.south) / max(len(hosts), 1)
    for i, row in enumerate(hosts.to_dict("records")):
        middle = frame.top - (i + 0.5) * step
        face = style.CHANGE(scale.norm(row["change"]))
        luminance = 0.299 * face[0] + 0.587 * face[1] + 0.114 * face[2]
        colour = "white" if luminance < 0.5 else style.BLACK
        box = FancyBboxPatch(
            (left, middle - 0.45 * step), frame.strip_east - left, 0.9 * step, boxstyle="square,pad=0", facecolor=face,
            edgecolor="#666666", linewidth=0.4, zorder=5,
        )  # fmt: skip
        ax.add_patch(box)
        ax.text(
            (left + frame.strip_east) / 2, middle - 0.03 * step,
            f"{short(row['name'])}\n{style.thousands(row['change'], signed=True)}",
            ha="center", va="center", color=colour, zorder=6, linespacing=0.95, gid="host",
        )  # fmt: skip
        sides[row["territory"]] = (frame.strip_east, middle)
    return sides


def short(name, most=16):
    """A host's name cut to its first part: 'South Caucasus & Türkiye' -> 'South Caucasus'."""
    for mark in (" &", " and ", " (", ",", ";", "/"):
        name = name.split(mark)[0]
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _bow(start, end):
    """Curvature of an arrow: short ones bow more, so that neighbours can be told apart."""
    distance = np.hypot(end[0] - start[0], end[1] - start[1])
    return 0.32 if distance < 6 else 0.18


def _arrow(ax, start, end, width):
    arrow = FancyArrowPatch(
        start, end, arrowstyle=f"-|>,head_length={0.28 + 0.04 * width},head_width={0.13 + 0.03 * width}", mutation_scale=10,
        connectionstyle=f"arc3,rad={_bow(start, end)}", linewidth=width, color=style.INK, alpha=0.9,
        shrinkA=2, shrinkB=1, zorder=6, capstyle="butt", joinstyle="miter", gid="flow",
    )  # fmt: skip
    arrow.set_path_effects([Stroke(linewidth=width + 1.0, foreground="white", alpha=0.7), withStroke(linewidth=0)])
    ax.add_patch(arrow)


def _along(row, sides):
    """Points along an arrow, to keep names off it."""
    start = np.array(sides.get(row["territory"], (row["lon"], row["lat"])), float)
    end = np.array(sides.get(row["to_territory"], (row["to_lon"], row["to_lat"])), float)
    rise = _bow(start, end) * np.array([end[1] - start[1], start[0] - end[0]])
    return [start + t * (end - start) + 2 * t * (1 - t) * rise for t in np.linspace(0.05, 0.95, 10)]


def legends(fig, scale, flows, foot):
    """Colour bar and arrow widths above the foot line; `foot` is the height set aside, in inches."""
    width, height = fig.get_figwidth(), fig.get_figheight()
    bar = fig.add_axes([0.35 / width, (foot - 0.20) / height, 3.2 / width, 0.11 / height])
    powers = [power for power in range(1, 7) if 10**power <= scale.largest_change]
    ticks = [10**power for power in (powers if len(powers) <= 3 else powers[1::2])]  # as many as the bar has room for
    mappable = ScalarMappable(scale.norm, style.CHANGE)
    colour_bar = fig.colorbar(mappable, cax=bar, orientation="horizontal", ticks=[-t for t in ticks[::-1]] + [0, *ticks])
    colour_bar.ax.xaxis.set_major_formatter(style.ticks(style.compact, signed=True))
    colour_bar.ax.minorticks_off()
    colour_bar.outline.set_linewidth(0.4)
    colour_bar.set_label("Change in workers (people per hexagon or box, log scale)", labelpad=1)
    if flows.empty:
        return
    key = fig.add_axes([4.0 / width, (foot - 0.42) / height, 2.9 / width, 0.40 / height])
    key.set(xlim=(0, 2.9), ylim=(0, 0.40))
    key.axis("off")
    for i, people in enumerate((scale.largest_flow, scale.largest_flow / 5)):
        x = 0.05 + 1.2 * i
        _arrow(key, (x, 0.28), (x + 0.42, 0.28), scale.arrow(people))
        key.text(x + 0.48, 0.28, style.thousands(people), va="center")
    key.text(0.05, 0.06, "Extra workers moved across a border per year", va="center")

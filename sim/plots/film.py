"""A film of one pair: the map of people held, without and with the intervention and the difference, quarter by quarter.

Not a figure of `names()`: it is made on request, since a film says nothing that the maps do not, and takes longer.
"""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, SymLogNorm, to_rgb
from PIL import Image

from sim.plots import background, map_panel, pairs, style

NOTE = (
    "People held in open compounds per hexagon (H3 resolution 4, about 1,700 km2), in one world without the intervention, in the "
    "same world with it, and the difference, once a quarter. Hosts out of the region are not shown. Ring: target. One pair is "
    "one possible course of events and no estimate. Model output at territory level, not a record of places. " + background.NOTE
)
LEVEL = LinearSegmentedColormap.from_list("level", ["#F2F0F7", "#9E9AC8", "#3F007D"])
PANELS = {"without": "Without", "with": "With", "change": "With minus without"}
DPI = 130
SECONDS = 0.35  # each quarter
REST = 2.0  # the last one


def data(cells, cells_geo, territories, zones, scenarios, scenario, *, seed=None):
    """Rows scenario, title, start, seed, kind, date, cell, lat, lon, without, with, change: cells and (kind place) targets.

    seed: which pair; the first that both worlds have. Only cells of the grid that ever hold anybody.
    """
    rows = pairs.paired(cells, scenario)
    seeds = sorted(rows["seed"].unique())
    seed = seeds[0] if seed is None else seed
    if seed not in seeds:
        raise ValueError(f"film: no pair with seed {seed}; there are {', '.join(map(str, seeds))}")
    rows = rows[rows["seed"] == seed].astype({"cell": str})
    grid = cells_geo.loc[~cells_geo["remote"].astype(bool), ["cell", "lat", "lon"]]
    tidy = pairs.totals(rows, ["date", "cell"], "workers").reset_index().merge(grid, on="cell")
    tidy["change"] = tidy["with"] - tidy["without"]
    is_target = (zones["scenario"] == scenario) & (zones["zone"] == "target")
    targets = territories[territories["territory"].isin(set(zones.loc[is_target, "territory"].astype(str)))]
    places = targets.loc[~targets["remote"].astype(bool), ["lat", "lon"]]
    tidy = pd.concat([tidy.assign(kind="cell"), places.assign(kind="place")], ignore_index=True)
    told = {"scenario": scenario, "title": pairs.title_of(scenarios, scenario), "start": pairs.start_of(scenarios, scenario)}
    return tidy.assign(**told, seed=seed)


def write(table, folder, stem, manifest_digest, region="southeast_asia"):
    """Write stem.gif, stem.csv and stem.txt into `folder`, each under a passing name first. Returns their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = table.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d", float_format="%.1f")
    note = f"{NOTE}\n\nModel output. Manifest: {manifest_digest}\n"
    contents = {".gif": _gif(table, manifest_digest, region), ".csv": numbers.encode(), ".txt": note.encode()}
    paths = []
    for suffix, content in contents.items():
        path = folder / f"{stem}{suffix}"
        passing = path.with_name(f".{path.name}.part")
        passing.write_bytes(content)
        paths.append(passing.replace(path))
    return paths


def _gif(table, digest, region):
    pictures = [_pixels(fig) for fig in frames(table, f"Run {digest}.", region)]
    palette = _palette()  # one for all: colours must not flicker
    few = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    durations = [int(1000 * SECONDS)] * (len(few) - 1) + [int(1000 * REST)]
    film = io.BytesIO()
    few[0].save(film, "GIF", save_all=True, append_images=few[1:], duration=durations, loop=0, optimize=False)
    return film.getvalue()


def _palette():
    """256 colours: those of the two scales, of the land, and greys for print."""
    scales = [colours(np.linspace(0, 1, 96))[:, :3] for colours in (LEVEL, style.CHANGE)]
    fixed = [to_rgb(colour) for colour in (background.LAND, background.BORDER, background.RIVER, style.INK)]
    greys = np.linspace(0, 1, 256 - 2 * 96 - len(fixed))[:, None].repeat(3, axis=1)
    picture = Image.new("P", (1, 1))
    picture.putpalette((np.vstack([*scales, fixed, greys]) * 255).round().astype("uint8").tobytes())
    return picture


def _pixels(fig):
    fig.canvas.draw()
    return Image.fromarray(np.asarray(fig.canvas.buffer_rgba())[..., :3].copy())


def frames(table, provenance="", region="southeast_asia"):
    """The same Figure again and again, at each date with other colours: land, names and scales are drawn once."""
    with style.context():
        cells, places = table[table["kind"] == "cell"], table[table["kind"] == "place"]
        dates = sorted(pd.to_datetime(cells["date"].unique()))
        shapes = {key: wide for key in PANELS for wide in [cells.pivot(index="cell", columns="date", values=key).fillna(0.0)]}
        west, east = cells["lon"].min() - 0.6, cells["lon"].max() + 0.6
        south, north = cells["lat"].min() - 0.6, cells["lat"].max() + 0.6
        width = style.DOUBLE_COLUMN / 3 - 0.08
        height = width * (north - south) / (east - west) * background.aspect(south, north)
        fig = style.figure(style.DOUBLE_COLUMN, height + 1.55, layout=None)
        fig.set_dpi(DPI)
        tall, polygons, drawn = fig.get_figheight(), background.hexagons(shapes["change"].index), {}
        for i, (key, head) in enumerate(PANELS.items()):
            left = (0.04 + i * (width + 0.08)) / style.DOUBLE_COLUMN
            ax = fig.add_axes([left, 1.05 / tall, width / style.DOUBLE_COLUMN, height / tall])
            ax.set(xlim=(west, east), ylim=(south, north), aspect="auto", xticks=[], yticks=[])
            background.draw(ax, region)
            top = map_panel.nice(shapes[key].abs().to_numpy().max())
            norm = SymLogNorm(10, vmin=-top if key == "change" else 0, vmax=top, base=10)
            colours = ScalarMappable(norm, style.CHANGE if key == "change" else LEVEL)
            collection = ax.add_collection(PolyCollection(polygons, linewidths=0.3, zorder=4), autolim=False)
            ax.plot(places["lon"], places["lat"], "o", markersize=7, markerfacecolor="none", color=style.BLACK, zorder=5)
            ax.set_title(head)
            bar = fig.add_axes([left + 0.035, 0.82 / tall, width / style.DOUBLE_COLUMN - 0.07, 0.09 / tall])
            marks = [-top, -100, 0, 100, top] if key == "change" else [0, 100, top]
            fig.colorbar(colours, cax=bar, orientation="horizontal", ticks=marks)
            bar.xaxis.set_major_formatter(style.ticks(style.compact, signed=key == "change"))
            bar.minorticks_off()
            drawn[key] = collection, colours
        first = table.iloc[0]
        title = fig.text(0.006, 1 - 0.06 / tall, "", va="top", fontweight="bold")
        style.stamp(fig, f"People per hexagon, log scale; one pair of worlds (seed {int(first['seed'])}), one possible course of "
                         f"events and no estimate. {background.NOTE} {provenance}")  # fmt: skip
        for date in dates:
            for key, (collection, colours) in drawn.items():
                values = shapes[key][date].to_numpy()
                rgba = colours.to_rgba(values)
                rgba[:, 3] = np.abs(values) >= map_panel.SMALLEST_CHANGE
                collection.set(facecolors=rgba, edgecolors=rgba)
            months = (date - pd.Timestamp(first["start"])).days / pairs.DAYS_PER_MONTH
            when = f"{abs(months):.0f} months {'after' if months >= 0 else 'before'} the start"
            title.set_text(f"{first['title']}: {date:%B %Y}, {when}")
            yield fig

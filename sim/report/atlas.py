"""The map with a slider: people held in each hexagon at every snapshot, in every world, as data for a script.

The projection is the one of the printed maps: longitude and latitude at the scale of the middle of the map.
"""

import numpy as np
import pandas as pd

from sim.plots import background

WIDTH = 400.0  # units of the drawing, from the western edge to the eastern one
MARGIN = 0.6  # degrees around the grid
LEAST = 0.5  # people, mean over worlds: below it a hexagon is empty
DAYS_PER_MONTH = 365.25 / 12
OPENS_AT = 24  # months after the start of the first scenario


def atlas(cells, cells_geo, territories, scenarios, zones, region):
    """Plain data of the map: view, land, hexagons, hosts, dates, worlds and scenarios.

    cells: scenario, seed, date, cell, territory, workers.   cells_geo, territories: of the region as shipped.
    worlds: {scenario: [[number of the hexagon, people at each date ...]]}, means over its worlds, rounded; a hexagon that is
    missing is empty. Hosts out of the region are hexagons without a shape: they are listed beside the map.
    Returns None where there is nothing to show.
    """
    compared = scenarios[scenarios["relative_to"].notna() & (scenarios["relative_to"] != "")]
    if cells.empty or compared.empty:
        return None
    people, dates = _means(cells)
    used = people.index.get_level_values("cell").unique()
    geo = cells_geo[cells_geo["cell"].isin(used)].reset_index(drop=True)
    view = _View(cells_geo[~cells_geo["remote"].astype(bool)])
    names = dict(zip(territories["territory"].astype(str), territories["name"], strict=True))
    here, number = geo["remote"].to_numpy() == 0, {cell: i for i, cell in enumerate(geo["cell"])}
    shapes = iter(background.hexagons(geo.loc[here, "cell"]))
    hexagons = [
        {"name": names[territory], "shape": view.path(next(shapes), "Z") if inside else None}
        for territory, inside in zip(geo["territory"].astype(str), here, strict=True)
    ]
    worlds = {
        str(name): [[number[cell], *map(int, row)] for (_, cell), row in zip(of.index, of.to_numpy(), strict=True)]
        for name, of in people.groupby(level="scenario", observed=True)
    }
    land, _, _ = background.outlines(region)
    return {
        "width": WIDTH, "height": round(view.height, 1),
        "land": "".join(view.path(ring, "Z") for ring in land if view.holds(ring)),
        "hexagons": hexagons, "dates": [f"{date:%Y-%m-%d}" for date in dates], "worlds": worlds,
        "scenarios": [_scenario(row, zones, territories, view, dates) for row in compared.to_dict("records")],
    }  # fmt: skip


def _means(cells):
    """People by scenario and cell (rows) and date (columns): mean over the worlds of each scenario, rounded."""
    dates = pd.DatetimeIndex(sorted(cells["date"].unique()))
    sums = cells.groupby(["scenario", "cell", "date"], observed=True)["workers"].sum().unstack("date", fill_value=0.0)
    worlds = cells.groupby("scenario", observed=True)["seed"].nunique()
    mean = sums.div(worlds.reindex(sums.index.get_level_values("scenario")).to_numpy(), axis=0).reindex(columns=dates)
    mean = mean[mean.max(axis=1) >= LEAST]
    mean.index = pd.MultiIndex.from_arrays([mean.index.get_level_values(key).astype(str) for key in ("scenario", "cell")],
                                           names=["scenario", "cell"])  # fmt: skip
    return mean.round().fillna(0.0), dates


def _scenario(row, zones, territories, view, dates):
    """A scenario of the list: its worlds, its start, where its targets lie and at which date the map opens."""
    start = pd.Timestamp(row["start"])
    mine = zones[(zones["scenario"] == row["scenario"]) & (zones["zone"] == "target")]
    places = territories[territories["territory"].isin(set(mine["territory"].astype(str))) & (territories["remote"] == 0)]
    months = (dates - start).days / DAYS_PER_MONTH
    return {
        "name": row["scenario"], "title": row["title"], "without": row["relative_to"], "start": f"{start:%Y-%m-%d}",
        "months": [round(month, 1) for month in months], "opens": int(np.argmin(np.abs(months - OPENS_AT))),
        "targets": [view.point(lon, lat) for lon, lat in zip(places["lon"], places["lat"], strict=True)],
    }  # fmt: skip


class _View:
    """From degrees to units of the drawing, y downwards."""

    def __init__(self, grid):
        self.west, self.east = grid["lon"].min() - MARGIN, grid["lon"].max() + MARGIN
        self.south, self.north = grid["lat"].min() - MARGIN, grid["lat"].max() + MARGIN
        self.scale = WIDTH / (self.east - self.west)
        self.tall = self.scale * background.aspect(self.south, self.north)
        self.height = (self.north - self.south) * self.tall

    def point(self, lon, lat):
        return [round((lon - self.west) * self.scale, 1), round((self.north - lat) * self.tall, 1)]

    def path(self, ring, end):
        """A ring (n, 2) of longitudes and latitudes as the path of a drawing; points that round to the same are one."""
        points = [tuple(self.point(lon, lat)) for lon, lat in ring]
        kept = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + end

    def holds(self, ring):
        """Whether some of a ring can be seen."""
        (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
        return east > self.west and west < self.east and north > self.south and south < self.north

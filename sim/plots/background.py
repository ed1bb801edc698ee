"""Land, borders and rivers behind the maps, and hexagons as polygons.

The outlines are Natural Earth's (public domain), with its de facto borders; every map's caption says so.
"""

import json
from functools import cache
from math import cos, radians
from pathlib import Path

import h3
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

SEA, LAND, BORDER, RIVER = "#FFFFFF", "#EFEFEF", "#9A9A9A", "#B9D3E6"
DATA = Path(__file__).resolve().parents[1] / "data"
NOTE = "Borders are Natural Earth's de facto ones and imply no judgement on any claim."


@cache
def outlines(region="southeast_asia"):
    """(land, rivers, names): lists of (n, 2) arrays of longitude and latitude; names are (name, lon, lat).

    All are empty for a region without outlines.geojson (scripts/build_outlines.py makes one).
    """
    path = DATA / region / "outlines.geojson"
    if not path.is_file():  # an invented region, or one whose outlines nobody has drawn: hexagons on white
        return [], [], []
    land, rivers, names = [], [], []
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        parts = feature["geometry"]["coordinates"]
        if feature["properties"]["kind"] == "country":
            land += [np.asarray(ring) for polygon in parts for ring in polygon[:1]]
            if feature["properties"]["label"]:
                names.append((feature["properties"]["name"], *feature["properties"]["label"]))
        else:
            rivers += [np.asarray(line) for line in parts]
    return land, rivers, names


def draw(ax, region="southeast_asia"):
    """Land, borders and rivers below everything else on `ax` (x longitude, y latitude, degrees)."""
    land, rivers, _ = outlines(region)
    ax.add_collection(PolyCollection(land, facecolors=LAND, edgecolors="none", zorder=0), autolim=False)
    ax.add_collection(LineCollection(rivers, colors=RIVER, linewidths=0.5, zorder=1), autolim=False)
    ax.add_collection(PolyCollection(land, facecolors="none", edgecolors=BORDER, linewidths=0.45, zorder=3), autolim=False)
    ax.set_facecolor(SEA)


def hexagons(cells):
    """The polygons of H3 cells: a list of (5 or 6, 2) arrays of longitude and latitude."""
    return [np.asarray(h3.cell_to_boundary(cell))[:, ::-1] for cell in cells]


def aspect(south, north):
    """Height of a degree of latitude over a degree of longitude in the middle of the map (equirectangular)."""
    return 1 / cos(radians((south + north) / 2))

"""The hexagons: which cells a country has, their towns, their neighbours, their distance to a border."""

import math
import unicodedata

import h3

RESOLUTION = 4
EARTH_RADIUS_KM = 6371.0
TOWN_REACH_KM = 40.0  # a place farther than this from every cell of its country is left out (small islands)
PROVINCES_OF_CHINA = {"yunnan", "guangxi"}
PLACE_COUNTRY = {"Vietnam": "vnm"}  # names in places.geojson that differ from countries.csv


def ascii_name(name):
    """Lower case without accents, to compare names that are spelt with and without them."""
    stripped = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return stripped.lower().strip()


def distance_km(lat1, lon1, lat2, lon2):
    """Great-circle distance."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def cover(features, admin_codes):
    """{cell: {country, admin, lat, lon}} by centre containment; admin_codes maps MMR -> mmr."""
    cells = {}
    for feature in features:
        code, admin = feature["properties"]["adm0_a3"], ascii_name(feature["properties"]["name"] or "")
        if code not in admin_codes or (code == "CHN" and admin not in PROVINCES_OF_CHINA):
            continue
        for cell in sorted(h3.geo_to_cells(feature["geometry"], RESOLUTION)):
            if cell in cells:
                continue
            lat, lon = h3.cell_to_latlng(cell)
            cells[cell] = {"country": admin_codes[code], "admin": admin, "lat": lat, "lon": lon}
    return dict(sorted(cells.items()))


def nearest(cells, candidates, lat, lon):
    """Candidate cells by distance from a point, nearest first; ties by index."""
    return sorted(candidates, key=lambda c: (round(distance_km(lat, lon, cells[c]["lat"], cells[c]["lon"]), 6), c))


def neighbours(cells):
    """{cell: ring-1 cells that are in the grid}, symmetric because ring 1 is."""
    return {cell: sorted(n for n in h3.grid_ring(cell, 1) if n in cells) for cell in cells}


def border_km(cells):
    """{cell: km to the nearest cell of another country}."""
    result = {}
    for cell, here in cells.items():
        others = (c for c in cells.values() if c["country"] != here["country"])
        result[cell] = min(distance_km(here["lat"], here["lon"], c["lat"], c["lon"]) for c in others)
    return result


def towns(cells, places, country_names):
    """{cell: (largest place, people of all places)}; a place goes to the nearest cell of its own country."""
    by_name = {name: code for code, name in country_names.items()} | PLACE_COUNTRY | {"China": "chn"}
    found = {}
    for place in places:
        what = place["properties"]
        country = by_name.get(what["adm0name"])
        if country is None or (what["pop_max"] or 0) <= 0:
            continue
        lon, lat = place["geometry"]["coordinates"][:2]
        cell = nearest_cell_of(cells, country, lat, lon)
        if cell is not None:
            found.setdefault(cell, []).append((int(what["pop_max"]), what["name"]))
    return {cell: (max(here)[1], sum(people for people, _ in here)) for cell, here in found.items()}


def nearest_cell_of(cells, country, lat, lon):
    """The country's cell nearest to a point, or None when the nearest is out of reach."""
    home = h3.latlng_to_cell(lat, lon, RESOLUTION)
    if home in cells and cells[home]["country"] == country:
        return home
    around = [c for c in h3.grid_disk(home, 2) if c in cells and cells[c]["country"] == country]
    if not around:
        return None
    best = nearest(cells, around, lat, lon)[0]
    near_enough = distance_km(lat, lon, cells[best]["lat"], cells[best]["lon"]) <= TOWN_REACH_KM
    return best if near_enough else None

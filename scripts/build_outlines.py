"""Rebuild sim/data/<region>/outlines.geojson: the country outlines and rivers behind the maps.

    python scripts/build_outlines.py [--raw data/raw/geodata] [--check]

Source: Natural Earth (public domain), country outlines 1:50m and river centrelines 1:10m. Borders are
Natural Earth's de facto ones; the captions of the maps say so. Only the standard library is used, and
coordinates are rounded, so that the file comes out the same to the byte everywhere.

Errors: one line naming the missing or differing file, exit status 1.
"""

import argparse
import json
import math
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "sim/data/southeast_asia/outlines.geojson"
BOX = (84.0, -9.0, 132.0, 34.0)  # west, south, east, north in degrees: what any map of the region can show
COUNTRY_TOLERANCE = 0.008  # degrees (about 0.9 km); a printed map shows about 0.07 inch per degree
RIVER_TOLERANCE = 0.02
SMALLEST_ISLAND = 0.02  # degrees along the longer side; smaller rings cannot be seen
SMALLEST_NAMED = 5.0  # square degrees; a smaller piece of land has no room for a name
RIVERS = ("Irrawaddy", "Salween", "Nu", "Mekong", "Lancang", "Chao Phraya", "Hong", "Ping", "Nan", "Moei", "Tonle Sap")
DIGITS = 3
NAMES = {"Vietnam": "Viet Nam"}  # as the project's tables spell it


def distance_to_chord(point, start, end):
    """Distance in degrees from `point` to the segment start-end."""
    along = (end[0] - start[0], end[1] - start[1])
    length_squared = along[0] ** 2 + along[1] ** 2
    if length_squared == 0:
        return math.hypot(point[0] - start[0], point[1] - start[1])
    t = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length_squared
    t = min(1.0, max(0.0, t))
    return math.hypot(point[0] - start[0] - t * along[0], point[1] - start[1] - t * along[1])


def simplified(line, tolerance):
    """The line with every point left out that lies within `tolerance` of its chord (Douglas & Peucker 1973)."""
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = [distance_to_chord(line[i], line[first], line[last]) for i in range(first + 1, last)]
        farthest = max(range(len(distances)), key=distances.__getitem__)
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            keep.add(middle)
            spans += [(first, middle), (middle, last)]
    return [line[i] for i in sorted(keep)]


def rounded(line):
    """Coordinates rounded, repeated points dropped."""
    points = [[round(x, DIGITS), round(y, DIGITS)] for x, y in line]
    return [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]


def bounds(line):
    """West, south, east and north end of a line, in degrees."""
    xs, ys = zip(*line, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def within_box(line):
    """True where the line's bounding box touches BOX."""
    west, south, east, north = bounds(line)
    return west < BOX[2] and east > BOX[0] and south < BOX[3] and north > BOX[1]


def centre(ring):
    """Centroid of a closed ring's area, in degrees, and that area in square degrees."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return (round(x / (3 * area), DIGITS), round(y / (3 * area), DIGITS)), abs(area) / 2


def country(feature):
    """One country as a MultiPolygon with the point where its name may stand, or None outside the box."""
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    kept = []
    for polygon in polygons:
        west, south, east, north = bounds(polygon[0])
        if not within_box(polygon[0]) or max(east - west, north - south) < SMALLEST_ISLAND:
            continue
        rings = [rounded(simplified(ring, COUNTRY_TOLERANCE)) for ring in polygon]
        kept.append([ring for ring in rings if len(ring) >= 4])
    kept = [polygon for polygon in kept if polygon]
    if not kept:
        return None
    label, area = max((centre(polygon[0]) for polygon in kept), key=lambda found: found[1])
    name = feature["properties"]["name"]
    properties = {
        "kind": "country",
        "name": NAMES.get(name, name),
        "label": list(label) if area >= SMALLEST_NAMED else None,
    }
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": kept},
    }


def river(feature):
    """One of the great rivers as a MultiLineString, or None for the others."""
    name = feature["properties"]["name"] or ""
    geometry = feature["geometry"]
    lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    lines = [rounded(simplified(line, RIVER_TOLERANCE)) for line in lines if within_box(line)]
    lines = [line for line in lines if len(line) >= 2]
    if not lines or (
        not any(word in RIVERS for word in name.replace("(", " ").replace(")", " ").split())
        and not any(great in name for great in RIVERS if " " in great)
    ):
        return None
    return {
        "type": "Feature",
        "properties": {"kind": "river", "name": name},
        "geometry": {"type": "MultiLineString", "coordinates": lines},
    }


def build(raw):
    """The text of outlines.geojson from the raw folder, one feature per line, sorted."""
    features = []
    for file, make in (("countries_region.geojson", country), ("rivers.geojson", river)):
        path = raw / file
        if not path.is_file():
            sys.exit(f"{path}: missing; give the folder with Natural Earth's {file} as --raw")
        features += [made for made in map(make, json.loads(path.read_text("utf-8"))["features"]) if made]
    lines = sorted(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    head = '{"type":"FeatureCollection","source":"Natural Earth (public domain), de facto borders","features":[\n'
    return head + ",\n".join(lines) + "\n]}\n"


def main():
    parser = argparse.ArgumentParser(description="Rebuild the outlines behind the maps")
    parser.add_argument("--raw", type=Path, default=ROOT / "data/raw/geodata", help="folder with the raw GeoJSON")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--check", action="store_true", help="compare with the shipped file and write nothing")
    options = parser.parse_args()
    text = build(options.raw)
    if options.check:
        if not options.output.is_file() or options.output.read_bytes() != text.encode("utf-8"):
            sys.exit(f"{options.output}: differs from its source; run scripts/build_outlines.py")
        return
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(text.encode("utf-8"))
    print(f"{options.output}: {len(text.encode('utf-8')) / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""Read the raw inputs, write the finished tables: the only file of the build that touches the disk."""

import csv
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"


class MissingInput(Exception):
    """An input that the build needs and cannot read; the message is one line for the reader."""


def read_table(name):
    """Rows of data/raw/<name> as dictionaries of strings."""
    path = RAW / name
    if not path.is_file():
        raise MissingInput(f"data/raw/{name} is missing: restore it from the repository")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise MissingInput(f"data/raw/{name} line {line} has {len(row)} fields, not those of its header")
    return rows


def read_features(name):
    """Features of data/raw/geodata/<name>, a GeoJSON collection."""
    path = RAW / "geodata" / name
    if not path.is_file():
        raise MissingInput(f"data/raw/geodata/{name} is missing: restore it from the repository")
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def index(rows, key, name):
    """Rows by the value of one column, which must be unique."""
    found = {}
    for row in rows:
        if row[key] in found:
            raise MissingInput(f"{name}: {key} {row[key]!r} occurs twice")
        found[row[key]] = row
    return found


def lookup(table, key, name):
    """One row of an indexed table, or a line that says which is missing."""
    if key not in table:
        raise MissingInput(f"{name} has no row {key!r}")
    return table[key]


def write_tables(tables, folder):
    """Write {table: rows} as CSV; column order is that of the schema. Same rows, same bytes."""
    from region.schema import COLUMNS

    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name], lineterminator="\n", extrasaction="raise")
            writer.writeheader()
            writer.writerows(rows)


def plain(number, digits=4):
    """A number as short text: fixed digits, no trailing zeros, no minus zero."""
    text = f"{float(number):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text

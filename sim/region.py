"""The region: what the map, its holders, its crowds and its schemes are before anything happens.

A region is a folder of CSV files under ``sim/data`` (schema and sources: docs/region.md). Reading checks each row
and every reference between tables, and says in one line where something is wrong.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from sim.schema import REFERENCES, TABLES, Row

DATA = Path(__file__).parent / "data"


class ConfigError(ValueError):
    """Something the user wrote cannot be used. The message is one line: where, what, what is allowed."""


@dataclass(frozen=True, eq=False)  # one region is another only if it is the same object: what is worked out of it can be kept
class Region:
    """A checked region.

    name    folder under ``sim/data``
    rows    table name -> its rows, in file order; cells are sorted by territory, so that a territory's cells are contiguous
    digest  SHA-256 of all its files (first 16 hex digits)
    """

    name: str
    rows: dict[str, list]
    digest: str

    def __getattr__(self, table: str) -> list:
        try:
            return self.__dict__["rows"][table]
        except KeyError:
            raise AttributeError(table) from None

    def names(self, table: str) -> list[str]:
        """The identifiers (first column) of a table, in row order."""
        return list(self._names(table))

    def called(self, table: str) -> dict[str, str]:
        """Identifier -> what people call it, in row order; for messages."""
        return {name: getattr(row, "name", name) for name, row in zip(self.names(table), self.rows[table], strict=True)}

    @lru_cache(maxsize=256)  # noqa: B019 -- regions are few, and live as long as the process
    def _names(self, table: str) -> tuple[str, ...]:
        return tuple(getattr(row, _key(table)) for row in self.rows[table])

    @lru_cache(maxsize=256)  # noqa: B019
    def index(self, table: str) -> dict[str, int]:
        """Identifier -> row number; not to be written to."""
        return {name: row for row, name in enumerate(self.names(table))}


def _key(table: str) -> str:
    return {"countries": "country", "territories": "territory"}.get(table, table.removesuffix("s"))


def _read(path: Path, model: type[Row]) -> list:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            raw = list(csv.DictReader(file))
    except OSError:
        raise ConfigError(f"{path}: data file is missing or cannot be read; a region needs {', '.join(TABLES)}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; allowed: text in UTF-8") from None
    except csv.Error as error:
        raise ConfigError(f"{path}: not valid CSV: {error}") from None
    rows = []
    for line, values in enumerate(raw, start=2):
        try:
            rows.append(model.model_validate(values))
        except ValidationError as error:
            problem = error.errors()[0]
            column = ".".join(map(str, problem["loc"]))
            raise ConfigError(f"{path}, line {line}: {column} is {problem['input']!r}; {problem['msg']}") from None
    if not rows:
        raise ConfigError(f"{path}: the file has no rows")
    return rows


def _refuse_doubles(home: Path, rows: dict[str, list]) -> None:
    """Raises ConfigError (one line) where an identifier stands twice, or two states share a country: only one can police it."""
    named = [(table, _key(table)) for table in TABLES if isinstance(getattr(rows[table][0], _key(table), None), str)]
    for table, column in (*named, ("states", "country")):
        first: dict[str, int] = {}
        for number, row in enumerate(rows[table], start=1):
            value = getattr(row, column)
            if value and first.setdefault(value, number) != number:
                twice = f"{column} is {value!r} in rows {first[value]} and {number}"
                raise ConfigError(f"{home / table}.csv: {twice}; allowed: in one")


@lru_cache(maxsize=8)
def load_region(name: str, folder: Path = DATA) -> Region:
    """Read and check a region by name. Raises ConfigError (one line) on anything missing, out of range or dangling."""
    home = folder / name
    if not home.is_dir():
        known = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
        raise ConfigError(f"region: {name!r} does not exist; allowed: {', '.join(known)}")
    rows = {table: _read(home / f"{table}.csv", model) for table, model in TABLES.items()}
    _refuse_doubles(home, rows)
    territories = [row.territory for row in rows["territories"]]
    rows["cells"].sort(key=lambda cell: (territories.index(cell.territory) if cell.territory in territories else -1, cell.cell))
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update((home / f"{table}.csv").read_bytes())
    region = Region(name, rows, digest.hexdigest()[:16])
    for table, column, other, may_be_empty in REFERENCES:
        known = {getattr(row, _key(other)) for row in rows[other]}
        for number, row in enumerate(rows[table]):
            value = getattr(row, column)
            for word in value if isinstance(value, tuple) else (value,):
                if word not in known and not (may_be_empty and word == ""):
                    raise ConfigError(f"{home / table}.csv: {column} is {word!r} (row {number + 1}); it is not in {other}.csv")
    return region

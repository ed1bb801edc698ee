"""The region: what the map, its holders, its crowds and its schemes are before anything happens.

A region is a folder of CSV files under ``sim/data`` (schema and sources: docs/region.md). Reading checks each row
and every reference between tables, and says in one line where something is wrong.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

DATA = Path(__file__).parent / "data"
BLOCS = ("chinese_speaking", "regional_asian", "western", "other")

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Maybe = Annotated[float | None, BeforeValidator(lambda text: None if text == "" else text)]
Words = Annotated[tuple[str, ...], BeforeValidator(lambda text: tuple(text.split()))]
Bloc = Literal["chinese_speaking", "regional_asian", "western", "other"]


class ConfigError(ValueError):
    """Something the user wrote cannot be used. The message is one line: where, what, what is allowed."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    source: Annotated[str, Field(min_length=1)]
    grade: Literal["A", "B", "C", "D"]


class Country(_Row):
    country: str
    name: str
    remote: bool


class Cell(_Row):
    cell: str
    lat: float
    lon: float
    country: str
    territory: str
    remote: bool
    town: str
    population: Amount
    connectivity: Share
    capacity_workers: Amount
    neighbours: Words


class Territory(_Row):
    territory: str
    name: str
    country: str
    controller: str
    remote: bool
    lat: float
    lon: float
    governance: Share
    corruption: Share
    conflict: Share
    rent_usd_per_worker_week: Amount


class Protector(_Row):
    protector: str
    name: str
    kind: str
    stance: Literal["host", "tolerate", "hostile"]
    shield: Share
    tax_rate: Share
    strength: Amount
    dependence: Share
    china_access: Share


class StateRow(_Row):
    state: str
    name: str
    country: str
    bloc: Bloc
    capacity: Share
    corruption: Share
    raid_capacity_per_year: Amount


class Leverage(_Row):
    state: str
    on_state: str
    leverage: Share


class SyndicateRow(_Row):
    syndicate: str
    name: str
    home: str
    territories: Words
    patrons: Words
    leaders: Annotated[int, Field(ge=1)]
    share_2019: Share


class Site(_Row):
    site: str
    name: str
    territory: str
    cell: str
    active_from: str
    active_to: str
    workers_low: Maybe
    workers_high: Maybe
    compounds_low: Maybe
    compounds_high: Maybe
    aggregate_of: str
    syndicate: str


class Pool(_Row):
    pool: str
    name: str
    bloc: Bloc
    state: str
    users_2015_m: Amount
    users_2020_m: Amount
    users_2025_m: Amount
    wealth_usd: Amount
    reporting_rate: Share
    recovered_share: Share
    friction: Share


class LabourPool(_Row):
    labour_pool: str
    name: str
    lat: float
    lon: float
    young_adults_m: Amount
    poverty: Share
    conflict: Share
    network_2019: Share


class PoolLanguage(_Row):
    pool: str
    language: str
    share: Share


class LabourLanguage(_Row):
    labour_pool: str
    language: str
    share: Share


class Scheme(_Row):
    scheme: str
    name: str
    conversion_relative: Amount
    ticket_relative: Amount
    visibility: Share


class SchemeBloc(_Row):
    scheme: str
    bloc: Bloc
    weight: Amount


TABLES: dict[str, type[_Row]] = {
    "countries": Country, "cells": Cell, "territories": Territory, "protectors": Protector, "states": StateRow,
    "leverage": Leverage, "syndicates": SyndicateRow, "sites": Site, "pools": Pool, "pool_languages": PoolLanguage,
    "labour_pools": LabourPool, "labour_languages": LabourLanguage, "schemes": Scheme, "scheme_blocs": SchemeBloc,
}  # fmt: skip

# table.column -> table whose first column it names; an empty value is allowed where marked
REFERENCES = [
    ("cells", "country", "countries", False), ("cells", "territory", "territories", False),
    ("territories", "country", "countries", False), ("territories", "controller", "protectors", False),
    ("states", "country", "countries", True), ("leverage", "state", "states", False),
    ("leverage", "on_state", "states", False), ("syndicates", "home", "territories", False),
    ("syndicates", "territories", "territories", False), ("sites", "territory", "territories", False),
    ("sites", "cell", "cells", False), ("sites", "syndicate", "syndicates", True), ("pools", "state", "states", True),
    ("pool_languages", "pool", "pools", False), ("labour_languages", "labour_pool", "labour_pools", False),
    ("scheme_blocs", "scheme", "schemes", False),
]  # fmt: skip


@dataclass(frozen=True)
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
        return [getattr(row, _key(table)) for row in self.rows[table]]

    def index(self, table: str) -> dict[str, int]:
        """Identifier -> row number."""
        return {name: row for row, name in enumerate(self.names(table))}


def _key(table: str) -> str:
    return {"countries": "country", "territories": "territory"}.get(table, table.removesuffix("s"))


def _read(path: Path, model: type[_Row]) -> list:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            raw = list(csv.DictReader(file))
    except OSError:
        raise ConfigError(f"{path}: data file is missing or cannot be read; a region needs {', '.join(TABLES)}") from None
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


@lru_cache(maxsize=8)
def load_region(name: str, folder: Path = DATA) -> Region:
    """Read and check a region by name. Raises ConfigError (one line) on anything missing, out of range or dangling."""
    home = folder / name
    if not home.is_dir():
        known = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
        raise ConfigError(f"region: {name!r} does not exist; allowed: {', '.join(known)}")
    rows = {table: _read(home / f"{table}.csv", model) for table, model in TABLES.items()}
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

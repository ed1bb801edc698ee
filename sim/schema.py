"""The tables of a region: what each row must hold, and which rows they refer to. Checked by `sim.region`."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

BLOCS = ("chinese_speaking", "regional_asian", "western", "other")

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Maybe = Annotated[float | None, BeforeValidator(lambda text: None if text == "" else text)]
Words = Annotated[tuple[str, ...], BeforeValidator(lambda text: tuple(text.split()))]
Bloc = Literal["chinese_speaking", "regional_asian", "western", "other"]


class Row(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)
    source: Annotated[str, Field(min_length=1)]
    grade: Literal["A", "B", "C", "D"]


class Country(Row):
    country: str
    name: str
    remote: bool


class Cell(Row):
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


class Territory(Row):
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
    sez: bool
    rent_usd_per_worker_week: Amount


class Protector(Row):
    protector: str
    name: str
    kind: str
    patron: str
    allies: Words
    opponents: Words
    stance: Literal["host", "tolerate", "hostile"]
    shield: Share
    tax_rate: Share
    strength: Amount
    dependence: Share
    china_access: Share


class StateRow(Row):
    state: str
    name: str
    country: str
    bloc: Bloc
    capacity: Share
    corruption: Share
    raid_capacity_per_year: Amount


class Leverage(Row):
    state: str
    on_state: str
    leverage: Share


class SyndicateRow(Row):
    syndicate: str
    name: str
    home: str
    territories: Words
    patrons: Words
    leaders: Annotated[int, Field(ge=1)]
    share_2019: Share


class Site(Row):
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


class Pool(Row):
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


class LabourPool(Row):
    labour_pool: str
    name: str
    lat: float
    lon: float
    young_adults_m: Amount
    poverty: Share
    conflict: Share
    network_2019: Share


class PoolLanguage(Row):
    pool: str
    language: str
    share: Share


class LabourLanguage(Row):
    labour_pool: str
    language: str
    share: Share


class Scheme(Row):
    scheme: str
    name: str
    conversion_relative: Amount
    ticket_relative: Amount
    labour_intensity: Amount
    visibility: Share
    laundering_route: Literal["crypto", "underground_bank", "mules", "cards"]


class SchemeBloc(Row):
    scheme: str
    bloc: Bloc
    weight: Amount


TABLES: dict[str, type[Row]] = {
    "countries": Country, "cells": Cell, "territories": Territory, "protectors": Protector, "states": StateRow,
    "leverage": Leverage, "syndicates": SyndicateRow, "sites": Site, "pools": Pool, "pool_languages": PoolLanguage,
    "labour_pools": LabourPool, "labour_languages": LabourLanguage, "schemes": Scheme, "scheme_blocs": SchemeBloc,
}  # fmt: skip

# table.column -> table whose first column it names; an empty value is allowed where marked
REFERENCES = [
    ("cells", "country", "countries", False), ("cells", "territory", "territories", False),
    ("territories", "country", "countries", False), ("territories", "controller", "protectors", False),
    ("states", "country", "countries", True),
    ("protectors", "patron", "states", True), ("protectors", "allies", "protectors", False),
    ("protectors", "opponents", "protectors", False), ("leverage", "state", "states", False),
    ("leverage", "on_state", "states", False), ("syndicates", "home", "territories", False),
    ("syndicates", "territories", "territories", False), ("sites", "territory", "territories", False),
    ("sites", "cell", "cells", False), ("sites", "syndicate", "syndicates", True), ("pools", "state", "states", True),
    ("pool_languages", "pool", "pools", False), ("labour_languages", "labour_pool", "labour_pools", False),
    ("scheme_blocs", "scheme", "schemes", False),
]  # fmt: skip

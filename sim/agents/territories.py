"""Cells and territories: the ground, who holds it, and what it is like to work there."""

from functools import lru_cache

import numpy as np

from sim.agents.once import once
from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.elementary import power
from sim.randomness import identity
from sim.region import Region
from sim.state import STANCES, Column, new_columns

CELLS = {
    "country": Column("i4", "row", "country"),
    "territory": Column("i4", "row", "territory"),
    "lat": Column("f8", "degree", "centre"),
    "lon": Column("f8", "degree", "centre"),
    "remote": Column("i1", "0/1", "outside the grid"),
    "population": Column("f8", "person", "in towns of the cell"),
    "connectivity": Column("f8", "share", "power and internet"),
    "capacity": Column("f8", "person", "people that compounds here could hold"),
    "attraction": Column("f8", "share", "cumulative share of the territory's attraction up to and with this cell"),
    "occupied": Column("i8", "person, fixed point", "in compounds here or bound for here"),
    "wanted": Column("i8", "person, fixed point", "vacancies this week"),
    "room": Column("f8", "person", "free before these are filled"),
}
TERRITORIES = {
    "identity": Column("u8", "", "hash of the name"),
    "country": Column("i4", "row", "country"),
    "host": Column("i4", "row", "state on whose soil it lies; -1 none"),
    "protector": Column("i4", "row", "who holds it"),
    "remote": Column("i1", "0/1", "outside the grid"),
    "governance": Column("f8", "share", "state capacity and will"),
    "corruption": Column("f8", "share", "how far bribes reach"),
    "conflict": Column("f8", "share", "armed conflict"),
    "sez": Column("i1", "0/1", "special economic zone: ventures own the ground"),
    "connectivity": Column("f8", "share", "power and internet, mean of its cells weighted by capacity"),
    "rent": Column("f8", "USD/person/week", "floor space and beds"),
    "capacity": Column("f8", "person", "sum over its cells"),
    "first_cell": Column("i8", "row", "its cells are contiguous"),
    "cells": Column("i8", "rows", "how many"),
    "prior_risk": Column("f8", "raids/compound-year", "what anyone would expect without news, before the shield"),
    "shield": Column("f8", "share", "protection this week"),
    "tax": Column("f8", "share", "of gross revenue, this week"),
    "expels": Column("i1", "0/1", "the holder tells crews to leave"),
    "stance": Column("i1", "", "index into STANCES"),
    "asked": Column("f8", "raids/compound-year", "staged raids that the host asks for"),
    "own_loss": Column("f8", "USD", "scratch: losses of one state's citizens to crews here"),
    "staged": Column("f8", "raids/compound-year", "staged raids"),
    "fell_week": Column("i8", "week", "last change of hands; -1 never"),
    "usual_effort": Column("f8", "raids/compound-year", "what the host spends here by standing policy, without being pushed"),
    "policing": Column("f8", "raids/compound-year", "the holder's own raids"),
    "pressure": Column("f8", "raids/compound-year", "effort that falls on any crew here"),
    "pursued": Column("f8", "raids/compound-year", "effort that falls on crews here for whom they target, all states"),
    "laundering": Column("f8", "share", "what laundering costs here, mean over schemes"),
    "supply": Column("f8", "share", "power and internet that arrive"),
    "raids": Column("i8", "raids", "real raids this week"),
    "mocks": Column("i8", "raids", "staged raids this week"),
    "memory": Column("f8", "raids/compound-year", "raids remembered from here"),
    "news": Column("f8", "raids/compound-year", "raids heard of, from here and elsewhere"),
    "hunted": Column("i1", "0/1", "police pursued crews here for whom they target, and it is remembered"),
    "standing_risk": Column("f8", "raids/compound-year", "prior risk after the shield"),
    "recruit_value": Column("f8", "USD/person/week", "what this week's recruits could take"),
    "recruit_ease": Column("f8", "factor", "on recruits: less behind a border, more where conflict drives people out"),
    "compounds": Column("i8", "compounds", "open"),
    "held": Column("i8", "person, fixed point", "in open compounds"),
    "workers": Column("f8", "person", "in open compounds"),
    "crowding": Column("f8", "share", "fill of capacity beyond one half"),
    "losses": Column("i8", "USD, fixed point", "this week"),
    "revenue": Column("i8", "USD, fixed point", "this week"),
    "profit": Column("i8", "USD, fixed point", "this week"),
    "bribes": Column("i8", "USD, fixed point", "to officials this week"),
    "built": Column("f8", "compounds", "buildings in view from above"),
}


class Territory(RowAgent):
    """A territory as a Mesa agent (a view)."""

    table = "territories"

    @property
    def controller(self) -> str:
        """Name of the protector that holds it."""
        return self.model.names["protectors"][self.protector]


@once
def new_cells(region: Region) -> ColumnTable:
    """The cell table: a row per cell, contiguous by territory.

    Attraction: capacity times connectivity.
    """
    cells = new_columns(CELLS, len(region.cells))
    countries, territories = region.index("countries"), region.index("territories")
    for row, given in enumerate(region.cells):
        for column in ("lat", "lon", "remote", "population", "connectivity"):
            cells[column][row] = getattr(given, column)
        cells["capacity"][row] = given.capacity_workers
        cells["country"][row], cells["territory"][row] = countries[given.country], territories[given.territory]
    pull = cells["capacity"] * cells["connectivity"]
    for place in np.unique(cells["territory"]):
        mine = cells["territory"] == place
        total = pull[mine].sum()
        cells["attraction"][mine] = np.cumsum(pull[mine]) / total if total > 0 else np.arange(1, mine.sum() + 1) / mine.sum()
    return cells


def new_territories(region: Region, cells: ColumnTable) -> ColumnTable:
    """The territory table, under the holder named in the region, with room for as many people as its cells have."""
    territories = _without_room(region)
    capacity, connectivity = cells["capacity"].copy(), cells["connectivity"].copy()
    weights = capacity + 1e-9
    weighted = connectivity * weights
    territories["capacity"] = _sums(capacity, region)
    total = _sums(weights, region)
    mean = _sums(weighted, region) / np.where(total > 0, total, np.inf)
    territories["connectivity"] = np.maximum(mean, 0.05)
    return territories


def _sums(values: np.ndarray, region: Region) -> np.ndarray:
    """Sums of a column of cells by territory, to the bit those of ``values[mine].sum()``; 0 for one without cells."""
    rows, firsts = _rows_by_territory(region)
    return np.add.reduceat(np.append(values, 0.0)[rows], firsts)


@lru_cache(maxsize=8)
def _rows_by_territory(region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the cells of each territory in turn, and where each begins: with the row -1, for ``sum`` begins with a zero too."""
    territories = _without_room(region)
    spans = zip(territories["first_cell"].tolist(), territories["cells"].tolist(), strict=True)
    rows = [np.append(-1, np.arange(first, first + count)) for first, count in spans]
    return np.concatenate(rows), np.cumsum([0, *map(len, rows[:-1])])


@once
def _without_room(region: Region) -> ColumnTable:
    """The territory table but for what depends on the room in its cells."""
    territories = new_columns(TERRITORIES, len(region.territories))
    countries, protectors = region.index("countries"), region.index("protectors")
    hosts = {state.country: row for row, state in enumerate(region.states) if state.country}
    inside = np.array([cell.territory for cell in region.cells])
    for row, given in enumerate(region.territories):
        territories["host"][row] = hosts.get(given.country, -1)
        holder = region.protectors[protectors[given.controller]]
        mine = np.flatnonzero(inside == given.territory)
        for column in ("remote", "governance", "corruption", "conflict", "sez"):
            territories[column][row] = getattr(given, column)
        territories["identity"][row] = identity("territory", given.territory)
        territories["country"][row], territories["protector"][row] = (
            countries[given.country],
            protectors[given.controller],
        )
        territories["rent"][row] = given.rent_usd_per_worker_week
        territories["first_cell"][row], territories["cells"][row] = (mine[0] if len(mine) else 0), len(mine)
        territories["tax"][row] = holder.tax_rate
        territories["stance"][row] = STANCES.index(holder.stance)
        territories["fell_week"][row], territories["supply"][row], territories["recruit_ease"][row] = -1, 1.0, 1.0
    return territories


@once
def usual_effort(region: Region, host_effort: float, governance_power: float) -> np.ndarray:
    """Effort that hosts spend on their own soil without being pushed (T), raids per compound-year.

    host_effort x governance^governance_power: a state raids where it governs and hardly at all where it does not.
    """
    hosts = {state.country for state in region.states if state.country}
    return np.array(
        [host_effort * power(place.governance, governance_power) * (place.country in hosts) for place in region.territories]
    )

"""Tiny tables made by hand for the tests of single rules: a name for every number that the arithmetic needs."""

import numpy as np

from sim import state
from sim.agents import compounds, pools, protectors, states, syndicates, territories
from sim.columns import ColumnTable
from sim.compiled import INTERPRETED
from sim.levers import SCOPES, new_levers
from sim.randomness import Chance, chance_of_week, identity
from sim.scenario import check_parameters, parameter_record
from sim.state import OPEN, Column, Levers, new_columns, new_table

WEEK = 10
OUTSIDE = ("available", "market", "freed", "arrested", "at_home")  # where people of an origin are who are in no crew
MANY = 600 if INTERPRETED else 20_000  # crews enough for shares to show; the interpreter is slow


def table(columns: dict[str, Column], rows: int, new=new_columns, **values):
    """A table of `rows` rows; a value may be one for all rows or one for each."""
    made = new(columns, rows)
    for column, value in values.items():
        made[column] = value
    return made


def names(kind: str, rows: int) -> np.ndarray:
    """Identities of `rows` things of a kind."""
    return np.array([identity(kind, row) for row in range(rows)], np.uint64)


def crews(rows: int = 1, spare: int = 0, **values) -> ColumnTable:
    """Open crews of 100 people in territory 0 and cell 0, with spare rows after them."""
    start = {
        "status": OPEN, "raid_week": -1, "workers": 100.0, "capital": 300_000.0, "lineage": names("crew", rows), "founded": -1000,
        "earning": 700.0, "shows": 1.0,
    }  # fmt: skip
    made = new_columns(compounds.COLUMNS, rows + spare)
    for column, value in (start | values).items():
        made[column][:rows] = value
    return made


def places(rows: int = 1, **values) -> ColumnTable:
    """Territories with one cell each, of 10,000 people and full supply."""
    start = {
        "identity": names("place", rows), "capacity": 10_000.0, "supply": 1.0, "connectivity": 1.0, "recruit_ease": 1.0,
        "recruit_value": 500.0, "first_cell": np.arange(rows), "cells": 1, "fell_week": -1, "compounds": 1,
    }  # fmt: skip
    return table(territories.TERRITORIES, rows, **start | values)


def ground(rows: int = 1, **values) -> ColumnTable:
    """Cells, one for each territory unless told otherwise."""
    start = {"capacity": 10_000.0, "territory": np.arange(rows), "attraction": 1.0}
    return table(territories.CELLS, rows, **start | values)


def holders(rows: int = 1, **values) -> ColumnTable:
    """Protectors of equal strength who host."""
    return table(protectors.COLUMNS, rows, **{"identity": names("holder", rows), "strength": 1.0} | values)


def nations(rows: int = 1, **values) -> ColumnTable:
    """States; the first is that of country 0."""
    return table(states.COLUMNS, rows, **{"identity": names("state", rows), "country": np.arange(rows)} | values)


def bosses(rows: int = 1, spare: int = 0, **values) -> ColumnTable:
    """Syndicates with three leaders and twelve managers each, with spare rows for fragments."""
    start = {
        "identity": names("boss", rows), "leaders": 3, "weight": 1.0, "practice": 1.0, "family": np.arange(rows),
        "managers": 12.0, "usual_managers": 12.0,
    }  # fmt: skip
    made = new_columns(syndicates.COLUMNS, rows + spare)
    for column, value in (start | values).items():
        made[column][:rows] = value
    return made


def victims(rows: int = 1, **values) -> ColumnTable:
    """Victim pools of a million, all susceptible."""
    start = {
        "identity": names("pool", rows),
        "population": 1e7,
        "at_risk": 1e6,
        "susceptible": 1e6,
        "wealth": 29_000.0,
        "state": -1,
    }
    return table(pools.POOLS, rows, **start | values)


def origins(rows: int = 1, **values) -> ColumnTable:
    """Labour pools of a thousand people within reach; people are given as people, not in fixed point."""
    start = {"identity": names("origin", rows), "available": 1000.0, "network": 1.0}
    given = {name: in_fixed(value) if name in OUTSIDE else value for name, value in (start | values).items()}
    return table(pools.LABOUR_POOLS, rows, **given)


def ways(rows: int = 1, **values) -> ColumnTable:
    """Schemes, each the mean one, laundered by crypto."""
    usual = dict.fromkeys(("conversion", "ticket", "labour_intensity", "lift", "shows"), 1.0)
    return table(pools.SCHEMES, rows, **{"identity": names("scheme", rows)} | usual | values)


def in_fixed(amount) -> np.ndarray:
    """People or dollars as the fixed-point integers that tables hold."""
    return np.rint(np.asarray(amount, float) * 2.0**20).astype(np.int64)


def levers(**sizes: int) -> Levers:
    """Neutral levers: T territories, K pools, Y syndicates, G protectors, P labour pools, S states (1 each unless told)."""
    letters = dict(zip(SCOPES, "TKYGPSE", strict=True))
    count = {scope: sizes.get(letter, 1) for scope, letter in letters.items()}
    return new_levers(count, count["state"], count["territory"])


def params(**groups: dict[str, float]):
    """The shipped parameters as rules see them (rates per week), with those that the arithmetic needs set by hand.

    Shipped structure as well (`structure` holds places of choices): crews grow, labour is real, those taken are dispersed.
    """
    row = parameter_record(check_parameters(None))
    for group, values in groups.items():
        for name, value in values.items():
            row[group][name] = value
    return row[0]


def clock(week: int = WEEK, compounds: int = 1, syndicates: int = 1, **values):
    """The clock of a week."""
    start = {"week": week, "compounds": compounds, "syndicates": syndicates, "year": 2019.5}
    return table(state.CLOCK, 1, new_table, **start | values)[0]


def flows() -> np.ndarray:
    """A week's flows, all zero."""
    return new_table(state.FLOWS, 2)


def flow(flows: np.ndarray, name: str) -> float:
    """A flow of the week in persons or USD."""
    return float(flows[name][0]) / 2.0**20


def movers(rows: int) -> np.ndarray:
    """Scratch for the movers of a week and their priority."""
    return new_table(state.ORDER, rows)


def log(rows: int = 100) -> np.ndarray:
    """An empty log of moves."""
    return new_table(state.MOVES, rows)


def chance(week: int = WEEK, seed: int = 1) -> Chance:
    """The Chance of a week, typed as inside the rules."""
    return Chance(np.uint64(chance_of_week(np.uint64(seed), np.int64(week)).key))


def people_outside(labour) -> float:
    """All people of labour tables that are in no crew."""
    return sum(float(labour[name].sum()) for name in OUTSIDE) / 2.0**20

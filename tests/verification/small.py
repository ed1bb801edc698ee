"""Tiny worlds for the limiting cases: identical places of one country, crews, one crowd of victims, one source of workers.

Everything that a case does not speak of is neutral: no tax, no rent, no launderers, no hazard, room and labour without end. A
parameter may be set outside its range here: a limit often lies at 0 or at infinity. `do` calls one rule with the tables of its
signature, so that a case says which processes it is made of and nothing else.
"""

import datetime as dt
import inspect
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from sim.columns import ColumnTable
from sim.randomness import Chance, chance_of_week, identity
from sim.region import Region
from sim.rules.growth import count_people
from sim.scenario import Scenario, check_parameters
from sim.schema import TABLES
from sim.state import MOVES, OPEN, ORDER, new_table
from sim.world import new_world

ENDLESS = 1e9  # people of capacity or of labour; fixed-point sums hold up to 8e12
PER_CREW = ("compounds", "workforce", "skill", "targets", "mix", "reach", "take")


def little_region(places: int = 1, room: float = ENDLESS) -> Region:
    """A region of `places` identical territories, a cell each, 0 km apart, and one row of everything else."""
    where = {"lat": 0, "lon": 0, "country": "here", "remote": 0, "source": "invented", "grade": "D"}
    names = [f"place{number}" for number in range(places)]
    given = {
        "countries": [{"name": "Here"}],
        "territories": [
            {"territory": name, "name": name, "controller": "holder", "governance": 0, "corruption": 0, "conflict": 0, "sez": 0,
             "rent_usd_per_worker_week": 0} for name in names
        ],
        "cells": [
            {"cell": name, "territory": name, "town": "", "population": 0, "connectivity": 1, "capacity_workers": room,
             "neighbours": ""} for name in names
        ],
        "protectors": [
            {"protector": "holder", "name": "Holder", "kind": "officials", "patron": "", "allies": "", "opponents": "",
             "stance": "host", "shield": 0, "tax_rate": 0, "strength": 1, "dependence": 0, "china_access": 0}
        ],
        "states": [
            {"state": "here", "name": "Here", "bloc": "other", "capacity": 0, "corruption": 0, "raid_capacity_per_year": 0}
        ],
        "leverage": [{"state": "here", "on_state": "here", "leverage": 0}],
        "syndicates": [
            {"syndicate": "boss", "name": "Boss", "home": "place0", "territories": " ".join(names), "patrons": "", "leaders": 3,
             "share_2019": 1}
        ],
        "sites": [
            {"site": "site", "name": "Site", "territory": "place0", "cell": "place0", "active_from": "2000-01-01",
             "active_to": "", "workers_low": 100, "workers_high": 100, "compounds_low": 1, "compounds_high": 1,
             "aggregate_of": "", "syndicate": "boss"}
        ],
        "pools": [
            {"pool": "crowd", "name": "Crowd", "bloc": "other", "state": "", "users_2015_m": 100, "users_2020_m": 100,
             "users_2025_m": 100, "wealth_usd": 29000, "reporting_rate": 0, "recovered_share": 0, "friction": 0}
        ],
        "pool_languages": [{"pool": "crowd", "language": "one", "share": 1}],
        "labour_pools": [
            {"labour_pool": "source", "name": "Source", "young_adults_m": 1000, "poverty": 1, "conflict": 0, "network_2019": 1}
        ],
        "labour_languages": [{"labour_pool": "source", "language": "one", "share": 1}],
        "schemes": [
            {"scheme": "scheme", "name": "Scheme", "conversion_relative": 1, "ticket_relative": 1, "labour_intensity": 1,
             "visibility": 1, "laundering_route": "crypto"}
        ],
        "scheme_blocs": [{"scheme": "scheme", "bloc": "other", "weight": 1}],
    }  # fmt: skip
    rows = {table: [model.model_validate(where | row) for row in given[table]] for table, model in TABLES.items()}
    return Region("little", rows, "by hand")


def small(crews: int = 1, places: int = 1, *, workers: float = 100.0, room: float = ENDLESS, spare: int = 0, **settings):
    """A world of `crews` open, rich, practised crews of `workers` in the first of `places` territories.

    settings: groups of parameters in rules' units (rates per week). Returns the fields of `sim.state.World`, and besides `p` (the
    row of parameters), `clock` (the row of the clock) and `chance`.
    """
    scenario = Scenario("little", little_region(places, room), dt.date(2021, 1, 4), dt.date(2022, 1, 3), check_parameters(None))
    made = new_world(scenario, 1)
    rows = crews + spare
    crew_tables = {name: np.repeat(getattr(made, name)[:1], rows, axis=0) for name in PER_CREW}
    crew_tables["compounds"] = ColumnTable.of(crew_tables["compounds"])
    made = made._replace(**crew_tables, order=new_table(ORDER, rows), moves=new_table(MOVES, 8 * rows + 64))
    w = SimpleNamespace(**made._asdict())
    for group, values in settings.items():
        for name, value in values.items():
            w.params[group][name] = value
    w.p, w.clock, w.clocks = w.params[0], made.clock[0], made.clock
    table = w.compounds
    table[crews:] = np.zeros(1, table.dtype)
    table["raid_week"] = -1
    table["lineage"][:crews] = [identity("crew", number) for number in range(crews)]
    for column, value in {"status": OPEN, "workers": workers, "capital": 1e9, "bribe_rate": 0.0, "outlook": 0.0}.items():
        table[column][:crews] = value
    w.workforce[:] = 0.0
    w.workforce[:crews, 0] = workers
    for name in ("skill", "targets", "mix", "reach", "take"):
        getattr(w, name)[:] = 1.0
    w.belief[:] = w.distance_km[:] = w.ties[:] = 0.0
    w.territories["prior_risk"] = w.territories["laundering"] = 0.0
    w.laundry[:] = w.clock["laundering"] = 0.0
    w.known[:] = 1
    w.clock["compounds"], w.clock["earning"] = crews, 700.0
    do(count_people, w)
    return w


def do(rule, w, **extra) -> object:
    """Call a rule with the tables that its signature names (`levers`, `params`, `chance` and scratch arrays included)."""
    known = vars(w) | {"levers": w.lever, "params": w.p, "chance": _chance(int(w.clock["week"])), "heard": w.values} | extra
    return rule(*(known[name] for name in _names(rule)))


@lru_cache(maxsize=1024)
def _chance(week: int) -> Chance:
    return Chance(np.uint64(chance_of_week(np.uint64(1), np.int64(week)).key))


@lru_cache(maxsize=64)
def _names(rule) -> tuple[str, ...]:
    return tuple(inspect.signature(getattr(rule, "py_func", rule)).parameters)

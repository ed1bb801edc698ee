"""An island: a component of the world that nothing ties to the rest but what the tests tie.

The invented region and, 600 km out at sea, a country of its own: a territory of one cell with its holder, its state
and a syndicate that knows no other place. What couples crews everywhere, by design, is cut one by one in `CUT`; a test may leave
out a cut to see that coupling at work.
"""

import dataclasses
import datetime as dt

import numpy as np
from running import CREW_TABLES, scenario_on

from sim.region import Region
from sim.scenario import Scenario
from sim.schema import TABLES
from sim.state import World

ISLAND = "island"
START, END = dt.date(2019, 1, 7), dt.date(2020, 7, 6)
ROWS = {
    "countries": {"country": "isle", "name": "Isle", "remote": 0},
    "protectors": {
        "protector": "isle_holder", "name": "Isle holder", "kind": "militia", "patron": "", "allies": "", "opponents": "",
        "stance": "host", "shield": 0.5, "tax_rate": 0.1, "strength": 1, "dependence": 0.5, "china_access": 0,
    },
    "states": {
        "state": "isle", "name": "Isle", "country": "isle", "bloc": "other", "capacity": 0.5, "corruption": 0.5,
        "raid_capacity_per_year": 500,
    },
    "territories": {
        "territory": ISLAND, "name": "Island", "country": "isle", "controller": "isle_holder", "remote": 0, "lat": 6.0,
        "lon": -25.0, "governance": 0.3, "corruption": 0.8, "conflict": 0.1, "sez": 0, "rent_usd_per_worker_week": 40,
    },
    "cells": {
        "cell": "island_cell", "lat": 6.0, "lon": -25.0, "country": "isle", "territory": ISLAND, "remote": 0, "town": "",
        "population": 0, "connectivity": 0.8, "capacity_workers": 9000, "neighbours": "",
    },
    "syndicates": {
        "syndicate": "isle_crews", "name": "Isle crews", "home": ISLAND, "territories": ISLAND, "patrons": "", "leaders": 3,
        "share_2019": 0.3,
    },
}  # fmt: skip
SITE = {
    "site": "isle_site", "name": "Isle site", "territory": ISLAND, "cell": "island_cell", "active_from": "2015-01-01",
    "active_to": "", "workers_low": 300, "workers_high": 900, "compounds_low": 1, "compounds_high": 1, "aggregate_of": "",
    "syndicate": "isle_crews",
}  # fmt: skip

# What crews share wherever they are, and the setting that cuts it. Values outside a shipped range stand for "not at all".
CUT = {
    "pools of victims": {"structure": {"pools": "unlimited"}},  # crews that crowd a pool spoil it for all
    "pools of recruits": {"structure": {"labour": "slack"}, "labour": {"size_power": 0.0}},  # they draw from one stock of people
    "entry": {"structure": {"entry": "off"}},  # new crews come where the trade as a whole pays
    "news": {"structure": {"beliefs": "none"}, "beliefs": {"spill_abroad": 0.0}},  # a raid is heard of across borders
    "scouting": {"beliefs": {"scouting": 0.0}},  # a syndicate may learn of any place
}

BUSY = {
    "lever": "raid_campaign",
    "actors": ["arda"],
    "territories": ["north_enclave"],
    "effort": 10,
    "budget": 12,
    "start": str(START),
}  # in every world, so that the rest has something to do


def with_island(site: bool = True, tied_by: tuple[str, ...] = (), levers: tuple[dict, ...] = ()) -> Scenario:
    """The baseline on the region with an island; with or without a crew on it, its ties to the rest cut but for those named."""
    plain = scenario_on("toy", "baseline", START, END)
    rows = {table: list(entries) for table, entries in plain.region.rows.items()}
    for table, row in {**ROWS, **({"sites": SITE} if site else {})}.items():
        rows[table].append(TABLES[table].model_validate(row | {"source": "invented", "grade": "D"}))
    params = {group: dict(values) for group, values in plain.params.items()}
    for tie, settings in CUT.items():
        for group, values in settings.items() if tie not in tied_by else ():
            params[group] |= values
    return dataclasses.replace(plain, region=Region("with_island", rows, "by hand"), params=params, interventions=(BUSY, *levers))


def elsewhere(world: World, region: Region) -> dict[str, np.ndarray]:
    """All that there is of crews, moves, places, holders and syndicates that are not the island's; crews by lineage.

    Left out is what is summed over all crews: the pools' losses, the stocks of people, the week's totals, and what states make of
    these (with decisions of their own, or raids to share between two places, states would be a tie too).
    """
    syndicate, place = region.index("syndicates")["isle_crews"], region.index("territories")[ISLAND]
    crews = world.compounds[: int(world.clock["compounds"][0])]
    mine = np.flatnonzero(crews["syndicate"] != syndicate)
    mine = mine[np.argsort(crews["lineage"][mine])]
    moves = np.asarray(world.moves)[: int(world.clock["moves"][0])]
    moves = moves[np.isin(moves["lineage"], crews["lineage"][mine])]
    tables = {name: getattr(world, name)[mine] for name in CREW_TABLES}
    tables |= {"moves": moves[np.lexsort((moves["lineage"], moves["week"]))]}
    for name, row in {
        "territories": place,
        "syndicates": syndicate,
        "protectors": region.index("protectors")["isle_holder"],
    }.items():
        tables[name] = np.delete(getattr(world, name)[:], row)
    tables["cells"] = world.cells[world.cells["territory"] != place]
    tables["belief"] = np.delete(np.delete(np.asarray(world.belief), syndicate, 0), place, 1)
    tables["known"] = np.delete(np.asarray(world.known), syndicate, 0)
    found = {}
    for name, table in tables.items():
        for column in table.dtype.names or ("",):
            found[f"{name}.{column}".rstrip(".")] = np.ascontiguousarray(table[column] if column else table)
    return found

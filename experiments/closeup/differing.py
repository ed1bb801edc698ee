"""Where two worlds differ, to the bit: each column's first row that does, by name and in natural units."""

from collections.abc import Iterator

import numpy as np

from sim import state
from sim.agents import compounds, pools, protectors, states, syndicates, territories
from sim.scenario import Scenario

SCRATCH = ("order", "values")  # rules leave in them what nobody reads again
TOLD_ALREADY = ("acts_from", "acts_to")  # by effort
ROWS = {
    "compounds": None, "workforce": None, "skill": None, "targets": None, "mix": None, "reach": None, "take": None,
    "belief": "syndicates", "burnt": "syndicates", "own_raids": "syndicates", "known": "syndicates",
    "ties": "syndicates", "effort": "states", "lobby": "states", "harm": "territories", "pursuit": "territories",
    "sought": "territories", "recruit_mix": "labour_pools", "seen": "territories", "laundry": "territories",
    "territory": "territories", "pool": "pools", "syndicate": "syndicates", "protector": "protectors", "labour": "labour_pools",
    "state": "states", "usable": "labour_pools", "able_share": "labour_pools", "demand": "labour_pools",
}  # fmt: skip
COLUMNS = {"workforce": "labour_pools", "skill": "pools", "targets": "pools", "mix": "schemes", "reach": "pools", "take": "pools",
           "harm": "pools", "pursuit": "pools", "sought": "pools", "recruit_mix": "territories", "laundry": "schemes",
           "dearness": "territories", "usable": "pools", "lobby": "states"}  # fmt: skip
TOLD = {
    "compounds": compounds.COLUMNS, "territories": territories.TERRITORIES, "cells": territories.CELLS, "pools": pools.POOLS,
    "labour_pools": pools.LABOUR_POOLS, "schemes": pools.SCHEMES, "protectors": protectors.COLUMNS, "states": states.COLUMNS,
    "syndicates": syndicates.COLUMNS, "clock": state.CLOCK, "flows": state.FLOWS, "seen": state.SEEN, "moves": state.MOVES,
}  # fmt: skip
IN_FIXED_POINT = ("flows", "harm")  # all of them; of other tables the unit of a column says so
UNITS = {"harm": "USD", "effort": "raids/compound-year", "pursuit": "raids/compound-year", "belief": "raids/compound-year"}
PLACES = {"territory": "territories", "bound_for": "territories", "raid_territory": "territories", "home": "territories",
          "start_territory": "territories", "cell": "cells", "origin": "cells", "destination": "cells", "syndicate": "syndicates",
          "protector": "protectors", "patron": "states"}  # fmt: skip


def differences(first, second, scenario: Scenario) -> Iterator[str]:
    """Each column of each table that differs in any bit, as 'table.column: first row that differs, value, value'."""
    for name, left, right in zip(first._fields, first, second, strict=True):
        if name in ("params", *SCRATCH) or isinstance(left, tuple):
            continue
        rows = min(len(left), len(right))
        for column in left.dtype.names or ("",):
            if column in ("seed", *TOLD_ALREADY):
                continue
            a, b = (left[column], right[column]) if column else (left, right)
            differ = np.argwhere(bits(a[:rows]) != bits(b[:rows]))
            if len(differ):
                place = tuple(differ[0])
                where = entity(name, place, first, scenario)
                table = f"{name}.{column}" if column else name
                more = f"  ({len(differ)} differ)" if len(differ) > 1 else ""
                yield f"{table}: {where} {both(name, column, a[place], b[place], scenario)}{more}"


def bits(values: np.ndarray) -> np.ndarray:
    """The same as whole numbers, which are equal where every bit is: 0.0 and -0.0 are not, and what is no number may be."""
    values = np.ascontiguousarray(values)
    return values.view(f"u{values.itemsize}")


def both(table: str, column: str, first, second, scenario: Scenario) -> str:
    """Two values of a column, in its natural unit: 'first -> second unit'."""
    told = TOLD.get(table, {}).get(column)
    unit = told.unit if told else UNITS.get(table, "")
    if unit == "row" and column in PLACES:
        return f"{named(PLACES[column], first, scenario)} -> {named(PLACES[column], second, scenario)}"
    if column in ("lineage", "parent", "identity"):
        return f"{int(first):016x} -> {int(second):016x}"
    if table in IN_FIXED_POINT or "fixed point" in unit:
        first, second = first / state.ONE, second / state.ONE
    texts = [f"{value:.12g}" for value in (first, second)]
    if texts[0] == texts[1]:
        texts = [f"{value:.17g}" for value in (first, second)]
    unit = unit.removesuffix(", fixed point")
    return " -> ".join(texts) + (f" {unit}" if unit not in ("", "row", "0/1") else "")


def named(table: str, row: int, scenario: Scenario) -> str:
    """What the region calls a row of a table."""
    names = scenario.region.names(table)
    return "none" if row < 0 else names[row] if row < len(names) else f"row {row}"


def entity(table: str, place: tuple[int, ...], world, scenario: Scenario) -> str:
    """What stands in a row (and column) of a table: a name of the region, or a lineage."""
    kind = ROWS.get(table, table)
    if kind is None and hasattr(world, "compounds"):
        found = [f"compound {int(world.compounds['lineage'][place[0]]):016x}"]
    else:
        found = [named(kind, place[0], scenario) if kind in scenario.region.rows else f"row {place[0]}"]
    if len(place) > 1:
        second = scenario.region.names(COLUMNS.get(table, "territories"))
        found.append(second[place[1]] if place[1] < len(second) else f"column {place[1]}")
    return " / ".join(found)

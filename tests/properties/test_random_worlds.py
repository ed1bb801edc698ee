"""Whatever the map, the parameters and whatever is done: the books balance, nothing leaves its bounds, worlds are paired."""

import csv
import dataclasses

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from running import advance, columns, differences, outcome

from sim.agents import compounds, pools, protectors, states, syndicates, territories
from sim.checks import check_week, totals
from sim.interventions import load_interventions, pull
from sim.interventions import names as lever_names
from sim.levers import SCOPES
from sim.model import simulate, week
from sim.region import load_region
from sim.state import World
from sim.world import enlarged, new_world

from .made_up import WEEKS, part, parts, scenario_of, seeds, worlds

MANY = 20 * settings().max_examples

SHARES = {
    f"{table}.{name}"
    for table, kinds in {
        "cells": territories.CELLS, "territories": territories.TERRITORIES, "protectors": protectors.COLUMNS,
        "states": states.COLUMNS, "syndicates": syndicates.COLUMNS, "compounds": compounds.COLUMNS, "pools": pools.POOLS,
        "labour_pools": pools.LABOUR_POOLS, "schemes": pools.SCHEMES,
    }.items()
    for name, column in kinds.items()
    if column.unit == "share"
}  # fmt: skip


def out_of_bounds(world: World, interventions: int = 1) -> list[str]:
    """Columns with a number that is none, shares outside 0..1, levers outside what so many interventions may ask together."""
    found = []
    for name, values in columns(world).items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            found.append(f"{name} holds {values[~np.isfinite(values)][0]}")
        if name in SHARES and len(values) and not (values.min() >= -1e-9 and values.max() <= 1 + 1e-9):
            found.append(f"{name} is a share between {values.min()} and {values.max()}")
    for scope, levers in SCOPES.items():
        for name, lever in levers.items():
            pulled = getattr(world.lever, scope)[name]
            most = lever.high * max(interventions, 1) if "/" in lever.unit or "per" in lever.unit else lever.high  # rates add up
            if len(pulled) and not (lever.low <= pulled.min() and pulled.max() <= most):
                found.append(f"lever {scope}.{name} is between {pulled.min()} and {pulled.max()}")
    return found


def balanced(told: dict, seed: int) -> None:
    """Asserts that the books of a world balance and nothing leaves its bounds, week by week."""
    scenario = scenario_of(**told)
    world, pulled = new_world(scenario, seed), load_interventions(scenario)
    assert out_of_bounds(world, len(pulled)) == [], "on the first day"
    for number in range(WEEKS):
        world = enlarged(world)
        pull(world, pulled, number)
        before = totals(world)
        week(world)
        assert check_week(world, before) + out_of_bounds(world, len(pulled)) == [], f"week {number}"


@pytest.mark.parametrize("lever", lever_names())
@settings(max_examples=max(settings().max_examples // 5, 3))
@given(data=st.data())
def test_the_books_balance_and_nothing_leaves_its_bounds(lever, data):
    balanced(data.draw(worlds(lever)), data.draw(seeds))


@pytest.mark.slow
@settings(max_examples=MANY)
@given(worlds(), seeds)
def test_the_books_balance_in_many_more_worlds(told, seed):
    balanced(told, seed)


def paired(told: dict, seed: int) -> None:
    """Asserts that a world is the one without interventions until the first begins, and for good where none has any strength."""
    scenario = scenario_of(**told)
    pulled = load_interventions(scenario)
    quiet = next((n for n in range(WEEKS) if any(item.strength(n) is not None for item in pulled)), WEEKS)
    note(f"{quiet} quiet weeks")
    left_alone = new_world(dataclasses.replace(scenario, interventions=()), seed)
    without = advance(left_alone, quiet)
    assert differences(columns(advance(new_world(scenario, seed), quiet, pulled)), columns(without)) == []
    idle = dataclasses.replace(scenario, interventions=tuple(given | {"intensity": 0.0} for given in scenario.interventions))
    without = advance(without, WEEKS - quiet)
    assert differences(columns(advance(new_world(idle, seed), WEEKS, load_interventions(idle))), columns(without)) == []


@given(worlds(), seeds)
def test_a_world_is_the_one_without_interventions_until_the_first_begins_and_while_they_have_no_strength(told, seed):
    paired(told, seed)


@pytest.mark.slow
@settings(max_examples=MANY)
@given(worlds(), seeds)
def test_so_it_is_in_many_more_worlds(told, seed):
    paired(told, seed)


@given(worlds(), seeds)
def test_a_made_up_world_is_the_same_twice_and_leaves_no_number_that_is_none(told, seed):
    once, again = (outcome(simulate(scenario_of(**told), seed)) for _ in range(2))
    assert differences(once, again) == []
    assert [name for name, values in once.items() if values.dtype.kind == "f" and not np.isfinite(values).all()] == []


@given(parts())
def test_the_door_lets_a_made_up_region_in(tmp_path_factory, told):
    """What is tried here could be written by anybody: as files, the region is read and checked like those that are shipped."""
    region, folder = part(**told), tmp_path_factory.mktemp("data")
    (folder / "made_up").mkdir()
    for table, rows in region.rows.items():
        with (folder / "made_up" / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            lines = [row.model_dump() for row in rows]
            writer = csv.DictWriter(file, list(lines[0]))
            writer.writeheader()
            writer.writerows({key: " ".join(v) if isinstance(v, tuple) else v for key, v in line.items()} for line in lines)
    read = load_region("made_up", folder)
    assert read.rows == region.rows

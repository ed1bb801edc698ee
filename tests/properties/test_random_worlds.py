"""Whatever the parameters and whatever is done: the books balance, nothing leaves its bounds, worlds are paired."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from running import advance, columns, differences

from sim.agents import compounds, pools, protectors, states, syndicates, territories
from sim.checks import check_week, totals
from sim.interventions import load_interventions, pull
from sim.interventions import names as lever_names
from sim.levers import SCOPES
from sim.model import week
from sim.state import World
from sim.world import enlarged, new_world

from .made_up import WEEKS, scenarios, seeds

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


@pytest.mark.parametrize("lever", lever_names())
@settings(max_examples=max(settings().max_examples // 5, 3))
@given(data=st.data())
def test_the_books_balance_and_nothing_leaves_its_bounds(lever, data):
    scenario, seed = data.draw(scenarios(lever)), data.draw(seeds)
    world, pulled = new_world(scenario, seed), load_interventions(scenario)
    for number in range(WEEKS):
        world = enlarged(world)
        pull(world, pulled, number)
        before = totals(world)
        week(world)
        assert check_week(world, before) + out_of_bounds(world, len(pulled)) == [], f"week {number}"


@given(scenarios(), seeds)
def test_a_world_is_the_one_without_interventions_until_the_first_begins(scenario, seed):
    pulled = load_interventions(scenario)
    quiet = next((n for n in range(WEEKS) if any(item.strength(n) is not None for item in pulled)), WEEKS)
    note(f"{quiet} quiet weeks")
    left_alone = dataclasses.replace(scenario, interventions=())
    with_them, without = advance(new_world(scenario, seed), quiet, pulled), advance(new_world(left_alone, seed), quiet)
    assert differences(columns(with_them), columns(without)) == []


@given(scenarios(), seeds)
def test_a_made_up_world_is_the_same_twice(scenario, seed):
    once, again = (advance(new_world(scenario, seed), WEEKS, load_interventions(scenario)) for _ in range(2))
    assert differences(columns(once), columns(again)) == []

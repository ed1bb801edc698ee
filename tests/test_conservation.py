"""People, money and victims are conserved every week, whatever is done to the world."""

import numpy as np
import pytest
from running import DISTINCT, advance, around_start, scenario_on

from sim.checks import check_week, people_by_cell, totals
from sim.interventions import load_interventions, pull
from sim.levers import SCOPES, reset
from sim.model import week
from sim.scenario import load_scenario
from sim.state import OPEN, RAIDED, fixed
from sim.world import enlarged, new_world

REGIONS = ("toy", "southeast_asia")


def complaints(world, weeks, each_week):
    """What does not add up in any of the next weeks; `each_week(world, number)` sets the levers."""
    found = []
    for number in range(weeks):
        world = enlarged(world)
        each_week(world, number)
        before = totals(world)
        week(world)
        found += [f"week {number}: {line}" for line in check_week(world, before)]
    return found


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", DISTINCT)
def test_all_is_conserved_around_the_start_of_every_scenario(name, region):
    scenario = around_start(region, name, before=26, after=104)
    interventions = load_interventions(scenario)
    world = new_world(scenario, 11)
    assert complaints(world, 130, lambda w, number: pull(w, interventions, number)) == []
    frozen = scenario.params["structure"]["growth"] == "frozen"
    assert world.flows["losses"][0] > 0 and (world.flows["recruited"][0] > 0) != frozen, "nothing flowed: nothing was checked"


@pytest.mark.parametrize("region", REGIONS)
def test_all_is_conserved_over_ten_years_of_the_baseline(region):
    assert complaints(new_world(scenario_on(region), 5), 520, lambda w, number: None) == []


@pytest.mark.parametrize("region", REGIONS)
def test_all_is_conserved_where_labour_is_never_short_and_small_cells_are_many(region):
    given = {"structure": {"labour": "slack"}, "labour": {"small_cells": 0.1, "give_up": 0.2}}
    world = new_world(load_scenario(region=region, params=given), 6)
    assert complaints(world, 260, lambda w, number: None) == []
    assert world.labour_pools["at_home"].sum() > 0 and world.flows["at_home"][0] > 0, "nobody came home: nothing was checked"


def test_what_ventures_put_into_special_economic_zones_is_told_as_money_from_outside():
    given = {"entry": {"partners": 0.8, "rate": 1.0}}
    world, seen = new_world(load_scenario(region="toy", params=given), 6), []
    world.territories["sez"] = 1

    def note(w, number):
        seen.append(int(w.flows["invested"][0]))

    assert complaints(world, 104, note) == []
    assert max(seen) > 0 and min(seen) == 0, "nobody entered: nothing was checked"


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_is_conserved_when_every_lever_is_jerked_about(region, seed):
    rng = np.random.default_rng(seed)

    def jerk(world, number):
        reset(world.lever)
        for scope, levers in SCOPES.items():
            table = getattr(world.lever, scope)
            for name, lever in levers.items():
                top = min(lever.high, 50.0) if lever.unit != "USD" else lever.high
                pulled = rng.random(len(table)) < 0.15
                table[name] = np.where(pulled, rng.uniform(lever.low, top, len(table)), lever.neutral)
        world.lever.territory["offensive_by"] = rng.integers(-1, len(world.protectors), len(world.territories))
        world.lever.effort[:] = rng.uniform(0, 30, world.lever.effort.shape) * (rng.random(world.lever.effort.shape) < 0.3)

    world = new_world(scenario_on(region), seed)
    assert complaints(world, 130, jerk) == []
    assert world.clock["moves"][0] > 20, "nobody moved: the hard part was not checked"


def test_recruits_and_movers_are_never_promised_the_same_room():
    def crowd(world, number):  # crews are rich, eager and restless; people are plenty and buildings scarce
        crews = world.compounds
        at_work = crews["status"] == OPEN
        crews["capital"][at_work], crews["outlook"][at_work] = 1e9, 1e6
        crews["ask"][np.flatnonzero(at_work)[::2]] = RAIDED
        world.params["growth"]["growth_rate"], world.params["labour"]["weekly_supply"] = 0.3, 1.0
        world.params["site_choice"]["outside"] = -1e7
        world.known[:] = 1

    world = new_world(scenario_on("toy"), 1)
    assert complaints(world, 80, crowd) == []
    assert (people_by_cell(world) > 0.9 * world.cells["capacity"]).any(), "no cell was full: nothing was checked"


# --- the checks themselves catch what they are for ------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "amount", "complaint"),
    [
        ("labour_pools", "freed", 1, "people by origin"),
        ("labour_pools", "at_home", 1, "people by origin"),
        ("syndicates", "assets", 1e6, "wealth"),
        ("compounds", "capital", 1e6, "wealth"),
        ("pools", "aware", 1.0, "victims by group"),
        ("compounds", "workers", 1.0, "crew sizes"),
        ("flows", "tax", 1e4, "revenue"),
        ("flows", "at_home", 1e4, "losses"),
        ("flows", "invested", 1e6, "wealth"),
    ],
)
def test_a_leak_is_noticed(world, table, column, amount, complaint):
    leaky = world(weeks=10)
    before = totals(leaky)
    week(leaky)
    assert check_week(leaky, before) == []
    values = getattr(leaky, table)[column]
    values[0] += fixed(amount) if values.dtype.kind == "i" else amount
    assert complaint in " ".join(check_week(leaky, before))


def test_people_are_never_negative_and_shares_sum_to_one_after_ten_years(world):
    later = advance(world(seed=4), 520)
    crews = int(later.clock["compounds"][0])
    assert (later.workforce[:crews] >= 0).all()
    assert np.allclose(later.recruit_mix.sum(axis=0), 1.0)
    assert ((later.skill >= 0) & (later.skill <= 1)).all()

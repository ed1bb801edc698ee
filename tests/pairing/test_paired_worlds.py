"""Worlds of one seed are the same to the bit until something is done, and the order and number of rows mean nothing.

All shipped scenarios on both regions, the cells of the factorial included, are watched before their start in test_scenarios.
"""

import dataclasses
import importlib

import numpy as np
import pytest
from running import (
    BEGINS,
    CREW_TABLES,
    DISTINCT,
    advance,
    around_start,
    columns,
    differences,
    first_start,
    outcome,
    run,
    scenario_on,
)

import sim
from sim.interventions import names as lever_names
from sim.randomness import identity
from sim.records import moves_by_name
from sim.region import Region
from sim.scenario import read_choice
from sim.state import CLOSED, MOVING
from sim.world import enlarged, new_world

REGIONS = ("toy", "southeast_asia")
ANOTHER_WORLD = "reference_world"  # room without end from the first day; the reference nulls are paired with it, it with nobody


# --- worlds are paired ---------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_the_placebo_is_the_baseline_to_the_bit(region):
    placebo = scenario_on(region, "placebo")
    assert placebo.interventions, "a placebo without an intervention shows nothing"
    baseline = scenario_on(region, "baseline")
    assert differences(outcome(sim.simulate(placebo, 2)), outcome(sim.simulate(baseline, 2))) == []


@pytest.mark.parametrize("lever", lever_names())
def test_a_lever_pulled_with_no_intensity_leaves_the_world_as_it_was_to_the_bit(toy, lever):
    asked = {
        "share": 1.0, "reach": 1.0, "friction": 1.0, "rate": 40.0, "effort": 40.0, "budget": 9.0, "factor": 5.0,
        "laundering": 0.5, "stopped": 0.5, "stake": 0.5, "withheld": 0.2, "gain": 0.5, "tax": 1.0,
        "states": toy.region.names("states")[:1], "severity": 1e8,
        "celerity": 1.0, "poverty": 1.0, "awareness": 1.0, "withdrawn": 1.0,
        "actors": toy.region.names("states")[:1], "by": toy.region.names("protectors")[0],
        "labour_pools": toy.region.names("labour_pools"),
        "syndicates": toy.region.names("syndicates"), "protectors": toy.region.names("protectors"),
    }  # fmt: skip
    settings = importlib.import_module(f"sim.interventions.{lever}").Settings.model_fields
    pulled = {"lever": lever, "start": str(BEGINS), "intensity": 0.0} | {key: asked[key] for key in asked if key in settings}
    short = dataclasses.replace(toy, end=toy.date(40))
    without, nothing = sim.simulate(short, 1), sim.simulate(dataclasses.replace(short, interventions=(pulled,)), 1)
    assert differences(outcome(without), outcome(nothing)) == []


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", [name for name in DISTINCT if name not in ("baseline", ANOTHER_WORLD)])
def test_worlds_are_the_same_to_the_bit_until_the_intervention_starts_and_not_after(name, region):
    begins = first_start(scenario_on(region, name)) or BEGINS
    weeks = (begins - BEGINS).days // 7 + (1 if (begins - BEGINS).days % 7 else 0)  # whole weeks that begin before it
    other = read_choice("scenario", name)["relative_to"]
    treated, baseline = run(scenario_on(region, name), weeks), run(scenario_on(region, other), weeks)
    assert differences(columns(treated), columns(baseline)) == []
    if name != "placebo":
        assert differences(columns(run(scenario_on(region, name), weeks + 8)), columns(advance(baseline, 8)))


# --- rows mean nothing ---------------------------------------------------------------------------


ORDERED = ["pools", "territories", "syndicates", "states", "labour_pools", "protectors", "schemes"]
ORDERS = {
    "turned": lambda rows: rows[::-1],
    "shuffled": lambda rows: [rows[n] for n in np.random.default_rng(8).permutation(len(rows))],
}


@pytest.mark.parametrize("table", ORDERED)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("region", REGIONS)
def test_the_order_of_rows_of_a_region_decides_nothing(region, order, table):
    """Who moves, enters or is raided, when and where is the same; so are amounts, but for the last digits of sums."""
    scenario = around_start(region, "kokang_crackdown", 10, 110)
    given = scenario.region.rows[table]
    rows = scenario.region.rows | {table: ORDERS[order](given)}
    assert rows[table] != given
    place = {row.territory: number for number, row in enumerate(rows["territories"])}
    rows["cells"] = sorted(rows["cells"], key=lambda cell: (place[cell.territory], cell.cell))
    moved = dataclasses.replace(scenario, region=Region("moved", rows, "moved"))
    plain, other = sim.simulate(scenario, 4), sim.simulate(moved, 4)
    assert len(plain.moves) > 20, "nothing happened: nothing was tried"
    moves = moves_by_name(other.moves, moved)
    for column, values in moves_by_name(plain.moves, scenario).items():
        same = np.allclose if column == "workers" else np.array_equal
        assert same(values, moves[column]), column
    back = [place[name] for name in scenario.region.names("territories")]
    assert np.array_equal(plain.records.compounds, other.records.compounds[:, back])
    assert other.records.workers[:, back] == pytest.approx(plain.records.workers, rel=1e-6)
    assert other.records.losses[:, back] == pytest.approx(plain.records.losses, rel=1e-6)


@pytest.mark.parametrize("region", REGIONS)
def test_the_order_of_rows_changes_nothing(region):
    scenario = around_start(region, "baseline", 0, 80)
    plain, shuffled = new_world(scenario, 1), new_world(scenario, 1)
    used = int(plain.clock["compounds"][0])
    order = np.random.default_rng(0).permutation(used)
    for name in CREW_TABLES:
        getattr(shuffled, name)[:used] = getattr(plain, name)[:used][order]
    assert shuffled.compounds["lineage"][0] != plain.compounds["lineage"][0]
    plain, shuffled = advance(plain, 80), advance(shuffled, 80)
    assert plain.clock["compounds"][0] > used, "nobody entered: the order of newcomers was not tried"
    assert differences(columns(plain), columns(shuffled)) == []


@pytest.mark.parametrize("status", [CLOSED, MOVING], ids=["closed", "never_arrives"])
def test_an_inert_crew_leaves_all_others_as_they_were_to_the_bit(world, status):
    alone, joined = world(), world()
    row, ghost = int(joined.clock["compounds"][0]), identity("ghost")
    joined.clock["compounds"] += 1
    crew = joined.compounds[row]
    crew["lineage"], crew["status"], crew["arrives"], crew["raid_week"] = ghost, status, 10**9, -1
    joined.targets[row], joined.mix[row] = 1 / joined.targets.shape[1], 1 / joined.mix.shape[1]
    alone, joined = advance(alone, 100), advance(joined, 100)
    assert joined.clock["compounds"][0] == alone.clock["compounds"][0] + 1
    assert differences(columns(alone), columns(joined, leave_out=(int(ghost),))) == []


def test_more_room_in_the_tables_changes_nothing(world):
    roomy, cramped = world(), world()
    rows = int(cramped.clock["compounds"][0]) + 40
    small = {name: getattr(cramped, name)[:rows].copy() for name in (*CREW_TABLES, "order")}
    cramped = cramped._replace(**small, moves=cramped.moves[:40].copy())
    roomy, cramped = advance(roomy, 150), advance(cramped, 150)
    assert len(cramped.compounds) > rows and len(cramped.moves) > 40
    assert differences(columns(roomy), columns(cramped)) == []


def test_a_world_with_room_to_spare_is_not_copied(world):
    small = world()
    assert enlarged(small) is small

"""Three worlds of which the answer is known by construction, for measures and verdicts to be tried against.

reference_world           frozen: crews keep their people, nobody moves, enters or recruits, and there are no raids
reference_incapacitation  its raids take people out for good: what the target loses is found nowhere, NDR = 0 to the bit
reference_waterbed        whoever is taken works in a place without raids within the week, NDR = 1 but for the last digits

The net displacement ratio is taken here from the tables of the worlds, in double precision, and once through the measure.
"""

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from running import advance, around_start, scenario_on

from sim.interventions import load_interventions
from sim.measures.displacement import displacement
from sim.measures.zones import zones
from sim.scenario import load_scenario
from sim.state import OPEN
from sim.world import new_world

BEFORE, AFTER = 4, 104  # weeks before and after raids begin
CASES = [("toy", 1), ("toy", 2), ("toy", 3), ("southeast_asia", 1)]
WATERBED, INCAPACITATION, WORLD = "reference_waterbed", "reference_incapacitation", "reference_world"


@lru_cache(maxsize=32)
def lived(name: str, region: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People by week and territory; people, and real raids on it, by week and crew."""
    calendar = around_start(region, WATERBED, BEFORE, AFTER)
    scenario = load_scenario(name, region=region, start=calendar.start, end=calendar.end)
    world, active, places, crews, raids = new_world(scenario, seed), load_interventions(scenario), [], [], []
    rows = int(world.clock["compounds"][0])
    for week in range(BEFORE + AFTER):
        due = (world.compounds["raid_week"][:rows] == week) & (world.compounds["raid_staged"][:rows] == 0)
        world = advance(world, 1, active)
        places.append(world.territories["workers"].copy())
        crews.append(world.compounds["workers"][:rows].copy())
        raids.append(due & (world.compounds["status"][:rows] == OPEN))
    assert int(world.clock["compounds"][0]) == rows, "a crew entered or split"
    assert (world.compounds["status"][:rows] == OPEN).all(), "a crew closed or moved"
    return np.array(places), np.array(crews), np.array(raids)


def target(region: str) -> np.ndarray:
    """Which territories are the target."""
    scenario = scenario_on(region, WATERBED)
    return np.isin(scenario.region.names("territories"), scenario.target)


def changes(name: str, region: str, seed: int) -> tuple[float, float]:
    """Person-weeks that the target loses and that all other places gain after raids begin."""
    change = (lived(name, region, seed)[0] - lived(WORLD, region, seed)[0])[BEFORE:]
    inside = target(region)
    return float(-change[:, inside].sum()), float(change[:, ~inside].sum())


@pytest.mark.parametrize(("region", "seed"), CASES)
def test_the_waterbed_displaces_everybody(region, seed):
    lost, gained = changes(WATERBED, region, seed)
    assert lost > 0.1 * lived(WORLD, region, seed)[0][BEFORE:, target(region)].sum(), "too few were taken to say something"
    assert gained / lost == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("region", "seed"), CASES)
def test_incapacitation_displaces_nobody_to_the_bit(region, seed):
    lost, gained = changes(INCAPACITATION, region, seed)
    assert lost > 0.1 * lived(WORLD, region, seed)[0][BEFORE:, target(region)].sum(), "too few were taken to say something"
    assert gained == 0.0
    outside = ~target(region)
    alone, raided = (lived(name, region, seed)[0][:, outside] for name in (WORLD, INCAPACITATION))
    assert raided.tobytes() == alone.tobytes()


@pytest.mark.parametrize(("region", "seed"), CASES)
def test_the_same_people_are_taken_in_both_worlds_in_the_first_raids(region, seed):
    first = [np.flatnonzero(lived(name, region, seed)[2].any(axis=1))[0] for name in (WATERBED, INCAPACITATION)]
    assert first[0] == first[1] >= BEFORE
    people = [lived(name, region, seed)[0][first[0], target(region)] for name in (WATERBED, INCAPACITATION)]
    assert np.array_equal(*people)


@pytest.mark.parametrize(("region", "seed"), CASES)
def test_a_frozen_world_keeps_every_crews_people_but_for_raids(region, seed):
    alone = lived(WORLD, region, seed)[1]
    assert (alone == alone[0]).all() and alone[0].sum() > 1000
    _, crews, raids = lived(INCAPACITATION, region, seed)
    changed = np.diff(crews, axis=0) != 0
    assert (changed == raids[1:]).all() and changed.any() and (np.diff(crews, axis=0) <= 0).all()


def test_nothing_differs_before_the_raids_begin():
    for name in (WATERBED, INCAPACITATION):
        assert lived(name, "toy", 1)[1][:BEFORE].tobytes() == lived(WORLD, "toy", 1)[1][:BEFORE].tobytes()


@pytest.mark.parametrize(("name", "ratio"), [(WATERBED, 1.0), (INCAPACITATION, 0.0)])
def test_the_measure_finds_what_is_true_by_construction(name, ratio):
    scenario, rows = scenario_on("toy", name), []
    places = pd.DataFrame([place.model_dump() for place in scenario.region.territories])
    zone = zones(places, {name: list(scenario.target)}).set_index("territory")["zone"].reindex(places["territory"]).to_numpy()
    for seed in (1, 2, 3):
        with_it, without = (lived(world, "toy", seed)[0][BEFORE:].mean(axis=0) for world in (name, WORLD))
        for part in dict.fromkeys(zone):
            here = zone == part
            rows.append({"scenario": name, "seed": seed, "zone": part, "workers": with_it[here].sum(),
                         "workers_without": without[here].sum()})  # fmt: skip
    found = displacement(pd.DataFrame(rows), draws=200).iloc[0]
    assert found["suppression_high"] < -0.1
    assert [found["ndr_low"], found["ndr"], found["ndr_high"]] == pytest.approx([ratio] * 3, abs=1e-6)

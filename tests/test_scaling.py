"""Scaled and finer regions: more of the same, so that a benchmark compares like with like."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from running import advance

from experiments.timing.scaling import EXTENSIVE, divided, scaled
from sim import load_scenario
from sim.checks import check_week, totals
from sim.model import week
from sim.region import load_region
from sim.state import real
from sim.world import new_world


def world_on(region, weeks=0):
    scenario = dataclasses.replace(load_scenario(region="southeast_asia"), region=region)
    return advance(new_world(scenario, 1), weeks)


@pytest.fixture(scope="module")
def shipped():
    return load_region("southeast_asia")


@pytest.mark.parametrize("factor", [0.25, 8.0])
def test_all_that_is_counted_is_multiplied_and_all_else_stays(shipped, factor):
    grown = scaled(shipped, factor)
    for table, rows in shipped.rows.items():
        for row, other in zip(rows, grown.rows[table], strict=True):
            for name, value in row.model_dump().items():
                counted = name in EXTENSIVE.get(table, ()) and value is not None
                assert getattr(other, name) == (value * factor if counted else value), (table, name)


def test_every_number_of_people_crews_or_raids_in_the_data_is_known_to_be_extensive(shipped):
    """A new column of counts must be multiplied too; capacity of a state is a share."""
    words = ("workers", "compounds", "users", "adults", "population", "raid_capacity")
    told = {
        (table, name) for table, rows in shipped.rows.items() for name in type(rows[0]).model_fields
        if any(word in name for word in words) and "usd" not in name
    }  # fmt: skip
    assert told == {(table, name) for table, names in EXTENSIVE.items() for name in names}


def test_the_region_given_is_left_alone_and_the_new_one_has_a_digest_of_its_own(shipped):
    before = {table: [row.model_dump() for row in rows] for table, rows in shipped.rows.items()}
    digests = {shipped.digest, scaled(shipped, 2.0).digest, divided(shipped, 2).digest, divided(scaled(shipped, 2.0), 2).digest}
    assert len(digests) == 4
    assert before == {table: [row.model_dump() for row in rows] for table, rows in shipped.rows.items()}


def test_a_world_of_ten_times_as_many_crews_keeps_its_ratios(shipped):
    one, ten = world_on(shipped, weeks=26), world_on(scaled(shipped, 10.0), weeks=26)
    people = [float(world.territories["workers"].sum()) for world in (one, ten)]
    crews = [int(world.territories["compounds"].sum()) for world in (one, ten)]
    room = [float(world.cells["capacity"].sum()) for world in (one, ten)]
    loss = [float(real(world.pools["losses"].sum())) / head for world, head in zip((one, ten), people, strict=True)]
    assert np.isclose(crews[1] / crews[0], 10.0, rtol=0.25)
    assert np.isclose(people[1] / people[0], 10.0, rtol=0.25)
    assert np.isclose(room[1] / room[0], 10.0, rtol=0.05)  # first crews get room whatever the map says
    assert np.isclose(loss[1] / loss[0], 1.0, rtol=0.25)  # a worker takes what a worker takes


def test_a_cut_cell_leaves_its_territory_the_room_and_the_towns_it_had(shipped):
    finer = divided(shipped, 3)
    assert len(finer.cells) == 3 * len(shipped.cells) == len(set(finer.names("cells")))
    for place in shipped.names("territories"):
        for column in EXTENSIVE["cells"]:
            sums = [sum(getattr(cell, column) for cell in region.cells if cell.territory == place) for region in (shipped, finer)]
            assert np.isclose(*sums)
    order = [cell.territory for cell in finer.cells]
    assert sum(a != b for a, b in pairwise(order)) == len(set(order)) - 1  # still side by side


@pytest.mark.parametrize("change", [lambda region: scaled(region, 3.0), lambda region: divided(region, 2)])
def test_nothing_is_lost_in_a_week_of_a_changed_region(shipped, change):
    world = world_on(change(shipped))
    for _ in range(9):
        before = totals(world)
        week(world)
        assert list(check_week(world, before)) == []

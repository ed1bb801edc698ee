"""A world that cannot fit is refused in one line before its tables are made, however it is asked for; one that is over goes."""

import dataclasses
import sys

import pytest
from running import in_another_process

import sim
from sim.agents.compounds import COLUMNS, sites_at
from sim.model import weeks
from sim.records import new_records
from sim.state import new_columns
from sim.world import enlarged, new_world


@pytest.fixture
def million(toy):
    """The invented region with a million compounds, of which nothing is made yet."""
    sites = sites_at(toy.region, toy.start.isoformat())
    each = 1_000_000 / len(sites) / toy.params["initial"]["filled"]
    many = [site.model_copy(update={"compounds_low": each, "compounds_high": each, "workers_high": None}) for site in sites]
    return dataclasses.replace(toy, region=dataclasses.replace(toy.region, rows=toy.region.rows | {"sites": many}))


@pytest.mark.parametrize("asked", [new_world, sim.simulate, lambda scenario, seed: sim.ScamNetwork(scenario, seed=seed)])
def test_a_world_that_does_not_fit_is_refused_in_one_line(asked, million, monkeypatch):
    monkeypatch.setattr("sim.memory.available_bytes", lambda: 1e9)
    small = new_columns(COLUMNS, 1)
    monkeypatch.setattr("sim.agents.compounds.new_columns", lambda _, rows: small if rows == 1 else pytest.fail("it was made"))
    with pytest.raises(sim.ConfigError, match=r"world: needs at least [\d.]+ GB for [\d,]+ compounds and 1\.0 GB are") as said:
        asked(million, 1)
    assert "\n" not in str(said.value) and "allowed: fewer of them (initial.filled lower" in str(said.value)


def test_a_world_that_outgrows_memory_is_told_in_one_line(toy, monkeypatch):
    world = new_world(toy, 1)
    monkeypatch.setattr("sim.memory.available_bytes", lambda: 1e5)
    monkeypatch.setattr("sim.memory.MUCH", 0)
    assert enlarged(world) is world
    world.clock["compounds"] = len(world.compounds) - 1
    with pytest.raises(sim.ConfigError, match=r"world: needs at least [\d.]+ GB for [\d,]+ compounds and 0\.0 GB are available"):
        enlarged(world)


def test_a_world_of_usual_size_does_not_look(toy, monkeypatch):
    monkeypatch.setattr("sim.memory.available_bytes", lambda: pytest.fail("it looked"))
    new_world(toy, 1)


def test_a_run_does_not_import_what_looks():
    code = "import sys, sim; sim.simulate(sim.load_scenario('baseline', region='toy', end='2019-02-04'), 1)"
    assert in_another_process(code + "; print('psutil' in sys.modules)").strip() == "False"


def test_weeks_hold_no_table_longer_than_they_last(toy):
    world, records = new_world(toy, 1), new_records(toy)
    weeks(world, records, 1)
    tables = [*world._replace(lever=None), *world.lever, *records]
    held = [sys.getrefcount(table) for table in tables]
    for week in range(2, 12):
        weeks(world, records, week)
    assert [sys.getrefcount(table) for table in tables] == held

"""Small worlds that any test may ask for. Those of the session are shared: read them, never write them."""

import shutil
from pathlib import Path

import pytest
from running import ENDS, run, scenario_on

import sim
from sim.scenario import CONFIGS, Scenario
from sim.state import World
from sim.world import new_world


@pytest.fixture
def world():
    """A factory: ``world("baseline", seed=1, weeks=0, region="toy")`` is a new world, the test's own, some weeks on."""

    def make(name: str = "baseline", *, seed: int = 1, weeks: int = 0, region: str = "toy") -> World:
        return run(scenario_on(region, name), weeks, seed) if weeks else new_world(scenario_on(region, name), seed)

    return make


@pytest.fixture(scope="session")
def toy() -> Scenario:
    """The baseline on the invented region, three years from 2019."""
    return scenario_on("toy", "baseline", end=ENDS)


@pytest.fixture(scope="session")
def year_on_toy(toy) -> World:
    """The invented region after a year of the baseline."""
    return run(toy, 52)


@pytest.fixture(scope="session")
def mesa_year(toy) -> sim.ScamNetwork:
    """The Mesa model of the same year."""
    return sim.ScamNetwork(toy, seed=1).run(weeks=52)


@pytest.fixture
def own_configs(tmp_path, monkeypatch) -> Path:
    """A copy of the configs, for a test to add to."""
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path / "configs")
    return Path(shutil.copytree(CONFIGS, tmp_path / "configs"))

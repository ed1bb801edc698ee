"""The small ensemble of `mischief`, and its results where nothing went wrong. Read them, never write them."""

import shutil
from contextlib import contextmanager

import pytest
from mischief import SCENARIOS, SEEDS, WORLD

import sim.scenario
from sim.ensemble import design, run_ensemble
from sim.scenario import CONFIGS


@contextmanager
def parts_of_one_run():
    """As where runs are long; all 24 would be one part otherwise."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("sim.ensemble.folder.PART_WORK", 0)
        yield


@pytest.fixture(autouse=True)
def small_parts():
    """In every test here, whatever else it puts back on its way."""
    with parts_of_one_run():
        yield


@pytest.fixture(scope="session")
def asked():
    """The design: 24 runs, one to a part."""
    return design(SCENARIOS, SEEDS)


@pytest.fixture(scope="session")
def undisturbed(asked, tmp_path_factory):
    """Its results, run in threads without an accident."""
    with parts_of_one_run():
        return run_ensemble(asked, out=tmp_path_factory.mktemp("undisturbed") / "runs", **WORLD)


@pytest.fixture
def own_configs(tmp_path, monkeypatch):
    """A copy of the configs that a test may spoil."""
    shutil.copytree(CONFIGS, tmp_path / "configs")
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path / "configs")
    sim.scenario._shipped_parameters.cache_clear()
    yield tmp_path / "configs"
    sim.scenario._shipped_parameters.cache_clear()

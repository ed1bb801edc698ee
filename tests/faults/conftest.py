"""The small ensemble of `mischief`, and its results where nothing went wrong. Read them, never write them."""

import shutil

import pytest
from mischief import SCENARIOS, SEEDS, WORLD

import sim.scenario
from sim.ensemble import design, run_ensemble
from sim.scenario import CONFIGS

PARTS_OF_ONE_RUN = ("sim.ensemble.folder.PART_WORK", 0)  # as where runs are long; all 24 would be one part otherwise


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(*PARTS_OF_ONE_RUN)


@pytest.fixture(scope="session")
def asked():
    """The design: 24 runs, one to a part."""
    return design(SCENARIOS, SEEDS)


@pytest.fixture(scope="session")
def undisturbed(asked, tmp_path_factory):
    """Its results, run in threads without an accident."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(*PARTS_OF_ONE_RUN)
        return run_ensemble(asked, out=tmp_path_factory.mktemp("undisturbed") / "runs", **WORLD)


@pytest.fixture
def own_configs(tmp_path, monkeypatch):
    """A copy of the configs that a test may spoil."""
    shutil.copytree(CONFIGS, tmp_path / "configs")
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path / "configs")
    sim.scenario._shipped_parameters.cache_clear()
    yield tmp_path / "configs"
    sim.scenario._shipped_parameters.cache_clear()

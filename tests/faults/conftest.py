"""The small ensemble of `mischief`, and its results where nothing went wrong. Read them, never write them."""

import pytest
from mischief import SCENARIOS, SEEDS, WORLD

from sim.ensemble import design, run_ensemble


@pytest.fixture(scope="session")
def asked():
    """The design: 24 runs, one to a part."""
    return design(SCENARIOS, SEEDS)


@pytest.fixture(scope="session")
def undisturbed(asked, tmp_path_factory):
    """Its results, run in threads without an accident."""
    return run_ensemble(asked, out=tmp_path_factory.mktemp("undisturbed") / "runs", **WORLD)

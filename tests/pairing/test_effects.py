"""Pairing changes the noise of an estimate and not what it estimates."""

import numpy as np
import pytest
from running import scenario_on

from sim import load_scenario, simulate
from sim.measures.pairing import reduction

PAIRS, WINDOW = 60, slice(40, 90)  # weeks: from a quarter of a year after the raids on the invented region begin
END = "2020-09-28"


def means(name: str, seeds: range) -> tuple[np.ndarray, np.ndarray]:
    """Mean people and weekly losses (USD) in the window, one number a world."""
    scenario = load_scenario(name, region="toy", end=END)
    records = [simulate(scenario, seed).records for seed in seeds]
    people = np.array([run.workers[WINDOW].sum(axis=1).mean() for run in records])
    return people, np.array([run.losses[WINDOW].sum(axis=1).mean() for run in records])


@pytest.fixture(scope="module")
def worlds():
    """With the crackdown, without it on the same seeds, and without it on others."""
    first, other = range(1, PAIRS + 1), range(1001, PAIRS + 1001)
    assert scenario_on("toy", "kokang_crackdown").interventions[0]["start"].isoformat() == "2019-07-01"
    return means("kokang_crackdown", first), means("baseline", first), means("baseline", other)


@pytest.mark.parametrize("stock", [0, 1], ids=["people", "losses"])
def test_the_mean_effect_in_pairs_is_that_between_independent_worlds(worlds, stock):
    treated, paired, independent = (world[stock] for world in worlds)
    gap = (treated - paired).mean() - (treated.mean() - independent.mean())
    error = np.sqrt((paired.var(ddof=1) + independent.var(ddof=1)) / PAIRS)  # of the gap: the treated worlds are the same
    assert abs(gap) < 3.3 * error  # one in a thousand, once: seeds are fixed
    assert abs((treated - paired).mean()) > 3.3 * (treated - paired).std(ddof=1) / np.sqrt(PAIRS), "no effect: nothing was tried"


@pytest.mark.parametrize("stock", [0, 1], ids=["people", "losses"])
def test_pairs_need_fewer_runs_than_independent_worlds(worlds, stock):
    treated, paired, independent = (world[stock] for world in worlds)
    assert reduction(treated, paired) > 1.5
    assert reduction(treated, independent) == pytest.approx(1, abs=0.7), "seeds that are not shared pair nothing"

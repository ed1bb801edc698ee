"""What pairing is worth, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.measures.paired import paired_blocs, paired_zones, window_means
from sim.measures.pairing import EFFECTS, format_reduction, reduction, variance_reduction
from sim.measures.zones import zones

from . import worlds


@pytest.fixture
def means():
    """Window means of four territories and two blocs; every number grows with the seed by a tenth."""
    weekly, pools = worlds.weekly({"hill": -500.0, "valley": 100.0}), worlds.pools({"western": 1e6})
    placed = zones(worlds.TERRITORIES, worlds.TARGETS)
    return window_means(paired_zones(weekly, placed, worlds.SCENARIOS)), window_means(paired_blocs(pools, worlds.SCENARIOS))


def test_the_factor_is_that_counted_by_hand(means):
    table = variance_reduction(*means).set_index("effect")
    assert list(table.index) == list(EFFECTS) and set(table["pairs"]) == {3}
    # all is proportional to the seed's size, so variances go as squares of the means: 2200 without, 1800 with, 400 apart
    assert table.loc["people", "factor"] == pytest.approx((2200**2 + 1800**2) / 400**2, rel=1e-3)
    assert table.loc["people in the target", "factor"] == pytest.approx((1000**2 + 500**2) / 500**2, rel=1e-3)
    assert table.loc["losses", "factor"] == pytest.approx((4e6**2 + 5e6**2) / 1e6**2, rel=1e-3)
    assert table.loc["Western losses", "factor"] == pytest.approx((1e6**2 + 2e6**2) / 1e6**2, rel=1e-3)


def test_independent_worlds_have_a_factor_near_one():
    rng = np.random.default_rng(0)
    assert reduction(rng.normal(size=20_000), rng.normal(size=20_000)) == pytest.approx(1, abs=0.05)


def test_worlds_that_move_against_each_other_have_a_factor_below_one():
    assert reduction(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(0.5)


def test_a_placebo_has_an_endless_factor_and_a_single_pair_has_none(means):
    zone_means, bloc_means = (table.copy() for table in means)
    for table, stock in ((zone_means, "workers"), (bloc_means, "losses_usd")):
        table[stock] = table[f"{stock}_without"]
    placebo = variance_reduction(zone_means, bloc_means)
    assert np.isinf(placebo["factor"]).all()
    assert "people more than 1000" in " ".join(format_reduction(placebo))
    alone = variance_reduction(*(table[table["seed"] == 1] for table in means))
    assert alone["factor"].isna().all() and format_reduction(alone) == []


def test_a_scenario_without_a_target_tells_the_effects_that_it_has(means):
    zone_means = means[0].assign(zone="everywhere")
    lines = format_reduction(variance_reduction(zone_means, means[1]))
    assert lines[1].startswith("  crackdown: people ") and "target" not in lines[1] and len(lines) == 2


def test_pairs_of_other_draws_of_parameters_are_pairs_of_their_own(means):
    twice = [pd.concat([table.assign(draw=0), table.assign(draw=1)]) for table in means]
    assert set(variance_reduction(*twice)["pairs"]) == {6}

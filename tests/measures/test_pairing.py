"""What pairing is worth, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.measures.paired import paired_blocs, paired_zones, window_means
from sim.measures.pairing import COLUMNS, EFFECTS, pairing_columns, pairing_text, reduction, variance_reduction
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
    assert variance_reduction(*(table[table["seed"] == 1] for table in means))["factor"].isna().all()


def test_a_scenario_has_one_row_with_a_column_for_each_effect(means):
    table = pairing_columns(*means)
    assert list(table.columns) == ["scenario", *COLUMNS] and list(table["scenario"]) == ["crackdown"]
    long = variance_reduction(*means).set_index("effect")["factor"]
    assert table["worker_change_pairing"].iloc[0] == long["people"]
    assert table["suppression_pairing"].iloc[0] == long["people in the target"]
    assert table["loss_change_pairing"].iloc[0] == long["losses"]
    assert table["western_loss_change_pairing"].iloc[0] == long["Western losses"]


def test_two_pairs_tell_nothing_of_variances(means):
    assert pairing_columns(*(table[table["seed"] < 3] for table in means))[list(COLUMNS)].isna().all(axis=None)


def test_a_scenario_without_a_target_has_no_factor_there(means):
    row = pairing_columns(means[0].assign(zone="everywhere"), means[1]).iloc[0]
    assert np.isnan(row["suppression_pairing"]) and row["worker_change_pairing"] > 1


@pytest.mark.parametrize(
    ("pairs", "people", "losses", "text"),
    [(10, 2.06, 14.4, "2.1/14"), (10, np.inf, 1500.0, ">999/>999"), (10, 0.5, np.nan, "0.5/-"), (2, np.nan, np.nan, "too few"),
     (10, np.nan, np.nan, "-")],
)  # fmt: skip
def test_it_is_told_in_few_characters(pairs, people, losses, text):
    assert pairing_text({"pairs": pairs, "worker_change_pairing": people, "loss_change_pairing": losses}) == text


def test_a_comparison_of_before_there_was_such_a_column_has_a_dash():
    assert pairing_text({"pairs": 10}) == "-"


def test_pairs_of_other_draws_of_parameters_are_pairs_of_their_own(means):
    twice = [pd.concat([table.assign(draw=0), table.assign(draw=1)]) for table in means]
    assert set(variance_reduction(*twice)["pairs"]) == {6}

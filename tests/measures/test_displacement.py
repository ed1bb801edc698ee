import numpy as np
import pandas as pd
import pytest

from sim.measures.displacement import (
    displacement,
    displacement_by_horizon,
    extinct_share,
    loss_changes,
    total_change,
)
from sim.measures.paired import paired_blocs, paired_zones, window_means
from sim.measures.zones import zones

from . import worlds

WATERBED = {"hill": -500.0, "valley": 100.0, "coast": 150.0, "island": 250.0}
INCAPACITATION = {"hill": -500.0}
DIFFUSION = {"hill": -500.0, "valley": -200.0}


def pair(changes, **options):
    return paired_zones(worlds.weekly(changes, **options), zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)


def estimate(changes, **options):
    return displacement(window_means(pair(changes, **options))).iloc[0]


def uneven(means, seed=5):
    """The same worlds with luck of their own on either side, so that intervals have a width."""
    luck = np.random.default_rng(seed)
    return means.assign(workers=means["workers"] + luck.normal(0, 10, len(means)))


def test_everyone_removed_reappears_in_a_waterbed():
    row = estimate(WATERBED)
    assert row["suppression"] == pytest.approx(-0.5)
    assert row["ndr"] == pytest.approx(1.0)
    assert [row["ndr_own_country"], row["ndr_cross_border"], row["ndr_out_of_region"]] == pytest.approx([0.2, 0.3, 0.5])


def test_no_one_reappears_after_incapacitation():
    assert estimate(INCAPACITATION)["ndr"] == 0.0


def test_benefits_that_spread_are_negative_displacement():
    assert estimate(DIFFUSION)["ndr"] == pytest.approx(-0.4)


def test_the_parts_of_displacement_add_up():
    row = displacement(uneven(window_means(pair(WATERBED)))).iloc[0]
    assert row["ndr_own_country"] + row["ndr_cross_border"] + row["ndr_out_of_region"] == pytest.approx(row["ndr"])


def test_the_total_effect_is_the_effect_on_the_target_less_what_reappears():
    means = uneven(window_means(pair({"hill": -500.0, "coast": 125.0})))
    change = (means["workers"] - means["workers_without"]).groupby(means["zone"], observed=True).mean()
    ndr = displacement(means).iloc[0]["ndr"]
    assert change.sum() == pytest.approx(change["target"] * (1 - ndr))


def test_the_ratio_is_of_means_and_not_the_mean_of_ratios():
    means = window_means(pair({"hill": -500.0, "coast": 100.0}))
    one = (means["seed"] == 1) & (means["zone"] == "target")
    means.loc[one, "workers"] = means.loc[one, "workers_without"] - 135  # its own ratio is 90 / 135, the others' 0.2
    assert displacement(means).iloc[0]["ndr"] == pytest.approx((90 + 100 + 110) / (135 + 500 + 550))


def test_without_suppression_there_is_no_displacement_to_give():
    row = estimate({"hill": -80.0, "coast": 80.0})
    assert row["suppression"] == pytest.approx(-0.08)
    assert row.filter(like="ndr").isna().all()


def test_an_uncertain_suppression_shuts_the_gate():
    means = window_means(pair({"hill": -500.0}))
    one = (means["seed"] == 1) & (means["zone"] == "target")
    means.loc[one, "workers"] = 3000.0
    row = displacement(means).iloc[0]
    assert row["suppression_low"] < -0.10 < row["suppression_high"]
    assert np.isnan(row["ndr"])


def test_equal_worlds_differ_by_exactly_zero():
    row = estimate({})
    assert (row["suppression"], row["suppression_low"], row["suppression_high"]) == (0.0, 0.0, 0.0)


def test_a_scenario_without_a_target_has_neither_suppression_nor_displacement():
    placed = zones(worlds.TERRITORIES, {"crackdown": []})
    means = window_means(paired_zones(worlds.weekly(INCAPACITATION), placed, worlds.SCENARIOS))
    assert displacement(means).drop(columns=["scenario", "pairs"]).isna().all(axis=None)
    assert total_change(means).iloc[0]["change"] == pytest.approx(-500 / 2200)


def test_intervals_are_the_same_each_time_and_hold_the_estimate():
    means = uneven(window_means(pair(WATERBED)))
    first, second = displacement(means), displacement(means)
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert (first["ndr_low"] < first["ndr"]).all() and (first["ndr"] < first["ndr_high"]).all()


def test_one_pair_has_no_interval():
    means = window_means(pair(WATERBED))
    row = displacement(means[means["seed"] == 1]).iloc[0]
    assert row["suppression"] == pytest.approx(-0.5)
    assert np.isnan(row["suppression_low"]) and np.isnan(row["ndr"])


def test_horizons_beyond_the_runs_have_no_row():
    curve = displacement_by_horizon(pair(WATERBED), horizons=(3, 24, 60))
    assert list(curve["horizon"]) == [3, 24]
    assert curve["ndr"].to_numpy() == pytest.approx([1.0, 1.0])


def test_a_horizon_shows_displacement_that_comes_late():
    paired = pair(WATERBED)
    early = (paired["months"] < 12) & (paired["zone"] != "target")
    paired.loc[early, "workers"] = paired.loc[early, "workers_without"]
    curve = displacement_by_horizon(paired, horizons=(6, 12, 24))
    assert curve["ndr"].to_numpy() == pytest.approx([0.0, 0.0, 1.0])


def test_losses_change_by_bloc_and_the_share_follows():
    means = window_means(paired_blocs(worlds.pools({"chinese_speaking": -1e6, "western": 0.2e6}), worlds.SCENARIOS))
    row = loss_changes(means).iloc[0]
    assert row["loss_change"] == pytest.approx(-0.2)
    assert row["chinese_loss_change"] == pytest.approx(-1 / 3)
    assert row["western_loss_change"] == pytest.approx(0.2)
    assert row["western_share_change"] == pytest.approx(1.2 / 3.2 - 0.25)


def test_the_western_share_rises_when_only_others_lose_less():
    means = window_means(paired_blocs(worlds.pools({"chinese_speaking": -1e6}), worlds.SCENARIOS))
    row = loss_changes(means).iloc[0]
    assert row["western_loss_change"] == 0.0
    assert row["western_share_change"] > 0.08


def test_worlds_without_an_open_compound_are_extinct():
    nobody = {territory: -held for territory, held in worlds.WITHOUT.items()}
    assert extinct_share(pair(nobody)).iloc[0]["extinct"] == 1.0
    assert extinct_share(pair(INCAPACITATION)).iloc[0]["extinct"] == 0.0

import numpy as np
import pandas as pd
import pytest

from sim.measures.displacement import displacement
from sim.measures.footprint import displacement_distance, footprint, great_circle_km, hhi
from sim.measures.paired import paired_zones, window_means
from sim.measures.quotients import Areas, naive_change, quotients, wdd
from sim.measures.zones import zones

from . import worlds

CRACKDOWN = {"hill": -500.0, "valley": 200.0}


def pair(changes=CRACKDOWN, growth=None):
    """growth: people that every place gains from the start on in both worlds, crackdown or not."""
    weekly = worlds.weekly(changes)
    if growth:
        weekly.loc[weekly["date"] >= worlds.START, "workers"] *= 1 + growth
    return paired_zones(weekly, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)


def test_the_quotient_of_hand_made_areas():
    areas = Areas(a0=100, a1=50, b0=80, b1=100, c0=200, c1=200)
    assert areas.success == -0.25 and areas.wdq == pytest.approx(0.1 / -0.25)
    assert areas.tne == 30  # fifty fewer in the target, twenty more in the buffer


def test_a_control_area_that_grows_lifts_what_was_to_be_expected():
    areas = Areas(a0=100, a1=60, b0=80, b1=96, c0=200, c1=240)
    assert areas.success == pytest.approx(-0.25) and areas.wdq == 0.0  # the buffer grew as the control did
    assert areas.tne == pytest.approx(60)


def test_no_success_no_quotient():
    assert np.isnan(Areas(100, 110, 80, 90, 200, 200).wdq)


def test_the_weighted_displacement_difference_of_published_examples():
    """Wheeler's own examples of the test (andrewpwheeler.com): 80 to 20 beside 100 to 50, in equal and unequal periods."""
    assert wdd((80, 20), (100, 50)) == pytest.approx((-10, 15.8), abs=0.02)
    assert wdd((80, 20), (100, 50), time=(2, 1)) == pytest.approx((-20, 10.7), abs=0.03)


def test_displacement_areas_join_the_difference():
    assert wdd((80, 20), (100, 50), (30, 45), (40, 40)) == pytest.approx((5, (250 + 75 + 80) ** 0.5))


def test_the_oracle_quotient_is_the_net_displacement_ratio_with_its_sign_turned():
    ndr = displacement(window_means(pair()), draws=50).iloc[0]["ndr_own_country"]
    oracle = quotients(pair()).set_index("mode").loc["oracle"]
    assert oracle["wdq"] == pytest.approx(-ndr) == pytest.approx(-0.4)
    assert oracle["tne"] == pytest.approx(300) and oracle["bias"] == 0.0


def test_where_nothing_else_moves_the_field_analyst_finds_the_same():
    field = quotients(pair()).set_index("mode").loc["field analyst"]
    assert field["wdq"] == pytest.approx(-0.4, abs=1e-6) and field["bias"] == pytest.approx(0.0, abs=1e-6)


def test_a_control_zone_that_takes_the_displaced_misleads_the_field_analyst():
    """250 of 500 go to the coast, which is the control: the valley seems to lose, and displacement to be diffusion."""
    table = quotients(pair({"hill": -500.0, "coast": 250.0})).set_index("mode")
    assert table.loc["oracle", "wdq"] == 0.0
    assert table.loc["field analyst", "wdq"] > 0.1 and table.loc["field analyst", "bias"] > 0.1


def test_growth_that_would_have_come_anyway_confounds_before_and_after():
    table = naive_change(pair(growth=0.5)).set_index("zone")
    assert table.loc["cross_border", "paired"] == pytest.approx(0.0)
    assert table.loc["cross_border", "before_after"] == pytest.approx(0.5, abs=1e-5) == table.loc["cross_border", "confounding"]


def test_footprint_counts_hosts_and_their_concentration():
    weekly = worlds.weekly({"hill": -1000.0, "coast": 1000.0}).merge(worlds.TERRITORIES)
    row = footprint(weekly, worlds.SCENARIOS, least=300).query("seed == 2").iloc[0]  # the world of the size given
    assert (row["countries_without"], row["countries"]) == (2, 2)  # afar holds 200
    assert row["hhi_without"] == pytest.approx((1400**2 + 600**2 + 200**2) / 2200**2)
    assert row["hhi"] == pytest.approx((400**2 + 1600**2 + 200**2) / 2200**2)


def test_concentration_runs_from_an_even_spread_to_one():
    assert hhi([5, 5, 5, 5]) == 0.25 and hhi([7, 0]) == 1.0 and np.isnan(hhi([0, 0]))


def test_distance_is_weighted_by_people():
    places = worlds.TERRITORIES.assign(lat=[0.0, 0.0, 0.0, 0.0], lon=[0.0, 1.0, 3.0, 90.0])
    moves = pd.DataFrame(
        {
            "scenario": "crackdown", "seed": 1, "workers": [300.0, 100.0, 50.0],
            "origin_territory": ["hill", "hill", "valley"], "destination_territory": ["valley", "coast", "coast"],
        }
    )  # fmt: skip
    row = displacement_distance(moves, places, worlds.TARGETS).iloc[0]
    degree = 2 * np.pi * 6371 / 360
    assert row["people"] == 400 and row["km"] == pytest.approx((300 * 1 + 100 * 3) / 400 * degree)
    assert row["abroad"] == 0.25


def test_a_quarter_of_the_globe_is_ten_thousand_kilometres():
    assert great_circle_km([0.0], [0.0], [0.0], [90.0])[0] == pytest.approx(10_008, abs=1)

"""Each estimand on worlds small enough to do in the head."""

from pathlib import Path

import numpy as np
import pytest

from sim.claims.estimands import ESTIMANDS, NEVER

from . import sides

WINDOW = (6, 36)
DISPLACED = {"hill": -500.0, "valley": 150.0, "coast": 100.0, "island": 50.0}


def estimate(name, of="", window=WINDOW, **worlds):
    estimand = ESTIMANDS[name]
    rows = estimand.count(sides.contrast(**worlds), window, of)
    return float(estimand.statistic({column: rows[column].to_numpy(float) for column in rows}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("suppression", -0.5),
        ("ndr", 0.6),
        ("ndr_own_country", 0.3),
        ("ndr_abroad", 0.3),
        ("own_less_abroad", 0.0),
        ("ndr_spread", 0.0),
        ("ndr_losses", 0.6),
        ("worker_change", -200 / 2200),
        ("elsewhere_change", 300 / 2200),
        ("end_ratio", 2000 / 2200),
        ("out_share_change", 250 / 2000 - 200 / 2200),
        ("raids_change", -0.5),
        ("target_raids_change", -0.5),
        ("announced_change", 1.0),
        ("official_excess", 0.75),
    ],
)
def test_estimands_by_zone(name, expected):
    assert estimate(name, held=DISPLACED) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "of", "expected"),
    [
        ("loss_change", "", -0.07),  # 100 fewer of mainland, 30 more of the usa, of 1000
        ("western_loss_change", "", 0.075),
        ("chinese_loss_change", "", -0.25),
        ("western_share_change", "", 430 / 930 - 0.4),
        ("chinese_less_total", "", -0.25 + 0.07),
        ("tdr", "", 0.3),
        ("pool_loss_change", "usa", 0.1),
        ("pool_victim_change", "mainland", -0.25),
        ("loss_per_victim_change", "", 0.0),
        ("victims_per_worker_change", "", 0.0),
    ],
)
def test_estimands_by_pool(name, of, expected):
    assert estimate(name, of, lost={"mainland": -100.0, "usa": 30.0}) == pytest.approx(expected, abs=1e-6)


def test_diversity_is_the_number_of_pools_that_an_even_spread_would_need():
    shares = np.array([0.4, 0.3, 0.1, 0.2])
    before = np.exp(-(shares * np.log(shares)).sum())
    even = {"mainland": -150.0, "usa": -50.0, "uk": 150.0, "india": 50.0}
    assert estimate("pool_diversity_change", lost=even) == pytest.approx(4.0 - before)


def test_losses_that_no_territory_has_come_from_home():
    assert estimate("home_loss_change", lost={"usa": 50.0}) == pytest.approx(0.05)  # losses by territory are the same


def test_losses_rank_with_the_size_of_pools():
    assert estimate("pool_gradient", "users") == pytest.approx(0.8)  # usa and india have changed places


def test_a_country_holds_what_its_places_hold():
    assert estimate("country_change", "here", held=DISPLACED) == pytest.approx(-350 / 1400)


def test_a_mark_divides_those_held():
    expected = 1050 / 2000 - 1400 / 2200
    assert estimate("place_share_change", "china_border", held=DISPLACED) == pytest.approx(expected, abs=1e-6)


STEPS = (
    ("crackdown", "2020-09-07", "a", "hill", "coast", "raided", 300.0),
    ("crackdown", "2020-09-07", "b", "hill", "valley", "raided", 100.0),
    ("crackdown", "2020-09-07", "c", None, "hill", "entry", 30.0),
    ("baseline", "2020-09-07", "c", None, "hill", "entry", 30.0),
    ("baseline", "2020-10-05", "d", None, "hill", "entry", 30.0),
)


def test_crews_founded_in_the_target_are_counted():
    assert estimate("founded_change", steps=STEPS) == pytest.approx(-0.5)


def test_where_nobody_is_founded_a_world_counts_as_none():
    assert estimate("founded_change", steps=STEPS[3:]) == -1.0


@pytest.mark.parametrize(
    ("name", "of", "expected"),
    [
        ("founded_change", "", np.nan), ("relocation", "", 0.0), ("recruited_change", "", -0.5),
        ("destination_gap", "governance", np.nan),
    ],
)
def test_worlds_in_which_nobody_moves_are_worlds_too(name, of, expected):
    assert estimate(name, of, held={"hill": -500.0}) == pytest.approx(expected, nan_ok=True)


def test_relocation_is_what_moves_out_of_those_removed():
    assert estimate("relocation", held=DISPLACED, steps=STEPS) == pytest.approx(400 / 500)


def test_people_whom_crews_carry_are_not_recruited():
    """The target loses 500; 430 of them were carried away net of a crew of 30 that is not founded: 100 it lost by itself."""
    assert estimate("recruited_change", held={"hill": -530.0}, steps=STEPS) == pytest.approx((-530 + 430) / 1000)


def test_destinations_are_weighed_by_people_against_the_mean_of_all_others():
    mean = (0.2 + 0.6 + 0.8) / 3
    assert estimate("destination_gap", "governance", steps=STEPS) == pytest.approx((300 * 0.6 + 100 * 0.2) / 400 - mean)


def test_a_target_that_stays_empty_is_back_never():
    assert estimate("return_months", held={"hill": -900.0}) == NEVER
    assert np.isnan(estimate("return_months", held={"hill": -100.0}))  # it never fell below half


def test_a_trend_is_a_contrast_of_a_world_with_itself():
    assert estimate("worker_change", held={"hill": -500.0}, window=(12, 24), earlier=6) == 0.0
    assert estimate("worker_change", held={"hill": -500.0}, window=(0, 2), earlier=3) == pytest.approx(-500 / 2200, abs=0.02)


def test_raids_that_begin_at_once_are_abrupt():
    assert estimate("abruptness", window=(-3, 36)) == pytest.approx(1.0)


def test_without_a_target_all_is_everywhere():
    assert estimate("worker_change", held=DISPLACED, target=()) == pytest.approx(-200 / 2200)


def test_every_estimand_is_tried_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [name for name in ESTIMANDS if f'"{name}"' not in text]

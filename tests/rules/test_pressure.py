"""Pressure: what all states together bring to bear in a place, on whom; and what is done without a raid."""

import numpy as np
import pytest

from rules.by_hand import bosses, chance, clock, flow, flows, levers, nations, params, places, victims
from sim.rules.enforcement import press, strike_elsewhere
from sim.state import WEEKS_PER_YEAR


def test_a_state_raids_anyone_at_home_and_abroad_mostly_those_who_defraud_its_citizens():
    place, pool = places(2, country=[0, 1]), victims(2, state=[0, -1])
    pursuit, effort = np.zeros((2, 2)), np.array([[3.0, 4.0]])
    press(
        place,
        pursuit,
        nations(1, acts_to=2),
        pool,
        effort,
        np.array([[1.0, 0.5]]),
        levers(T=2, K=2),
        params(enforcement={"focus": 0.75, "background": 0.25}),
    )
    assert place["pressure"] == pytest.approx([0.25 + 3.0, 0.25 + 0.5 * 4.0 * 0.25])
    assert pursuit == pytest.approx(np.array([[0.0, 0.0], [0.5 * 4.0 * 0.75, 0.0]]))


def test_a_state_without_citizens_among_the_defrauded_raids_anyone_abroad():
    place, pursuit = places(1, country=1), np.zeros((1, 1))
    press(
        place,
        pursuit,
        nations(1, acts_to=1),
        victims(1, state=-1),
        np.array([[4.0]]),
        np.array([[0.5]]),
        levers(),
        params(enforcement={"focus": 0.75, "background": 0.0}),
    )
    assert (place["pressure"][0], pursuit[0, 0]) == pytest.approx((2.0, 0.0))


def test_shared_intelligence_widens_access_up_to_full_access():
    lever = levers(T=2)
    lever.everywhere["intelligence"] = 3.0
    place = places(2, country=1)
    press(
        place,
        np.zeros((2, 1)),
        nations(1, acts_to=2),
        victims(),
        np.array([[1.0, 1.0]]),
        np.array([[0.2, 0.5]]),
        lever,
        params(enforcement={"focus": 0.0, "background": 0.0}),
    )
    assert place["pressure"] == pytest.approx([0.6, 1.0])


def test_assets_are_seized_as_far_as_they_are_exposed_and_cuts_reach_the_grid():
    lever, boss, money, place = levers(Y=2), bosses(2, assets=1e6), flows(), places()
    lever.syndicate["seizure"][1], lever.territory["utility_cut"] = 2.0, 0.7
    strike_elsewhere(place, boss, lever, money, params(accounts={"exposed_share": 0.5}), clock(syndicates=2), chance())
    taken = 1e6 * 0.5 * (1 - np.exp(-2.0 / WEEKS_PER_YEAR))
    assert boss["assets"] == pytest.approx([1e6, 1e6 - taken])
    assert flow(money, "seized") == pytest.approx(taken)
    assert place["supply"][0] == pytest.approx(0.3)

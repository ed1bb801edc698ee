"""Beliefs about risk: quick to rise, slow to fall, and never frozen."""

import numpy as np
import pytest

from rules.by_hand import bosses, chance, clock, levers, nations, params, places, victims
from rules.by_hand import crews as open_crews
from sim.rules.beliefs import hear_news, scout, update_beliefs
from sim.rules.enforcement import press
from sim.state import CLOSED, MOVING, OPEN, WEEKS_PER_YEAR

SPEEDS = {"rise": 0.5, "fall": 0.1, "memory_rate": 0.25, "mock_weight": 0.2, "news_cap": 100.0}


def hear(place, spill=None, pursuit=None, sought=None, **settings):
    """One week of news; returns what is owed to targeting (T x K)."""
    T = len(place)
    pursuit = np.zeros((T, 1)) if pursuit is None else pursuit
    sought = np.zeros_like(pursuit) if sought is None else sought
    hear_news(place, sought, np.eye(T) if spill is None else spill, pursuit, np.zeros(T), params(beliefs=SPEEDS | settings))
    return sought


def update(belief, place, raids=0, crews=1, burnt=0.0, **settings):
    """One week of beliefs of one syndicate; `raids` on its own `crews` in each place. Returns what it remembers of them."""
    own, remembered = np.full(belief.shape, raids), np.full(belief.shape, float(burnt))
    boss, there = bosses(raids=raids * belief.size, scarred=burnt > 0), np.repeat(np.arange(belief.size), crews)
    now = clock(compounds=len(there))
    compounds = open_crews(len(there), territory=there)
    update_beliefs(belief, remembered, own, boss, compounds, place, params(beliefs=SPEEDS | settings), now)
    return remembered


def test_worse_news_is_believed_faster_than_better_news():
    belief = np.array([[1.0, 1.0]])
    update(belief, places(2, standing_risk=0.0, news=[3.0, 0.0]))
    assert belief[0] == pytest.approx([1 + 0.5 * 2, 1 - 0.1 * 1])


def test_without_news_a_belief_decays_to_the_standing_risk_of_the_place():
    belief, place = np.array([[9.0]]), places(1, standing_risk=0.4)
    last = 9.0
    for _ in range(100):
        update(belief, place)
        assert 0.4 < belief[0, 0] < last
        last = belief[0, 0]
    assert last == pytest.approx(0.4, abs=1e-3)


def test_what_happened_to_ones_own_crews_counts_where_it_is_worse_than_the_news():
    belief, quiet = np.array([[0.0, 0.0]]), places(2, news=[0.0, 9.0])
    remembered = update(belief, quiet, burnt=4.0, memory_rate=0.0)
    assert remembered[0] == pytest.approx([4.0, 4.0])
    assert belief[0] == pytest.approx([0.5 * 4.0, 0.5 * 9.0])


def test_raids_on_ones_own_crews_are_remembered_per_crew_and_fade():
    belief, place = np.array([[0.0]]), places(1)
    assert update(belief, place, raids=1, crews=4)[0, 0] == pytest.approx(0.25 * WEEKS_PER_YEAR / 4)
    assert update(belief, place, raids=40, crews=0, news_cap=12.0)[0, 0] == pytest.approx(0.25 * 12.0)
    assert update(belief, place, burnt=8.0)[0, 0] == pytest.approx(0.75 * 8.0)


def test_each_syndicate_remembers_its_own_raids_by_its_open_crews_there_and_forgets_them_week_by_week():
    boss, own, burnt, belief = bosses(3, raids=[1, 0, 2]), np.array([[0, 1], [0, 0], [2, 0]]), np.zeros((3, 2)), np.zeros((3, 2))
    compounds = open_crews(
        6, syndicate=[0, 0, 0, 0, 2, 1], territory=[1, 1, 1, 0, 0, 0], status=[OPEN, OPEN, MOVING, OPEN, OPEN, OPEN]
    )
    compounds["status"][3] = CLOSED
    rules, now = params(beliefs=SPEEDS), clock(compounds=6, syndicates=3)
    update_beliefs(belief, burnt, own, boss, compounds, places(2), rules, now)
    once = 0.25 * WEEKS_PER_YEAR * np.array([[0, 1 / 2], [0, 0], [2 / 1, 0]])
    assert burnt == pytest.approx(np.minimum(once, 0.25 * 100.0)) and boss["scarred"].tolist() == [1, 0, 1]
    first, boss["raids"] = burnt.copy(), 0  # as step 5 of a week without raids leaves it
    update_beliefs(belief, burnt, np.zeros_like(own), boss, compounds, places(2), rules, now)
    assert burnt == pytest.approx(0.75 * first) and (belief[[0, 2], [1, 0]] > 0).all() and belief[1].tolist() == [0.0, 0.0]


def test_what_pools_were_owed_fades_when_nobody_pursues_their_crews_any_more():
    place = places(1, memory=8.0, pressure=1.0, pursued=3.0)
    sought = hear(place, pursuit=np.array([[3.0, 0.0]]), memory_rate=0.0)
    first, place["pursued"] = sought.copy(), 0.0
    hear(place, pursuit=np.zeros((1, 2)), sought=sought, memory_rate=0.0)
    assert first[0, 0] > 0 and sought == pytest.approx(0.9 * first)


def test_standing_risk_is_what_the_shield_lets_through():
    place = places(1, prior_risk=2.0, shield=0.75)
    hear(place)
    assert place["standing_risk"][0] == pytest.approx(0.5)


def test_raids_per_crew_are_remembered_and_forgotten():
    place = places(1, raids=2, compounds=4)
    hear(place)
    first = 0.25 * 2 / 4 * WEEKS_PER_YEAR
    assert place["memory"][0] == pytest.approx(first)
    place["raids"] = 0
    hear(place)
    assert place["memory"][0] == pytest.approx(0.75 * first)


def test_a_staged_raid_is_news_at_a_discount():
    real, mock = places(1, raids=1), places(1, mocks=1)
    hear(real), hear(mock)
    assert mock["memory"][0] == pytest.approx(0.2 * real["memory"][0])


def test_no_rumour_is_worse_than_the_cap():
    place = places(1, raids=50)
    hear(place, news_cap=8.0)
    assert place["memory"][0] == pytest.approx(0.25 * 8.0)


def test_news_spreads_by_weight_and_the_worst_counts():
    place = places(3, memory=[4.0, 1.0, 0.0], compounds=1)
    spill = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]])  # from row to column
    hear(place, spill, memory_rate=0.0)
    assert place["news"] == pytest.approx([4.0, 2.0, 0.5])


def test_the_part_of_the_news_owed_to_a_pool_is_its_share_of_the_pressure():
    place = places(1, memory=8.0, pressure=1.0, pursued=3.0)
    sought = hear(place, pursuit=np.array([[3.0, 0.0]]), sought=np.array([[0.0, 2.0]]), memory_rate=0.0)
    assert sought == pytest.approx(np.array([[0.5 * 8.0 * 3 / 4, 2.0 - 0.1 * 2.0]]))


def test_the_part_owed_to_a_pool_does_not_shrink_because_its_state_has_several_pools():
    owed = []
    for pools in (1, 5):
        place, pool = places(1, country=1, memory=8.0), victims(pools, state=0)
        pursuit = np.zeros((1, pools))
        press(place, pursuit, nations(1, acts_to=1), pool, np.array([[4.0]]), np.ones((1, 1)), levers(K=pools),
              params(enforcement={"focus": 0.75, "background": 0.0}))  # fmt: skip
        assert place["pressure"][0] + place["pursued"][0] == pytest.approx(4.0)  # the state's effort is told once
        owed.append(hear(place, pursuit=pursuit, memory_rate=0.0, rise=1.0)[0])
    assert owed[0] == pytest.approx([8.0 * 0.75])
    assert owed[1] == pytest.approx([8.0 * 0.75] * 5)


def test_without_any_pressure_no_pool_is_owed_a_part():
    place = places(1, memory=8.0, hunted=1)
    sought = hear(place, pursuit=np.zeros((1, 2)), sought=np.array([[1.0, 0.0]]), memory_rate=0.0)
    assert sought[0] == pytest.approx([0.9, 0.0])


def test_a_scout_finds_one_new_place_and_the_nearest_when_distance_is_everything():
    known = np.array([[1, 0, 0, 0]], np.int8)
    distance = np.tile(np.array([0.0, 900.0, 300.0, 600.0]), (4, 1))
    settings = params(beliefs={"scouting": 1.0, "scouting_km": 1.0})
    for found in (2, 3, 1):
        scout(known, bosses(), places(len(distance)), distance, settings, clock(), chance())
        assert known[0, found] == 1
    assert known.sum() == 4


def test_nobody_scouts_at_rate_zero():
    known = np.zeros((1, 3), np.int8)
    scout(known, bosses(), places(3), np.zeros((3, 3)), params(beliefs={"scouting": 0.0}), clock(), chance())
    assert not known.any()

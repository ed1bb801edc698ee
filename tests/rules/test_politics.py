"""States: what they feel, and how far their capacity goes."""

import numpy as np
import pytest

from rules.by_hand import levers, nations, params, places, victims
from sim.rules.politics import decide_effort

POLICY = np.array([[4.0, 1.0]])


def decide(capacity, compounds=(10, 20), asked=0.0, budgeted=1.0, lever=None, pool=None):
    """Effort of one state in two places; returns (effort, state)."""
    state, effort = nations(1, raid_capacity=capacity), np.zeros((1, 2))
    lever = lever or levers(T=2)
    lever.effort[:] = asked
    decide_effort(
        state,
        effort,
        victims() if pool is None else pool,
        places(2, compounds=list(compounds)),
        POLICY,
        lever,
        params(politics={"budgeted": budgeted, "outrage_fade": 0.1}),
    )
    return effort, state


def test_a_state_with_capacity_to_spare_does_all_that_is_asked():
    effort, state = decide(capacity=1000.0, asked=2.0)
    assert effort == pytest.approx(POLICY + 2.0)
    assert state["strained"][0] == 0


def test_capacity_caps_effort_so_that_more_here_is_less_there():
    effort, state = decide(capacity=30.0)
    assert effort == pytest.approx(POLICY / 2)  # 4 x 10 + 1 x 20 = 60 raids a year asked for
    assert state["strained"][0] == pytest.approx(0.5)
    more_here = decide(capacity=30.0, asked=np.array([[6.0, 0.0]]))[0]
    assert more_here[0, 0] > effort[0, 0] and more_here[0, 1] < effort[0, 1]
    assert more_here @ [10, 20] == pytest.approx(30.0)


def test_without_a_budget_effort_is_additive():
    assert decide(capacity=30.0, budgeted=0.0)[0] == pytest.approx(POLICY)


def test_a_larger_budget_lifts_the_cap():
    lever = levers(T=2)
    lever.state["budget"] = 2.0
    assert decide(capacity=30.0, lever=lever)[0] == pytest.approx(POLICY)


def test_standing_effort_can_be_withdrawn_place_by_place():
    lever = levers(T=2)
    lever.territory["standing"] = [0.0, 1.0]
    assert decide(capacity=1000.0, lever=lever)[0] == pytest.approx(np.array([[0.0, 1.0]]))


def test_outrage_is_what_is_reported_per_head_and_fades():
    pool = victims(2, state=[0, -1], reported=[5e6, 9e9], population=1e6)
    state = nations(1, raid_capacity=1.0, outrage=10.0)
    decide_effort(state, np.zeros((1, 2)), pool, places(2), POLICY, levers(T=2, K=2), params(politics={"outrage_fade": 0.1}))
    assert state["outrage"][0] == pytest.approx(0.9 * 10.0 + 5.0)

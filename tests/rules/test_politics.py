"""States: what they feel, what they want, and how far their capacity goes."""

import numpy as np
import pytest

from rules.by_hand import chance, clock, holders, in_fixed, levers, nations, params, places, victims
from sim.rules.politics import deal, feel, spend
from sim.state import ADDITIVE, STAGE, STATES_ENDOGENOUS, STATES_FIXED, SUPPRESS, TOLERATE

POLICY = np.array([[4.0, 1.0]])
WEIGHTS = {
    "anger_weight": 1.0, "cover_weight": 1.0, "pressure_weight": 1.0, "reluctance": 0.1, "diplomacy": 0.3, "image": 0.0,
    "lobby_from": 0.2, "lobby_strength": 1.0, "seen_through": 0.5, "theatre": 1.0, "pace": 1.0, "notable": 0.05,
    "joint_gain": 0.0, "joint_cost": 1.0, "most_at_home": 10.0, "most_abroad": 10.0, "most_staged": 6.0, "writ": 0.0,
    "surge": 0.0,
}  # fmt: skip


def spent(capacity, compounds=(10, 20), asked=0.0, structure=None, lever=None, **state):
    """Effort of one state in two places that are nobody's soil unless told; returns (effort, state, places)."""
    nation, effort = nations(1, raid_capacity=capacity, **state), np.zeros((1, 2))
    lever = lever or levers(T=2)
    lever.effort[:] = asked
    place = places(2, compounds=list(compounds), host=[0, -1], governance=1.0)
    own = params(politics=WEIGHTS, structure=structure or {"states": STATES_FIXED})
    harm = in_fixed([[0.0], [1000.0]])
    spend(nation, effort, harm, place, victims(1, state=0), POLICY, np.ones((1, 2)), lever, own)
    return effort, nation, place


def test_a_state_with_capacity_to_spare_does_all_that_is_asked():
    effort, state, _ = spent(capacity=1000.0, asked=2.0)
    assert effort == pytest.approx(POLICY + 2.0)
    assert state["strained"][0] == 0


def test_capacity_caps_effort_so_that_more_here_is_less_there():
    effort, state, _ = spent(capacity=30.0)
    assert effort == pytest.approx(POLICY / 2)  # 4 x 10 + 1 x 20 = 60 raids a year asked for
    assert state["strained"][0] == pytest.approx(0.5)
    more_here = spent(capacity=30.0, asked=np.array([[6.0, 0.0]]))[0]
    assert more_here[0, 0] > effort[0, 0] and more_here[0, 1] < effort[0, 1]
    assert more_here @ [10, 20] == pytest.approx(30.0)


def test_without_a_budget_effort_is_additive():
    assert spent(capacity=30.0, structure={"effort": ADDITIVE})[0] == pytest.approx(POLICY)


def test_a_larger_budget_lifts_the_cap():
    lever = levers(T=2)
    lever.state["budget"] = 2.0
    assert spent(capacity=30.0, lever=lever)[0] == pytest.approx(POLICY)


def test_standing_effort_can_be_withdrawn_place_by_place():
    lever = levers(T=2)
    lever.territory["standing"] = [0.0, 1.0]
    assert spent(capacity=1000.0, lever=lever)[0] == pytest.approx(np.array([[0.0, 1.0]]))


def test_resolve_becomes_effort_at_home_and_abroad_only_where_states_decide():
    will = {"home": 0.5, "mock": 0.25, "abroad": 0.2}
    fixed = spent(1e6, structure={"states": STATES_FIXED}, **will)
    assert fixed[0] == pytest.approx(POLICY)
    effort, _, place = spent(1e6, structure={"states": STATES_ENDOGENOUS}, **will)
    assert effort == pytest.approx(POLICY + np.array([[5.0, 2.0]]))  # 0.5 x 10 on its own soil, 0.2 x 10 where its citizens lose
    assert place["asked"].tolist() == [1.5, 0.0]


def test_outrage_is_what_is_reported_per_citizen_and_fades():
    pool = victims(2, state=[0, -1], reported=[5e6, 9e9])
    state = nations(1, outrage=10.0, citizens=1e6)
    feel(state, pool, places(1, host=-1), holders(1, patron=-1), params(politics={"outrage_fade": 0.1}), chance())
    assert state["outrage"][0] == pytest.approx(0.9 * 10.0 + 5.0)


def test_officials_remember_bribes_at_home_and_tribute_of_those_they_sponsor():
    state = nations(1, citizens=1.0, corruption=0.8)
    own = params(politics={"rents_memory": 1.0, "tribute": 0.5, "rents_half": 3e6 * 365.25 / 7})
    place, holder = places(1, host=0, bribes=in_fixed(1e6)), holders(1, patron=0, income=in_fixed(4e6))
    feel(state, victims(), place, holder, own, chance())
    assert state["rents"][0] == pytest.approx(3e6 * 365.25 / 7)
    assert state["cover"][0] == pytest.approx(0.8 * 0.5)


def test_incidents_come_only_where_there_is_something_to_be_angry_about():
    quiet, loud = (nations(2000, citizens=1.0, outrage=outrage) for outrage in (0.0, 1e9))
    own = params(politics={"incident_rate": 5.0})
    for state in (quiet, loud):
        feel(state, victims(), places(1, host=-1), holders(1, patron=-1), own, chance())
    assert quiet["incident"].sum() == 0
    assert loud["incident"].mean() > 0.9


def dealt(anger=0.0, cover=0.0, lobbied=0.0, aid=0.0):
    """One week of dealing between a host (0) and a state (1) whose citizens are defrauded from the host's soil."""
    state = nations(2, anger=[anger, 0.2 + lobbied], cover=[cover, 0.0], citizens=1e6, capacity=1.0)
    leverage, lobby, lever = np.array([[0.0, 0.0], [1.0, 0.0]]), np.zeros((2, 2)), levers(S=2)
    lever.state["aid"][0] = aid
    deal(state, lobby, in_fixed([[1e6]]), places(1, host=0), victims(1, state=1), leverage, lever, params(politics=WEIGHTS),
         clock(), chance())  # fmt: skip
    return state, lobby


def test_a_state_left_in_peace_tolerates_what_pays():
    state, _ = dealt(anger=0.3, cover=0.6)
    assert (state["home"][0], state["mock"][0], state["stance"][0]) == (0.0, 0.0, TOLERATE)


def test_anger_beyond_rents_and_reluctance_turns_into_sincere_effort():
    state, _ = dealt(anger=0.8, cover=0.3)
    assert state["home"][0] == pytest.approx(0.8 - 0.3 - 0.1)
    assert state["stance"][0] == SUPPRESS


def test_a_host_that_is_pressed_but_unwilling_stages_what_is_asked():
    state, lobby = dealt(cover=0.6, lobbied=0.5)
    assert lobby[1, 0] == pytest.approx(0.5)
    assert (state["home"][0], state["mock"][0]) == (0.0, pytest.approx(0.5))
    assert state["stance"][0] == STAGE


def test_aid_at_stake_can_tip_a_host_from_tolerance():
    assert dealt(cover=0.4, aid=0.9)[0]["home"][0] == pytest.approx(0.9 - 0.4 - 0.1)


def test_acting_abroad_takes_more_anger_than_the_diplomatic_cost():
    assert dealt(lobbied=0.0)[0]["abroad"][1] == 0.0
    assert dealt(lobbied=0.6)[0]["abroad"][1] == pytest.approx(0.8 - 0.3)

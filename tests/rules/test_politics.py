"""States: what they feel, what they want, and how far their capacity goes."""

import numpy as np
import pytest

from rules.by_hand import chance, clock, holders, in_fixed, levers, nations, params, places, victims
from sim.rules.enforcement import press
from sim.rules.politics import deal, feel, feel_shame, spend
from sim.state import ADDITIVE, STAGE, STATES_ENDOGENOUS, STATES_FIXED, SUPPRESS, TOLERATE, WEEKS_PER_YEAR

USUAL = np.array([[4.0, 1.0]])  # effort that a state spends on its own soil without being pushed
WEIGHTS = {
    "anger_weight": 1.0, "cover_weight": 1.0, "pressure_weight": 1.0, "reluctance": 0.1, "diplomacy": 0.3, "image": 0.0,
    "lobby_from": 0.2, "lobby_strength": 1.0, "seen_through": 0.5, "theatre": 1.0, "pace": 1.0, "notable": 0.05,
    "joint_gain": 0.0, "joint_cost": 1.0, "most_at_home": 10.0, "most_abroad": 10.0, "most_staged": 6.0, "writ": 0.0,
    "surge": 0.0, "friction": 0.0, "shame_weight": 0.6, "conflict_disrupts": 0.5,
}  # fmt: skip


def spent(capacity, compounds=(10, 20), asked=0.0, structure=None, lever=None, host=(0, 0), **state):
    """Effort of one state in two places, on its own soil unless told; returns (effort, state, places)."""
    nation, effort = nations(1, raid_capacity=capacity, **state), np.zeros((1, 2))
    lever = lever or levers(T=2)
    lever.effort[:] = asked
    place = places(2, compounds=list(compounds), host=list(host), governance=1.0, usual_effort=USUAL[0])
    own = params(politics=WEIGHTS, structure=structure or {"states": STATES_FIXED})
    harm = in_fixed([[0.0], [1000.0]])
    spend(nation, effort, harm, place, victims(1, state=0), np.ones((1, 2)), lever, own)
    return effort, nation, place


def test_a_state_with_capacity_to_spare_does_all_that_is_asked():
    effort, state, _ = spent(capacity=1000.0, asked=2.0)
    assert effort == pytest.approx(USUAL + 2.0)
    assert state["strained"][0] == 0


def test_capacity_caps_effort_so_that_more_here_is_less_there():
    effort, state, _ = spent(capacity=30.0)
    assert effort == pytest.approx(USUAL / 2)  # 4 x 10 + 1 x 20 = 60 raids a year asked for
    assert state["strained"][0] == pytest.approx(0.5)
    more_here = spent(capacity=30.0, asked=np.array([[6.0, 0.0]]))[0]
    assert more_here[0, 0] > effort[0, 0] and more_here[0, 1] < effort[0, 1]
    assert more_here @ [10, 20] == pytest.approx(30.0)


def test_without_a_budget_effort_is_additive():
    assert spent(capacity=30.0, structure={"effort": ADDITIVE})[0] == pytest.approx(USUAL)


def test_a_larger_budget_lifts_the_cap():
    lever = levers(T=2)
    lever.state["budget"] = 2.0
    assert spent(capacity=30.0, lever=lever)[0] == pytest.approx(USUAL)


def test_standing_effort_can_be_withdrawn_place_by_place():
    lever = levers(T=2)
    lever.territory["standing"] = [0.0, 1.0]
    assert spent(capacity=1000.0, lever=lever)[0] == pytest.approx(np.array([[0.0, 1.0]]))


def test_resolve_becomes_effort_at_home_and_abroad_only_where_states_decide():
    will = {"home": 0.5, "mock": 0.25, "abroad": 0.2}
    fixed = spent(1e6, structure={"states": STATES_FIXED}, **will)
    assert fixed[0] == pytest.approx(USUAL)
    effort, _, place = spent(1e6, structure={"states": STATES_ENDOGENOUS}, host=(0, -1), **will)
    assert effort == pytest.approx(np.array([[4.0 + 5.0, 2.0]]))  # 0.5 x 10 on its own soil, 0.2 x 10 where its citizens lose
    assert place["asked"].tolist() == [1.5, 0.0]


def test_added_conflict_keeps_a_hosts_police_out_but_not_what_a_campaign_sends_or_others_do():
    lever = levers(T=2)
    lever.territory["conflict"] = [0.6, 0.6]
    quiet = 1 - 0.5 * 0.6
    effort = spent(1e6, asked=2.0, lever=lever)[0]
    assert effort == pytest.approx(USUAL * quiet + 2.0)
    effort = spent(1e6, lever=lever, structure={"states": STATES_ENDOGENOUS}, host=(0, -1), home=0.5, abroad=0.2)[0]
    assert effort == pytest.approx(np.array([[(4.0 + 5.0) * quiet, 2.0]]))


def test_outrage_is_what_is_reported_per_citizen_and_fades():
    pool = victims(2, state=[0, -1], reported=[5e6, 9e9])
    state = nations(1, outrage=10.0, citizens=1e6)
    own = params(politics={"outrage_fade": 0.1})
    feel(state, pool, places(1, host=-1), holders(1, patron=-1), levers(), own, chance())
    assert state["outrage"][0] == pytest.approx(0.9 * 10.0 + 5.0)


def rents(removed=0.0):
    """What officials remember, a year, of a week of bribes at home and of tribute; and what it weighs with them."""
    state, lever = nations(1, citizens=1.0, corruption=0.8), levers(T=2)
    lever.territory["corruption_removed"] = [removed, 1.0]  # the second place is nobody's soil
    own = params(politics={"rents_memory": 1.0, "tribute": 0.5, "rents_half": 3e6 * WEEKS_PER_YEAR})
    place, holder = places(2, host=[0, -1], bribes=in_fixed([1e6, 7e6])), holders(1, patron=0, income=in_fixed(4e6))
    feel(state, victims(), place, holder, lever, own, chance())
    return state["rents"][0] / WEEKS_PER_YEAR, state["cover"][0]


def test_officials_remember_bribes_at_home_and_tribute_of_those_they_sponsor():
    assert rents() == pytest.approx((3e6, 0.8 * 0.5))


def test_a_programme_against_corruption_takes_bribes_out_of_their_hands_but_not_tribute():
    assert rents(removed=0.75)[0] == pytest.approx(0.25e6 + 2e6)
    assert rents(removed=1.0)[0] == pytest.approx(2e6) and rents(removed=1.0)[1] < rents()[1]


def test_incidents_come_only_where_there_is_something_to_be_angry_about():
    quiet, loud = (nations(2000, citizens=1.0, outrage=outrage) for outrage in (0.0, 1e9))
    own = params(politics={"incident_rate": 5.0})
    for state in (quiet, loud):
        feel(state, victims(), places(1, host=-1), holders(1, patron=-1), levers(), own, chance())
    assert quiet["incident"].sum() == 0
    assert loud["incident"].mean() > 0.9


def dealt(anger=0.0, cover=0.0, lobbied=0.0, aid=0.0, sanctioned=0.0, **host):
    """One week of dealing between a host (0) and a state (1) whose citizens are defrauded from the host's soil."""
    state = nations(2, anger=[anger, 0.2 + lobbied], cover=[cover, 0.0], citizens=1e6, capacity=1.0)
    friction = host.pop("friction", 0.0)
    for column, value in host.items():
        state[column][0] = value
    leverage, lobby, lever = np.array([[0.0, 0.0], [1.0, 0.0]]), np.zeros((2, 2)), levers(S=2)
    lever.state["aid"][0], lever.protector["sanction"] = aid, sanctioned
    place = places(1, host=0, workers=100.0, losses=in_fixed(1e6))
    deal(state, lobby, in_fixed([[1e6]]), place, victims(1, state=1), leverage, lever,
         params(politics=WEIGHTS | {"friction": friction}), clock(), chance())  # fmt: skip
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


def test_sanctions_on_those_who_hold_its_ground_shame_a_host_into_acting():
    assert dealt(cover=0.3)[0]["home"][0] == 0.0
    state, _ = dealt(cover=0.3, sanctioned=0.2)
    assert state["shame"].tolist() == [1.0, 0.0] and state["home"][0] == pytest.approx(0.6 - 0.3 - 0.1)


def test_shame_is_the_share_of_the_trade_on_a_states_soil_under_sanctioned_holders():
    place = places(4, host=[0, 0, 0, 1], protector=[0, 1, 1, 0], workers=[300.0, 50.0, 50.0, 800.0])
    lever, state = levers(T=4, G=2), nations(3)
    feel_shame(state, place, lever)
    assert state["shame"].tolist() == [0.0, 0.0, 0.0]
    lever.protector["sanction"] = [0.1, 0.0]
    feel_shame(state, place, lever)
    assert state["shame"].tolist() == pytest.approx([0.75, 1.0, 0.0])


def test_policy_stands_still_while_a_will_drifts_and_then_turns_at_once():
    in_force = []
    policy = 0.0
    for week in range(80):
        will = 0.01 * week  # a will that hardens by a hundredth a week
        state, _ = dealt(anger=will + 0.1, aim_home=policy, friction=0.205)
        policy = float(state["aim_home"][0])
        in_force.append(policy)
    turns = np.flatnonzero(np.diff(in_force)) + 1
    assert turns.tolist() == [21, 42, 63]
    assert [in_force[week] for week in turns] == pytest.approx([0.21, 0.42, 0.63])


def test_without_friction_policy_follows_the_will_week_by_week():
    followed = [float(dealt(anger=will + 0.1, aim_home=0.3)[0]["aim_home"][0]) for will in (0.29, 0.31, 0.5)]
    assert followed == pytest.approx([0.29, 0.31, 0.5])


def test_effort_follows_the_policy_in_force_and_not_the_will():
    state, _ = dealt(anger=0.6, aim_home=0.4, home=0.1, aim_mock=0.2, aim_abroad=0.2, friction=0.2)  # wills: 0.5, 0 and 0.3
    assert [float(state[name][0]) for name in ("home", "mock", "abroad")] == pytest.approx([0.4, 0.2, 0.2])
    state, _ = dealt(anger=0.6, aim_home=0.2, home=0.1, friction=0.2)
    assert state["home"][0] == pytest.approx(0.5)


def test_acting_abroad_takes_more_anger_than_the_diplomatic_cost():
    assert dealt(lobbied=0.0)[0]["abroad"][1] == 0.0
    assert dealt(lobbied=0.6)[0]["abroad"][1] == pytest.approx(0.8 - 0.3)


def test_a_state_whose_anger_has_passed_presses_nobody():
    state, lobby = nations(2, anger=[0.0, 0.9], citizens=1e6, capacity=1.0), np.zeros((2, 2))
    place = places(1, host=0, workers=100.0, losses=in_fixed(1e6))
    for anger, pressed in ((0.9, 0.7), (0.1, 0.0), (0.4, 0.2)):
        state["anger"][1] = anger
        deal(state, lobby, in_fixed([[1e6]]), place, victims(1, state=1), np.array([[0.0, 0.0], [1.0, 0.0]]), levers(S=2),
             params(politics=WEIGHTS), clock(), chance())  # fmt: skip
        assert lobby == pytest.approx(np.array([[0.0, 0.0], [pressed, 0.0]])) and state["pressure"][0] == pytest.approx(pressed)


@pytest.mark.parametrize("where", [[], [0], [2], [4], [1, 3]])
def test_what_a_state_spends_is_felt_where_it_spends_it(where):
    asked = np.zeros((2, 5))
    asked[1, where] = 3.0
    nation, effort = nations(2, raid_capacity=1e6, country=9), np.zeros((2, 5))
    place, lever = places(5, host=-1), levers(T=5, S=2)
    for week in (asked, np.zeros((2, 5)), asked):
        lever.effort[:] = week
        spend(nation, effort, in_fixed(np.zeros((5, 1))), place, victims(), np.ones((2, 5)), lever, params(politics=WEIGHTS))
        press(place, np.zeros((5, 1)), nation, victims(), effort, np.ones((2, 5)), lever, params(enforcement={"background": 0.5}))
        assert np.array_equal(effort, week) and place["pressure"] == pytest.approx(0.5 + week.sum(axis=0))


def test_no_effort_is_left_from_what_levers_said_a_week_ago_whatever_it_was():
    nation, effort = nations(1, raid_capacity=1e6), np.zeros((1, 3))
    place, lever = places(3, host=0, usual_effort=1.0), levers(T=3)
    for asked in ([2.0, 0.0, -2.0], [0.0, -0.5, 0.0], [0.0, 0.0, 0.0]):
        lever.effort[:] = asked
        spend(nation, effort, in_fixed(np.zeros((3, 1))), place, victims(), np.ones((1, 3)), lever, params(politics=WEIGHTS))
        assert effort[0] == pytest.approx(1.0 + np.array(asked))

"""Protectors: what they choose, and the terms of whoever holds a place."""

import numpy as np
import pytest

from rules.by_hand import chance, clock, holders, levers, nations, params, places
from sim.rules.protection import choose_course, elasticity, settle_protection
from sim.state import EXPEL, HOSTILE, HOSTS, PROTECT, RAID_IT, REALIGN, STAGE_IT, STATES_ENDOGENOUS, TAX_ENDOGENOUS, TOLERATES

FAR = np.full((9, 9), 100.0)
WEIGHTS = {
    "threat_scale": 1.0, "threat_weight": 1.0, "favour_weight": 1.0, "income_floor": 1.0, "takings_half": 1.0, "stage_cost": 0.1,
    "raid_cost": 0.1, "expel_cost": 0.1, "realign_cost": 0.5, "noise": 1e-3, "takings_memory": 0.0,
}  # fmt: skip


def settle(place, holder, lever, **structure):
    """The terms of a week, where those who tolerate crews raid each three times a year."""
    rates = {"tolerated_raids": 3.0, "raid_rate": 2.0, "staged_rate": 5.0}
    settle_protection(place, holder, FAR, lever, params(protection=rates, structure=structure))


def test_a_place_has_the_terms_of_its_holder():
    place = places(2, protector=[1, 0])
    settle(place, holders(2, shield=[0.1, 0.9], tax_rate=[0.2, 0.3], stance=HOSTS), levers(T=2, G=2))
    assert place["shield"] == pytest.approx([0.9, 0.1])
    assert place["tax"] == pytest.approx([0.3, 0.2])


def test_a_hostile_holder_neither_shields_nor_taxes_and_tells_crews_to_leave():
    place = places(1, shield=0.5, tax=0.5)
    settle(place, holders(1, shield=0.9, tax_rate=0.3, stance=HOSTILE), levers())
    assert (place["shield"][0], place["tax"][0], place["stance"][0], place["expels"][0]) == (0, 0, HOSTILE, 1)


def test_levers_strip_the_shield_of_a_place_of_a_holder_or_through_sanctions():
    lever = levers(T=2)
    lever.territory["shield_removed"] = [0.5, 0.0]
    lever.protector["shield_removed"], lever.protector["sanction"] = 0.2, 0.25
    place = places(2)
    settle(place, holders(1, shield=0.8), lever)
    assert place["shield"] == pytest.approx([0.8 * 0.5 * 0.8 * 0.75, 0.8 * 0.8 * 0.75])


def test_staged_raids_are_those_that_levers_hosts_and_holders_ask_for():
    lever = levers(T=3, G=2)
    lever.territory["staged"][1] = 3.0
    place = places(3, protector=[0, 0, 1], asked=[0.0, 0.0, 1.0])
    settle(place, holders(2, course=[PROTECT, STAGE_IT]), lever)
    assert place["staged"].tolist() == [0.0, 3.0, 6.0]


def test_only_a_holder_who_tolerates_crews_or_has_turned_on_them_raids_some():
    place = places(4, protector=[0, 1, 2, 3])
    holder = holders(4, stance=[HOSTS, TOLERATES, HOSTILE, HOSTS], course=[PROTECT, PROTECT, PROTECT, RAID_IT])
    settle(place, holder, levers(T=4, G=4))
    assert place["policing"].tolist() == [0.0, 3.0, 0.0, 2.0]


def choose(holder, place, abroad=0.0, decide=True, conflict=0.0, **settings):
    """A quarter in which a foreign state with full access presses a holder by what it would do abroad."""
    lever = levers(T=len(place))
    lever.territory["conflict"] = conflict
    own = params(
        protection=WEIGHTS | settings, structure={"states": STATES_ENDOGENOUS if decide else 0.0},
        politics={"seen_through": 0.0, "tribute": 0.0}, enforcement={"background": 0.0},
    )  # fmt: skip
    access = np.ones((2, len(place)))
    choose_course(holder, place, nations(2, abroad=[0.0, abroad]), access, lever, own, clock(week=13), chance())
    return int(holder["course"][0])


def course(pressure=0.0, abroad=0.0, takings=1e9, patron=-1, dependence=1.0, **given):
    """What a well-paid holder does, and the holder."""
    holder = holders(1, takings=takings, dependence=dependence, patron=patron, stance=HOSTS)
    return choose(holder, places(1, host=0, pressure=pressure), abroad, **given), holder


def test_a_holder_that_nobody_presses_protects_what_pays():
    assert course()[0] == PROTECT


def test_a_holder_that_is_pressed_and_not_seen_through_stages():
    assert course(pressure=3.0, abroad=0.4)[0] == STAGE_IT


def test_a_holder_that_earns_nothing_and_is_pressed_hard_turns_its_tenants_out():
    assert course(pressure=3.0, abroad=1.0, takings=0.0)[0] in (EXPEL, RAID_IT, STAGE_IT)
    assert course(pressure=0.0, abroad=0.0, takings=0.0)[0] == PROTECT


def test_holders_follow_their_standing_course_where_states_do_not_decide():
    assert course(pressure=9.0, abroad=1.0, decide=False)[0] == PROTECT


def test_a_holder_that_realigns_takes_the_state_that_presses_for_its_patron():
    done, holder = course(pressure=1.0, abroad=0.5, patron=0, realign_cost=-5.0)
    assert (done, holder["patron"][0], holder["stance"][0]) == (REALIGN, 1, TOLERATES)


def test_war_makes_a_holder_cling_to_income_that_it_would_else_give_up():
    alone = {"income_floor": 0.0, "stage_cost": 9.0, "raid_cost": 9.0, "realign_cost": 9.0, "expel_cost": 0.0}
    pressed = {"pressure": 0.5, "abroad": 0.5, "dependence": 0.2}
    assert course(**pressed, **alone)[0] == EXPEL
    assert course(**pressed, **alone, conflict=0.9)[0] == PROTECT
    assert course(**pressed | {"dependence": 0.92}, **alone)[0] == PROTECT  # as one who depends on the trade does in peace


def test_it_is_war_on_its_own_ground_that_counts():
    alone = {"income_floor": 0.0, "stage_cost": 9.0, "raid_cost": 9.0, "realign_cost": 9.0, "expel_cost": 0.0}
    for conflict, done in (([0.9, 0.0], PROTECT), ([0.0, 0.9], EXPEL)):
        holder = holders(2, takings=1e9, dependence=0.2, patron=-1, stance=HOSTS)
        place = places(2, host=0, pressure=0.5, protector=[0, 1])
        assert choose(holder, place, abroad=0.5, conflict=conflict, **alone) == done


def test_an_endogenous_tax_settles_at_one_over_one_plus_the_elasticity():
    place = places(2, tax=0.3, capacity=[100.0, 900.0])
    own = params(structure={"tax": TAX_ENDOGENOUS}, protection={"tax_pace": 0.5, "exit_km": 1e9, "highest_tax": 1.0})
    for _ in range(60):
        settle_protection(place, holders(1, tax_rate=0.3), FAR, levers(T=2), own)
    assert place["tax"][0] == pytest.approx(1 / (1 + elasticity(0, place, FAR, own)))
    assert place["tax"][0] < place["tax"][1]  # crews of the small place have nine times its room elsewhere

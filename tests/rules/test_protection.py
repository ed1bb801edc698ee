"""Protectors: the terms of whoever holds a place."""

import pytest

from rules.by_hand import holders, levers, params, places
from sim.rules.protection import settle_protection
from sim.state import HOSTILE, HOSTS, TOLERATES


def settle(place, holder, lever):
    """The terms of a week, where those who tolerate crews raid each three times a year."""
    settle_protection(place, holder, lever, params(protection={"tolerated_raids": 3.0}))


def test_a_place_has_the_terms_of_its_holder():
    place = places(2, protector=[1, 0])
    settle(place, holders(2, shield=[0.1, 0.9], tax_rate=[0.2, 0.3], stance=HOSTS), levers(T=2, G=2))
    assert place["shield"] == pytest.approx([0.9, 0.1])
    assert place["tax"] == pytest.approx([0.3, 0.2])


def test_a_hostile_holder_neither_shields_nor_taxes():
    place = places(1, shield=0.5, tax=0.5)
    settle(place, holders(1, shield=0.9, tax_rate=0.3, stance=HOSTILE), levers())
    assert (place["shield"][0], place["tax"][0], place["stance"][0]) == (0, 0, HOSTILE)


def test_levers_strip_the_shield_of_a_place_of_a_holder_or_through_sanctions():
    lever = levers(T=2)
    lever.territory["shield_removed"] = [0.5, 0.0]
    lever.protector["shield_removed"], lever.protector["sanction"] = 0.2, 0.25
    place = places(2)
    settle(place, holders(1, shield=0.8), lever)
    assert place["shield"] == pytest.approx([0.8 * 0.5 * 0.8 * 0.75, 0.8 * 0.8 * 0.75])


def test_staged_raids_are_those_that_levers_ask_for():
    lever = levers(T=2)
    lever.territory["staged"][1] = 3.0
    place = places(2)
    settle(place, holders(), lever)
    assert place["staged"].tolist() == [0.0, 3.0]


def test_only_a_holder_who_merely_tolerates_crews_raids_some_of_them():
    place = places(3, protector=[0, 1, 2])
    settle(place, holders(3, stance=[HOSTS, TOLERATES, HOSTILE]), levers(T=3, G=3))
    assert place["policing"].tolist() == [0.0, 3.0, 0.0]

"""Territory that changes hands."""

import numpy as np
import pytest
from scipy import stats

from rules.by_hand import MANY, WEEK, chance, clock, crews, holders, levers, params, places
from sim.agents.protectors import bond_matrix
from sim.region import load_region
from sim.rules.control import change_hands
from sim.state import EXPELLED, HOSTILE, HOSTS, NOT_ASKED, OPEN, WEEKS_PER_YEAR


def attack(place, compounds, stance, rate=1e6, strength=(1.0, 1.0), eviction=1.0, bonds=None):
    """Holder 1 attacks every place of holder 0; others stand by, or with those they are bound to."""
    lever, rows = levers(T=len(place)), len(strength)
    lever.territory["offensive"], lever.territory["offensive_by"] = rate, 1
    bonds = np.zeros((rows, rows), np.int8) if bonds is None else np.array(bonds, np.int8)
    stances = [HOSTS, stance] + [HOSTS] * (rows - 2)
    change_hands(
        place, compounds, holders(rows, stance=stances, strength=strength), bonds, lever,
        params(control={"eviction_rate": eviction, "ally_help": 0.5}),
        clock(compounds=len(compounds)), chance(),
    )  # fmt: skip


def test_a_hostile_new_holder_expels_every_crew_but_removes_none():
    place, compounds = places(1, shield=0.9, tax=0.2), crews(30)
    attack(place, compounds, HOSTILE)
    assert (place["protector"][0], place["stance"][0], place["fell_week"][0]) == (1, HOSTILE, WEEK)
    assert (place["shield"][0], place["tax"][0]) == (0, 0)
    assert (compounds["ask"] == EXPELLED).all()
    assert (compounds["status"] == OPEN).all() and (compounds["workers"] == 100).all()


def test_any_other_new_holder_inherits_the_rent_and_lets_crews_be():
    place, compounds = places(1), crews(30)
    attack(place, compounds, HOSTS)
    assert place["protector"][0] == 1
    assert (compounds["ask"] == NOT_ASKED).all()


def test_evictions_reach_crews_at_their_rate_for_as_long_as_they_stay():
    place, compounds = places(1, protector=1, stance=HOSTILE, expels=1), crews(MANY // 4)
    attack(place, compounds, HOSTILE, eviction=0.2)
    assert stats.binomtest(int((compounds["ask"] == EXPELLED).sum()), MANY // 4, 0.2).pvalue > 1e-4


def test_places_fall_at_the_rate_of_the_offensive_times_the_balance_of_strength():
    place = places(MANY // 4)
    attack(place, crews(), HOSTS, rate=10.0, strength=(3.0, 1.0))
    fell = int((place["protector"] == 1).sum())
    assert stats.binomtest(fell, MANY // 4, 1 - np.exp(-10 * 0.25 / WEEKS_PER_YEAR)).pvalue > 1e-4


def bound(*pairs) -> np.ndarray:
    """Bonds among five holders: (one, other, 1 ally or -1 opponent), each holding for both."""
    bonds = np.zeros((5, 5), np.int8)
    for one, other, bond in pairs:
        bonds[one, other] = bonds[other, one] = bond
    return bonds


@pytest.mark.parametrize(
    ("bonds", "balance"),
    [
        (bound(), 1 / 4),
        (bound((1, 2, 1)), (1 + 2) / (1 + 2 + 3)),
        (bound((0, 2, 1)), 1 / (1 + 3 + 2)),
        (bound((1, 2, 1), (0, 2, 1)), 1 / 4),
        (bound((1, 2, 1), (0, 2, -1)), (1 + 2) / (1 + 2 + 3)),
        (bound((0, 2, -1)), 1 / 4),
        (bound((1, 2, 1), (1, 4, 1), (0, 3, 1)), (1 + 2 + 4) / (1 + 2 + 4 + 3 + 1)),
        (bound((0, 1, 1)), 1 / 4),
    ],
    ids=["nobody", "one_who_attacks", "one_who_defends", "of_both", "friend_and_foe", "foe_alone", "several", "each_other"],
)  # fmt: skip
def test_allies_lend_half_their_strength_unless_they_stand_on_both_sides(bonds, balance):
    place = places(MANY // 2)
    attack(place, crews(), HOSTS, rate=20.0, strength=(3.0, 1.0, 4.0, 2.0, 8.0), bonds=bonds)
    fell = int((place["protector"] == 1).sum())
    assert stats.binomtest(fell, MANY // 2, 1 - np.exp(-20 * balance / WEEKS_PER_YEAR)).pvalue > 1e-3


def test_a_bond_that_one_side_names_holds_for_both_and_enmity_goes_first():
    region = load_region("southeast_asia")
    bonds, index = bond_matrix(region), region.index("protectors")
    assert (bonds == bonds.T).all() and set(np.unique(bonds)) == {-1, 0, 1} and (np.diag(bonds) == 0).all()
    for row in region.protectors:
        assert all(bonds[index[row.protector], index[name]] == -1 for name in row.opponents)
        assert all(bonds[index[row.protector], index[name]] != 0 for name in row.allies)


@pytest.mark.parametrize(("by", "rate"), [(-1, 1e6), (1, 0.0), (0, 1e6)])
def test_without_an_attacker_a_rate_or_an_enemy_nothing_changes_hands(by, rate):
    place, lever = places(3), levers(T=3)
    lever.territory["offensive"], lever.territory["offensive_by"] = rate, by
    change_hands(place, crews(), holders(2), np.zeros((2, 2), np.int8), lever, params(), clock(), chance())
    assert (place["protector"] == 0).all() and (place["fell_week"] == -1).all()

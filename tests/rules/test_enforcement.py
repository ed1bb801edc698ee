"""Raids: who is raided, what is taken, who hears of it."""

import numpy as np
import pytest
from scipy import stats

from rules.by_hand import (
    MANY,
    WEEK,
    bosses,
    chance,
    clock,
    crews,
    flow,
    flows,
    levers,
    origins,
    params,
    people_outside,
    places,
    table,
)
from sim.rules.enforcement import carry_out_raids, plan_raids
from sim.state import ELSEWHERE, EXPELLED, NOT_ASKED, OPEN, RAIDED, SEEN, TIPPED_OFF, WEEKS_PER_YEAR

RAIDS = {
    "visibility_power": 0.5, "cover_effect": 0.4, "hidden_visibility": 0.3, "bribe_full": 0.06, "lead_weeks": 1,
    "staged_lead_weeks": 2, "leak": 0.0, "take_low": 0.3, "take_high": 0.9, "warned_take": 0.5, "staged_take": 0.03,
    "capital_taken": 0.5, "rescued_share": 0.4, "arrested_share": 0.3, "leader_caught": 0.0, "official_inflation": 1.5,
    "usual_size": 100.0, "scheme_effect": 0.5, "managers_among": 0.0,
}  # fmt: skip


def plan(compounds, place, lever=None, targets=None, pursuit=None, **settings):
    """Plan a week's raids on crews that work on one pool."""
    rows = len(compounds)
    targets = np.ones((rows, 1)) if targets is None else targets
    pursuit = np.zeros((len(place), targets.shape[1])) if pursuit is None else pursuit
    plan_raids(
        compounds, place, targets, pursuit, lever or levers(T=len(place)), params(enforcement=RAIDS | settings),
        clock(compounds=rows), chance(),
    )  # fmt: skip


def carry_out(compounds, workforce=None, boss=None, own=None, lever=None, structure=None, **settings):
    """Carry out what falls due; returns (workforce, labour, territories, seen, flows)."""
    workforce = np.repeat(compounds["workers"][:, None] / 2, 2, axis=1) if workforce is None else workforce
    labour, place, seen, money = origins(2), places(2), table(SEEN, 2), flows()
    boss = bosses() if boss is None else boss
    own = np.zeros((len(boss), 2), np.int64) if own is None else own
    carry_out_raids(
        compounds, workforce, place, boss, labour, own, seen, lever or levers(T=2), money,
        params(enforcement=RAIDS | settings, structure=structure or {}),
        clock(compounds=len(compounds), syndicates=len(boss)), chance(),
    )  # fmt: skip
    return workforce, labour, place, seen, money


def test_a_crew_without_pressure_is_never_raided():
    compounds = crews(2000)
    plan(compounds, places(pressure=0.0))
    assert (compounds["raid_week"] == -1).all()
    assert (compounds["hazard"] == 0).all()


def test_the_hazard_is_shield_times_bribe_times_visibility_times_pressure():
    compounds = crews(2, workers=200.0, bribe_rate=0.03, cover=0.5, hidden=[0, 1], shows=1.6)
    place = places(shield=0.2, corruption=0.5, pressure=2.0, pursued=4.0)
    plan(compounds, place, targets=np.array([[0.5, 0.5]] * 2), pursuit=np.array([[4.0, 0.0]]))
    seen = np.sqrt(200 / 100) * (1 - 0.4 * 0.5) * (1 + 0.5 * 0.6)
    hazard = (1 - 0.2) * (1 - 0.5 * 0.5) * seen * (2.0 + 0.5 * 4.0)
    assert compounds["hazard"] == pytest.approx([hazard, 0.3 * hazard])


def test_crews_whose_schemes_show_more_are_found_sooner_as_far_as_schemes_count():
    compounds = crews(3, shows=[0.0, 1.0, 2.0])
    plan(compounds, places(pressure=2.0), scheme_effect=0.4)
    assert compounds["hazard"] == pytest.approx([1.2, 2.0, 2.8])
    plan(compounds, places(pressure=2.0), scheme_effect=0.0)
    assert compounds["hazard"] == pytest.approx(2.0)


def test_the_size_of_one_crew_changes_nobody_elses_hazard():
    among_equals, beside_a_giant = crews(3), crews(3, workers=[100.0, 100.0, 1e5])
    for compounds in (among_equals, beside_a_giant):
        plan(compounds, places(pressure=2.0))
    assert beside_a_giant["hazard"][:2].tolist() == among_equals["hazard"][:2].tolist()
    assert beside_a_giant["hazard"][2] > 10 * among_equals["hazard"][2]


def test_raids_fall_at_the_rate_of_the_hazard():
    compounds = crews(MANY)
    plan(compounds, places(pressure=6.0))
    raided = int((compounds["raid_week"] >= 0).sum())
    assert stats.binomtest(raided, MANY, 1 - np.exp(-6 / WEEKS_PER_YEAR)).pvalue > 1e-4


@pytest.mark.parametrize(
    ("shield", "bribe", "removed", "hazard"), [(1.0, 0, 0, 0), (0, 0.06, 0, 0), (0, 0.06, 1.0, 5.0), (0, 0, 0, 5.0)]
)
def test_a_full_shield_or_a_full_bribe_keeps_all_raids_off_until_it_is_taken_away(shield, bribe, removed, hazard):
    compounds, lever = crews(1, bribe_rate=bribe), levers()
    lever.territory["corruption_removed"] = removed
    plan(compounds, places(shield=shield, corruption=1.0, pressure=5.0), lever)
    assert compounds["hazard"][0] == pytest.approx(hazard)


def test_a_raid_falls_due_after_its_lead_and_is_not_planned_twice():
    compounds = crews(2, raid_week=[-1, WEEK + 3])
    plan(compounds, places(pressure=1e6), lead_weeks=4)
    assert compounds["raid_week"].tolist() == [WEEK + 4, WEEK + 3]


def test_a_staged_raid_is_announced_longer_ahead_and_needs_no_pressure():
    compounds = crews(1)
    plan(compounds, places(shield=1.0, staged=1e6))
    assert compounds["raid_staged"][0] == 1
    assert compounds["raid_week"][0] == WEEK + 2


def test_a_leak_tips_a_crew_off_unless_the_plan_is_kept_secret():
    lever = levers(T=2)
    lever.territory["secrecy"][1] = 1.0
    compounds = crews(40, territory=[0, 1] * 20)
    plan(compounds, places(2, pressure=1e6), lever, leak=1.0)
    assert (compounds["ask"][0::2] == TIPPED_OFF).all() and (compounds["warned"][0::2] == 1).all()
    assert (compounds["ask"][1::2] == NOT_ASKED).all() and (compounds["warned"][1::2] == 0).all()


def test_word_of_a_staged_raid_reaches_a_crew_but_gives_it_no_reason_to_leave():
    compounds = crews(20)
    plan(compounds, places(staged=1e6), leak=1.0)
    assert (compounds["warned"] == 1).all() and (compounds["ask"] == NOT_ASKED).all()


def test_real_raids_are_counted_against_the_syndicate_and_place_they_hit():
    own = np.full((2, 2), 9)
    compounds = crews(
        4, raid_week=WEEK, raid_staged=[0, 0, 0, 1], syndicate=[0, 1, 1, 1], territory=[0, 1, 1, 0], raid_territory=[0, 1, 1, 0]
    )
    boss = bosses(2, raids=18)  # of last week
    carry_out(compounds, boss=boss, own=own)
    assert own.tolist() == [[1, 0], [0, 2]] and boss["raids"].tolist() == [1, 2]


def test_a_crew_told_to_leave_is_not_excused_by_a_tip_off_or_a_raid():
    warned, raided = crews(50, ask=EXPELLED), crews(50, ask=EXPELLED, raid_week=WEEK)
    plan(warned, places(pressure=1e6), leak=1.0), carry_out(raided)
    assert (warned["warned"] == 1).all() and (raided["workers"] < 100).all()
    assert (warned["ask"] == EXPELLED).all() and (raided["ask"] == EXPELLED).all()


def test_a_staged_raid_takes_little_and_leaves_the_crew_at_work():
    compounds = crews(1, raid_week=WEEK, raid_staged=1)
    _, _, place, seen, money = carry_out(compounds)
    assert compounds["workers"][0] == pytest.approx(97.0)
    assert compounds["status"][0] == OPEN and compounds["ask"][0] == NOT_ASKED
    assert compounds["capital"][0] == 300_000 and flow(money, "seized") == 0
    assert (place["mocks"][0], place["raids"][0], seen["official_raids"][0]) == (1, 0, 1)


def test_a_real_raid_takes_a_share_between_the_bounds_and_half_the_capital():
    compounds = crews(500, raid_week=WEEK)
    _, _, place, seen, money = carry_out(compounds)
    kept = compounds["workers"] / 100
    assert kept.min() >= 0.1 - 1e-9 and kept.max() <= 0.7 + 1e-9
    assert kept.max() - kept.min() > 0.5
    assert compounds["capital"] == pytest.approx(150_000)
    assert flow(money, "seized") == pytest.approx(500 * 150_000)
    assert (compounds["ask"] == RAIDED).all() and (compounds["status"] == OPEN).all()
    assert place["raids"][0] == 500 and seen["official_raids"][0] == 500
    assert seen["official_freed"][0] / 2**20 == pytest.approx(1.5 * (500 * 100 - compounds["workers"].sum()))


def test_those_taken_go_home_into_custody_or_back_on_offer_and_nobody_is_lost():
    compounds = crews(50, raid_week=WEEK)
    workforce, labour, _, _, money = carry_out(compounds)
    taken = 5000 - workforce.sum()
    assert workforce.sum(axis=1) == pytest.approx(compounds["workers"])
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 5000, abs=1e-3)
    for column, share in (("freed", 0.4), ("arrested", 0.3), ("market", 0.3)):
        assert labour[column].sum() / 2**20 == pytest.approx(share * taken)
    assert flow(money, "rescued") + flow(money, "arrested") + flow(money, "retrafficked") == pytest.approx(taken)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_repatriation_brings_home_those_who_would_have_been_sold_on_and_nobody_is_lost(share):
    lever, compounds = levers(T=2), crews(50, raid_week=WEEK)
    lever.territory["repatriation"] = [share, 0.0]
    workforce, labour, _, _, money = carry_out(compounds, lever=lever)
    taken = 5000 - workforce.sum()
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 5000, abs=1e-3)
    for column, part in (("freed", 0.4 + 0.3 * share), ("arrested", 0.3), ("market", 0.3 * (1 - share))):
        assert labour[column].sum() / 2**20 == pytest.approx(part * taken, abs=1e-3)
    assert flow(money, "rescued") == pytest.approx((0.4 + 0.3 * share) * taken)
    assert flow(money, "rescued") + flow(money, "arrested") + flow(money, "retrafficked") == pytest.approx(taken)


def test_repatriation_is_a_matter_of_the_place_that_is_raided():
    lever, compounds = levers(T=2), crews(50, raid_week=WEEK)
    lever.territory["repatriation"] = [0.0, 1.0]
    workforce, labour, _, _, _ = carry_out(compounds, lever=lever)
    assert labour["market"].sum() / 2**20 == pytest.approx(0.3 * (5000 - workforce.sum()))


def test_in_the_waterbed_all_who_are_taken_are_on_offer_at_once():
    compounds = crews(50, raid_week=WEEK)
    lever = levers(T=2)
    lever.territory["repatriation"] = 1.0
    workforce, labour, _, _, money = carry_out(compounds, lever=lever, structure={"taken": ELSEWHERE})
    assert labour["market"].sum() / 2**20 == pytest.approx(5000 - workforce.sum()) and workforce.sum() < 4000
    assert labour["freed"].sum() == 0 and labour["arrested"].sum() == 0 and flow(money, "rescued") == 0


def test_a_warned_crew_loses_less():
    calm, warned = crews(1, raid_week=WEEK), crews(1, raid_week=WEEK, warned=1)
    carry_out(calm), carry_out(warned)
    assert 100 - warned["workers"][0] == pytest.approx(0.5 * (100 - calm["workers"][0]))


def test_an_empty_building_is_announced_but_nobody_is_found():
    compounds = crews(1, raid_week=WEEK, raid_territory=0, territory=1)
    _, _, place, seen, _ = carry_out(compounds)
    assert compounds["workers"][0] == 100 and compounds["ask"][0] == NOT_ASKED
    assert seen["official_raids"].tolist() == [1, 0]
    assert place["raids"].tolist() == [0, 0]


def test_no_raid_before_its_week():
    compounds = crews(2, raid_week=[WEEK + 1, WEEK - 1])
    carry_out(compounds)
    assert (compounds["workers"] == 100).all()

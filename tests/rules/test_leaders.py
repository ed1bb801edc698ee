"""Leaders and managers: caught, bought out, handed over, replaced."""

import numpy as np
import pytest
from scipy import stats

from rules.by_hand import MANY, WEEK, bosses, chance, clock, crews, flows, levers, params, places
from rules.test_enforcement import carry_out
from sim.rules.enforcement import strike_elsewhere
from sim.scenario import shipped_parameters
from sim.state import WEEKS_PER_YEAR

PEOPLE = ("leaders", "in_custody", "handed_over")
GROUPS = MANY // 4


def hunt(boss, lever=None, corruption=0.0, weeks=1, **settings):
    """Weeks in which leaders are hunted, handed over or buy themselves out of custody."""
    sits = int(boss["home"].max()) + 1
    place, lever = places(sits, corruption=corruption), lever or levers(T=sits, Y=len(boss))
    given = params(enforcement=settings)
    for week in range(1, weeks + 1):
        now = clock(week, syndicates=len(boss))
        strike_elsewhere(place, boss, lever, flows(), given, now, chance(week))
    return boss


def everybody(boss) -> np.ndarray:
    """Leaders of each syndicate, wherever they are."""
    return boss["leaders"] + boss["in_custody"] + boss["handed_over"]


def shipped(name: str) -> float:
    """A shipped figure of enforcement as it stands in its file (rates of events by the year)."""
    return shipped_parameters()["enforcement"][name]["value"]


# --- caught --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("caught", "left"), [(0.0, 3), (1.0, 0)])
def test_real_raids_may_catch_leaders_but_never_more_than_there_are(caught, left):
    boss = bosses(1, leaders=3)
    carry_out(crews(10, raid_week=WEEK), boss=boss, leader_caught=caught)
    assert (boss["leaders"][0], boss["in_custody"][0]) == (left, 3 - left)


def test_staged_raids_catch_neither_leaders_nor_managers():
    boss = bosses(1)
    carry_out(crews(10, raid_week=WEEK, raid_staged=1), boss=boss, leader_caught=1.0, managers_among=1e6)
    assert (boss["leaders"][0], boss["managers"][0]) == (3, 12.0)


def test_managers_are_caught_by_the_number_of_people_taken_and_never_more_than_there_are():
    rows, share = 2 * GROUPS, 0.5  # one crew of each syndicate: of 100 people, then of 300
    workers = np.repeat([100.0, 300.0], GROUPS)
    boss = bosses(rows)
    raided = crews(rows, raid_week=WEEK, workers=workers, syndicate=np.arange(rows))
    carry_out(raided, boss=boss, managers_among=0.01, take_low=share, take_high=share)
    lost = (boss["managers"] == 11.0).reshape(2, GROUPS).sum(axis=1)
    for seen, people in zip(lost, (50.0, 150.0), strict=True):
        assert stats.binomtest(int(seen), GROUPS, 1 - np.exp(-0.01 * people)).pvalue > 1e-4
    few = bosses(1, managers=2.5)
    carry_out(crews(10, raid_week=WEEK), boss=few, managers_among=1e6)
    assert few["managers"][0] == 0.0


def test_with_the_shipped_figures_raids_take_managers_far_more_often_than_leaders():
    boss = bosses(MANY)
    figures = {name: shipped(name) for name in ("leader_caught", "managers_among")}
    raided = crews(MANY, raid_week=WEEK, workers=shipped("usual_size"), syndicate=np.arange(MANY))
    carry_out(raided, boss=boss, **figures)
    leaders, managers = (3 - boss["leaders"]).sum(), (12 - boss["managers"]).sum()
    assert leaders > 0 and managers > 10 * leaders


def test_hunted_leaders_are_arrested_one_a_week_until_none_is_left():
    lever = levers()
    lever.territory["leader_arrests"] = 1e6
    for weeks, left in ((1, 1), (2, 0), (3, 0)):
        boss = hunt(bosses(1, leaders=2), lever, weeks=weeks)
        assert (boss["leaders"][0], boss["in_custody"][0]) == (left, 2 - left)


# --- out of custody ------------------------------------------------------------------------------


def test_leaders_buy_themselves_out_at_the_shipped_rate_a_year_where_officials_are_wholly_corrupt():
    boss = hunt(bosses(GROUPS, leaders=0, in_custody=1), corruption=1.0, weeks=26)
    out = int(boss["leaders"].sum())
    assert stats.binomtest(out, GROUPS, 1 - np.exp(-shipped("bought_out") * 26 / WEEKS_PER_YEAR)).pvalue > 1e-4
    assert boss["in_custody"].sum() == GROUPS - out


def test_those_in_custody_get_out_sooner_the_more_corrupt_their_home_is_and_never_where_nobody_can_be_bought():
    held = {"leaders": 0, "in_custody": 1}
    out = [int(hunt(bosses(GROUPS, **held), corruption=c, bought_out=10.0)["leaders"].sum()) for c in (0.0, 0.3, 0.9)]
    assert out[0] == 0 < out[1] < out[2]
    lever = levers(Y=GROUPS)
    lever.territory["corruption_removed"] = 1.0
    honest = hunt(bosses(GROUPS, **held), lever, corruption=0.9, bought_out=10.0)
    assert honest["leaders"].sum() == 0


def test_of_more_leaders_in_custody_one_is_out_sooner():
    out = [int(hunt(bosses(GROUPS, leaders=0, in_custody=n), corruption=1.0, bought_out=5.0)["leaders"].sum()) for n in (1, 8)]
    assert out[1] > 2 * out[0] > 0


# --- handed over ---------------------------------------------------------------------------------


def extradited(share=1.0, Y=1):
    """A lever layer in which extradition works by a share."""
    lever = levers(Y=Y)
    lever.territory["extradition"] = share
    return lever


def test_leaders_are_handed_over_at_the_shipped_rate_a_year_where_extradition_works_in_full():
    gone = int(hunt(bosses(GROUPS, leaders=1), extradited(Y=GROUPS), weeks=26)["handed_over"].sum())
    assert stats.binomtest(gone, GROUPS, 1 - np.exp(-shipped("handover") * 26 / WEEKS_PER_YEAR)).pvalue > 1e-4


def test_without_extradition_nobody_is_handed_over():
    assert hunt(bosses(20), levers(Y=20), handover=1e6, weeks=5)["handed_over"].sum() == 0


def test_those_who_are_handed_over_never_come_back():
    boss = hunt(bosses(1, leaders=0, in_custody=3), extradited(), weeks=3, corruption=1.0, handover=1e6, bought_out=0.0)
    assert boss["handed_over"][0] == 3
    hunt(boss, weeks=200, corruption=1.0, bought_out=1e6)
    assert [int(boss[name][0]) for name in PEOPLE] == [0, 0, 3]


def test_those_in_custody_are_handed_over_first_and_then_those_at_large():
    boss, found = bosses(1, leaders=2, in_custody=1), []
    for _ in range(4):
        hunt(boss, extradited(), handover=1e6, bought_out=0.0)
        found.append([int(boss[name][0]) for name in PEOPLE])
    assert found == [[2, 0, 1], [1, 0, 2], [0, 0, 3], [0, 0, 3]]


def test_extradition_is_aimed_at_a_home_not_at_the_place_where_a_crew_sits():
    lever = levers(T=2, Y=2)
    lever.territory["extradition"] = [0.0, 1.0]
    boss = hunt(bosses(2, home=[0, 1]), lever, handover=1e6)
    assert boss["handed_over"].tolist() == [0, 1]


def test_no_leader_is_made_or_lost_whatever_is_done_to_them():
    lever = extradited(0.5, Y=50)
    lever.territory["leader_arrests"] = 20.0
    boss = hunt(bosses(50), lever, weeks=150, corruption=0.7, bought_out=10.0, handover=0.5)
    assert (everybody(boss) == 3).all()
    assert min(boss[name].min() for name in PEOPLE) == 0 and min(boss[name].max() for name in PEOPLE) > 0


# --- replaced ------------------------------------------------------------------------------------


def test_missing_managers_are_replaced_in_time_and_no_more_of_them():
    boss = hunt(bosses(2, managers=[4.0, 12.0]), promotion=0.25)
    assert boss["managers"] == pytest.approx([4 + 0.25 * 8, 12.0])
    hunt(boss, promotion=0.25, weeks=100)
    assert boss["managers"] == pytest.approx([12.0, 12.0])

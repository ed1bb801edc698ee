"""Targeting: whom crews work on, and what it takes from their victims."""

import numpy as np
import pytest

from rules.by_hand import (
    MANY,
    WEEK,
    chance,
    clock,
    crews,
    flow,
    flows,
    in_fixed,
    levers,
    origins,
    params,
    places,
    victims,
    ways,
)
from sim.agents.pools import able_shares, fluency_matrix
from sim.region import load_region
from sim.rules.targeting import ai_help, defraud, look_at_pools, read_languages, retarget
from sim.state import MOVING, WEEKS_PER_YEAR

CRAFT = {
    "conversion": 0.2, "ticket": 5000.0, "reference_wealth": 29_000.0, "wealth_power": 0.5, "bearable": 0.01, "volatility": 0.0,
    "review_weeks": 8.0, "inertia": 0.5, "learning": 0.2, "forgetting": 0.1, "skill_floor": 0.25, "scheme_floor": 0.01,
}  # fmt: skip


def look(pool, lever=None):
    look_at_pools(pool, lever or levers(K=len(pool)), params(targeting=CRAFT), clock())
    return pool


class Desk:
    """Crews that choose among pools: the wide tables that `retarget` writes."""

    def __init__(self, compounds, fluency, pool, schemes=None, skill=0.5, sought=None, place=None, laundry=0.0, lever=None):
        rows, pools = len(compounds), len(pool)
        self.compounds, self.pool, self.schemes = compounds, pool, ways(2) if schemes is None else schemes
        self.targets, self.skill = np.full((rows, pools), 1 / pools), np.full((rows, pools), skill)
        self.mix = np.full((rows, len(self.schemes)), 1 / len(self.schemes))
        self.reach, self.take = np.zeros((rows, pools)), np.zeros((rows, pools))
        self.fluency = np.array(fluency, float)
        share = compounds["workers"][:, None] / len(self.fluency)
        self.workforce = np.repeat(share, len(self.fluency), axis=1)
        self.place = places(1) if place is None else place
        self.sought = np.zeros((len(self.place), pools)) if sought is None else sought
        self.laundry = np.zeros((len(self.place), len(self.schemes))) + laundry
        self.lever = lever or levers(T=len(self.place))

    def review(self, week=-1, tools=0.0, rules=None, **settings):
        usable, able = np.zeros_like(self.fluency), np.zeros(len(self.fluency))
        speaks = 1 - np.prod(1 - self.fluency, axis=1)  # each pool of these tests has a language of its own
        read_languages(usable, able, origins(len(self.fluency)), self.pool, self.fluency, speaks, tools)
        retarget(
            self.targets, self.skill, self.mix, self.reach, self.take, self.compounds, self.workforce, self.place, self.pool,
            self.schemes, usable, able, np.ones((len(self.schemes), len(self.pool))), self.sought, self.laundry, self.lever,
            params(**rules or {"targeting": CRAFT | settings}), clock(week, compounds=len(self.compounds)),
        )  # fmt: skip
        return self.targets


def test_a_pool_yields_conversion_times_openness_times_what_its_wealth_bears():
    pool = look(victims(2, wealth=[29_000.0, 4 * 29_000.0], friction=0.2, recovered_share=0.1, susceptible=5e5))
    assert pool["openness"] == pytest.approx(0.5 * 0.8)
    assert pool["ticket"] == pytest.approx([5000.0, 10_000.0])
    assert pool["worth"] == pytest.approx(0.2 * 0.4 * np.array([5000.0, 10_000.0]) * 0.9)


def test_effort_that_a_pool_just_bears_halves_its_yield():
    pool = look(victims(2, effort=in_fixed([0.0, 0.01 * 1e6])))
    assert pool["openness"] == pytest.approx([1.0, 0.5])


def test_friction_of_a_lever_comes_on_top_of_the_usual():
    lever = levers(K=2)
    lever.pool["friction"] = [0.0, 0.5]
    assert look(victims(2, friction=0.2), lever)["friction_now"] == pytest.approx([0.2, 0.6])


def test_tools_close_half_their_part_of_the_language_gap_at_the_midpoint_and_never_more_than_all():
    tools = params(ai={"ceiling": 0.6, "midpoint": 2024.0, "speed": 1.0})
    assert ai_help(clock(year=2024.0), levers(), tools) == pytest.approx(0.3)
    assert ai_help(clock(year=2100.0), levers(), tools) == pytest.approx(0.6)
    lever = levers()
    lever.everywhere["ai_offence"] = 5.0
    assert ai_help(clock(year=2024.0), lever, tools) == 1.0


def test_tools_help_those_who_do_not_speak_a_language():
    usable, able = np.zeros((1, 2)), np.zeros(1)
    read_languages(usable, able, origins(1), victims(2), np.array([[0.5, 0.0]]), np.array([0.5]), 0.2)
    assert usable[0] == pytest.approx([0.6, 0.2])
    assert able[0] == pytest.approx(0.5 + 0.2 * 0.5)


def test_pools_that_share_a_language_are_open_to_the_same_people():
    region = load_region("southeast_asia")
    able, fluency = able_shares(region), fluency_matrix(region)
    assert (able >= fluency.max(axis=1) - 1e-12).all()
    burmese = region.index("labour_pools")["myanmar"]
    assert able[burmese] < 0.5  # one worker in twelve speaks English: five English-speaking pools do not make it five in twelve


def test_time_is_all_spent_and_the_richer_pool_draws_more_of_it():
    desk = Desk(crews(20), [[1.0, 1.0]], victims(2, worth=[400.0, 800.0]))
    targets = desk.review()
    assert targets.sum(axis=1) == pytest.approx(1.0) and desk.mix.sum(axis=1) == pytest.approx(1.0)
    assert (targets[:, 1] > targets[:, 0]).all()
    assert (targets >= 0).all() and (desk.take >= 0).all()


def test_alike_pools_share_the_time_by_the_people_there_are_to_approach():
    desk = Desk(crews(1), [[1.0, 1.0]], victims(2, worth=500.0, at_risk=[1e6, 3e6]))
    assert desk.review(inertia=0.0)[0] == pytest.approx([0.25, 0.75])


def test_nobody_is_put_to_a_pool_whose_language_nobody_speaks():
    desk = Desk(crews(1), [[1.0, 0.0]], victims(2, worth=[100.0, 1e4]))
    assert desk.review(inertia=0.0)[0] == pytest.approx([1.0, 0.0])


def test_inertia_keeps_part_of_the_old_targets():
    free, bound = (Desk(crews(1), [[1.0, 0.0]], victims(2, worth=500.0)) for _ in range(2))
    free.review(inertia=0.0), bound.review(inertia=0.5)
    assert 0 < bound.targets[0, 1] < 0.5
    assert free.targets[0, 1] < bound.targets[0, 1]


def test_a_pool_whose_state_hunts_those_who_defraud_it_draws_less_time():
    calm, hunted = (Desk(crews(1), [[1.0, 1.0]], victims(2, worth=500.0), sought=np.array([[risk, 0.0]])) for risk in (0.0, 20.0))
    assert hunted.review()[0, 0] < calm.review()[0, 0]
    shielded = Desk(crews(1), [[1.0, 1.0]], victims(2, worth=500.0), sought=np.array([[20.0, 0.0]]), place=places(1, shield=1.0))
    assert shielded.review() == pytest.approx(calm.targets)


def test_the_severity_of_a_sentence_reaches_the_choice_of_victims_where_these_are_hunted_for():
    lever = levers()
    lever.territory["severity"] = 1e8
    mild, severe, unhunted = (
        Desk(crews(1), [[1.0, 1.0]], victims(2, worth=500.0), sought=np.array([[hunted, 0.0]]), lever=given)
        for hunted, given in ((2.0, None), (2.0, lever), (0.0, lever))
    )
    assert severe.review()[0, 0] < mild.review()[0, 0] - 0.05
    assert unhunted.review()[0] == pytest.approx([0.5, 0.5])


def test_the_sanction_of_a_choice_weighs_as_what_a_raid_would_cost_each_worker_a_week():
    own = {"gamma": 1.0, "people_lost": 0.0, "prison": 0.0}
    desk = Desk(crews(1, capital=4e5), [[1.0, 1.0]], victims(2, worth=500.0), sought=np.array([[26.0, 0.0]]))
    rules = {"targeting": CRAFT | {"inertia": 0.0, "gain_scale": 100.0}, "sanction": own, "enforcement": {"capital_taken": 0.5}}
    share = desk.review(rules=rules)[0, 0]
    a_week = 26.0 / WEEKS_PER_YEAR * 0.5 * 4e5 / 100  # USD a worker
    assert np.log(share / (1 - share)) == pytest.approx(-a_week / 100.0)


def test_practice_raises_skill_and_neglect_lowers_it():
    desk = Desk(crews(1, workers=10_000.0), [[1.0, 0.0]], victims(2, worth=500.0))
    for _ in range(30):
        desk.review()
    assert desk.skill[0, 0] > 0.5 > desk.skill[0, 1]
    assert (desk.skill >= 0).all() and (desk.skill <= 1).all()


def test_each_crew_reviews_once_in_a_round_of_weeks_by_its_lineage():
    reviewed = np.zeros(50, int)
    for week in range(WEEK, WEEK + 8):
        desk = Desk(crews(50, at_work=1), [[1.0, 1.0]], victims(2, worth=[100.0, 900.0]))
        reviewed += desk.review(week)[:, 0] != 0.5
    assert (reviewed == 1).all()


def test_a_new_crew_chooses_at_once():
    desk = Desk(crews(50), [[1.0, 1.0]], victims(2, worth=[100.0, 900.0]))
    assert (desk.review(WEEK)[:, 0] != 0.5).all()
    assert (desk.compounds["at_work"] == 1).all()


def cheat(compounds, place=None, pool=None, **settings):
    """One week of fraud at one paying victim per 100 worker-weeks in each of two pools; returns (pools, territories, flows)."""
    place = places(1) if place is None else place
    pool = victims(2, openness=[1.0, 0.5], ticket=[1000.0, 2000.0], recovered_share=[0.0, 0.2]) if pool is None else pool
    rows, money, harm = len(compounds), flows(), np.zeros((len(place), 2), np.int64)
    defraud(
        compounds, place, pool, np.full((rows, 2), 0.5), np.full((rows, 2), 0.01), np.full((rows, 2), 0.02), harm, money,
        params(targeting=CRAFT | settings, site_choice={"hidden_output": 0.5}), clock(compounds=rows), chance(),
    )  # fmt: skip
    assert harm.sum(axis=0).tolist() == pool["losses"].tolist()  # the same losses, told by place
    return pool, place, money


def test_victims_and_losses_are_workers_times_reach_times_openness():
    compounds = crews(1)
    pool, place, money = cheat(compounds)
    assert pool["victims"] / 2**20 == pytest.approx([100 * 0.01, 100 * 0.01 * 0.5])
    assert pool["losses"] / 2**20 == pytest.approx([100 * 0.02 * 1000, 100 * 0.02 * 0.5 * 2000])
    assert pool["effort"] / 2**20 == pytest.approx([50.0, 50.0])
    assert compounds["losses"][0] == pytest.approx(4000.0)
    assert compounds["revenue"][0] == pytest.approx(2000.0 + 0.8 * 2000.0)
    assert flow(money, "losses") == pytest.approx(flow(money, "revenue") + flow(money, "recovered")) == pytest.approx(4000.0)
    assert place["losses"][0] / 2**20 == pytest.approx(4000.0)


def test_hiding_crews_and_those_without_power_work_less():
    compounds = crews(4, hidden=[0, 1, 0, 0], backup=[0, 0, 0, 0.5], territory=[0, 0, 1, 1])
    cheat(compounds, place=places(2, supply=[1.0, 0.4]))
    assert compounds["losses"] / compounds["losses"][0] == pytest.approx([1.0, 0.5, 0.4, 0.7])


def test_crews_on_the_move_defraud_nobody():
    pool, _, money = cheat(crews(1, status=MOVING, losses=5.0, revenue=5.0))
    assert flow(money, "losses") == 0 and (pool["victims"] == 0).all()


def test_luck_varies_takings_but_not_their_mean():
    compounds = crews(MANY)
    cheat(compounds, volatility=0.5)
    assert compounds["losses"].std() > 1000
    assert compounds["losses"].mean() == pytest.approx(4000.0, rel=5 * 0.54 / np.sqrt(MANY))

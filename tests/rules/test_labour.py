"""Labour: who is recruited from where, and how people get out."""

import numpy as np
import pytest

from rules.by_hand import clock, crews, flow, flows, in_fixed, levers, origins, params, people_outside, places, victims
from sim.rules.labour import judge_origins, leave, leaving_rate, recruit
from sim.state import FROZEN, MOVING, SLACK_LABOUR

PEOPLE = {
    "weekly_supply": 0.1, "push_floor": 0.2, "conflict_push": 0.5, "size_power": 0.5, "value_scale": 100.0, "smuggled": 0.25,
    "network_growth": 0.0, "end_of_term": 0.04, "escape": 0.01, "conflict_escape": 2.0, "held_share": 0.7, "release": 0.1,
    "vulnerable_again": 0.05, "hardship": 0.5, "small_cells": 0.0, "give_up": 0.0,
}  # fmt: skip


def hire(compounds, labour, mix, place=None, structure=None):
    """One week of recruiting; returns (workforce, flows)."""
    workforce, money = np.zeros((len(compounds), len(labour))), flows()
    recruit(
        compounds, workforce, labour, places(len(mix)) if place is None else place,
        np.array(mix, float).T.copy(), money, params(labour=PEOPLE, structure=structure or {}), clock(compounds=len(compounds)),
    )  # fmt: skip
    return workforce, money


def judge(labour, fluency, pool, route=None, lever=None, rows=1, **given):
    """Where places recruit; returns (mix, territories)."""
    place, mix = places(rows, **given), np.zeros((len(labour), rows))
    route = np.ones((len(labour), rows)) if route is None else route
    judge_origins(
        mix, place, labour, pool, np.array(fluency, float), route, lever or levers(T=rows, P=len(labour)), params(labour=PEOPLE)
    )
    return mix.T, place


def go(compounds, workforce, labour, place=None, lever=None, money=None, structure=None, **settings):
    """One week in which people get out."""
    place = places(2) if place is None else place
    leave(
        compounds, workforce, labour, place, lever or levers(T=len(place)), flows() if money is None else money,
        params(labour=PEOPLE | settings, structure=structure or {}), clock(compounds=len(compounds)),
    )  # fmt: skip


def test_vacancies_are_filled_by_shares_as_far_as_each_supply_goes():
    labour = origins(2, available=[200.0, 10_000.0])
    compounds = crews(2, vacancies=[60.0, 40.0], workers=0.0)
    workforce, money = hire(compounds, labour, [[0.5, 0.5]])
    # 100 wanted, 50 from each; the first can give 0.1 x 200 = 20
    assert workforce == pytest.approx(np.array([[12.0, 30.0], [8.0, 20.0]]), abs=1e-4)
    assert compounds["workers"] == pytest.approx([42.0, 28.0], abs=1e-4)
    assert compounds["hired"] == pytest.approx(compounds["workers"])
    assert (compounds["vacancies"] == 0).all()
    assert flow(money, "recruited") == pytest.approx(70.0, abs=1e-4)
    assert people_outside(labour) + workforce.sum() == pytest.approx(10_200.0, abs=1e-4)


def test_those_on_offer_after_a_raid_are_taken_first():
    labour = origins(1, available=1000.0, market=30.0)
    hire(crews(1, vacancies=50.0), labour, [[1.0]])
    assert labour["market"][0] == 0
    assert labour["available"][0] == in_fixed(980.0)


def test_a_place_that_is_hard_to_reach_fills_fewer_vacancies():
    workforce, _ = hire(crews(1, vacancies=50.0), origins(1, available=1e6), [[1.0]], places(1, recruit_ease=0.4))
    assert workforce.sum() == pytest.approx(50.0 * 0.4**0.5)


def test_crews_on_the_move_hire_nobody():
    compounds = crews(1, vacancies=50.0, status=MOVING)
    workforce, _ = hire(compounds, origins(1), [[1.0]])
    assert workforce.sum() == 0 and compounds["vacancies"][0] == 50


def test_recruiters_weigh_supply_push_routes_and_the_languages_that_pay():
    labour = origins(2, available=[100.0, 400.0], market=[0.0, 0.0], poverty=[0.4, 0.2], conflict=[0.4, 0.0], network=[0.5, 1.0])
    mix, place = judge(labour, [[1.0, 0.0], [0.5, 0.2]], victims(2, worth=[100.0, 200.0]), np.array([[1.0], [0.5]]))
    push = 0.2 + 0.8 * np.array([1.0 - 0.6 * (1.0 - 0.5 * 0.4), 0.2])
    weight = np.sqrt([100.0, 400.0]) * push * [0.5, 1.0] * [1.0, 0.5] * np.exp(np.array([100.0, 50.0]) / 100.0)
    assert mix[0] == pytest.approx(weight / weight.sum())
    assert place["recruit_value"][0] == pytest.approx(mix[0] @ [100.0, 50.0])


def test_warned_origins_send_fewer_and_relieved_ones_are_pushed_less():
    lever, labour = levers(P=3), origins(3, poverty=0.5)
    lever.labour["awareness"], lever.labour["programme"] = [0.0, 0.5, 0.0], [0.0, 0.0, 1.0]
    mix, _ = judge(labour, [[0.0]] * 3, victims(), lever=lever)
    assert mix[0] / mix[0, 0] == pytest.approx([1.0, 0.5, 0.2 / 0.6])


def test_a_closed_border_lets_through_only_those_who_are_smuggled_past_officials_who_can_be_bought():
    lever = levers(T=4, P=1)
    lever.territory["border_closure"] = [0.0, 0.8, 0.8, 0.8]
    lever.territory["corruption_removed"] = [0.0, 0.0, 0.0, 0.5]
    mix, place = judge(origins(1, poverty=0.5), [[0.0]], victims(), lever=lever, rows=4, corruption=[1.0, 1.0, 0.4, 0.4])
    assert place["recruit_ease"] == pytest.approx([1.0, 0.2 + 0.8 * 0.25, 0.2 + 0.8 * 0.1, 0.2 + 0.8 * 0.05])
    assert mix.sum(axis=1) == pytest.approx(1.0)


def test_war_at_an_origin_drives_its_people_to_recruiters_and_no_further_than_war_can():
    lever, labour = levers(P=3), origins(3, poverty=0.2, conflict=[0.0, 0.0, 0.8])
    lever.labour["conflict"] = [0.0, 0.6, 0.6]
    mix, _ = judge(labour, [[0.0]] * 3, victims(), lever=lever)
    push = 0.2 + 0.8 * (1.0 - 0.8 * (1.0 - 0.5 * np.array([0.0, 0.6, 1.0])))
    assert mix[0] == pytest.approx(push / push.sum())


def test_routes_that_are_used_develop_up_to_full_development():
    labour = origins(1, network=0.5)
    for _ in range(500):
        before = labour["network"][0]
        judge_origins(
            np.zeros((1, 1)),
            places(),
            labour,
            victims(),
            np.ones((1, 1)),
            np.ones((1, 1)),
            levers(),
            params(labour=PEOPLE | {"network_growth": 0.05}),
        )
        assert before < labour["network"][0] < 1
    assert labour["network"][0] > 0.99


def test_those_who_leave_are_terms_that_end_and_escapes_and_war_adds_to_escapes_alone():
    lever, place, rules = levers(T=3), places(3, conflict=[0.0, 0.5, 0.5]), params(labour=PEOPLE)
    lever.territory["conflict"] = [0.0, 0.0, 0.9]
    rates = [leaving_rate(place[t], lever.territory[t], rules) for t in range(3)]
    assert rates == pytest.approx([0.04 + 0.01, 0.04 + 0.01 * 2, 0.04 + 0.01 * 3])  # conflict is never more than whole


def test_people_get_out_at_that_rate_and_nobody_is_lost():
    compounds, workforce, labour, money = (
        crews(3, territory=[0, 1, 0], status=[1, 1, MOVING]),
        np.full((3, 2), 50.0),
        origins(2),
        flows(),
    )
    lever = levers(T=2)
    lever.territory["conflict"] = [0.0, 0.5]
    go(compounds, workforce, labour, places(2, conflict=[0.0, 0.5]), lever, money)
    assert compounds["workers"] == pytest.approx([95.0, 93.0, 95.0])
    assert workforce.sum(axis=1) == pytest.approx(compounds["workers"])
    assert people_outside(labour) == pytest.approx(2000 + 17.0, abs=1e-4)
    assert flow(money, "escaped") == pytest.approx(17.0, abs=1e-4)
    assert flow(money, "held_weeks") == pytest.approx(0.7 * compounds["workers"].sum(), abs=1e-4)


def test_nobody_gets_out_of_the_crews_of_a_frozen_world():
    compounds, workforce, money = crews(2), np.full((2, 1), 100.0), flows()
    go(compounds, workforce, origins(1), money=money, structure={"growth": FROZEN})
    assert (compounds["workers"] == 100).all() and (workforce == 100).all() and flow(money, "escaped") == 0


def stocks(labour) -> dict[str, float]:
    """People outside by where they are."""
    return {name: float(labour[name].sum()) / 2.0**20 for name in ("arrested", "freed", "available", "at_home")}


def test_those_in_custody_come_home_and_those_at_home_come_within_reach_again():
    labour = origins(1, available=0.0, freed=100.0, arrested=200.0)
    go(crews(0), np.zeros((0, 1)), labour)
    assert stocks(labour) == pytest.approx({"arrested": 180.0, "freed": 115.0, "available": 5.0, "at_home": 0.0})


def test_a_few_of_those_who_would_be_recruited_again_go_on_in_small_cells_and_give_up_in_time():
    labour = origins(1, available=0.0, freed=100.0, at_home=40.0)
    go(crews(0), np.zeros((0, 1)), labour, small_cells=0.2, give_up=0.25)
    # 5 come back, a fifth of them to small cells; 10 give up and are within reach of recruiters again
    assert stocks(labour) == pytest.approx({"arrested": 0.0, "freed": 95.0, "available": 4.0 + 10.0, "at_home": 31.0}, abs=1e-4)
    assert people_outside(labour) == pytest.approx(140.0, abs=1e-5)


def test_with_labour_to_spare_every_vacancy_is_filled_and_nobody_competes_for_recruits():
    labour = origins(2, available=100.0)
    compounds = crews(2, vacancies=[60.0, 40.0], workers=0.0)
    workforce, _ = hire(compounds, labour, [[0.5, 0.5]], structure={"labour": SLACK_LABOUR})
    assert workforce == pytest.approx(np.array([[30.0, 30.0], [20.0, 20.0]]), abs=1e-4)
    assert people_outside(labour) + workforce.sum() == pytest.approx(200.0, abs=1e-4)


def test_crews_hire_no_more_than_they_want_nor_than_can_be_had_even_where_war_drives_people_to_them():
    lever = levers()
    lever.labour["conflict"] = 1.0
    for wanted, most in ((50.0, 50.0), (5000.0, 100.0)):  # a tenth of those within reach can be had in a week
        labour, compounds = origins(1, available=1000.0), crews(1, vacancies=wanted, workers=0.0)
        mix, place = judge(labour, [[0.0]], victims(), lever=lever)
        assert hire(compounds, labour, mix, place)[0].sum() == pytest.approx(most, abs=1e-4)

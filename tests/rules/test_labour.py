"""Labour: who is recruited from where, and how people get out."""

import numpy as np
import pytest

from rules.by_hand import clock, crews, flow, flows, in_fixed, levers, origins, params, people_outside, places, victims
from sim.rules.labour import judge_origins, leave, recruit
from sim.state import MOVING

PEOPLE = {
    "weekly_supply": 0.1, "push_floor": 0.2, "conflict_push": 0.5, "size_power": 0.5, "value_scale": 100.0, "smuggled": 0.25,
    "network_growth": 0.0, "end_of_term": 0.04, "escape": 0.01, "conflict_escape": 2.0, "held_share": 0.7, "release": 0.1,
    "vulnerable_again": 0.05, "hardship": 0.5,
}  # fmt: skip


def hire(compounds, labour, mix, place=None):
    """One week of recruiting; returns (workforce, flows)."""
    workforce, money = np.zeros((len(compounds), len(labour))), flows()
    recruit(
        compounds, workforce, labour, np.zeros(len(labour), np.int64), places(len(mix)) if place is None else place,
        np.array(mix, float), money, params(labour=PEOPLE), clock(compounds=len(compounds)),
    )  # fmt: skip
    return workforce, money


def judge(labour, fluency, pool, route=None, lever=None, rows=1):
    """Where places recruit; returns (mix, territories)."""
    place, mix = places(rows), np.zeros((rows, len(labour)))
    route = np.ones((len(labour), rows)) if route is None else route
    judge_origins(
        mix, place, labour, pool, np.array(fluency, float), route, lever or levers(T=rows, P=len(labour)), params(labour=PEOPLE)
    )
    return mix, place


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
    push = 0.2 + 0.8 * np.array([0.4 + 0.5 * 0.4, 0.2])
    weight = np.sqrt([100.0, 400.0]) * push * [0.5, 1.0] * [1.0, 0.5] * np.exp(np.array([100.0, 50.0]) / 100.0)
    assert mix[0] == pytest.approx(weight / weight.sum())
    assert place["recruit_value"][0] == pytest.approx(mix[0] @ [100.0, 50.0])


def test_warned_origins_send_fewer_and_relieved_ones_are_pushed_less():
    lever, labour = levers(P=3), origins(3, poverty=0.5)
    lever.labour["awareness"], lever.labour["programme"] = [0.0, 0.5, 0.0], [0.0, 0.0, 1.0]
    mix, _ = judge(labour, [[0.0]] * 3, victims(), lever=lever)
    assert mix[0] / mix[0, 0] == pytest.approx([1.0, 0.5, 0.2 / 0.6])


def test_a_closed_border_lets_through_only_those_who_are_smuggled():
    lever = levers(T=2, P=1)
    lever.territory["border_closure"] = [0.0, 0.8]
    mix, place = judge(origins(1, poverty=0.5), [[0.0]], victims(), lever=lever, rows=2)
    assert place["recruit_ease"] == pytest.approx([1.0, 0.2 + 0.8 * 0.25])
    assert mix.sum(axis=1) == pytest.approx(1.0)


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


def test_people_get_out_at_the_rate_of_terms_and_escapes_and_more_where_there_is_war():
    compounds, workforce, labour, money = (
        crews(3, territory=[0, 1, 0], status=[1, 1, MOVING]),
        np.full((3, 2), 50.0),
        origins(2),
        flows(),
    )
    leave(compounds, workforce, labour, places(2, conflict=[0.0, 1.0]), money, params(labour=PEOPLE), clock(compounds=3))
    assert compounds["workers"] == pytest.approx([95.0, 93.0, 95.0])
    assert workforce.sum(axis=1) == pytest.approx(compounds["workers"])
    assert people_outside(labour) == pytest.approx(2000 + 17.0, abs=1e-4)
    assert flow(money, "escaped") == pytest.approx(17.0, abs=1e-4)
    assert flow(money, "held_weeks") == pytest.approx(0.7 * compounds["workers"].sum(), abs=1e-4)


def test_those_in_custody_come_home_and_those_at_home_come_within_reach_again():
    labour = origins(1, available=0.0, freed=100.0, arrested=200.0)
    leave(crews(), np.zeros((1, 1)), labour, places(), flows(), params(labour=PEOPLE), clock(compounds=0))
    assert [float(labour[name][0]) / 2**20 for name in ("arrested", "freed", "available")] == pytest.approx([180.0, 115.0, 5.0])

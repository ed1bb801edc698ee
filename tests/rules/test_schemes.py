"""Schemes: how crews shift among them, how much these show, and what tools do for them."""

import pytest

from rules.by_hand import crews, params, places, victims, ways
from rules.test_targeting import CRAFT, Desk
from sim.rules.targeting import equip_schemes
from sim.state import WEEKS_PER_YEAR


def test_schemes_that_yield_more_gain_weight_and_none_dies_out():
    desk = Desk(crews(1), [[1.0]], victims(1, worth=500.0), schemes=ways(2, conversion=[1.0, 2.0]))
    for _ in range(200):
        desk.review(scheme_speed=0.3)
    assert desk.mix[0, 1] > 0.9
    assert desk.mix[0, 0] >= 0.01 - 1e-12


def test_schemes_lose_weight_when_their_money_becomes_dearer_to_launder():
    plain, dear, all_dear = (
        Desk(crews(1), [[1.0]], victims(1, worth=500.0), laundry=fees) for fees in ([0.15, 0.15], [0.5, 0.15], [0.5, 0.5])
    )
    for desk in (plain, dear, all_dear):
        desk.review(scheme_speed=0.3)
    assert plain.mix[0] == pytest.approx([0.5, 0.5]) == all_dear.mix[0]
    ahead = 0.5 / (0.5 * (0.5 + 0.85)) - 1  # how far the first nets more than the mean: less than nothing
    weight = 0.01 + 0.98 * 0.5 * (1 + 0.3 * ahead)
    assert dear.mix[0] == pytest.approx([weight, 1 - weight])


def test_crews_weigh_schemes_by_what_laundering_costs_where_they_sit():
    desk = Desk(crews(2, territory=[0, 1]), [[1.0]], victims(1, worth=500.0), place=places(2), laundry=[[0.5, 0.1], [0.1, 0.5]])
    desk.review(scheme_speed=0.3)
    assert desk.mix[0, 0] < 0.5 < desk.mix[1, 0]


def test_a_crew_shows_as_much_as_the_schemes_it_works():
    desk = Desk(crews(1), [[1.0]], victims(1, worth=500.0), schemes=ways(2, shows=[0.4, 1.6], conversion=[1.0, 3.0]))
    desk.review(scheme_speed=0.0)
    assert desk.compounds["shows"][0] == pytest.approx(1.0)
    desk.review(scheme_speed=0.3)
    assert desk.compounds["shows"][0] == pytest.approx(desk.mix[0] @ [0.4, 1.6]) and desk.compounds["shows"][0] > 1.05


@pytest.mark.parametrize("heard", [{"news": 10.0}, {"standing_risk": 10.0}], ids=["news", "standing_risk"])
def test_where_raids_are_expected_schemes_that_show_less_gain_weight(heard):
    shares = []
    for place, settings in ((places(1), {}), (places(1, **heard), {}), (places(1, **heard), {"scheme_effect": 0.0})):
        desk = Desk(crews(1), [[1.0]], victims(1, worth=500.0), schemes=ways(2, shows=[0.5, 1.5]), place=place)
        desk.review(rules={"targeting": CRAFT | {"scheme_speed": 0.3}, "enforcement": settings})
        shares.append(float(desk.mix[0, 0]))
    assert shares[1] > 0.51 and shares[0] == pytest.approx(0.5) == shares[2]


def test_the_risk_that_a_scheme_adds_weighs_as_what_a_worker_stands_to_lose_in_a_week():
    own = {"gamma": 1.0, "people_lost": 0.0, "prison": 0.0}
    crew, schemes = crews(1, capital=4e5), ways(2, shows=[0.5, 1.5])
    desk = Desk(crew, [[1.0]], victims(1, worth=500.0), schemes=schemes, place=places(1, news=2.0))
    desk.review(rules={"targeting": CRAFT | {"scheme_speed": 0.3}, "sanction": own,
                       "enforcement": {"capital_taken": 0.5, "scheme_effect": 0.4}})  # fmt: skip
    adds = 2.0 / WEEKS_PER_YEAR * 0.5 * 4e5 / 100 * 0.4 * 0.5  # USD a worker, more for the second and less for the first
    assert desk.mix[0, 0] == pytest.approx(0.01 + 0.98 * 0.5 * (1 + 0.3 * adds / 500.0))


def test_tools_lift_schemes_by_the_labour_they_take_and_nothing_without_tools():
    rules = params(ai={"personal": 0.4})
    for tools, lift in ((0.0, [1.0, 1.0, 1.0]), (0.5, [1.0, 1.2, 1.4])):
        schemes = ways(3, labour_intensity=[0.0, 1.0, 2.0], lift=9.0)
        equip_schemes(schemes, tools, rules)
        assert schemes["lift"] == pytest.approx(lift)


def test_a_lifted_scheme_takes_more_and_gains_weight():
    plain, lifted = (Desk(crews(1), [[1.0]], victims(1, worth=500.0), schemes=ways(2, lift=[1.0, lift])) for lift in (1.0, 2.0))
    for desk in (plain, lifted):
        desk.review(scheme_speed=0.0)
    assert lifted.take[0, 0] == pytest.approx(1.5 * plain.take[0, 0])
    assert lifted.reach[0, 0] == pytest.approx(1.5 * plain.reach[0, 0])
    lifted.review(scheme_speed=0.3)
    assert lifted.mix[0, 1] > 0.5

"""Laundering: what it costs to bring the money of each scheme home, by place and route."""

import numpy as np
import pytest

from rules.by_hand import clock, crews, levers, params, places, ways
from sim.rules.laundering import charge_fees, price_routes

CRYPTO, UNDERGROUND, MULES = range(3)
FEES = {
    "crypto": 0.1, "underground": 0.2, "mules": 0.3, "crypto_exposed": 0.5, "underground_exposed": 0.25, "mules_exposed": 1.0,
    "other_route": 0.04, "cashed_out_elsewhere": 0.5, "corruption_discount": 0.4,
}  # fmt: skip


def price(place=None, lever=None, routes=(CRYPTO, UNDERGROUND, MULES), **settings):
    """What laundering costs by place and scheme (a scheme for each of the routes); returns (laundry, territories, clock)."""
    place = places(1) if place is None else place
    laundry, dearness, now = np.full((len(place), len(routes)), np.nan), np.zeros((3, len(place))), clock()
    schemes = ways(len(routes), route=list(routes))
    price_routes(laundry, dearness, place, schemes, lever or levers(T=len(place)), params(laundering=FEES | settings), now)
    return laundry, place, now


def controls(everywhere=0.0, here=(0.0,)):
    """Controls that hold everywhere, and those of each place's jurisdiction."""
    lever = levers(T=len(here))
    lever.everywhere["kyc"], lever.territory["kyc"] = everywhere, here
    return lever


def test_without_controls_each_scheme_pays_the_fee_of_its_route_or_a_cheaper_one_with_the_surcharge():
    laundry, place, now = price()
    assert laundry[0] == pytest.approx([0.1, 0.14, 0.14])  # by crypto, at a surcharge of 0.04 for the others
    assert price(other_route=1.0)[0][0] == pytest.approx([0.1, 0.2, 0.3])
    assert place["laundering"][0] == pytest.approx(laundry.mean()) == float(now["laundering"])


def test_corruption_eases_laundering_until_bribes_no_longer_buy_anything():
    lever = levers(T=4)
    lever.territory["corruption_removed"] = [0.0, 0.0, 0.0, 1.0]
    laundry = price(places(4, corruption=[0.0, 0.5, 1.0, 1.0]), lever, routes=[CRYPTO])[0]
    assert laundry[:, 0] == pytest.approx([0.1, 0.1 * 0.8, 0.1 * 0.6, 0.1])


def test_controls_that_hold_everywhere_bite_in_full_and_those_of_one_jurisdiction_leak():
    dear = {"other_route": 1.0}
    assert price(lever=controls(everywhere=0.2), **dear)[0][0] == pytest.approx([0.1 + 0.1, 0.2 + 0.05, 0.3 + 0.2])
    laundry, place, now = price(places(2), controls(here=(0.2, 0.0)), **dear)
    assert laundry == pytest.approx(np.array([[0.1 + 0.05, 0.2 + 0.025, 0.3 + 0.1], [0.1, 0.2, 0.3]]))
    assert float(now["laundering"]) == pytest.approx(place["laundering"].mean())
    tight = price(places(2), controls(here=(0.2, 0.0)), cashed_out_elsewhere=0.0, **dear)[0]
    assert tight[0] == pytest.approx([0.2, 0.25, 0.5])


def test_controls_on_one_route_push_money_to_the_others():
    fee = [float(price(lever=controls(everywhere=kyc), routes=[CRYPTO])[0][0, 0]) for kyc in (0.0, 0.4, 0.8, 1.2)]
    # by crypto up to 0.1 + 0.5 x controls; from there by underground banks at 0.2 + 0.04 + 0.25 x controls
    assert fee == pytest.approx([0.1, 0.3, 0.44, 0.54])
    no_way_round = [float(price(lever=controls(everywhere=kyc), routes=[CRYPTO], other_route=1.0)[0][0, 0]) for kyc in (0.8, 1.2)]
    assert no_way_round == pytest.approx([0.5, 0.7])


def test_laundering_never_costs_more_than_there_is():
    laundry, place, _ = price(places(2), controls(1.0, (1.0, 0.0)), mules_exposed=1.0, other_route=1.0, underground_exposed=1.0)
    assert laundry.max() == 1.0 and (place["laundering"] <= 1.0).all() and laundry.min() > 0


def fee(mix, laundry, schemes, territory=0) -> float:
    """What a crew pays of its takings."""
    fees = np.empty(1)
    charge_fees(fees, crews(1, territory=territory), np.array([mix]), np.array(laundry), schemes)
    return float(fees[0])


def test_a_crew_pays_by_the_takings_of_its_schemes_where_it_sits():
    schemes = ways(2, conversion=[1.0, 3.0], ticket=[2.0, 1.0])
    assert fee([0.5, 0.5], [[0.1, 0.3]], schemes) == pytest.approx((2 * 0.1 + 3 * 0.3) / 5)
    assert fee([1.0, 0.0], [[0.1, 0.3]], schemes) == pytest.approx(0.1)
    assert fee([1.0, 0.0], [[0.1, 0.3], [0.2, 0.4]], schemes, territory=1) == pytest.approx(0.2)


def test_schemes_that_tools_lift_weigh_more_in_what_a_crew_pays():
    assert fee([0.5, 0.5], [[0.1, 0.4]], ways(2, lift=[1.0, 2.0])) == pytest.approx((0.1 + 2 * 0.4) / 3)


def test_a_crew_whose_schemes_take_nothing_pays_nothing():
    assert fee([1.0, 0.0], [[0.1, 0.3]], ways(2, conversion=[0.0, 1.0])) == 0.0


def test_prices_follow_controls_week_by_week_there_and_back():
    place, schemes, now, rules = places(2), ways(3, route=[CRYPTO, UNDERGROUND, MULES]), clock(), params(laundering=FEES)
    laundry, dearness = np.zeros((2, 3)), np.zeros((3, 2))
    for here in ([0.0, 0.0], [0.0, 0.6], [0.0, 0.6], [0.0, 0.0], [0.3, 0.0]):
        price_routes(laundry, dearness, place, schemes, controls(here=here), rules, now)
        fresh, other, then = price(places(2), controls(here=here))
        assert laundry.tolist() == fresh.tolist() and place["laundering"].tolist() == other["laundering"].tolist()
        assert now["laundering"] == then["laundering"]

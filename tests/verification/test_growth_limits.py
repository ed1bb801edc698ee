"""One site under a constant hazard, and the extinction boundary of two sites that feed each other.

The growth rule is not logistic: crews want r / (1 - r) + g more people a week (r: those who leave, so many for each who stayed;
g: growth), and get them until room is short. With a share h of people taken each week, in the order of the week (taken, hired,
gone),

    free     w' = ((1 - h) + r / (1 - r) + g)(1 - r) w    grows while h < g
    full     w' = ((1 - h) w + K - w)(1 - r)              all the room there was is promised

so w* = K (1 - r) / (1 + h (1 - r)), and w* = 0 beyond that hazard. Against the logistic K (1 - h / g) the threshold is the same
and the way there differs: people fall little until they are gone. With rent that rises beyond half full (`crowded_rent`), profit
falls with w, and where it is small against `margin_scale` the site is logistic above K / 2: growth matches what is lost at
profit m* = scale artanh(h / g), and w* = K (1/2 + (m0 - m*) / (rent crowded_rent)), linear in h while it is small.

Two sites. A crew replaces those who leave and grows, G_i = 1 + g (1 - r_i) a week; it leaves with probability e_i, keeps
a share s of its people, and misses two weeks of hiring on the way. With a_i = (1 - e_i) G_i - 1 < 0 and u = s (1 - r_1)(1 - r_2),
the largest eigenvalue of the linear system is 1 where a_1 a_2 = u^2 e_1 e_2 (Hanski & Ovaskainen 2000, Nature 404:755, for the
form): below it both die out although each is fed by the other.
"""

import numpy as np
import pytest

from sim.rules.accounts import settle
from sim.rules.enforcement import carry_out_raids
from sim.rules.growth import count_people, want_workers
from sim.rules.labour import leave, recruit
from sim.rules.site_choice import act, decide, value_places
from sim.rules.worth import worth_of_place
from verification.small import do, small

R, G = 0.02, 0.01  # a week
ROOM = 10_000.0
GROWING = {"growth_rate": G, "outlook_memory": 1.0, "margin_scale": 600.0}
LEAVING = {"end_of_term": R, "escape": 0.0, "price": 0.0}


def site(h: float, profit=None, rent: float = 0.0, years: int = 30, people: float = 1000.0) -> float:
    """People of one crew in a site with room for 10,000 after many years in which a share h is taken every week."""
    money = {"crowded_rent": 3.0, "upkeep": 0.0, "reserve": 0.0, "businesses_share": 0.0}
    w = small(
        1, room=ROOM, workers=people, growth=GROWING, labour=LEAVING | {"price": 1e-9}, accounts=money,
        enforcement={"staged_take": h, "rescued_share": 1.0, "arrested_share": 0.0},
    )  # fmt: skip
    w.territories["rent"] = rent
    crew = w.compounds[0]
    for _ in range(52 * years):
        crew["raid_week"], crew["raid_staged"], crew["raid_territory"] = w.clock["week"], 1, 0
        do(carry_out_raids, w)
        do(recruit, w)
        do(leave, w)
        if profit is None:
            crew["profit"] = 1e6 * crew["workers"]
        else:
            crew["revenue"] = profit * crew["workers"]
            do(settle, w)
        do(count_people, w)
        do(want_workers, w)
        w.clock["week"] += 1
    return float(crew["workers"])


@pytest.mark.parametrize("h", [0.0, 0.4 * G, 0.8 * G])
def test_a_site_under_constant_hazard_fills_its_room_up_to_what_is_taken(h):
    assert site(h) == pytest.approx(ROOM * (1 - R) / (1 + h * (1 - R)), rel=1e-6)


def test_a_site_dies_out_where_more_is_taken_than_grows():
    assert site(1.2 * G, years=50) < 15.0  # too few to run a crew: `close_broke` would end it
    assert site(0.8 * G, years=50) > 0.95 * ROOM


@pytest.mark.parametrize("h", [0.0, 0.0003, 0.0006])
def test_rent_that_rises_with_crowding_makes_a_site_logistic_above_half_full(h):
    profit, rent = 160.0, 70.0
    expected_margin = 600.0 * np.arctanh(h / G)
    expected = ROOM * (0.5 + (profit - rent - expected_margin) / (rent * 3.0))
    assert 0.55 * ROOM < expected < 0.97 * ROOM
    assert site(h, profit, rent, 50, people=8000.0) == pytest.approx(expected, rel=1e-3)


# --- two sites -----------------------------------------------------------------------------------

CREWS, WEEKS = 1500, 160
LOST = 0.2
TAX = 0.25  # in the first place: crews leave it sooner


def two_sites(growth: float):
    """Crews in two places; those in the first leave sooner (tax), those in the second shrink faster (conflict)."""
    w = small(
        CREWS, 2, workers=1e6, room=1e15,
        growth=GROWING | {"growth_rate": growth}, labour=LEAVING | {"escape": 0.01, "conflict_escape": 1.0},
        site_choice={"review_rate": 0.25, "lost_planned": LOST, "weeks_own": 1.0, "outside": -1e9, "hidden_output": -1e3,
                     "setup": 1000.0, "agglomeration": 0.0, "crowding_cost": 0.0, "paid_in_cash": 0.0, "noise": 8000.0},
        sanction={"prison": 0.0, "people_lost": 0.0},
    )  # fmt: skip
    w.territories["conflict"] = [0.0, 1.0]
    w.territories["tax"] = [TAX, 0.0]
    w.labour_pools["available"] = 2**62
    half = CREWS // 2
    w.compounds["cell"][half:], w.compounds["territory"][half:] = 1, 1
    w.compounds["capital"] = 1e15
    return w


def leaving(w, here: int) -> float:
    """Probability that a crew in a place leaves it in a week, by the logit of staying against the other place."""
    crew = w.compounds[0 if here == 0 else CREWS - 1]
    place = w.territories[here]
    stay = worth_of_place(crew, place, place, 0.0, w.lever.territory[here], False, w.p) / w.p["site_choice"]["noise"]
    do(value_places, w, crew=crew)
    return 0.25 / (1.0 + np.exp(stay - w.values[1 - here]))


def coupling(growth: float) -> tuple[float, float]:
    """a_1 a_2 and u^2 e_1 e_2 of the two sites."""
    w = two_sites(growth)
    rate = np.array([0.03, 0.04])
    e = np.array([leaving(w, 0), leaving(w, 1)])
    a = (1 - e) * (1 + growth * (1 - rate)) - 1
    assert (a < 0).all(), "each site must be unable to live by itself, or there is no boundary to look for"
    return float(a[0] * a[1]), float(((1 - LOST) * np.prod(1 - rate)) ** 2 * e[0] * e[1])


def change_of_log(growth: float) -> float:
    """Growth a week of all people in the two sites, in the rules, after the first weeks."""
    w = two_sites(growth)
    seen = []
    for _ in range(WEEKS):
        do(recruit, w)
        do(leave, w)
        w.compounds["profit"] = 1e6 * w.compounds["workers"]
        do(count_people, w)
        do(want_workers, w)
        do(decide, w)
        do(act, w)
        w.clock["week"] += 1
        w.clock["moves"] = 0
        w.labour_pools["available"], w.labour_pools["market"] = 2**62, 0
        seen.append(np.log(w.compounds["workers"].sum()))
    return (seen[-1] - seen[40]) / (WEEKS - 41)


def root(function, low: float, high: float, steps: int) -> float:
    """Where an increasing function is zero, by bisection."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) > 0 else (middle, high)
    return (low + high) / 2


def test_two_sites_die_out_together_where_the_product_of_their_losses_exceeds_what_they_feed_each_other():
    def surplus(growth):
        own, fed = coupling(growth)
        return fed - own

    by_formula = root(surplus, 0.0, 0.07, 40)
    by_rules = root(change_of_log, 0.02, 0.07, 7)
    assert by_rules == pytest.approx(by_formula, abs=0.001)

"""Victim pools that run down, a trade that eats its own pool, free entry, and the tax of a stationary bandit.

Depletion. With n people at work on a pool of N and c paying victims a worker-week, S' = S (1 - x), x = c n / (N (1 + crowding)):
S(t) = S0 (1 - x)^t, which is S0 exp(-x t) for small x.

Final size. Workers are what spreads. While the trade pays, people at work grow by g tanh(m / scale) a week, nearly
g m / scale where the margin m = y S / N - u is small against the scale (y: takings of a worker-week, u: upkeep). Where it does
not, the part -m / scale of the r who leave is not replaced, so people shrink by r m / scale. In continuous time, with x = c / N
victims per worker-week and susceptible person, dS/dt = -x W S, and

    growing    dW/dS = -(g / (scale x)) (y / N - u / S)   until S = N u / y, where W is largest
    shrinking  dW/dS = -(r / (scale x)) (y / N - u / S)   so that
               W_peak - W = (r / (scale x)) [u ln(S_peak / S) - (y / N)(S_peak - S)]

which has the form of the final-size relation of an epidemic (Kermack & McKendrick 1927; Diekmann & Heesterbeek 2000, ch. 1):
some are never reached. In weekly steps the same holds while shrinking, and those who leave are a share of those just hired too
while growing: g (1 - r) in the place of g.

Free entry. Entrants come while the mean margin y / (1 + E / K) - u is positive, so effort settles at E = K (y / u - 1), whatever
the number of places: closing half of them displaces everyone although nobody moves.

Tax. With a base (1 - tau)^e, revenue tau (1 - tau)^e is largest at tau = 1 / (1 + e).
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from sim.rules.accounts import settle
from sim.rules.entry import enter
from sim.rules.growth import close_broke, count_people, want_workers
from sim.rules.labour import leave, recruit
from sim.rules.pools import renew_pools
from sim.rules.protection import elasticity, settle_protection
from sim.rules.site_choice import act
from sim.rules.targeting import defraud, look_at_pools
from sim.state import TAX_ENDOGENOUS, UNLIMITED
from verification.small import do, small

STILL = {"approaches": 0.0, "forget": 0.0, "susceptible_share": 0.04}
PLAIN_MONEY = {"crowded_rent": 0.0, "reserve": 0.0, "businesses_share": 0.0}


def with_crowd(people: float, conversion: float, ticket: float, bearable: float, **more):
    """A small world in which each worker finds `conversion` victims a week who lose `ticket` each."""
    w = small(
        targeting={"conversion": 1.0, "ticket": ticket, "volatility": 0.0, "bearable": bearable}, pools=STILL, **more
    )  # fmt: skip
    for name in ("population", "at_risk", "susceptible"):
        w.pools[name] = people
    w.pools["growth_early"] = w.pools["growth_late"] = 0.0
    w.reach[:], w.take[:] = conversion, conversion
    return w


@pytest.mark.parametrize("bearable", [1e12, 1e-4])
def test_a_pool_under_constant_effort_runs_down_exponentially(bearable):
    w = with_crowd(1e6, 0.5, 1000.0, bearable, crews=3, workers=100.0)
    left = []
    for _ in range(300):
        for rule in (look_at_pools, defraud, renew_pools):
            do(rule, w)
        left.append(float(w.pools["susceptible"][0]))
    crowding = 300.0 / (bearable * 1e6)
    rate = 0.5 * 300.0 / 1e6 / (1 + crowding)
    last = np.array(left[-200:]) / left[-201]  # the first week knows of no effort yet, so it is less crowded
    assert np.allclose(last, (1 - rate) ** np.arange(1, 201), rtol=1e-6)
    assert left[-1] == pytest.approx(1e6 * np.exp(-rate * 300), rel=1e-3 if bearable > 1 else 2e-3)


def test_a_trade_that_grows_on_its_pool_leaves_the_final_size_behind():
    people, conversion, ticket, upkeep, growth, scale, gone = 1e6, 0.02, 5000.0, 60.0, 0.05, 400.0, 0.004
    w = with_crowd(
        people, conversion, ticket, 1e12, workers=1000.0,
        growth={"growth_rate": growth, "margin_scale": scale, "outlook_memory": 1.0},
        labour={"end_of_term": gone, "escape": 0.0, "price": 1e-9}, accounts=PLAIN_MONEY | {"upkeep": upkeep},
    )  # fmt: skip
    crew, most = w.compounds[0], 0.0
    crew["vacancies"] = gone / (1 - gone) * crew["workers"]
    while crew["workers"] > 0.02 * most:
        for rule in (recruit, leave, look_at_pools, defraud, settle, count_people, want_workers, renew_pools):
            do(rule, w)
        most = max(most, float(crew["workers"]))
        crew["capital"] = 1e9
    takings, x = conversion * ticket, conversion / people
    at_peak = people * upkeep / takings
    spread = growth * (1 - gone) / (scale * x)
    peak = 1000.0 + spread * (takings / people * (people - at_peak) - upkeep * np.log(people / at_peak))
    assert most == pytest.approx(peak, rel=0.02)

    def missing(left):  # people at work too many, if so many susceptible are left
        lost = upkeep * np.log(at_peak / left) - takings / people * (at_peak - left)
        return peak - gone / (scale * x) * lost - float(crew["workers"])

    expected = brentq(missing, 1.0, at_peak)
    assert 0.02 * people < expected < 0.1 * people
    assert float(w.pools["susceptible"][0]) == pytest.approx(expected, rel=0.03)


# --- free entry ----------------------------------------------------------------------------------


WITH_ENTRY = (
    recruit, leave, look_at_pools, defraud, settle, count_people, want_workers, close_broke, act, enter, count_people,
)  # fmt: skip


def effort_with_free_entry(places: int, bearable_people: float, closed: int = 0) -> float:
    """People at work after years of free entry into `places` places, of which `closed` are shut; no crew moves or grows."""
    w = with_crowd(
        1e6, 0.1, 10_000.0, bearable_people / 1e6, crews=1, places=places, spare=6000, workers=100.0, room=1e6,
        entry={"slots": 40.0, "rate": 0.5, "reluctance": -5.0, "founders": 50.0, "founders_spread": 0.0},
        growth={"growth_rate": 0.0, "margin_scale": 50.0, "outlook_memory": 0.5, "grace_weeks": 8.0},
        labour={"end_of_term": 0.01, "escape": 0.0, "price": 1e-9}, accounts=PLAIN_MONEY | {"upkeep": 250.0, "bribe_rate": 0.0},
        site_choice={"crowding_cost": 0.0, "agglomeration": 0.0}, structure={"pools": 0.0},
    )  # fmt: skip
    w.syndicates["assets"] = 1e15
    w.territories["expels"][:closed] = 1
    seen = []
    for _ in range(260):
        w.pools["susceptible"] = 1e6  # a pool that only crowds
        for rule in WITH_ENTRY:
            do(rule, w)
        w.clock["week"] += 1
        seen.append(float(w.territories["workers"].sum()))
    return float(np.mean(seen[-100:]))


def test_free_entry_settles_where_nothing_is_earned_however_many_places_there_are():
    expected = 5000.0 * (0.1 * 10_000.0 / 250.0 - 1)
    found = [effort_with_free_entry(places, 5000.0, closed) for places, closed in ((2, 0), (8, 0), (8, 6))]
    assert found == pytest.approx([expected] * 3, rel=0.05)


def test_free_entry_settles_in_proportion_to_what_the_pool_bears():
    assert effort_with_free_entry(3, 2500.0) == pytest.approx(2500.0 * 3.0, rel=0.06)


# --- tax -----------------------------------------------------------------------------------------


def taxed(places: int, room_elsewhere: float):
    """Places whose holders set the tax themselves, after ten years; the first has room for 1,000, the others as given."""
    w = small(1, places, room=1000.0, workers=500.0, structure={"tax": TAX_ENDOGENOUS}, protection={"highest_tax": 1.0})
    w.territories["capacity"][1:] = room_elsewhere
    for _ in range(520):
        do(settle_protection, w)
    return w


@pytest.mark.parametrize(("places", "room_elsewhere"), [(1, 0.0), (2, 1000.0), (5, 1e9)])
def test_an_endogenous_tax_settles_where_the_take_is_largest(places, room_elsewhere):
    w = taxed(places, room_elsewhere)
    e = elasticity(0, w.territories, w.distance_km, w.p)
    rates = np.linspace(0.001, 0.999, 100_000)
    assert float(w.territories["tax"][0]) == pytest.approx(1 / (1 + e), rel=1e-3)
    assert float(w.territories["tax"][0]) == pytest.approx(rates[np.argmax(rates * (1 - rates) ** e)], rel=2e-3)


def test_tax_falls_where_crews_can_leave_easily():
    stuck, free = (float(taxed(*case).territories["tax"][0]) for case in ((1, 0.0), (5, 1e9)))
    p = small().p["protection"]
    assert stuck == pytest.approx(1 / (1 + p["stuck_elasticity"]), rel=1e-3)
    assert free == pytest.approx(1 / (1 + p["free_elasticity"]), rel=1e-3)


def test_unlimited_pools_neither_crowd_nor_run_down():
    w = with_crowd(1e6, 0.5, 1000.0, 1e-9, crews=3, structure={"pools": UNLIMITED})
    worth = []
    for _ in range(20):
        for rule in (look_at_pools, defraud, renew_pools):
            do(rule, w)
        worth.append(float(w.pools["worth"][0]))
    assert len(set(worth)) == 1

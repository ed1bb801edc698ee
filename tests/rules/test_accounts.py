"""Accounts: every dollar of revenue goes somewhere."""

import numpy as np
import pytest

from rules.by_hand import bosses, clock, crews, flow, flows, holders, in_fixed, levers, params, places, ways
from sim.rules.accounts import settle
from sim.state import MOVING

MONEY = {
    "upkeep": 100.0, "crowded_rent": 2.0, "reserve": 5000.0, "reinvested": 0.5, "businesses_share": 0.25,
    "cover_speed": 0.1, "cover_cost": 100.0, "backup_speed": 0.2, "backup_cost": 400.0, "earning_memory": 0.1,
    "spent_by_owners": 0.1,
}  # fmt: skip
SPENT = ("tax", "bribes", "laundering", "upkeep", "owners", "businesses", "to_capital")


def account(compounds, place=None, lever=None, boss=None, fee=0.1, mix=None):
    """One week of accounts at a `fee` for laundering (of each scheme); returns (territories, protectors, syndicates, flows)."""
    place = places(1, tax=0.2, rent=30.0, crowding=0.25) if place is None else place
    holder, boss, money = holders(1), bosses(1) if boss is None else boss, flows()
    laundry = np.array([np.broadcast_to(fee, 2)] * len(place), float)
    mix = np.full((len(compounds), 2), 0.5) if mix is None else np.array(mix)
    settle(
        compounds, mix, laundry, ways(2), place, holder, boss, lever or levers(), money,
        params(accounts=MONEY, labour={"price": 4000.0}), clock(compounds=len(compounds)),
    )  # fmt: skip
    return place, holder, boss, money


def test_revenue_is_tax_bribes_laundering_upkeep_owners_businesses_and_capital():
    compounds = crews(
        4, revenue=[100_000.0, 40_000.0, 5_000.0, 0.0], bribe_rate=0.05, hired=[0, 1, 0, 2], capital=[0, 499_000, 10.0, 1e6]
    )
    money = account(compounds)[-1]
    assert sum(flow(money, name) for name in SPENT) == pytest.approx(145_000.0, abs=1e-3)


def test_a_profit_is_halved_between_reserve_and_owners_who_put_part_into_businesses():
    compounds = crews(1, revenue=100_000.0, bribe_rate=0.05, capital=0.0)
    place, holder, boss, money = account(compounds)
    upkeep = 100 * (100 + 30 * (1 + 2 * 0.25))
    profit = 100_000 * (1 - 0.2 - 0.05 - 0.1) - upkeep
    assert compounds["profit"][0] == pytest.approx(profit) and place["profit"][0] / 2**20 == pytest.approx(profit)
    assert compounds["capital"][0] == pytest.approx(0.5 * profit)
    assert flow(money, "businesses") == pytest.approx(0.125 * profit)
    assert flow(money, "owners") == pytest.approx(0.375 * profit)
    assert holder["income"][0] / 2**20 == pytest.approx(20_000.0)
    assert boss["assets"][0] == pytest.approx(0.9 * 0.375 * profit)  # owners spent a tenth
    assert flow(money, "consumed") == pytest.approx(0.1 * 0.375 * profit)
    assert boss["income"][0] == 0


def test_a_full_reserve_takes_no_more():
    compounds = crews(1, revenue=100_000.0, capital=1e6)
    money = account(compounds)[-1]
    assert compounds["capital"][0] == 1e6 and flow(money, "to_capital") == 0


def test_a_loss_is_paid_from_capital():
    compounds = crews(1, revenue=0.0, capital=50_000.0)
    money = account(compounds)[-1]
    assert compounds["capital"][0] == pytest.approx(50_000 - 14_500)
    assert flow(money, "to_capital") == pytest.approx(-14_500)
    assert flow(money, "owners") == 0


def test_recruits_cost_their_price():
    compounds = crews(1, hired=3.0)
    assert flow(account(compounds)[-1], "upkeep") == pytest.approx(14_500 + 12_000)
    assert compounds["hired"][0] == 0


def test_a_crew_pays_its_launderers_by_the_schemes_it_works():
    compounds = crews(2, revenue=10_000.0)
    money = account(compounds, fee=[0.1, 0.4], mix=[[1.0, 0.0], [0.25, 0.75]])[-1]
    assert compounds["laundering"] == pytest.approx([0.1, 0.325])
    assert flow(money, "laundering") == pytest.approx(1000.0 + 3250.0)


def test_sanctions_on_a_family_raise_laundering_for_its_fragments_too_but_never_beyond_what_is_left():
    lever = levers(Y=2)
    lever.syndicate["sanction"] = [0.2, 0.9]
    for earns, paid in ((0, 1000.0 + 2000.0), (1, 8000.0), (2, 3000.0)):
        compounds = crews(3, revenue=10_000.0 * (np.arange(3) == earns), syndicate=[0, 1, 2])
        money = account(compounds, lever=lever, boss=bosses(3, family=[0, 1, 0]))[-1]
        assert flow(money, "laundering") == pytest.approx(paid)
        assert sum(flow(money, name) for name in SPENT) == pytest.approx(10_000.0, abs=1e-3)


def test_backup_is_bought_while_supply_is_short_and_no_further():
    compounds, place = crews(1, revenue=100_000.0, capital=1e6), places(1, supply=0.7)
    for backup, price in ((0.2, 0.2 * 400 * 100), (0.3, 0.1 * 400 * 100), (0.3, 0.0)):
        money = account(compounds, place)[-1]
        assert compounds["backup"][0] == pytest.approx(backup)
        assert flow(money, "spent_moving") == pytest.approx(price)


def test_business_builds_cover_and_without_it_cover_fades():
    rich, poor = crews(1, revenue=1e6, capital=1e9, cover=0.2), crews(1, cover=0.2)
    account(rich), account(poor)
    assert rich["cover"][0] > 0.2 > poor["cover"][0] == pytest.approx(0.18)


def test_remembered_revenue_follows_revenue_per_worker():
    compounds = crews(1, revenue=100_000.0, earning=500.0)
    account(compounds)
    assert compounds["earning"][0] == pytest.approx(500 + 0.1 * (1000 - 500))


def test_what_closed_crews_left_reaches_their_owners():
    boss = account(crews(1, status=MOVING), boss=bosses(1, assets=1000.0, income=in_fixed(500.0)))[2]
    assert boss["assets"][0] == pytest.approx(0.9 * 1500.0)


def test_crews_on_the_move_keep_no_accounts():
    compounds = crews(1, status=MOVING, revenue=0.0)
    money = account(compounds)[-1]
    assert compounds["capital"][0] == 300_000 and flow(money, "upkeep") == 0

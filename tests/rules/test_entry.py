"""Entry: profit draws new crews in, in fixed slots of the week."""

import numpy as np
import pytest

from rules.by_hand import WEEK, bosses, chance, clock, crews, flow, flows, ground, levers, log, params, places
from sim.randomness import identity_of
from sim.rules.entry import enter
from sim.state import ENTERED, MOVING

DRAW = {
    "slots": 20.0, "rate": 50.0, "reluctance": -1e6, "seed_capital": 1e6, "founders": 80.0, "founders_spread": 0.5,
    "partners": 0.4,
}  # fmt: skip


def come_in(margin=1000.0, boss=None, place=None, known=1, week=WEEK, others=0, cells=None, fear=0.0, lever=None, money=None,
            sanction=None, **settings):  # fmt: skip
    """One week of entry into two places, in the second of which syndicates expect `fear` raids per compound-year; returns
    (newcomers, syndicates, cells, moves, clock)."""
    boss = bosses(2, assets=100e6) if boss is None else boss
    place, cells = places(2) if place is None else place, ground(2) if cells is None else cells
    compounds, moves = crews(others, spare=100), log()
    wide = [np.zeros((others + 100, 2)) for _ in range(3)]
    ties, belief = np.zeros((2, 2)), np.array([[0.0, fear]] * 2)
    now = clock(week, compounds=others, syndicates=len(boss), margin=margin, earning=800.0, laundering=0.15)
    enter(
        compounds, *wide, cells, place, boss, belief, np.full((2, 2), known, np.int8), ties, moves, lever or levers(T=2),
        flows() if money is None else money, params(entry=DRAW | settings, sanction=sanction or {}), now, chance(week),
    )  # fmt: skip
    return compounds[others : int(now["compounds"])], boss, cells, moves, now


def test_profit_and_capital_draw_newcomers_one_to_a_slot():
    new, boss, cells, moves, now = come_in()
    assert len(new) == 20
    assert (new["status"] == MOVING).all() and (new["arrives"] == WEEK + 1).all() and (new["workers"] == 0).all()
    assert (new["capital"] == 1e6).all() and boss["assets"].sum() == pytest.approx(200e6 - 20e6)
    assert set(new["syndicate"].tolist()) == {0, 1} and set(new["territory"].tolist()) == {0, 1}
    assert new["vacancies"].min() >= 80 * np.exp(-0.5) and new["vacancies"].max() <= 80 * np.exp(0.5)
    assert cells["occupied"].sum() / 2**20 == pytest.approx(new["vacancies"].sum())
    assert moves["cause"][: int(now["moves"])].tolist() == [ENTERED] * 20
    assert (moves["origin"][:20] == -1).all() and (moves["destination"][:20] == new["cell"]).all()


@pytest.mark.parametrize(
    "why_not",
    [
        {"margin": 0.0}, {"margin": -500.0}, {"boss": bosses(2, assets=0.9e6)}, {"known": 0}, {"rate": 0.0}, {"reluctance": 1e6},
        {"place": places(2, expels=1)}, {"place": places(2, capacity=0.0)}, {"cells": ground(2, capacity=10.0)},
    ],
    ids=["no_profit", "a_loss", "no_capital", "no_known_place", "no_rate", "reluctant", "hostile_holder", "no_buildings", "full"],
)  # fmt: skip
def test_nobody_enters_without_profit_capital_a_place_and_room(why_not):
    new, _, _, _, now = come_in(**why_not)
    assert len(new) == 0 and int(now["moves"]) == 0


def test_a_slot_is_the_same_newcomer_whoever_is_there_already():
    alone, crowd = come_in()[0], come_in(others=30)[0]
    assert alone["lineage"].tolist() == crowd["lineage"].tolist() == [int(identity_of(WEEK, slot)) for slot in range(20)]
    assert alone["vacancies"].tolist() == crowd["vacancies"].tolist()


def test_dearer_and_riskier_places_draw_fewer():
    taxed = come_in(slots=90.0, place=places(2, tax=[0.0, 0.5]), reluctance=-20.0)[0]
    assert (taxed["territory"] == 0).sum() > 2 * (taxed["territory"] == 1).sum()


def test_syndicates_found_crews_by_their_weight():
    new = come_in(slots=90.0, boss=bosses(2, assets=1e9, weight=[0.9, 0.1]))[0]
    assert 70 <= (new["syndicate"] == 0).sum() <= 90


def second_of_two(**given) -> float:
    """Share of newcomers who choose the second of two places that are alike but for what is given."""
    new = come_in(slots=90.0, reluctance=-60.0, **given)[0]
    assert len(new) > 60
    return float((new["territory"] == 1).mean())


MILD = {"gamma": 1.0, "people_lost": 0.0, "caught": 0.1, "prison": 1e6, "delay_years": 0.0}  # a raid costs a boss 600,000 USD


def test_newcomers_fear_the_sanction_they_expect_so_severity_keeps_them_out_where_raids_come():
    lever = levers(T=2)
    lever.territory["severity"] = [0.0, 2e6]
    calm, feared = (second_of_two(sanction=MILD, fear=fear) for fear in (0.0, 0.15))
    severe = second_of_two(sanction=MILD, fear=0.15, lever=lever)
    assert severe < feared - 0.03 < calm - 0.1
    assert second_of_two(sanction=MILD, lever=lever) == calm  # a sentence that nobody expects frightens nobody


def test_severity_keeps_newcomers_out_altogether_where_all_places_are_raided():
    lever = levers(T=2)
    lever.territory["severity"] = [0.0, 1e9]
    settings = {"slots": 90.0, "reluctance": 0.0, "fear": 1.0, "place": places(2, expels=[1, 0]), "sanction": MILD}
    assert len(come_in(**settings)[0]) > 80
    assert len(come_in(**settings, lever=lever)[0]) == 0


def test_dear_laundering_keeps_newcomers_off():
    assert second_of_two(place=places(2, laundering=[0.15, 0.25])) < second_of_two(place=places(2, laundering=0.15)) - 0.1


def test_partners_pay_part_of_the_seed_in_special_economic_zones_and_no_money_is_made():
    for zones, paid in (([0, 0], 0.0), ([1, 1], 0.4)):
        money, boss = flows(), bosses(2, assets=100e6)
        new = come_in(place=places(2, sez=zones), boss=boss, money=money)[0]
        assert (new["capital"] == 1e6).all() and len(new) == 20
        assert flow(money, "invested") == pytest.approx(paid * 20e6)
        assert boss["assets"].sum() + new["capital"].sum() == pytest.approx(200e6 + flow(money, "invested"))


def test_a_syndicate_short_of_capital_can_start_in_a_special_economic_zone_alone():
    new, boss, *_ = come_in(place=places(2, sez=[0, 1]), boss=bosses(2, assets=0.7e6))
    assert len(new) == 2 and (new["territory"] == 1).all()
    assert boss["assets"] == pytest.approx([0.1e6, 0.1e6])
    assert len(come_in(place=places(2, sez=1), boss=bosses(2, assets=0.55e6))[0]) == 0

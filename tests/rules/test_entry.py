"""Entry: profit draws new crews in, in fixed slots of the week."""

import numpy as np
import pytest

from rules.by_hand import WEEK, bosses, chance, clock, crews, ground, log, params, places
from sim.randomness import identity_of
from sim.rules.entry import enter
from sim.state import ENTERED, MOVING

DRAW = {"slots": 20.0, "rate": 50.0, "reluctance": -1e6, "seed_capital": 1e6, "founders": 80.0, "founders_spread": 0.5}


def come_in(margin=1000.0, boss=None, place=None, known=1, week=WEEK, others=0, cells=None, **settings):
    """One week of entry into two places; returns (newcomers, syndicates, cells, moves, clock)."""
    boss = bosses(2, assets=100e6) if boss is None else boss
    place, cells = places(2) if place is None else place, ground(2) if cells is None else cells
    compounds, moves = crews(others, spare=100), log()
    wide = [np.zeros((others + 100, 2)) for _ in range(3)]
    ties, belief = np.zeros((2, 2)), np.zeros((2, 2))
    now = clock(week, compounds=others, syndicates=len(boss), margin=margin, earning=800.0)
    enter(
        compounds, *wide, cells, place, boss, belief, np.full((2, 2), known, np.int8), ties, moves,
        params(entry=DRAW | settings), now, chance(week),
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

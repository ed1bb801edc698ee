"""The waterbed: by construction, whoever is taken in a raid is at work elsewhere within the week."""

import numpy as np
import pytest

from rules.by_hand import clock, crews, ground, in_fixed, origins, params, people_outside, places
from sim.rules.waterbed import sell_on_elsewhere
from sim.state import CLOSED, DISPERSED, ELSEWHERE, MOVING


def sell_on(compounds, market=(30.0, 90.0), raids=(1, 0, 0), taken=ELSEWHERE, cells=None):
    """A week after raids in the first of three places; returns (workforce, labour)."""
    cells = ground(3, capacity=1e6) if cells is None else cells
    workforce = np.repeat(compounds["workers"][:, None] / 2, 2, axis=1)
    labour = origins(2, market=market)
    now = clock(compounds=len(compounds))
    there = places(3, raids=list(raids))
    sell_on_elsewhere(compounds, workforce, cells, there, labour, params(structure={"taken": taken}), now)
    return workforce, labour


def test_those_on_offer_are_at_work_in_places_without_raids_in_proportion_to_crews():
    compounds = crews(4, territory=[0, 1, 2, 2], workers=[500.0, 100.0, 200.0, 300.0])
    workforce, labour = sell_on(compounds)
    assert compounds["workers"] == pytest.approx([500.0, 120.0, 240.0, 360.0])
    assert workforce[1] == pytest.approx([50 + 5.0, 50 + 15.0])
    assert workforce.sum(axis=1) == pytest.approx(compounds["workers"]) and (labour["market"] == 0).all()
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 1100 + 120)


def test_crews_on_the_move_or_closed_take_nobody():
    compounds = crews(3, territory=1, status=[1, MOVING, CLOSED])
    sell_on(compounds)
    assert compounds["workers"] == pytest.approx([220.0, 100.0, 100.0])


def test_a_cell_takes_no_more_than_it_has_room_for_and_the_others_wait():
    compounds = crews(3, territory=[1, 1, 2], cell=[1, 1, 2], workers=[100.0, 100.0, 200.0])
    cells = ground(3, capacity=[0.0, 210.0, 1000.0], occupied=in_fixed([0.0, 200.0, 200.0]))
    workforce, labour = sell_on(compounds, cells=cells)
    assert compounds["workers"] == pytest.approx([105.0, 105.0, 260.0])
    assert labour["market"] / 2**20 == pytest.approx([12.5, 37.5])
    assert cells["occupied"] / 2**20 == pytest.approx([0.0, 210.0, 260.0])
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 400 + 120)


def test_where_every_place_was_raided_people_wait_on_offer():
    compounds = crews(2, territory=[0, 1])
    _, labour = sell_on(compounds, raids=(1, 2, 1))
    assert compounds["workers"].tolist() == [100.0, 100.0] and labour["market"].sum() / 2**20 == 120.0


def test_in_the_world_as_shipped_nobody_is_sent_anywhere():
    assert float(params()["structure"]["taken"]) == DISPERSED
    compounds = crews(2, territory=[0, 1])
    _, labour = sell_on(compounds, taken=DISPERSED)
    assert compounds["workers"].tolist() == [100.0, 100.0] and labour["market"].sum() / 2**20 == 120.0

"""Moving: carrying out what crews decided, where there is room."""

import numpy as np
import pytest

from rules.by_hand import (
    WEEK,
    bosses,
    chance,
    clock,
    crews,
    flow,
    flows,
    ground,
    in_fixed,
    levers,
    log,
    movers,
    origins,
    params,
    people_outside,
    places,
)
from rules.test_site_choice import CHOICE, CROSSING, DISTANCE
from sim.columns import ColumnTable
from sim.randomness import PRIORITY, uniform
from sim.rules.site_choice import act, find_room
from sim.state import ABROAD, CLOSED, EXIT, EXPELLED, HIDE, MOVING, NOT_ASKED, OPEN, OUT_OF_REGION, RAIDED, ROUTINE, STAY


def carry_out(compounds, cells=None, **settings):
    """Carry out a week's wishes in five places; returns (workforce, labour, cells, moves, flows)."""
    rows = len(compounds)
    workforce, labour, boss, money, moves = (
        np.repeat(compounds["workers"][:, None] / 2, 2, axis=1),
        origins(2),
        bosses(),
        flows(),
        log(500),
    )
    cells = ground(5) if cells is None else cells
    act(
        compounds, workforce, cells, places(5), labour, boss, moves, movers(rows), money, DISTANCE, CROSSING, levers(T=5),
        params(site_choice=CHOICE | settings), clock(compounds=rows), chance(),
    )  # fmt: skip
    return workforce, labour, cells, moves, money


def test_movers_arrive_later_with_fewer_people_and_nobody_is_lost_from_the_count():
    compounds = crews(60, ask=[ROUTINE, EXPELLED] * 30, wish=ABROAD, bound_for=2, backup=0.5)
    workforce, labour, cells, _, money = carry_out(compounds)
    assert (compounds["status"] == MOVING).all() and (compounds["territory"] == 2).all() and (compounds["cell"] == 2).all()
    assert compounds["arrives"].min() >= WEEK + 1 and compounds["arrives"].max() <= WEEK + 20
    assert compounds["workers"][0::2] == pytest.approx(90.0)
    assert compounds["workers"][1::2].min() >= 40.0 and compounds["workers"][1::2].max() <= 80.0
    assert workforce.sum(axis=1) == pytest.approx(compounds["workers"])
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 6000, abs=1e-3)
    assert flow(money, "retrafficked") == pytest.approx(6000 - workforce.sum(), abs=1e-3)
    assert cells["occupied"][2] / 2**20 == pytest.approx(workforce.sum(), abs=1e-3)
    assert (compounds["capital"] < 300_000).all()
    assert flow(money, "spent_moving") == pytest.approx(60 * 300_000 - compounds["capital"].sum(), abs=1e-2)
    assert (compounds["ask"] == NOT_ASKED).all() and (compounds["moved"] == 1).all() and (compounds["backup"] == 0).all()


def test_a_move_costs_no_more_than_the_capital_there_is():
    compounds = crews(1, ask=RAIDED, wish=OUT_OF_REGION, bound_for=4, capital=100.0)
    carry_out(compounds)
    assert compounds["capital"][0] == pytest.approx(0.0)


def test_a_full_place_admits_nobody_and_those_told_to_leave_ask_again():
    compounds = crews(20, ask=[RAIDED, EXPELLED] * 10, wish=ABROAD, bound_for=2)
    _, _, _, moves, money = carry_out(compounds, ground(5, capacity=[1e4, 1e4, 99.0, 1e4, 1e4]))
    assert (compounds["status"] == OPEN).all() and (compounds["territory"] == 0).all() and (compounds["workers"] == 100).all()
    assert compounds["ask"].tolist() == [NOT_ASKED, EXPELLED] * 10
    assert (moves["week"] == 0).all() and flow(money, "spent_moving") == 0


def test_when_room_is_short_a_keyed_priority_decides_not_the_row():
    first = crews(30, ask=RAIDED, wish=ABROAD, bound_for=2)
    order = np.random.default_rng(0).permutation(30)
    second = ColumnTable.of(first[order])
    for compounds in (first, second):
        carry_out(compounds, ground(5, capacity=[1e4, 1e4, 399.0, 1e4, 1e4]), lost_low=0.0, lost_high=0.0)
    winners = set(first["lineage"][first["status"] == MOVING].tolist())
    assert winners == set(second["lineage"][second["status"] == MOVING].tolist())
    ranked = sorted(first["lineage"].tolist(), key=lambda who: uniform(chance(), np.uint64(who), PRIORITY))
    assert winners == set(ranked[:3])


def test_those_who_leave_the_business_free_their_people_and_those_who_hide_hide():
    compounds = crews(3, ask=RAIDED, wish=[EXIT, HIDE, STAY], hidden=[0, 0, 1])
    workforce, labour, _, moves, money = carry_out(compounds)
    assert compounds["status"].tolist() == [CLOSED, OPEN, OPEN] and compounds["hidden"].tolist()[1:] == [1, 0]
    assert workforce[0].sum() == 0 and labour["freed"].sum() / 2**20 == pytest.approx(100.0)
    assert (compounds["ask"] == NOT_ASKED).all() and moves["destination"][0] == -1
    assert flow(money, "to_capital") == pytest.approx(-300_000)


def test_those_who_are_due_start_work_and_those_who_are_not_keep_moving():
    compounds = crews(3, status=MOVING, arrives=[WEEK - 1, WEEK, WEEK + 1], raid_week=WEEK + 5)
    carry_out(compounds)
    assert compounds["status"].tolist() == [OPEN, OPEN, MOVING]
    assert compounds["raid_week"].tolist() == [-1, -1, WEEK + 5]


def test_a_cell_is_found_by_its_attraction_and_the_next_one_when_it_is_full():
    cells = ground(6, territory=0, attraction=[9.0, 0.2, 0.5, 1.0, 9.0, 9.0], capacity=100.0)
    place = places(1, first_cell=1, cells=3)[0]
    assert [find_room(cells, place, 50.0, u) for u in (0.1, 0.3, 0.9)] == [1, 2, 3]
    cells["occupied"][[3, 1]] = in_fixed(60.0)
    assert find_room(cells, place, 50.0, 0.9) == 2  # 3 is full, then round to 1, full as well
    assert find_room(cells, place, 101.0, 0.9) == -1

"""Growth and decline: crews grow, close and split; syndicates without leaders fall apart."""

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
    origins,
    params,
    people_outside,
    places,
)
from sim.rules.growth import close_broke, count_people, fragment, split, want_workers
from sim.state import BROKE, CLOSED, FROZEN, MOVING, OPEN

SIZES = {
    "growth_rate": 0.1, "margin_scale": 200.0, "outlook_memory": 1.0, "smallest": 20.0, "grace_weeks": 10.0, "split_size": 500.0,
    "split_rate": 1.0, "fragments": 2.0, "skill_lost": 0.25, "managers_matter": 0.5,
}  # fmt: skip


def close(compounds, **structure):
    """Close what cannot go on; returns (workforce, labour, syndicates, moves, clock, flows)."""
    workforce = np.repeat(compounds["workers"][:, None] / 2, 2, axis=1)
    labour, boss, moves, money, now = origins(2), bosses(2), log(), flows(), clock(compounds=len(compounds))
    close_broke(compounds, workforce, labour, boss, moves, money, params(growth=SIZES, structure=structure), now)
    return workforce, labour, boss, moves, now, money


def test_people_are_counted_where_they_are_and_room_is_kept_for_those_to_come():
    cells, place, now = ground(2), places(2, capacity=400.0), clock(compounds=4)
    compounds = crews(
        4, workers=[300.0, 100.0, 50.0, 70.0], vacancies=[10.0, 0, 0, 0], status=[OPEN, OPEN, MOVING, CLOSED], cell=[0, 1, 1, 1],
        territory=[0, 1, 1, 1], profit=[30_000.0, 10_000.0, 9.0, 9.0],
        revenue=[60_000.0, 20_000.0, 9.0, 9.0],
    )  # fmt: skip
    count_people(cells, place, compounds, now)
    assert cells["occupied"] / 2**20 == pytest.approx([310.0, 150.0])
    assert place["compounds"].tolist() == [1, 1] and place["workers"].tolist() == [300.0, 100.0]
    assert place["crowding"] == pytest.approx([0.25, 0.0])
    assert (float(now["margin"]), float(now["earning"])) == pytest.approx((100.0, 200.0))


def want(compounds, cells=None, place=None, boss=None, structure=None, lever=None):
    """Vacancies of a week: three leave of 103 in a week without conflict (3 % of those left), 1 % more in war."""
    leaving = {"end_of_term": 3 / 103 - 0.01, "escape": 0.01, "conflict_escape": 1.0, "price": 1000.0}
    place = places(2) if place is None else place
    want_workers(
        compounds, ground(2) if cells is None else cells, place, bosses(2) if boss is None else boss,
        lever or levers(T=len(place)), params(growth=SIZES, labour=leaving, structure=structure or {}),
        clock(compounds=len(compounds)),
    )  # fmt: skip
    return compounds["vacancies"]


def test_crews_that_earn_replace_those_who_leave_and_grow():
    vacancies = want(crews(3, profit=[20_000.0, 0.0, 20_000.0], capital=1e6, workers=[100.0, 100.0, 5.0]))
    assert vacancies[0] == pytest.approx(100 * (0.03 + 0.1 * np.tanh(1.0)))
    assert vacancies[1] == pytest.approx(100 * 0.03)
    assert vacancies[2] == pytest.approx(20 * (0.03 + 0.1 * np.tanh(4000 / 200)))


def test_where_war_helps_people_escape_crews_want_to_replace_more():
    lever = levers(T=3)
    lever.territory["conflict"] = [0.0, 0.0, 1.0]
    vacancies = want(crews(3, territory=[0, 1, 2]), place=places(3, conflict=[0.0, 0.5, 0.5]), cells=ground(3), lever=lever)
    left = 3 / 103 + np.array([0.0, 0.005, 0.01])
    assert vacancies == pytest.approx(100 * left / (1 - left))


def test_crews_replace_fewer_people_as_losses_grow_without_a_step_at_zero():
    margins = np.linspace(-300.0, 20.0, 3201)  # USD a person, a tenth apart
    vacancies = want(crews(len(margins), profit=100 * margins, capital=1e6), cells=ground(2, capacity=1e9))
    assert vacancies[margins <= -200].tolist() == [0.0] * 1001
    inside = (margins > -200) & (margins <= 0)
    assert vacancies[inside] == pytest.approx(3.0 * (1 + margins[inside] / 200))
    assert (np.diff(vacancies) >= 0).all() and np.diff(vacancies).max() < 0.01


def test_missing_managers_slow_growth_but_not_the_replacing_of_those_who_leave():
    rows = [12.0, 6.0, 0.0]
    vacancies = want(crews(3, profit=20_000.0, capital=1e6, syndicate=[0, 1, 2]), boss=bosses(3, managers=rows))
    assert vacancies == pytest.approx(100 * (0.03 + 0.1 * np.tanh(1.0) * np.array([1.0, 0.75, 0.5])))


def test_crews_of_a_frozen_world_want_nobody():
    assert want(crews(2, profit=[20_000.0, -1.0], capital=1e6, vacancies=5.0), structure={"growth": FROZEN}).tolist() == [0, 0]


def test_growth_stops_at_what_capital_pays_for():
    assert want(crews(2, profit=20_000.0, capital=[3000.0, -5.0])) == pytest.approx([3.0, 0.0])


def test_room_is_shared_in_proportion_to_what_is_wanted():
    cells = ground(1, capacity=300.0, occupied=in_fixed(297.0))
    compounds = crews(2, workers=[100.0, 200.0], profit=[20_000.0, 40_000.0], capital=1e6)
    assert want(compounds, cells) == pytest.approx([1.0, 2.0], rel=1e-5)
    assert want(compounds, ground(1, capacity=100.0, occupied=in_fixed(300.0))) == pytest.approx([0.0, 0.0])


def test_broke_crews_and_those_too_small_close_and_their_people_go_free():
    compounds = crews(
        4,
        workers=[100.0, 10.0, 100.0, 100.0],
        capital=[-500.0, 1e4, -500.0, 1.0],
        outlook=[-1.0, 5.0, 5.0, -1.0],
        syndicate=[0, 1, 0, 0],
    )
    workforce, labour, boss, moves, now, money = close(compounds)
    assert compounds["status"].tolist() == [CLOSED, CLOSED, OPEN, OPEN]
    assert workforce[:2].sum() == 0 and compounds["workers"][:2].sum() == 0
    assert labour["freed"] / 2**20 == pytest.approx([55.0, 55.0]) and flow(money, "escaped") == pytest.approx(110.0)
    assert people_outside(labour) + workforce.sum() == pytest.approx(2000 + 310.0)
    assert boss["income"] / 2**20 == pytest.approx([-500.0, 1e4])
    assert flow(money, "to_capital") == pytest.approx(-9500.0) and flow(money, "owners") == pytest.approx(9500.0)
    assert int(now["moves"]) == 2
    assert moves["cause"][:2].tolist() == [BROKE, BROKE] and moves["destination"][:2].tolist() == [-1, -1]


def test_young_crews_and_those_on_the_move_are_spared():
    compounds = crews(3, workers=1.0, founded=[WEEK - 9, WEEK - 10, 0], status=[OPEN, OPEN, MOVING])
    close(compounds)
    assert compounds["status"].tolist() == [OPEN, CLOSED, MOVING]


def test_in_a_frozen_world_no_crew_closes_or_splits():
    compounds = crews(2, spare=1, workers=[900.0, 1.0], capital=-1.0, outlook=-1.0)
    close(compounds, growth=FROZEN)
    now = clock(compounds=2)
    split(compounds, *[np.ones((3, 2)) for _ in range(6)], params(growth=SIZES, structure={"growth": FROZEN}), now, chance())
    assert compounds["status"][:2].tolist() == [OPEN, OPEN] and compounds["workers"][:2].tolist() == [900.0, 1.0]
    assert int(now["compounds"]) == 2


def test_a_large_crew_splits_into_halves_that_share_all_it_has():
    compounds = crews(2, spare=2, workers=[600.0, 499.0], capital=90_000.0, raid_week=WEEK + 1, vacancies=8.0)
    wide = [np.arange(8.0).reshape(4, 2) for _ in range(5)]
    workforce, now = np.array([[200.0, 400.0], [499.0, 0.0], [0, 0], [0, 0]]), clock(compounds=2)
    split(compounds, workforce, *wide, params(growth=SIZES), now, chance())
    assert int(now["compounds"]) == 3
    assert compounds["workers"].tolist() == [300.0, 499.0, 300.0, 0.0]
    assert compounds["capital"][[0, 2]].tolist() == [45_000.0, 45_000.0] and compounds["vacancies"][[0, 2]].tolist() == [4.0, 4.0]
    assert workforce[[0, 2]].tolist() == [[100.0, 200.0]] * 2
    assert compounds["parent"][2] == compounds["lineage"][0] != compounds["lineage"][2]
    assert compounds["raid_week"][2] == -1 and compounds["founded"][2] == WEEK
    assert all((table[2] == table[0]).all() for table in wide)


def test_without_room_in_the_table_or_at_rate_zero_nobody_splits():
    for spare, rate in ((0, 1.0), (2, 0.0)):
        compounds, now = crews(1, spare=spare, workers=900.0), clock(compounds=1)
        wide = [np.zeros((1 + spare, 2)) for _ in range(6)]
        split(compounds, *wide, params(growth=SIZES | {"split_rate": rate}), now, chance())
        assert int(now["compounds"]) == 1 and compounds["workers"][0] == 900.0


def fall_apart(seed=1, leaders=0, spare=10, income=0.0):
    """A syndicate of 400 crews, and another; returns (compounds, syndicates, skill, beliefs, clock)."""
    boss = bosses(
        2, spare=spare, leaders=[leaders, 3], assets=[12e6, 5e6], weight=[0.6, 0.4], income=in_fixed(income),
        managers=[9.0, 12.0], in_custody=[2, 0], handed_over=[1, 0], raids=[2, 0], scarred=[1, 1],
    )  # fmt: skip
    compounds, skill = crews(500, syndicate=[0] * 400 + [1] * 100), np.ones((500, 3))
    belief, burnt, known, ties = (
        np.zeros((2 + spare, 2)),
        np.zeros((2 + spare, 2)),
        np.zeros((2 + spare, 2), np.int8),
        np.zeros((2 + spare, 2)),
    )
    belief[:2], burnt[:2], known[:2], ties[:2] = [[1, 2], [3, 4]], [[5, 6], [7, 8]], [[1, 0], [0, 1]], [[0.5, 0], [0, 1]]
    now = clock(compounds=500, syndicates=2)
    fragment(compounds, skill, boss, belief, burnt, known, ties, params(growth=SIZES), now, chance(seed=seed))
    return compounds, boss, skill, (belief, burnt, known, ties), now


def test_a_syndicate_without_leaders_breaks_into_pieces_that_share_its_crews_and_assets():
    broke_into = []
    for seed in range(1, 30):
        compounds, boss, skill, beliefs, now = fall_apart(seed)
        pieces = int(now["syndicates"]) - 1
        rows = [0, *range(2, 1 + pieces)]
        broke_into.append(pieces)
        assert boss["assets"][rows] == pytest.approx(12e6 / pieces) and boss["weight"][rows] == pytest.approx(0.6 / pieces)
        assert boss["managers"][rows] == pytest.approx(9.0 / pieces)
        assert boss["usual_managers"][rows] == pytest.approx(12.0 / pieces)  # so that each piece is as badly led as the whole was
        assert boss["in_custody"][rows].sum() == 2 and boss["handed_over"][rows].sum() == 1
        assert (boss["leaders"][rows] == 1).all() and (boss["family"][rows] == 0).all()
        assert len(set(boss["identity"][rows])) == pieces
        assert boss["raids"][rows].sum() == 2 and (boss["scarred"][rows] == 1).all()  # each piece remembers what befell the whole
        assert np.bincount(compounds["syndicate"][:400], minlength=12)[rows].min() > 0.5 * 400 / pieces
        assert (compounds["syndicate"][400:] == 1).all()
        assert skill[:400] == pytest.approx(0.75) and skill[400:] == pytest.approx(1.0)
        for table in beliefs:
            assert (table[rows] == table[0]).all()
    assert min(broke_into) == 1 and max(broke_into) > 3  # 1 + Poisson(2)


def test_a_syndicate_with_leaders_holds_together():
    _, boss, skill, _, now = fall_apart(leaders=1)
    assert int(now["syndicates"]) == 2 and boss["assets"][0] == 12e6 and (skill == 1).all()


def test_a_syndicate_breaks_only_as_far_as_the_table_goes():
    _, boss, _, _, now = fall_apart(seed=5, spare=1)
    assert int(now["syndicates"]) <= 3
    assert boss["assets"].sum() == pytest.approx(17e6)


def test_falling_apart_makes_no_money():
    for seed in range(1, 10):
        _, boss, _, _, _ = fall_apart(seed, income=1e6)
        assert boss["assets"].sum() + boss["income"].sum() / 2**20 == pytest.approx(17e6 + 2e6)

"""What shows from outside."""

import pytest

from rules.by_hand import clock, crews, params, places, table
from sim.rules.observation import observe
from sim.state import CLOSED, MOVING, OPEN, SEEN

SIGHT = params(observation={"media_size": 100.0, "satellite_size": 200.0, "building_memory": 0.25})


def test_only_open_crews_in_sight_and_large_enough_are_counted_where_they_are():
    compounds = crews(
        7, workers=[99, 100, 250, 250, 250, 250, 300], hidden=[0, 0, 0, 1, 0, 0, 0], territory=[0, 0, 0, 0, 0, 0, 1],
        status=[OPEN, OPEN, OPEN, OPEN, MOVING, CLOSED, OPEN],
    )  # fmt: skip
    seen = table(SEEN, 2)
    observe(seen, compounds, places(2), SIGHT, clock(compounds=7))
    assert seen["media_sites"].tolist() == [2, 1]
    assert seen["satellite_sites"].tolist() == [1, 1]


def test_empty_buildings_stay_in_view_for_a_while():
    place, seen = places(1, built=8.0), table(SEEN, 1)
    shown = []
    for _ in range(20):
        observe(seen, crews(1, workers=10), place, SIGHT, clock())
        shown.append(int(seen["satellite_sites"][0]))
    assert shown[0] == 6  # 8 less a quarter
    assert shown == sorted(shown, reverse=True) and shown[-1] == 0


def test_a_new_building_is_seen_at_once():
    place, seen = places(1), table(SEEN, 1)
    observe(seen, crews(3, workers=500), place, SIGHT, clock(compounds=3))
    assert seen["satellite_sites"][0] == 3
    assert place["built"][0] == pytest.approx(3)

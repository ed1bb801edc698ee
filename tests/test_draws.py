"""Draws of parameters: in their ranges, evenly spread, and the same each time."""

import numpy as np
import pandas as pd
import pytest

from experiments.common.draws import draw_parameters, in_range, near_shipped, overrides, places
from sim.region import ConfigError
from sim.scenario import check_parameters, shipped_parameters


def test_every_parameter_with_a_range_is_drawn_and_every_draw_is_allowed():
    draws = draw_parameters(20, seed=1)
    assert draws["draw"].tolist() == list(range(1, 21))
    for row in draws.to_dict("records"):
        check_parameters(overrides(row))
    wide = [
        f"{group}.{name}"
        for group, names in shipped_parameters().items()
        for name, entry in names.items()
        if "range" in entry and entry["range"][0] < entry["range"][1]
    ]
    assert draws.columns.drop("draw").tolist() == wide


def test_a_hypercube_has_one_point_in_every_slice_of_a_range():
    leak = draw_parameters(50, seed=3)["enforcement.leak"]
    low, high = shipped_parameters()["enforcement"]["leak"]["range"]
    slices = np.floor((leak - low) / (high - low) * 50)
    assert sorted(slices) == list(range(50))


def test_a_range_that_spans_more_than_tenfold_is_covered_evenly_in_the_logarithm():
    low, high = shipped_parameters()["growth"]["growth_rate"]["range"]
    assert high > 10 * low > 0
    assert (draw_parameters(40, seed=1)["growth.growth_rate"] < np.sqrt(low * high)).sum() == 20


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    assert draw_parameters(8, seed=2).equals(draw_parameters(8, seed=2))
    assert not draw_parameters(8, seed=2).equals(draw_parameters(8, seed=3))


def test_only_the_groups_and_parameters_asked_for_are_drawn():
    drawn = draw_parameters(4, seed=1, groups=["enforcement.leak", "ai"])
    assert set(drawn.columns) == {"draw", "enforcement.leak", *(f"ai.{name}" for name in shipped_parameters()["ai"])}


def test_overrides_leave_out_what_is_missing_and_what_is_no_parameter():
    row = {"scenario": "baseline", "seed": 1, "structure": "", "enforcement.leak": 0.5, "ai.ceiling": np.nan}
    assert overrides(row | {"structure.entry": "off"}) == {"enforcement": {"leak": 0.5}, "structure": {"entry": "off"}}
    assert overrides(pd.Series({"draw": 1, "ai.ceiling": None})) == {}


@pytest.mark.parametrize(
    ("count", "groups", "says"),
    [
        (0, None, "draws: is 0; allowed: 1 or more"), (4, ["moon"], "'moon' has nothing to draw"),
        (4, ["structure"], "allowed: accounts"), (4, [], "has nothing to draw"),
    ],
)  # fmt: skip
def test_a_draw_that_cannot_be_made_is_told_in_one_line(count, groups, says):
    with pytest.raises(ConfigError, match=says) as told:
        draw_parameters(count, seed=1, groups=groups)
    assert "\n" not in str(told.value)


def test_a_value_lies_on_its_range_where_it_was_drawn():
    points = pd.DataFrame(np.random.default_rng(1).random((5, 3)), columns=["enforcement.leak", "growth.growth_rate", "ai.speed"])
    for values, point in zip(in_range(points).to_dict("records"), points.to_numpy(), strict=True):
        assert places(pd.Series(values)).to_numpy() == pytest.approx(point)


def test_points_near_the_shipped_values_cover_their_part_of_each_range_and_hold_the_shipped_value():
    paths = ["enforcement.leak", "growth.growth_rate"]
    shipped = [shipped_parameters()[group][name]["value"] for group, _, name in (path.partition(".") for path in paths)]
    at = places(pd.Series(shipped, paths)).to_numpy()
    near = near_shipped(pd.DataFrame([[0.0, 0.0], [1.0, 1.0], at], columns=paths), 0.25)
    assert (near.iloc[1] - near.iloc[0]).to_numpy() == pytest.approx([0.25, 0.25])
    assert in_range(near).iloc[2].to_numpy() == pytest.approx(shipped)
    assert near.min(axis=None) >= 0 and near.max(axis=None) <= 1

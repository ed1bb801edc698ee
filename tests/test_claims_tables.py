"""Tables beside the verdicts: knock-outs, maps, points and what is said of them."""

import pandas as pd
import pytest

from experiments.verdicts import tables
from experiments.verdicts.knockout import MECHANISMS, label, subsets, switches
from experiments.verdicts.points import Point
from sim.claims.claim import load_headline
from sim.claims.reading import Reading
from sim.claims.several import conjunctions
from sim.claims.verdict import FAILS, HOLDS, IN_SPACE_ONLY

SPACE, WEST, LASTING = load_headline().parts


def counts(structure, displaced):
    """Counts by zone of one pair in which half of 1000 are removed, and a share of them reappears abroad."""
    index = pd.MultiIndex.from_tuples([(1, 0, structure)], names=["seed", "draw", "structure"])
    values = {
        "workers_change target": -500.0, "workers_without target": 1000.0,
        "workers_change cross_border": 500.0 * displaced, "workers_without cross_border": 1000.0,
    }  # fmt: skip
    return {SPACE.id: pd.DataFrame(values, index=index)}


def head(claim, outcome, by_draw=(), by_structure=()):
    return Reading(claim, outcome, by_draw=dict(by_draw), by_structure=dict(by_structure))


def knocked():
    """Worlds in which mobility brings 40 of 100 back, entry 10, both together 60; the others nothing."""
    found = []
    for chosen in subsets(MECHANISMS):
        share = 0.4 * ("mobility" in chosen) + 0.1 * ("entry" in chosen) + 0.1 * ({"mobility", "entry"} <= chosen)
        name = label(chosen)
        found.append((Point(0, name, switches(chosen), range(1, 2)), counts(name, share)))
    return found


def test_knock_outs_give_each_mechanism_its_share_of_what_they_do_together():
    table = tables.knockout_table([head(SPACE, HOLDS)], knocked())
    worlds = table.query("kind == 'world'").set_index("name")["value"]
    assert len(worlds) == 16 and worlds["mobility entry"] == pytest.approx(0.6) and worlds["none"] == 0.0
    values = table.query("kind == 'shapley'").set_index("name")["value"]
    assert values["mobility"] == pytest.approx(0.45) and values["entry"] == pytest.approx(0.15)
    assert values[["retargeting", "beliefs"]].abs().max() == pytest.approx(0.0)


def test_maps_are_ranked_with_the_real_one_among_them():
    shares = {"real": 0.5, "map 1": 0.2, "map 2": 0.7}
    found = [(Point(0, name, {}, range(1, 2)), counts(name, share)) for name, share in shares.items()]
    table = tables.maps_table([head(SPACE, HOLDS)], found)
    assert list(table["map"]) == ["real", "map 1", "map 2"] and set(table["percentile_of_real"]) == {50.0}


def test_the_headline_is_read_at_each_draw_and_variant():
    heads = [
        head(SPACE, HOLDS, {1: HOLDS, 2: FAILS}, {"": HOLDS, "mobility=off": FAILS}),
        head(WEST, FAILS, {1: FAILS, 2: HOLDS}, {"": FAILS, "mobility=off": FAILS}),
        head(LASTING, HOLDS, {1: HOLDS, 2: HOLDS}, {"": HOLDS, "mobility=off": HOLDS}),
    ]
    by_draw, by_structure = conjunctions(heads), conjunctions(heads, "by_structure")
    assert by_draw == {1: IN_SPACE_ONLY, 2: FAILS} and by_structure == {"": IN_SPACE_ONLY, "mobility=off": FAILS}
    points = tables.points_table(heads, by_draw, by_structure)
    mine = points[points["claim"] == "headline"]
    assert list(mine["outcome"]) == [IN_SPACE_ONLY, FAILS, IN_SPACE_ONLY, FAILS]


def test_without_knock_outs_and_maps_the_tables_are_empty_and_nothing_is_said_of_them():
    told = {
        "knockout": tables.knockout_table([], []), "maps": tables.maps_table([], []), "points": tables.points_table([], {}, {}),
        "boxes": pd.DataFrame(columns=["claim", "outcome", "parameter", "low", "high", "coverage", "density", "quasi_p"]),
    }  # fmt: skip
    said = tables.summary([head(SPACE, FAILS), head(WEST, HOLDS)], told)
    assert "fails 1" in said and f"contradicts the articles in {SPACE.id}." in said and "Shapley" not in said


def test_a_box_is_told_as_the_condition_of_an_outcome():
    box = {"claim": "headline", "outcome": HOLDS, "parameter": "site_choice.border_cost", "low": 0.1, "high": 0.4}
    told = {
        "knockout": tables.knockout_table([], []), "maps": tables.maps_table([], []), "points": tables.points_table([], {}, {}),
        "boxes": pd.DataFrame([box | {"coverage": 0.6, "density": 0.85, "quasi_p": 0.01}]),
    }  # fmt: skip
    said = "headline holds chiefly when site_choice.border_cost in 0.1 to 0.4 (85 % of the draws inside)"
    assert said in tables.summary([], told)

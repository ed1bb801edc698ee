"""Designs: a table of runs becomes checked worlds, and a world an identity."""

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim import ConfigError, load_scenario
from sim.ensemble import design, run_ensemble
from sim.ensemble.design import checked_plan, model_digest, restored, run_id, stored

WORLD = {"region": "toy", "start": "2019-05-06", "end": "2019-09-30"}
DRAWS = pd.DataFrame({"enforcement.leak": [0.3, 0.8], "beliefs.spill_abroad": [0.1, 0.9]})
STRUCTURES = {"": {}, "no entry": {"structure.entry": "off"}}


def test_a_design_holds_every_run_once_and_the_worlds_of_a_pair_together():
    table = design(["baseline", "placebo"], range(1, 4), DRAWS, STRUCTURES)
    assert len(table) == 2 * 3 * 2 * 2 and not table.duplicated(["scenario", "seed", "draw", "structure"]).any()
    assert table["scenario"].tolist() == ["baseline", "placebo"] * 12
    assert set(table["draw"]) == {1, 2} and set(table["structure"]) == {"", "no entry"}
    assert table.columns.tolist()[:4] == ["scenario", "seed", "draw", "structure"]
    assert table.groupby("draw")["enforcement.leak"].unique().map(list).to_dict() == {1: [0.3], 2: [0.8]}
    assert table.loc[table["structure"] == "", "structure.entry"].isna().all()


def test_a_design_without_draws_or_structures_has_no_such_columns():
    assert list(design(["baseline"], [7])) == ["scenario", "seed"]


def test_a_parameter_is_set_by_the_draws_or_by_the_structures_but_not_by_both():
    with pytest.raises(ConfigError, match=r"design: enforcement\.leak is set by the draws and by the structures"):
        design(["baseline"], [1], DRAWS, {"": {}, "leaky": {"enforcement.leak": 0.9}})


def test_the_world_of_a_row_has_its_parameters_and_no_others():
    plan = checked_plan(design(["baseline", "kokang_crackdown"], [1], DRAWS, STRUCTURES), **WORLD)
    for run, row in enumerate(plan.table.to_dict("records")):
        world = plan.scenario(run)
        expected = load_scenario(
            row["scenario"], **WORLD,
            params={"enforcement": {"leak": row["enforcement.leak"]}, "beliefs": {"spill_abroad": row["beliefs.spill_abroad"]},
                    "structure": {"entry": "off"} if row["structure"] else {}},
        )  # fmt: skip
        assert world == expected and world.digest() == expected.digest()


def test_an_empty_value_leaves_the_scenarios_own_even_beside_others():
    asked = pd.DataFrame({"scenario": ["baseline"] * 2, "seed": [1, 2], "site_choice.outside": [None, 1.0]})
    plan = checked_plan(asked, **WORLD, params={"site_choice": {"outside": 0.5}})
    assert [plan.scenario(run).params["site_choice"]["outside"] for run in (0, 1)] == [0.5, 1.0]


def test_a_whole_number_written_with_a_point_is_the_same_run():
    usual = load_scenario("baseline", **WORLD)
    value = usual.params["initial"]["usual_size"]
    plan = checked_plan(pd.DataFrame({"scenario": ["baseline"], "seed": [1], "initial.usual_size": [float(value)]}), **WORLD)
    assert isinstance(value, int) and plan.scenario(0).digest() == usual.digest()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"scenario": ["baseline"]}, "design: has no column 'seed'"),
        ({"scenario": ["baseline"], "seed": [1], "enforcement.laek": [1]}, "did you mean enforcement.leak"),
        ({"scenario": ["baseline"], "seed": [1], "sed": [1]}, "design: 'sed' is no key and no parameter; did you mean seed"),
        ({"scenario": ["baseline"], "seed": [1.5]}, "design, row 0: seed is 1.5; allowed: a whole number from 0"),
        ({"scenario": ["baseline"], "seed": [-1]}, "design, row 0: seed is -1"),
        ({"scenario": ["baseline"], "seed": [np.nan]}, "design, row 0: seed is nan"),
        ({"scenario": ["baseline"], "seed": ["one"]}, "design, row 0: seed is 'one'"),
        ({"scenario": ["placbo"], "seed": [1]}, "'placbo' does not exist; did you mean placebo?"),
        ({"scenario": ["baseline"], "seed": [1], "structure.entry": ["of"]}, "design, row 0: structure.entry is 'of'; allowed:"),
        ({"scenario": ["baseline"] * 2, "seed": [1, 1]}, "design, row 1: scenario baseline, seed 1 stands there twice"),
        ({"scenario": [], "seed": []}, "at least one scenario and one seed"),
    ],
)
def test_what_cannot_be_run_is_answered_in_one_line(columns, words):
    with pytest.raises(ConfigError) as said:
        checked_plan(pd.DataFrame(columns), **WORLD)
    assert words in str(said.value) and "\n" not in str(said.value)


def test_tables_carry_the_keys_of_the_design_in_its_order():
    asked = design(["baseline", "kokang_crackdown"], [2, 1], DRAWS, STRUCTURES)
    tables = run_ensemble(asked, **WORLD)
    for name in ("weekly", "pools", "moves", "cells"):
        keys = tables[name][["scenario", "seed", "draw", "structure"]].astype({"scenario": str, "structure": str})
        assert keys.drop_duplicates().to_numpy().tolist() == asked[list(keys)].to_numpy().tolist(), name
    last = run_ensemble(asked.iloc[[-1]], **WORLD)["weekly"]
    assert last["workers"].equals(tables["weekly"]["workers"].iloc[-len(last) :].reset_index(drop=True))
    totals = tables["weekly"].groupby(["draw", "structure"], observed=True)["workers"].sum()
    assert totals.nunique() == 4


def test_an_identity_changes_with_whatever_decides_the_run_and_with_nothing_else():
    usual, code = load_scenario("kokang_crackdown", **WORLD), model_digest()
    others = [
        run_id(usual, 2, code),
        run_id(usual, 1, "other"),
        run_id(load_scenario("placebo", **WORLD), 1, code),
        run_id(load_scenario("kokang_crackdown", **WORLD | {"end": "2019-10-07"}), 1, code),
        run_id(load_scenario("kokang_crackdown", **WORLD, params={"enforcement": {"leak": 0.3}}), 1, code),
        run_id(load_scenario("kokang_crackdown", **WORLD | {"region": "southeast_asia"}), 1, code),
    ]
    assert len({run_id(usual, 1, code), *others}) == 7
    assert run_id(load_scenario("kokang_crackdown", **WORLD), np.int64(1), code) == run_id(usual, 1, code)


def test_a_scenario_comes_back_from_a_manifest_as_it_was():
    scenario = load_scenario("kokang_crackdown", **WORLD)
    again = restored(json.loads(json.dumps(stored(scenario), default=str)))
    assert again.digest() == scenario.digest() and run_id(again, 1, "code") == run_id(scenario, 1, "code")
    left, right = sim.simulate(again, 1), sim.simulate(scenario, 1)
    assert all(np.array_equal(a, b) for a, b in zip(left.records, right.records, strict=True))


def test_a_manifest_that_lacks_something_is_no_scenario():
    with pytest.raises(ConfigError, match="lacks 'params'"):
        restored({key: value for key, value in stored(load_scenario("baseline", **WORLD)).items() if key != "params"})

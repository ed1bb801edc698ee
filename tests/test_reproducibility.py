"""The same seed gives the same world, to the bit, however it is stepped or compiled. What worlds share: tests/pairing."""

import dataclasses
import json

import numpy as np
import pytest
from running import around_start, columns, differences, digest, in_another_process, outcome, run, scenario_on

import sim
from sim.compiled import INTERPRETED
from sim.records import logged_moves, new_records, write_week, written

REGIONS = ("toy", "southeast_asia")
needs_compiler = pytest.mark.skipif(INTERPRETED, reason="compares compiled with interpreted")


# --- seeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_a_seed_decides_everything(region):
    scenario = around_start(region, "baseline", 0, 60)
    assert differences(outcome(sim.simulate(scenario, 7)), outcome(sim.simulate(scenario, 7))) == []
    assert "workers" in differences(outcome(sim.simulate(scenario, 7)), outcome(sim.simulate(scenario, 8)))


def test_the_mesa_model_and_the_bare_run_are_the_same_to_the_bit(toy):
    scenario = dataclasses.replace(toy, end=scenario_on("toy").date(70))
    model, records = sim.ScamNetwork(scenario, seed=3), new_records(scenario)
    for _ in range(scenario.weeks):
        model.step()
        write_week(records, model.world)
    stepped = sim.model.Run(written(records), logged_moves(model.world, scenario))
    assert differences(outcome(stepped), outcome(sim.simulate(scenario, 3))) == []


@pytest.mark.parametrize("uninterrupted", [1, 520])
def test_how_many_weeks_are_run_at_a_stretch_changes_nothing(uninterrupted, monkeypatch):
    scenario = around_start("toy", "rebel_offensive", 30, 60)
    usual = outcome(sim.simulate(scenario, 3))
    monkeypatch.setattr(sim.model, "UNINTERRUPTED", uninterrupted)
    assert differences(outcome(sim.simulate(scenario, 3)), usual) == []


def test_a_table_that_runs_short_within_a_stretch_is_enlarged_and_nothing_else_changes(monkeypatch):
    scenario = scenario_on("toy", end=scenario_on("toy").date(150))
    usual = outcome(sim.simulate(scenario, 3))
    monkeypatch.setattr(sim.world, "MOVES_LOGGED", 4)
    assert len(usual["moves.date"]) > 8
    assert differences(outcome(sim.simulate(scenario, 3)), usual) == []


def test_a_world_in_another_process_is_the_same_to_the_bit(toy):
    code = "from running import *; print(digest(run(scenario_on('toy'), 20, 5)))"
    assert in_another_process(code).strip() == digest(run(scenario_on("toy"), 20, 5))


FIRST_CREWS = """
from running import *
from sim.agents.compounds import initial_compounds
from sim.world import _attributes
toy = scenario_on("toy")
for seed in ({}):
    crews, used = initial_compounds(toy.region, "2019-01-07", _attributes(toy.params), seed)
    print(seed, crews["workers"][:used].tobytes().hex())
"""


def test_the_first_crews_of_a_seed_do_not_depend_on_which_seeds_a_fresh_process_saw_before(tmp_path):
    upward = in_another_process(FIRST_CREWS.format("1, 2, 3"), NUMBA_CACHE_DIR=str(tmp_path / "upward"))
    downward = in_another_process(FIRST_CREWS.format("3, 2, 1"), NUMBA_CACHE_DIR=str(tmp_path / "downward"))
    assert upward.split("\n")[:3] == downward.split("\n")[2::-1]


# --- the compiler changes nothing ----------------------------------------------------------------

WORLD_AS_TEXT = """
import json
from running import *
world = columns(run(scenario_on("toy"), 13, 3))
print(json.dumps({name: values.tolist() for name, values in world.items()}))
"""


@needs_compiler
def test_a_compiled_world_is_the_interpreted_one():
    """Whatever is counted is the same to the bit; amounts are within 1e-9, for NumPy's exp, log, tanh and power differ from the
    compiler's in the last place."""
    compiled = json.loads(in_another_process(WORLD_AS_TEXT))
    interpreted = json.loads(in_another_process(WORLD_AS_TEXT, NUMBA_DISABLE_JIT="1"))
    assert compiled.keys() == interpreted.keys()
    for name, values in columns(run(scenario_on("toy"), 13, 3)).items():
        left, right = (np.array(each[name], values.dtype) for each in (compiled, interpreted))
        assert left.shape == right.shape, name
        if name.split(".")[-1] in COUNTED or left.dtype.kind == "u":
            assert np.array_equal(left, right), name
        else:  # fixed point: a few units of 2^-20
            np.testing.assert_allclose(left, right, rtol=1e-9, atol=64 if left.dtype.kind == "i" else 1e-9, err_msg=name)


COUNTED = ("status", "cell", "territory", "syndicate", "hidden", "raid_week", "raids", "compounds", "leaders", "known", "cause")


@needs_compiler
def test_every_rule_gives_the_answers_worked_out_by_hand_without_the_compiler_too():
    code = "import sys, pytest; sys.exit(pytest.main(['-q', '-x', '-p', 'no:cacheprovider', 'tests/rules']))"
    assert "[100%]" in in_another_process(code, NUMBA_DISABLE_JIT="1")


@needs_compiler
@pytest.mark.slow
def test_no_rule_reads_beyond_its_tables():
    code = """
from running import *
for name in ("baseline", *DISTINCT):
    scenario = around_start("toy", name, 4, 26)
    print(digest(run(scenario, 30)))
"""
    checked = in_another_process(code, NUMBA_BOUNDSCHECK="1").split()
    assert checked[0] == digest(run(around_start("toy", "baseline", 4, 26), 30))
    outside = "import numpy as np; from running import last_of_eight; last_of_eight(np.zeros(3))"
    assert "IndexError" in in_another_process(outside, fails=True, NUMBA_BOUNDSCHECK="1")

"""The same seed gives the same world, to the bit, however it is stored, stepped or compiled."""

import dataclasses
import json

import numpy as np
import pytest
from running import (
    BEGINS,
    CREW_TABLES,
    DISTINCT,
    advance,
    around_start,
    columns,
    differences,
    digest,
    first_start,
    in_another_process,
    run,
    scenario_on,
)

import sim
from sim.compiled import INTERPRETED
from sim.interventions import names as lever_names
from sim.randomness import identity
from sim.records import logged_moves, new_records, write_week
from sim.scenario import read_choice
from sim.state import CLOSED, MOVING
from sim.world import enlarged, new_world

REGIONS = ("toy", "southeast_asia")
ANOTHER_WORLD = "reference_world"  # room without end from the first day; the reference nulls are paired with it, it with nobody
needs_compiler = pytest.mark.skipif(INTERPRETED, reason="compares compiled with interpreted")


def outcome(done: sim.model.Run) -> dict[str, np.ndarray]:
    """All that a run leaves, as arrays by name."""
    return done.records._asdict() | {f"moves.{name}": np.asarray(values).astype("U64") for name, values in done.moves.items()}


# --- seeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_a_seed_decides_everything(region):
    scenario = around_start(region, "baseline", 0, 60)
    assert differences(outcome(sim.simulate(scenario, 7)), outcome(sim.simulate(scenario, 7))) == []
    assert "workers" in differences(outcome(sim.simulate(scenario, 7)), outcome(sim.simulate(scenario, 8)))


def test_the_mesa_model_and_the_bare_run_are_the_same_to_the_bit(toy):
    scenario = dataclasses.replace(toy, end=scenario_on("toy").date(70))
    model, records = sim.ScamNetwork(scenario, seed=3), new_records(scenario)
    for week in range(scenario.weeks):
        model.step()
        write_week(records, model.world, week)
    stepped = sim.model.Run(records, logged_moves(model.world, scenario))
    assert differences(outcome(stepped), outcome(sim.simulate(scenario, 3))) == []


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


# --- worlds are paired ---------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_the_placebo_is_the_baseline_to_the_bit(region):
    placebo = scenario_on(region, "placebo")
    assert placebo.interventions, "a placebo without an intervention shows nothing"
    baseline = scenario_on(region, "baseline")
    assert differences(outcome(sim.simulate(placebo, 2)), outcome(sim.simulate(baseline, 2))) == []


@pytest.mark.parametrize("lever", lever_names())
def test_a_lever_pulled_with_no_intensity_leaves_the_world_as_it_was_to_the_bit(toy, lever):
    asked = {
        "share": 1.0, "reach": 1.0, "friction": 1.0, "rate": 40.0, "effort": 40.0, "budget": 9.0, "factor": 5.0,
        "laundering": 0.5, "stopped": 0.5, "stake": 0.5, "withheld": 0.2, "gain": 0.5, "tax": 1.0,
        "states": toy.region.names("states")[:1], "severity": 1e8,
        "celerity": 1.0, "poverty": 1.0, "awareness": 1.0, "withdrawn": 1.0,
        "actors": toy.region.names("states")[:1], "by": toy.region.names("protectors")[0],
        "labour_pools": toy.region.names("labour_pools"),
        "syndicates": toy.region.names("syndicates"), "protectors": toy.region.names("protectors"),
    }  # fmt: skip
    settings = __import__(f"sim.interventions.{lever}", fromlist=["Settings"]).Settings.model_fields
    pulled = {"lever": lever, "start": str(BEGINS), "intensity": 0.0} | {key: asked[key] for key in asked if key in settings}
    short = dataclasses.replace(toy, end=toy.date(40))
    without, nothing = sim.simulate(short, 1), sim.simulate(dataclasses.replace(short, interventions=(pulled,)), 1)
    assert differences(outcome(without), outcome(nothing)) == []


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", [name for name in DISTINCT if name not in ("baseline", ANOTHER_WORLD)])
def test_worlds_are_the_same_to_the_bit_until_the_intervention_starts_and_not_after(name, region):
    begins = first_start(scenario_on(region, name)) or BEGINS
    weeks = (begins - BEGINS).days // 7 + (1 if (begins - BEGINS).days % 7 else 0)  # whole weeks that begin before it
    other = read_choice("scenario", name)["relative_to"]
    treated, baseline = run(scenario_on(region, name), weeks), run(scenario_on(region, other), weeks)
    assert differences(columns(treated), columns(baseline)) == []
    if name != "placebo":
        assert differences(columns(run(scenario_on(region, name), weeks + 8)), columns(advance(baseline, 8)))


# --- rows mean nothing ---------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_the_order_of_rows_changes_nothing(region):
    scenario = around_start(region, "baseline", 0, 80)
    plain, shuffled = new_world(scenario, 1), new_world(scenario, 1)
    used = int(plain.clock["compounds"][0])
    order = np.random.default_rng(0).permutation(used)
    for name in CREW_TABLES:
        getattr(shuffled, name)[:used] = getattr(plain, name)[:used][order]
    assert shuffled.compounds["lineage"][0] != plain.compounds["lineage"][0]
    plain, shuffled = advance(plain, 80), advance(shuffled, 80)
    assert plain.clock["compounds"][0] > used, "nobody entered: the order of newcomers was not tried"
    assert differences(columns(plain), columns(shuffled)) == []


@pytest.mark.parametrize("status", [CLOSED, MOVING], ids=["closed", "never_arrives"])
def test_an_inert_crew_leaves_all_others_as_they_were_to_the_bit(world, status):
    alone, joined = world(), world()
    row, ghost = int(joined.clock["compounds"][0]), identity("ghost")
    joined.clock["compounds"] += 1
    crew = joined.compounds[row]
    crew["lineage"], crew["status"], crew["arrives"], crew["raid_week"] = ghost, status, 10**9, -1
    joined.targets[row], joined.mix[row] = 1 / joined.targets.shape[1], 1 / joined.mix.shape[1]
    alone, joined = advance(alone, 100), advance(joined, 100)
    assert joined.clock["compounds"][0] == alone.clock["compounds"][0] + 1
    assert differences(columns(alone), columns(joined, leave_out=(int(ghost),))) == []


def test_more_room_in_the_tables_changes_nothing(world):
    roomy, cramped = world(), world()
    rows = int(cramped.clock["compounds"][0]) + 40
    small = {name: getattr(cramped, name)[:rows].copy() for name in (*CREW_TABLES, "order")}
    cramped = cramped._replace(**small, moves=cramped.moves[:40].copy())
    roomy, cramped = advance(roomy, 150), advance(cramped, 150)
    assert len(cramped.compounds) > rows and len(cramped.moves) > 40
    assert differences(columns(roomy), columns(cramped)) == []


def test_a_world_with_room_to_spare_is_not_copied(world):
    small = world()
    assert enlarged(small) is small


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

"""The same seed gives the same world, to the bit, however it is stepped or compiled. What worlds share: tests/pairing."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from properties.made_up import seeds, worlds
from running import around_start, differences, digest, in_another_process, outcome, run, scenario_on

import sim
from experiments.closeup.differing import differences as parted
from sim.compiled import INTERPRETED
from sim.interventions import load_interventions, pull
from sim.model import week
from sim.records import logged_moves, new_records, write_week, written
from sim.world import enlarged, look_anew, new_world

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
        world = model.world
        write_week(records, world.territories, world.seen, world.pools, world.compounds, world.flows, world.clock[0])
    stepped = sim.model.Run(written(records), logged_moves(model.world))
    assert differences(outcome(stepped), outcome(sim.simulate(scenario, 3))) == []


@pytest.mark.parametrize("name", ["kokang_crackdown", "states_endogenous", "us_china_joint"])
def test_what_rules_pass_over_as_they_left_it_is_as_they_left_it(name):
    scenario = around_start("southeast_asia", name, 20, 40)
    worlds, active = [new_world(scenario, 5) for _ in range(2)], load_interventions(scenario)
    assert np.shares_memory(worlds[0].belief, worlds[1].belief) is False
    for number in range(scenario.weeks):
        worlds = [enlarged(world) for world in worlds]
        for world in worlds:
            pull(world, active, number)
        look_anew(worlds[1])
        for world in worlds:
            week(world)
        assert list(parted(*worlds, scenario)) == []
    assert worlds[0].syndicates["scarred"].any() and worlds[0].burnt.any()


@pytest.mark.parametrize("uninterrupted", [1, 300, 10**9])
def test_how_many_weeks_are_run_at_a_stretch_changes_nothing(uninterrupted, monkeypatch):
    scenario = around_start("toy", "rebel_offensive", 30, 60)
    usual = outcome(sim.simulate(scenario, 3))
    monkeypatch.setattr(sim.model, "UNINTERRUPTED", uninterrupted)
    assert differences(outcome(sim.simulate(scenario, 3)), usual) == []


def test_a_table_that_runs_short_within_a_stretch_is_enlarged_and_nothing_else_changes(monkeypatch):
    scenario = scenario_on("toy", end=scenario_on("toy").date(150))
    usual = outcome(sim.simulate(scenario, 3))
    monkeypatch.setattr(sim.world, "MOVES_LOGGED", 4)
    assert len(usual["moves.week"]) > 8
    assert differences(outcome(sim.simulate(scenario, 3)), usual) == []


def test_a_world_in_another_process_is_the_same_to_the_bit(toy):
    code = "from running import *; print(digest(run(scenario_on('toy'), 20, 5)))"
    assert in_another_process(code).strip() == digest(run(scenario_on("toy"), 20, 5))


FIRST_CREWS = """
from running import *
from sim.agents.compounds import initial_compounds
toy = scenario_on("toy")
for seed in ({}):
    crews, used = initial_compounds(toy.region, "2019-01-07", toy.values, seed)
    print(seed, crews["workers"][:used].tobytes().hex())
"""


def test_the_first_crews_of_a_seed_do_not_depend_on_which_seeds_a_fresh_process_saw_before(tmp_path):
    upward = in_another_process(FIRST_CREWS.format("1, 2, 3"), NUMBA_CACHE_DIR=str(tmp_path / "upward"))
    downward = in_another_process(FIRST_CREWS.format("3, 2, 1"), NUMBA_CACHE_DIR=str(tmp_path / "downward"))
    assert upward.split("\n")[:3] == downward.split("\n")[2::-1]


# --- the compiler changes nothing ----------------------------------------------------------------

WORLDS = """
from running import *
for region, name, before, after in {worlds}:
    print(region, name, digest(run(around_start(region, name, before, after), before + after)))
"""
SEVERAL = [("toy", name, 2, 10) for name in ("baseline", "kokang_crackdown", "rebel_offensive", "states_endogenous")]


@needs_compiler
@pytest.mark.parametrize(
    "worlds", [SEVERAL, pytest.param([("southeast_asia", "kokang_crackdown", 1, 1)], marks=pytest.mark.slow)], ids=REGIONS
)
def test_a_compiled_world_is_the_interpreted_one_to_the_bit(worlds):
    code = WORLDS.format(worlds=worlds)
    assert in_another_process(code) == in_another_process(code, NUMBA_DISABLE_JIT="1")


MADE_UP = """
import json
import sim
from running import *
from properties.made_up import scenario_of
for number, (told, seed) in enumerate(json.loads({worlds!r})):
    scenario = scenario_of(**told, weeks={weeks})
    done = sim.simulate(scenario, seed)
    print(number, len(done.moves["cause"]), digest(run(scenario, {weeks}, seed)), digest_of(outcome(done)))
"""
FEW = 5  # weeks


@needs_compiler
@pytest.mark.slow
def test_a_made_up_world_is_the_interpreted_one_to_the_bit():
    """Parts of maps, parameters anywhere, switches in any position, levers of any kind: one process each for all worlds."""
    told = made_up(12)
    switches = {name for world, _ in told for name in world["params"].get("structure", {})}
    assert len(switches) > 8 and len({item["lever"] for world, _ in told for item in world["interventions"]}) > 8
    code = MADE_UP.format(worlds=json.dumps(told, default=str), weeks=FEW)
    compiled, interpreted = in_another_process(code), in_another_process(code, NUMBA_DISABLE_JIT="1")
    assert compiled == interpreted and len(compiled.splitlines()) == len(told)
    assert sum(int(line.split()[1]) for line in compiled.splitlines()) > 5, "nobody moved: little was tried"


def made_up(count):
    """Worlds as plain data, each with a seed: the same in every process that asks."""
    found = []

    @settings(max_examples=count, derandomize=True, deadline=None, phases=[Phase.generate], database=None)
    @given(worlds(), seeds)
    def ask(told, seed):
        found.append((told, seed))

    ask()
    return found


# What other machines lack: wide registers and products fused with sums, in the compiler's code, NumPy's and the C library's.
OLDER_MACHINE = {
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": " ".join(np.show_config("dicts")["SIMD Extensions"].get("found", [])),
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-AVX2_Usable,-FMA_Usable",
}
OF_THE_MACHINE = """
import hashlib, math
import numpy as np
x = np.linspace(0.01, 9.0, 10_000)
print(hashlib.sha256(np.sin(x).tobytes() + repr([math.exp(y) for y in x]).encode()).hexdigest())
"""


@needs_compiler
@pytest.mark.slow
def test_an_older_machine_finds_the_same_world_to_the_bit():
    if in_another_process(OF_THE_MACHINE) == in_another_process(OF_THE_MACHINE, **OLDER_MACHINE):
        pytest.skip("this machine's libraries have no other way to calculate")
    code = WORLDS.format(worlds=[(region, name, 2, 50) for _, name, *_ in SEVERAL for region in REGIONS])
    assert in_another_process(code) == in_another_process(code, **OLDER_MACHINE)


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

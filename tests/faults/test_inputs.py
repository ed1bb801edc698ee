"""Files and machines that are not as they should be: numbers that are none, files that would run code, too little memory."""

import ast
import dataclasses
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from mischief import ROOT, SCENARIOS, WORLD

import sim.scenario
from sim import ConfigError, load_region, load_scenario
from sim.agents.compounds import sites_at
from sim.ensemble import design, memory, run_ensemble
from sim.ensemble.design import checked_plan
from sim.region import DATA
from sim.store import load_results
from sim.world import new_world

READERS = [path for top in ("sim", "experiments") for path in sorted((ROOT / top).rglob("*.py"))]
RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", "1e999", "nan", "[0.1]", "null"])
@pytest.mark.parametrize("key", ["value", "range"])
def test_a_parameter_file_with_a_number_that_is_none_is_named(own_configs, key, value):
    file = own_configs / "params" / "enforcement.yaml"
    entry = yaml.safe_load(file.read_text())
    there = entry["enforcement"]["leak"][key]
    written = value if key == "value" else f"[{there[0]}, {value}]"
    pattern = rf"(\n  leak: .*?\b{key}: )({re.escape(str(there))})"
    text, changed = re.subn(pattern, rf"\g<1>{written}", file.read_text(), count=1, flags=re.S)
    assert changed == 1
    file.write_text(text)
    sim.scenario._shipped_parameters.cache_clear()
    with pytest.raises(ConfigError) as said:
        load_scenario("baseline", region="toy")
    assert "configs/params/enforcement.yaml" in str(said.value) and "enforcement.leak" in str(said.value)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.nan, np.float64("inf"), "nan"])
def test_a_parameter_given_as_no_number_is_refused(value):
    with pytest.raises(ConfigError, match=r"params\.enforcement\.leak is .*; allowed: 0\.1 to 0\.95"):
        load_scenario("baseline", region="toy", params={"enforcement": {"leak": value}})


@pytest.mark.parametrize("value", [".nan", ".inf"])
def test_a_scenario_file_with_a_number_that_is_none_is_named(own_configs, value):
    (own_configs / "scenario" / "odd.yaml").write_text(
        f"title: Odd\ntarget: []\ninterventions: [{{lever: secrecy, share: {value}, start: 2019-07-01}}]\n"
    )
    with pytest.raises(ConfigError, match=r"configs/scenario/odd\.yaml: interventions\[0\]\.share: is (nan|inf); allowed"):
        run_ensemble(["odd"], [1], **WORLD)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("cells", "capacity_workers"), ("territories", "lat"), ("sites", "workers_high"), ("pools", "wealth_usd"),
     ("labour_pools", "poverty")],
)  # fmt: skip
def test_a_region_with_a_number_that_is_none_is_named(tmp_path, table, column, value):
    shutil.copytree(DATA / "toy", tmp_path / "toy")
    file = tmp_path / "toy" / f"{table}.csv"
    header, first, *rest = file.read_text().splitlines()
    cells = first.split(",")
    cells[header.split(",").index(column)] = value
    file.write_text("\n".join([header, ",".join(cells), *rest]) + "\n")
    with pytest.raises(ConfigError, match=rf"{table}\.csv, line 2: {column}") as said:
        load_region("toy", folder=tmp_path)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.99, "many", True])
def test_a_design_with_a_value_out_of_range_is_answered_with_its_row(value):
    asked = design(SCENARIOS, [1, 2]).assign(**{"enforcement.leak": [0.5, None, value, 0.6]})
    with pytest.raises(ConfigError, match=r"design, row 2: enforcement\.leak is .*; allowed: 0\.1 to 0\.95") as said:
        run_ensemble(asked, **WORLD)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("file", READERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_reads_files_can_run_what_it_reads(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & RUNS_CODE
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in RUNS_CODE
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if file.name != "steps.py":  # it runs the statements of the model's own week, one at a time
                assert called not in ("eval", "exec", "compile")
            assert called not in ("__import__", "os.system", "os.popen")
            assert not called.endswith(("read_pickle", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "read_hdf"))
            assert not any(word.arg in ("allow_pickle", "shell") for word in node.keywords)


@pytest.mark.parametrize("where", ["scenario/trap.yaml", "params/enforcement.yaml", "world.yaml", "region/toy.yaml"])
def test_a_config_that_would_run_code_is_refused_in_one_line(own_configs, tmp_path, where):
    witness = tmp_path / "it_ran"
    (own_configs / where).write_text(f"title: !!python/object/apply:os.system ['touch {witness}']\n")
    sim.scenario._shipped_parameters.cache_clear()
    with pytest.raises(ConfigError, match="not valid YAML") as said:
        load_scenario("trap" if "trap" in where else "baseline", region="toy")
    assert not witness.exists() and "\n" not in str(said.value)


@pytest.mark.parametrize("name", ["weekly.parquet", "manifest.json"])
def test_a_pickle_among_the_results_is_not_opened(tmp_path, name):
    witness = tmp_path / "it_ran"
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch " + str(witness).encode() + b"'\ntR.")
    with pytest.raises(ConfigError):
        load_results(tmp_path)["weekly"]
    assert not witness.exists()


def crowded(scenario, crews):
    """The scenario on a region of so many crews, before anybody has built its tables."""
    region = scenario.region
    sites = sites_at(region, scenario.start.isoformat())
    each = crews / len(sites) / scenario.params["initial"]["filled"]
    many = [site.model_copy(update={"compounds_low": each, "compounds_high": each, "workers_high": None}) for site in sites]
    return dataclasses.replace(scenario, region=dataclasses.replace(region, rows=region.rows | {"sites": many}))


def test_a_million_compounds_on_a_small_machine_are_refused_before_they_start(monkeypatch, tmp_path):
    million = crowded(load_scenario("baseline", **WORLD), 1_000_000)
    assert memory.compounds_at_start(million) == pytest.approx(1_000_000, rel=0.01)
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("it ran"))
    monkeypatch.setattr("sim.ensemble.memory.available_bytes", lambda: 2e9)
    wanted = r"needs at least [\d.]+ GB \(2 worlds at once of up to [\d,]+ compounds, .*\) and 2\.0 GB are available; allowed: "
    with pytest.raises(ConfigError, match=wanted) as said:
        run_ensemble([million], [1, 2], workers=2, out=tmp_path / "runs")
    assert "\n" not in str(said.value) and list(tmp_path.iterdir()) == []


def test_tables_that_do_not_fit_are_better_kept_on_disk(monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ConfigError, match=r"tables of 5,000,000 runs.*; allowed: results on disk \(out=\.\.\.\) or fewer tables"):
        run_ensemble(["baseline"], range(5_000_000), **WORLD)


@pytest.mark.parametrize("region", ["toy", "southeast_asia"])
def test_the_estimate_of_a_world_is_near_what_it_takes(region):
    scenario = load_scenario("baseline", region=region)
    world = new_world(scenario, 1)
    tables = (world.compounds, world.workforce, world.skill, world.targets, world.mix, world.reach, world.take, world.order)
    taken = sum(table.nbytes for table in tables)
    assert memory.world_bytes(scenario) == pytest.approx(taken, rel=0.3)
    assert memory.compounds_at_start(scenario) >= 0.9 * int(world.clock["compounds"][0])


def test_the_estimate_of_tables_is_near_what_they_take():
    tables = run_ensemble(["baseline"], [1, 2], region="southeast_asia", end="2021-01-04")
    plan = checked_plan(["baseline"], [1, 2], region="southeast_asia", end="2021-01-04")
    taken = sum(int(tables[name].memory_usage(deep=True).sum()) for name in ("weekly", "pools"))
    assert 2 * memory.run_bytes(plan, ("weekly", "pools")) == pytest.approx(taken, rel=0.3)


@pytest.mark.parametrize(("most", "used", "free"), [("3000", "1000", 2000.0), ("max", "1000", 5000.0), ("9000", "1000", 5000.0)])
def test_memory_is_what_the_machine_or_the_batch_job_leaves(tmp_path, monkeypatch, most, used, free):
    (tmp_path / "memory.max").write_text(most)
    (tmp_path / "memory.current").write_text(used)
    monkeypatch.setattr("sim.ensemble.memory.CGROUP", Path(tmp_path))
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Machine", (), {"available": 5000}))
    assert memory.available_bytes() == free

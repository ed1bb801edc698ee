"""Bad input: one line on stderr that says where, what and what is allowed; exit code 2; nothing written."""

import copy
import os
import shutil
import subprocess
import sys
from functools import partial, reduce
from pathlib import Path

import pytest

from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError
from sim.region import DATA, load_region
from sim.scenario import CONFIGS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def complaint(tmp_path, monkeypatch, capsys):
    """Runs the main job with arguments that are wrong; returns the line that it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.common.runs.run_ensemble", lambda *_, **__: pytest.fail("it ran"))

    def ask(*arguments):
        before = sorted(tmp_path.rglob("*"))
        status = launch(compare, "compare", ["region=toy", *arguments])
        said = capsys.readouterr()
        assert status == 2, said.err
        assert len(said.err.splitlines()) == 1 and said.out == ""
        assert sorted(tmp_path.rglob("*")) == before
        return said.err

    return ask


@pytest.fixture(scope="module")
def settings():
    """The settings that `region=toy` composes."""
    found = []
    assert launch(found.append, "compare", ["region=toy"]) == 0
    return found[0]


@pytest.fixture
def scenario_file(tmp_path_factory, monkeypatch):
    """Adds a scenario to a copy of the configs."""
    configs = tmp_path_factory.mktemp("world") / "configs"
    shutil.copytree(CONFIGS, configs)
    monkeypatch.setattr("sim.scenario.CONFIGS", configs)
    return lambda name, text: (configs / "scenario" / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("ensembl.pairs=3", ["ensembl.pairs: unknown key", "did you mean ensemble?"]),
        ("ensemble.pair=3", ["ensemble.pair: unknown key", "did you mean pairs?", "allowed: pairs, precision"]),
        ("params.enforcement.laek=1", ["params.enforcement.laek: unknown key", "did you mean leak?"]),
        ("params.enforcements.leak=1", ["params.enforcements.leak: unknown key", "did you mean enforcement?"]),
        ("params.enforcement.leak.values=1", ["did you mean value?"]),
        ("scenario=sanctions", ["scenario: unknown key", "did you mean scenarios?"]),
        ("+paris=3", ["paris: unknown key", "allowed: end, ensemble"]),
        ("+ensemble.paris=3", ["ensemble.paris: unknown key", "did you mean pairs?"]),
        ("+params.enforcement.laek=1", ["params.enforcement.laek: unknown parameter"]),
        ("ensemble", ["'ensemble'", "allowed: key=value"]),
    ],
)
def test_a_misspelt_key_is_answered_with_the_one_that_was_meant(complaint, argument, words):
    said = complaint(argument)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("scenarios", ["sanctoins"], ["did you mean sanctions? allowed: any of the ", " in configs/scenario"]),
        ("scenarios", [], ["scenarios: is []", "at least one of ai_arms_race"]),
        ("scenarios", ["baseline"], ["scenarios: is ['baseline']", "at least one of"]),
        ("scenarios", 3, ["scenarios: is 3", "at least one of"]),
        ("region.folder", "sea", ["region: is {'name': 'toy', 'folder': 'sea'}", "region=NAME", "southeast_asia, toy"]),
        ("params.enforcement.leak", "often", ["configs/params/enforcement.yaml", "leak is 'often'", "0.1 to 0.95"]),
        ("params.enforcement.leak", None, ["params.enforcement.leak is None", "0.1 to 0.95"]),
        ("params.enforcement.leak", True, ["params.enforcement.leak is True", "0.1 to 0.95"]),
        ("params.enforcement.leak.range", [0, 9], ["leak.range: is [0, 9]", "allowed: to set the value"]),
        ("params.enforcement", 1, ["params.enforcement: is 1", "allowed: parameters by name"]),
        ("end", "2018-01-01", ["end: is 2018-01-01", "allowed: a date after the start (2019-01-07)"]),
        ("end", "2019-07-20", ["end: is 2019-07-20", "allowed: at least two months after"]),
        ("start", "yesterday", ["start: is 'yesterday'", "YYYY-MM-DD"]),
        ("ensemble.pairs", 0, ["ensemble.pairs: is 0", "greater than or equal to 1"]),
        ("ensemble.pairs", "few", ["ensemble.pairs: is 'few'", "integer"]),
        ("ensemble.workers", 0, ["ensemble.workers: is 0", "greater than or equal to 1"]),
        ("window", [36, 6], ["window: is [36, 6]", "the first below the second"]),
        ("window", "soon", ["window: is 'soon'", "two numbers of months"]),
    ],
)
def test_a_value_that_cannot_be_is_answered_with_what_can(settings, tmp_path, monkeypatch, key, value, words):
    monkeypatch.chdir(tmp_path)
    wrong = copy.deepcopy(settings)
    *groups, last = key.split(".")
    reduce(dict.__getitem__, groups, wrong)[last] = value
    with pytest.raises(ConfigError) as said:
        compare(wrong)
    assert all(word in str(said.value) for word in words), said.value
    assert "\n" not in str(said.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("params.enforcement.leak=1.4", "configs/params/enforcement.yaml: params.enforcement.leak is 1.4; allowed: 0.1 to 0.95"),
        ("scenarios=[sanctoins]", "configs/scenario: 'sanctoins' does not exist; did you mean sanctions? "),
        ("region=nowhere", "region: 'nowhere' does not exist; allowed: southeast_asia, toy"),
    ],
)
def test_so_it_is_on_the_command_line(complaint, argument, words):
    assert words in complaint(argument)


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["kokang_crackdown"], "'scenarios=[kokang_crackdown]'"),
        (["kokang crackdown"], "'scenarios=[kokang_crackdown]'"),
        (["kokang_crackdwn", "sanctions"], "'scenarios=[kokang_crackdown,sanctions]'"),
    ],
)
def test_a_bare_name_is_answered_with_what_to_type(complaint, words, typed):
    said = complaint(*words)
    assert said.startswith(f"command line: {' '.join(words)!r} is no setting; did you mean {typed}?")


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        ("lever: secrecy, share: 0.1, territories: [Borin]", ".territories: 'Borin' does not exist; did you mean borin_"),
        ("lever: secrecy, share: 0.1, shar: 1", ".shar: unknown key; did you mean share or start? allowed: compliance, "),
        ("lever: secrecy_, share: 0.1", ".lever: 'secrecy_' does not exist; did you mean secrecy? allowed: any of the "),
        ("lever: victim_protection, friction: 0.1, pools: [arda]", ".pools: 'arda' does not exist; did you mean arda_people"),
    ],
)
def test_a_misspelt_name_in_a_scenario_is_answered_with_the_one_that_was_meant(complaint, scenario_file, lever, words):
    scenario_file("typo", f"title: Typo\ntarget: []\ninterventions: [{{{lever}, start: 2019-07-01}}]\n")
    assert f"configs/scenario/typo.yaml: interventions[0]{words}" in complaint("scenarios=[typo]")


def test_a_territory_that_does_not_exist_is_named_with_its_file(complaint, scenario_file):
    scenario_file("lost", "title: Lost\ntarget: [atlantis]\ninterventions: [{lever: secrecy, share: 0.1, start: 2019-07-01}]\n")
    said = complaint("scenarios=[lost]")
    assert "configs/scenario/lost.yaml: target: 'atlantis' does not exist in region toy" in said


def test_a_share_above_one_in_a_scenario_is_named_with_its_file(complaint, scenario_file):
    scenario_file("greedy", "title: Greedy\ntarget: []\ninterventions: [{lever: secrecy, share: 1.4, start: 2019-07-01}]\n")
    said = complaint("scenarios=[greedy]")
    assert "configs/scenario/greedy.yaml: interventions[0].share: is 1.4; allowed: " in said


def test_a_misspelt_key_in_a_scenario_is_named_with_its_file(complaint, scenario_file):
    scenario_file("typo", "heading: Typo\ntarget: []\ninterventions: []\n")
    said = complaint("scenarios=[typo]")
    assert "configs/scenario/typo.yaml: heading: unknown key; allowed: name, title" in said


def test_a_scenario_without_levers_has_nothing_to_be_compared(complaint, scenario_file):
    scenario_file("idle", "title: Idle\ntarget: []\ninterventions: []\n")
    assert "configs/scenario/idle.yaml: interventions: is empty; allowed: at least one lever" in complaint("scenarios=[idle]")


def test_a_missing_data_file_is_named(complaint, tmp_path_factory, monkeypatch):
    data = tmp_path_factory.mktemp("world") / "data"
    shutil.copytree(DATA / "toy", data / "toy")
    (data / "toy" / "pools.csv").unlink()
    monkeypatch.setattr("sim.scenario.load_region", partial(load_region, folder=data))
    said = complaint()
    assert "toy/pools.csv: data file is missing" in said


def test_results_are_not_written_over_others(complaint, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "comparison.csv").write_text("dear results")
    said = complaint("out=old")
    assert "exists and is not empty; allowed: a new or empty folder" in said


def test_runs_are_not_kept_among_other_files_and_the_line_names_the_setting(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "comparison.csv").write_text("dear results")
    assert launch(compare, "compare", ["region=toy", "ensemble.runs=old", "out=new"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "ensemble.runs: " in said and "old exists and is not empty; allowed: a new or empty folder" in said
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["old", "old/comparison.csv"]


def test_a_bad_job_of_a_multirun_stops_it(complaint):
    assert "ensemble.pairs: is 0" in complaint("-m", "ensemble.pairs=0,1")


@pytest.mark.parametrize(
    ("argument", "words"),
    [("out=file/results", "cannot be written"), ("ensembl.pairs=3", "did you mean ensemble?")],
)
def test_from_a_shell_it_is_one_line_and_exit_code_two(tmp_path, argument, words):
    (tmp_path / "file").write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "-m", "experiments.compare", "region=toy", argument],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

"""Shipped files with something wrong in them: they run, or one line says where, what and what is allowed.

Every file that a scenario is made of is edited at random: keys deleted and misspelt, types swapped, numbers made none or
endless, text cut off or mixed with bytes. Nothing may show a traceback, run code or fill the memory.
"""

import dataclasses
import shutil

import pytest
from hypothesis import example, given, settings
from running import SCENARIOS

from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError, load_scenario
from sim.agents import load_agents
from sim.interventions import load_interventions
from sim.model import simulate
from sim.scenario import CONFIGS, available, shipped_parameters

from .edits import BOMB, MERGED, SNIPPETS, edits, spoilt

FILES = [f"scenario/{name}.yaml" for name in SCENARIOS] + [f"params/{group}.yaml" for group in available("params")]
FILES += ["region/toy.yaml", "world.yaml"]
SHIPPED = [(group, list(names)) for group, names in shipped_parameters().items()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the configs that the tests of this file may spoil, one file at a time."""
    copied = tmp_path_factory.mktemp("world") / "configs"
    shutil.copytree(CONFIGS, copied)
    return copied


def complaint(folder, file: str, content: bytes) -> str | None:
    """What is said about a file with this content by the time its world has run for two weeks; None if nothing is."""
    name = file.removeprefix("scenario/").removesuffix(".yaml") if file.startswith("scenario/") else "kokang_crackdown"
    try:
        with spoilt(folder, file, content):
            scenario = load_scenario(name, region="toy")
            load_interventions(scenario), load_agents(scenario), scenario.digest()
            if [(group, list(names)) for group, names in scenario.params.items()] == SHIPPED:
                simulate(dataclasses.replace(scenario, end=scenario.date(1)), 1)
            # else a parameter is missing or new: rules compile anew for another record, and say themselves what they lack
    except ConfigError as error:
        return str(error)
    return None


@given(edits(FILES))
@example(("world.yaml", BOMB.encode()))
@example(("params/enforcement.yaml", MERGED.encode()))
@example(("scenario/baseline.yaml", b"title: \xff\xfe"))
@example(("scenario/baseline.yaml", b"target: 3"))
@example(("region/toy.yaml", b"name: toy"))
def test_an_edited_file_runs_or_is_answered_in_one_line(folder, edit):
    in_one_line(complaint(folder, *edit))


@pytest.mark.slow
@settings(max_examples=6 * settings().max_examples)
@given(edits(FILES))
def test_so_do_many_more(folder, edit):
    in_one_line(complaint(folder, *edit))


def in_one_line(said: str | None) -> None:
    assert said is None or ("\n" not in said and len(said) < 4000)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text[:20].strip())
@pytest.mark.parametrize("file", ["params/enforcement.yaml", "scenario/kokang_crackdown.yaml"])
def test_a_file_of_mischief_is_refused_in_one_line_that_names_it(folder, monkeypatch, tmp_path, file, snippet):
    monkeypatch.chdir(tmp_path)
    said = complaint(folder, file, snippet.encode())
    assert said is not None and file in said and "\n" not in said and len(said) < 4000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("params/enforcement.yaml", BOMB), ("params/enforcement.yaml", "enforcement: {leak: [}"), ("compare.yaml", MERGED),
        ("compare.yaml", "defaults: 3\n"), ("compare.yaml", "hydra: 5\n"), ("ensemble/default.yaml", "- a\n"),
        ("executor/threads.yaml", "x: !!python/name:os.system\n"), ("region/toy.yaml", "name: \xff"),
        ("compare.yaml", "x: ${y}\n"), ("compare.yaml", ""),
    ],
)  # fmt: skip
def test_so_it_is_on_the_command_line(folder, capsys, file, content):
    with spoilt(folder, file, content.encode("latin-1")):
        assert launch(compare, "compare", ["region=toy", "scenarios=[placebo]"]) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1 and said.out == ""

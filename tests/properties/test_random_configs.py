"""Shipped files with something wrong in them: they run, or one line says where, what and what is allowed.

Every file that a scenario is made of is edited at random: keys deleted and misspelt, types swapped, numbers made none or
endless, text cut off or mixed with bytes. Nothing may show a traceback, run code or fill the memory.
"""

import copy
import dataclasses
import datetime as dt
import shutil
from contextlib import contextmanager
from functools import cache

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from running import SCENARIOS

import sim.scenario
from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError, load_scenario
from sim.agents import load_agents
from sim.interventions import load_interventions
from sim.model import simulate
from sim.scenario import CONFIGS, available, shipped_parameters

FILES = [f"scenario/{name}.yaml" for name in SCENARIOS] + [f"params/{group}.yaml" for group in available("params")]
FILES += ["region/toy.yaml", "world.yaml"]
SHIPPED = [(group, list(names)) for group, names in shipped_parameters().items()]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{b}: &{b} {{<<: [{','.join([f'*{a}'] * 9)}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
ODD = [
    None, True, 0, -1, 3, 1e308, -1e308, 10**400, float("nan"), float("inf"), float("-inf"), "", "text", "x" * 5000,
    "\x00\n\u2028", [], ["text"], [1, 2], [[]], [{}], {}, {"a": 1}, {"lever": "secrecy"}, {"value": 1},
    dt.date(1, 1, 1), dt.date(9999, 12, 31),
]  # fmt: skip
SNIPPETS = [
    "x: !!python/object/apply:os.system ['touch ran']\n", "!!python/name:os.system\n", "x: !thing 3\n", "x: 2019-13-45\n",
    "&a [*a]\n", "x: !!int ''\n", "x: !!bool perhaps\n", "x: !!timestamp soon\n", "x: !!float often\n", "x: 1:1e9\n",
    "? [a, b]\n: 1\n", "1: 2\n", "on: 1\n", "x: *nobody\n", "title: once\ntitle: twice\n", "\t- x\n", "- a\n- b\n",
    "---\na: 1\n---\nb: 2\n", "%TAG ! x\n", "[" * 3000, BOMB, MERGED, "x: &x {y: *x}\n", "x: " + "9" * 5000 + "\n",
    "x: !!binary aGk=\n", "x: !!set {a, b}\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the configs that the tests of this file may spoil, one file at a time."""
    copied = tmp_path_factory.mktemp("world") / "configs"
    shutil.copytree(CONFIGS, copied)
    return copied


@contextmanager
def spoilt(folder, file: str, content: bytes):
    """The configs with one file holding something else; as they were afterwards."""
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(content)
    forget = sim.scenario._shipped_parameters.cache_clear if file.startswith("params/") else lambda: None
    forget()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for module in ("sim.scenario", "experiments.common.console"):
                patch.setattr(f"{module}.CONFIGS", folder)
            yield
    finally:
        (folder / file).write_bytes(before)
        forget()


@cache
def text_of(file: str) -> str:
    return (CONFIGS / file).read_text(encoding="utf-8")


def places(data, here=()):
    """Paths of everything in plain data: keys of mappings, numbers of lists."""
    yield here
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*here, key))


@st.composite
def edits(draw) -> tuple[str, bytes]:
    """A shipped file and what it holds after an edit."""
    file = draw(st.sampled_from(FILES))
    text = text_of(file)
    how = draw(st.sampled_from(["data", "data", "data", "line", "cut", "bytes", "snippet", "alone"]))
    if how == "data":
        return file, yaml.safe_dump(draw(_edited(yaml.safe_load(text))), allow_unicode=True, sort_keys=False).encode()
    if how == "line":
        lines = text.splitlines(keepends=True)
        del lines[draw(st.integers(0, len(lines) - 1))]
        return file, "".join(lines).encode()
    if how == "alone":
        return file, draw(st.sampled_from(SNIPPETS)).encode()
    at, whole = draw(st.integers(0, len(text.encode()))), text.encode()
    put = {"cut": st.just(None), "bytes": st.binary(min_size=1, max_size=4), "snippet": st.sampled_from(SNIPPETS).map(str.encode)}
    inside = draw(put[how])
    return file, whole[:at] if inside is None else whole[:at] + inside + whole[at:]


@st.composite
def _edited(draw, data):
    """Plain data with one key deleted or misspelt, or one value put in the place of another."""
    data = copy.deepcopy(data)
    *above, last = draw(st.sampled_from([path for path in places(data) if path]))
    inside = data
    for step in above:
        inside = inside[step]
    how = draw(st.sampled_from(["delete", "misspell", "swap"]))
    if how == "swap" or (how == "misspell" and not isinstance(inside, dict)):
        inside[last] = draw(st.sampled_from(ODD))
    else:
        value = inside.pop(last)
        if how == "misspell":
            at = draw(st.integers(0, len(last) - 1))
            inside[draw(st.sampled_from([last[:at] + last[at + 1 :], last[:at] + "x" + last[at:], last.upper(), ""]))] = value
    return data


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


@settings(max_examples=4 * settings().max_examples)
@given(edits())
@example(("world.yaml", BOMB.encode()))
@example(("params/enforcement.yaml", MERGED.encode()))
@example(("scenario/baseline.yaml", b"title: \xff\xfe"))
@example(("scenario/baseline.yaml", b"target: 3"))
@example(("region/toy.yaml", b"name: toy"))
def test_an_edited_file_runs_or_is_answered_in_one_line(folder, edit):
    said = complaint(folder, *edit)
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

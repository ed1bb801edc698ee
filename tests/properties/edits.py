"""Strategies: config files with something wrong in them, and the configs as they are while one is spoilt."""

import copy
import datetime as dt
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import strategies as st

import sim.scenario
from sim.scenario import CONFIGS

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


@contextmanager
def spoilt(folder, file: str, content: bytes):
    """The configs with one file holding something else; as they were afterwards. folder: a copy, which all who read them find."""
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(content)
    forget = sim.scenario._shipped_parameters.cache_clear if file.startswith("params/") else lambda: None
    forget()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for module in [module for name, module in sys.modules.items() if name.startswith(("sim.", "experiments."))]:
                for name, value in list(vars(module).items()):
                    if isinstance(value, Path) and value.is_relative_to(CONFIGS):  # such as claim.FOLDER
                        patch.setattr(module, name, folder / value.relative_to(CONFIGS))
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
def edits(draw, files: list[str]) -> tuple[str, bytes]:
    """One of these files and what it holds after an edit."""
    file = draw(st.sampled_from(files))
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

"""No rule that writes to a table is given it, or part of it, under two names: compiled rules rely on it (`sim.lowering`)."""

import ast
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import load_scenario
from sim.world import new_world

SIM = Path(sim.__file__).parent
ROOMS = ("state", "randomness", "world", "model", "records")
FILES = [*sorted((SIM / "rules").glob("*.py")), *(SIM / f"{name}.py" for name in ROOMS)]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in FILES)


class Rules:
    """The functions of a text, and what they do with what they are given."""

    def __init__(self, text: str):
        self.functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}

    @cache  # noqa: B019 -- lives as long as a test
    def roots(self, name: str) -> dict[str, set[str]]:
        """For each local name, the parts of arguments that it may stand for: `crew = compounds[i]` is compounds."""
        found: dict[str, set[str]] = {argument.arg: {argument.arg} for argument in self.functions[name].args.args}
        for _ in range(3):  # names of names of names
            for node in ast.walk(self.functions[name]):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                        pairs = zip(target.elts, node.value.elts, strict=True) if several else [(target, node.value)]
                        for left, right in pairs:
                            if isinstance(left, ast.Name) and (root := self.root(right, found)):
                                found.setdefault(left.id, set()).update(root)
        return found

    def root(self, node: ast.expr, known: dict[str, set[str]]) -> set[str]:
        """Which parts of arguments an expression is, or is part of."""
        if isinstance(node, ast.Name):
            return known.get(node.id, set())
        if isinstance(node, ast.Subscript):
            return self.root(node.value, known)
        if isinstance(node, ast.Attribute):
            return {f"{root}.{node.attr}" for root in self.root(node.value, known)}
        return set()

    @cache  # noqa: B019
    def written(self, name: str) -> set[str]:
        """Parts of its arguments that a rule writes to, itself or through the rules it calls."""
        known, found = self.roots(name), set()
        for node in ast.walk(self.functions[name]):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
            for target in targets:
                for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(each, ast.Subscript | ast.Attribute):
                        found |= self.root(each, known)
            if callee := self.called(node):
                inside = self.written(callee)
                for given, argument in zip(node.args, self.functions[callee].args.args, strict=False):
                    if any(part.split(".")[0] == argument.arg for part in inside):
                        found |= self.root(given, known)
        return found

    def called(self, node: ast.AST) -> str | None:
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        return name if name in self.functions else None

    def overlaps(self) -> list[str]:
        """Calls that give a rule a table twice, of which it writes to one."""
        found = []
        for name, function in self.functions.items():
            for call in ast.walk(function):
                if not (callee := self.called(call)):
                    continue
                writes = {part.split(".")[0] for part in self.written(callee)}
                given = list(zip(self.functions[callee].args.args, call.args, strict=False))
                for (one, this), (other, that) in combinations(given, 2):
                    same = _meet(self.root(this, self.roots(name)), self.root(that, self.roots(name)))
                    if same and {one.arg, other.arg} & writes:
                        found.append(f"{name} gives {callee} {ast.unparse(this)} and {ast.unparse(that)}")
        return found


def _meet(some: set[str], others: set[str]) -> bool:
    """Whether one of some parts is one of others, or holds it."""
    return any(f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.") for a in some for b in others)


def test_no_rule_is_given_a_table_twice_and_writes_to_it():
    rules = Rules(TEXT)
    assert {"compounds", "clock"} <= {part.split(".")[0] for part in rules.written("act")}, "this test sees nothing"
    assert rules.overlaps() == []


@pytest.mark.parametrize(
    "call",
    ["move(crews, crews)", "crew = crews[3]\n    move(crew, crews)", "first = second = crews\n    move(first, second.place)",
     "handed_on(crews[0], crews)"],
)  # fmt: skip
def test_a_rule_that_gives_a_table_twice_is_caught(call):
    text = "def move(one, all):\n    one.place = 3\n\ndef handed_on(one, all):\n    move(one, 1)\n"
    assert Rules(f"{text}\ndef week(crews):\n    {call}\n").overlaps()


def test_rules_that_only_read_may_be_given_a_table_twice():
    text = "def worth(here, there):\n    return here.rent - there.rent\n\ndef decide(all):\n    return worth(all[0], all[1])\n"
    assert Rules(text).overlaps() == []


def test_no_two_tables_of_a_world_share_memory():
    world = new_world(load_scenario(region="toy"), 1)
    tables = [table for part in world for table in (part if isinstance(part, tuple) else [part])]
    assert len(tables) > 40
    assert not [pair for pair in combinations(tables, 2) if np.shares_memory(*(np.asarray(table) for table in pair))]

"""Compile the rules of the week without running them: the work of a helper (see `sim.compiled.get_help`).

    python -m sim.ahead 0.5     # from half-way through the week, backwards, and round to where it began

A run meets the rules in their order and finds in the cache what a helper has compiled by then. `weeks` itself is left to the
run: it is compiled last, when all that it calls has been.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator

import numpy as np

from sim import model
from sim.agents.compounds import COLUMNS
from sim.compiled import compile_for
from sim.randomness import Chance
from sim.records import new_records
from sim.scenario import Scenario, load_scenario
from sim.state import new_columns
from sim.world import around

LEFT = ("chance_of_week", "start", "week")  # compiled by then, and compiled from the others


def calls_of_the_weeks(scenario: Scenario) -> Iterator[tuple[object, list]]:
    """Each rule that `sim.model.weeks` calls, in order, with arguments of the types that it is given there."""
    world, chance = around(new_columns(COLUMNS, 1), 0, scenario, 1), Chance(np.uint64(0))
    known = {"w": world, "params": world.params[0], "clock": world.clock[0], "lever": world.lever, "chance": chance}
    for sequence in (model.start, model.week, model.weeks):
        yield from _calls(sequence, known | {"records": new_records(scenario)})


def _calls(sequence: object, known: dict[str, object]) -> Iterator[tuple[object, list]]:
    """The rules that a sequence calls, read from its text."""

    def given(argument: ast.expr) -> object:
        if isinstance(argument, ast.Attribute):
            return getattr(given(argument.value), argument.attr)
        if isinstance(argument, ast.Subscript):
            return given(argument.value)[argument.slice.value]
        return known.get(argument.id, 0.0)  # what a rule hands back to the week is a number

    tree = ast.parse(textwrap.dedent(inspect.getsource(sequence.py_func)))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        called = sequence.py_func.__globals__.get(call.func.id)
        if called and call.func.id not in LEFT:
            yield called, [given(argument) for argument in call.args]


def main(start: float) -> None:
    """Compile every rule that the cache lacks."""
    calls = list(calls_of_the_weeks(load_scenario(region="toy")))
    first = round(start * len(calls))
    for rule, given in reversed(calls[first:] + calls[:first]):
        compile_for(rule, given)


if __name__ == "__main__":
    main(float(sys.argv[1]))

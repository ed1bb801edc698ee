"""The week rule by rule: the calls of the model's own text, one at a time, and copies of a world to try them on."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator

import numpy as np

from sim import model
from sim.randomness import Chance, chance_of_week
from sim.state import World


def steps() -> Iterator[tuple[str, Callable[[World], None]]]:
    """The calls of the week, in order, each as a function of a world. Read from the week's own text, so they cannot drift."""
    body = ast.parse(textwrap.dedent(inspect.getsource(getattr(model.week, "py_func", model.week)))).body[0].body
    memory: dict[int, dict] = {}
    for statement in body:
        calls = [node.func.id for node in ast.walk(statement) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        if (not calls and "flows" not in ast.unparse(statement)) or "chance_of_week" in calls:
            continue  # the docstring, short names, the clock
        code = compile(ast.Module([statement], []), "the week", "exec")

        def call(world: World, code=code) -> None:
            scope = memory.setdefault(id(world), {"w": world})
            if "params" not in scope:
                clock = world.clock[0]
                scope |= {"params": world.params[0], "clock": clock, "lever": world.lever}
                scope["chance"] = chance_of(world)
            exec(code, vars(model), scope)  # our own source, compiled above; nothing from outside

        yield (calls[0] if calls else "flows start anew"), call


def chance_of(world: World) -> Chance:
    """The Chance of a world's week."""
    clock = world.clock[0]
    key = chance_of_week(np.uint64(clock["seed"]), np.int64(clock["week"])).key
    return Chance(np.uint64(key))  # a compiled function hands its uint64 back as a Python integer


def copied(tables):
    """A deep copy of a world or of levers: the same NamedTuple with arrays of its own."""
    return type(tables)(*(copied(table) if isinstance(table, tuple) else table.copy() for table in tables))

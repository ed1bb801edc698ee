"""Which parameters the model reads, found in its own source: a file in configs/params that lacks one is answered at the door.

Without this the compiler would find out, half a minute into the first week, in forty lines about types. Nobody keeps a list:
a rule that begins to read `params.entry.hope` needs that parameter from then on.
"""

import ast
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from sim import compiled

ROOT = Path(__file__).parent.parent
ROW, TREE = "params", ("params", "values")  # what rules call the row of parameters; and what a new world may call it


@lru_cache(maxsize=1)
def parameters_read() -> dict[str, str]:
    """{"group.name": "file, line" of the first place that reads it}, of all source that a rule could reach.

    Kept beside the compiled code of this very source, so that it is looked up once for each edit (a fifth of a second).
    """
    note = compiled.CACHE and compiled.CACHE / "parameters.json"
    try:
        return json.loads(note.read_text(encoding="utf-8"))
    except (AttributeError, OSError, ValueError):  # no cache; not there yet, or half written by a process that died
        found = read_by(compiled.sources(skip=compiled.ABOVE_THE_RULES))
    try:
        if note:
            note.write_text(json.dumps(found), encoding="utf-8")
    except OSError:  # it can be found again
        pass
    return found


def read_by(files: Iterable[Path]) -> dict[str, str]:
    """What `parameters_read` returns, of these files.

    Seen are `params.group.name`; `p.name` after `p = params.group`, or in a function that is called with `params.group`; and the
    same in square brackets, `scenario.params["group"]["name"]`. A name that is computed is not seen.
    """
    functions: list[tuple[str, ast.FunctionDef]] = []
    for path in files:
        where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions += [(where, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    handed: dict[tuple[str, str], str] = {}  # (function, its argument) -> group, where a group is handed on
    arguments = {function.name: [given.arg for given in function.args.args] for _, function in functions}
    for _, function in functions:
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            for argument, value in zip(arguments.get(name, ()), call.args, strict=False):
                if group := _group(value):
                    handed[name, argument] = group
    found: dict[str, str] = {}
    for where, function in functions:
        called = {argument: handed[function.name, argument] for argument in arguments[function.name]
                  if (function.name, argument) in handed}  # fmt: skip
        for path, line in _reads(function, called):
            found.setdefault(path, f"{where}, line {line}")
    return found


def _reads(function: ast.FunctionDef, called: dict[str, str]) -> Iterator[tuple[str, int]]:
    """(group.name, line) of a function; called: local name -> group, to which its assignments are added."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            several = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            for name, given in zip(target.elts, value.elts, strict=False) if several else [(target, value)]:
                if isinstance(name, ast.Name) and (group := _group(given)):
                    called[name.id] = group
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and (name := _key(node)):
            group = called.get(node.value.id) if isinstance(node.value, ast.Name) else _group(node.value)
            if group:
                yield f"{group}.{name}", node.lineno


def _group(node: ast.AST) -> str:
    """The group of parameters that an expression stands for; "" for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in TREE:
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == ROW:
        return _key(node)
    return ""


def _key(node: ast.Attribute | ast.Subscript) -> str:
    """What is asked for: `name` in x.name and in x["name"]."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.slice.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else ""

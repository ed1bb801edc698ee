"""The house keeps its floors: who imports whom, and what a rule may know."""

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import sim
from tests.running import in_another_process

ROOT = Path(__file__).parent.parent
RULES = sorted((ROOT / "sim" / "rules").glob("*.py"))
SCENARIOS = {path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml")}

# The ground without its files (sim.store), and the arithmetic.
A_RULE_MAY_IMPORT = {
    "__future__", "math", "typing", "numpy",
    "sim.state", "sim.region", "sim.scenario", "sim.randomness", "sim.elementary", "sim.compiled", "sim.rules",
}  # fmt: skip
# NumPy's and the C library's differ in the last place from machine to machine; sim.elementary's do not.
DIFFERS = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "power", "float_power", "cbrt", "hypot",
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh",
}  # fmt: skip


def complaints(code: str, scenarios: set[str]) -> list[str]:
    """What a rule with this text does that a rule must not do. Comments and docstrings may say anything."""
    tree = ast.parse(code)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        for module in _imports(node):
            if not _allowed(module):
                found.append(f"line {node.lineno}: imports {module}")
        if isinstance(node, ast.Attribute) and node.attr == "random":
            found.append(f"line {node.lineno}: draws from .random, which no test can fix; use chance")
        if isinstance(node, ast.Attribute) and node.attr in DIFFERS and ast.unparse(node.value) in ("np", "numpy", "math"):
            found.append(f"line {node.lineno}: {ast.unparse(node)} differs from machine to machine; use sim.elementary")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            found.append(f"line {node.lineno}: ** differs from machine to machine; use sim.elementary.power, or a product")
        if id(node) not in prose:
            found += [f"line {node.lineno}: names the scenario {name}" for name in sorted(_words(node) & scenarios)]
    return found


def _imports(node: ast.AST) -> list[str]:
    """Full dotted names, so that `from numpy import random` is seen as numpy.random."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = resolve_name("." * node.level + (node.module or ""), "sim.rules")
        return [f"{module}.{alias.name}" for alias in node.names]
    return []


def _allowed(module: str) -> bool:
    parts = module.split(".")
    return "random" not in parts and any(".".join(parts[:n]) in A_RULE_MAY_IMPORT for n in (1, 2))


def _words(node: ast.AST) -> set[str]:
    """Identifiers, and the words of string constants."""
    text = [value for field, value in ast.iter_fields(node) if field in ("id", "attr", "arg", "name", "value")]
    return {word for value in text if isinstance(value, str) for word in value.split()}


def test_every_import_contract_is_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_rules_know_only_tables_parameters_and_chance():
    assert RULES, "no rule found: this test would pass without looking"
    assert SCENARIOS, "no scenario found: this test would pass without looking"
    found = {path.name: complaints(path.read_text(encoding="utf-8"), SCENARIOS) for path in RULES}
    assert not {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize(
    "code",
    [
        "import pandas as pd",
        "import random",
        "import numpy.random",
        "from numpy import random",
        "from numpy.random import default_rng",
        "from sim import store",
        "from ..model import ScamNetwork",
        "import numpy as np\nheat = np.random.random()",
        "import numpy as np\ndef raid(x):\n    return np.exp(x)",
        "import math\ndef raid(x):\n    return 1.0 - math.log(x)",
        "def raid(x):\n    return x**2",
        "def raid(scenario):\n    return scenario.name == 'kokang'",
        "def raid(params):\n    return params.kokang",
    ],
)
def test_a_rule_that_breaks_the_house_is_caught(code):
    assert complaints(code, {"kokang"})


@pytest.mark.parametrize(
    "code",
    [
        "from sim.compiled import compiled\nfrom sim.state import Compounds\nimport numpy as np",
        "from . import heat",
        "import numpy as np\nfrom sim.elementary import exp, power\ndef raid(x):\n    return np.sqrt(exp(x) * power(x, 2.5))",
        "def raid(compounds):\n    '''Fitted to the kokang campaign.'''",
    ],
)
def test_a_rule_that_keeps_the_house_is_left_in_peace(code):
    assert not complaints(code, {"kokang"})


def test_the_package_imports_what_is_asked_of_it_and_shows_all_that_can_be():
    text = """
import sys, sim
assert not {"mesa", "numba", "pandas"} & set(sys.modules)
assert set(sim.__all__) == {name for names in sim._ROOMS.values() for name in names} and set(sim.__all__) <= set(dir(sim))
print(*(getattr(sim, name).__name__ for name in sim.__all__))
"""
    assert in_another_process(text).split() == sim.__all__

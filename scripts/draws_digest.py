"""A digest of the code that makes the keyed draws: when it changes, the statistical battery has to be run again."""

import ast
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def digest_of_draws():
    """SHA-256 (first 16 hex digits) of the code of sim/randomness.py, without comments, docstrings and the numbers of decisions:
    a new decision takes a new number and leaves every draw as it was.
    """
    tree = ast.parse((ROOT / "sim" / "randomness.py").read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not _numbers_a_decision(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            node.body = [line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:16]


def _numbers_a_decision(node):
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id[0].isupper()

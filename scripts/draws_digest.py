"""A digest of the code that makes the keyed draws: when it changes, the statistical battery has to be run again."""

import ast
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMINED = ("draw_key", "chance_of_week", "identity_of")  # what the streams of scripts/battery.py are made with


def digest_of_draws():
    """SHA-256 (first 16 hex digits) of the code in sim/randomness.py that makes the 64 bits of a draw: what is examined and all
    that it uses, without comments and docstrings. What is made of the bits afterwards, and the numbers of decisions, leave it
    as it is.
    """
    body = ast.parse((ROOT / "sim" / "randomness.py").read_text(encoding="utf-8")).body
    written = {name: node for node in body for name in _named(node)}
    used, ahead = set(), list(EXAMINED)
    while ahead:
        name = ahead.pop()
        if name in written and name not in used:
            used.add(name)
            ahead += [node.id for node in ast.walk(_without_docstring(written[name])) if isinstance(node, ast.Name)]
    text = "\n".join(ast.unparse(node) for node in body if used.intersection(_named(node)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _named(node):
    """The names that a statement at the top of the module gives."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return []


def _without_docstring(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
        node.body = node.body[1:]
    return node

"""From what a page says to the page: templates, style and scripts of this folder, made one file."""

import json
import os
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "template"
MINUS, DASH, FIXED = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{NO-BREAK SPACE}"


def fill(template, **content):
    """The page as text. Everything shown is escaped; style and scripts stand in it, so that no other file is asked for."""
    return _environment().get_template(template).render(**content)


def write(page, path):
    """Write a page under a passing name, then rename it: a reader sees the old file or the new one. Returns the path."""
    path = Path(path)
    passing = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        passing.write_text(page, encoding="utf-8")
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)
    return path


def column(name, head, told="", kind="number"):
    """A column of a sortable table: its key, its heading, what it means, and text, word or number."""
    return {"name": name, "head": head, "told": told, "kind": kind}


def cell(shown, value=None):
    """A cell: what is shown, and by what it is sorted (None: undefined, sorted last)."""
    return {"shown": shown, "value": None if value is None or pd.isna(value) else value}


def percent(value, low=None, high=None, digits=0, sign="+"):
    """A ratio as a cell, in per cent with its interval: 0.12 -> '+12 [+9, +14]'."""
    if pd.isna(value):
        return cell(DASH)
    text = _signed(value, digits, sign)
    if low is not None and pd.notna(low):
        text += f" [{_signed(low, digits, sign)}, {_signed(high, digits, sign)}]"
    return cell(text, float(value))


def typeset(text):
    """A sentence made for a terminal as a page prints it: minus signs, and no line that begins with a per cent sign."""
    return re.sub(r" %", f"{FIXED}%", re.sub(r"(?<![\w\d])-(?=\d)", MINUS, text))


def numbers(manifest):
    """What a page says of the run: pairs of name and value, for people, from a manifest."""
    package = manifest.get("package", {})
    commit = package["git_commit"][:12] if package.get("git_commit") else "not from a checkout"
    commit += " (files changed since)" if package.get("git_changed") else ""
    told = {
        "Run": manifest.get("digest"),
        "Version": f"{package.get('name', '')} {package.get('version', '')}".strip(),
        "Commit": commit,
        **{f"Digest of {name}": value for name, value in manifest.get("digests", {}).items()},
        "Python": manifest.get("python"),
        "Machine": manifest.get("platform", {}).get("system"),
        "Written": _when(manifest.get("written")),
    }
    return [(name, value) for name, value in told.items() if value]


@cache
def _environment():
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip
    made.globals["file"] = lambda name: Markup((TEMPLATES / name).read_text(encoding="utf-8"))
    made.filters["as_json"] = _as_json
    return made


def _as_json(value):
    """Data for a script: compact, and with nothing in it that could end the script early."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _signed(value, digits, sign):
    rounded = round(100 * value, digits)
    return (f"{rounded:{sign}.{digits}f}" if rounded else f"{0:.{digits}f}").replace("-", MINUS)


def _when(text):
    return f"{datetime.fromisoformat(text):%d %B %Y, %H:%M} UTC" if text else None

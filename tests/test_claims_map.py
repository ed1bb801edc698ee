"""Every claim of the articles has its mechanism, or a written reason why not, and the names given for it exist."""

import csv
import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import sim.rules
from sim.interventions import names
from sim.scenario import available, read_choice, shipped_parameters

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "build_claims_page.py"


def rows(path: Path) -> list[dict]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CLAIMS = rows(ROOT / "data" / "raw" / "evidence" / "claims.csv")
MAP = rows(ROOT / "docs" / "claims_mechanisms.csv")


def missing(column: str, known) -> list[str]:
    """Names in a column that are not known, with their claims."""
    return [f"{row['claim_id']}: {name}" for row in MAP for name in row[column].split() if name not in known]


def test_each_of_the_61_claims_stands_once_and_in_order():
    assert len(CLAIMS) == 61
    assert [row["claim_id"] for row in MAP] == [row["claim_id"] for row in CLAIMS]


def test_every_row_has_a_mechanism_and_a_known_status():
    assert not [row["claim_id"] for row in MAP if not row["mechanism"] or row["status"] not in ("in", "partly", "not")]


def test_every_row_has_as_many_fields_as_the_head():
    assert not [row["claim_id"] for row in MAP if None in row or None in row.values()]


def test_every_rule_that_is_named_is_a_function_of_that_file():
    folder = Path(sim.rules.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    wrong = []
    for name in sorted({name for row in MAP for name in row["rules"].split()}):
        file, function = name.split(".")
        rule = getattr(importlib.import_module(f"sim.rules.{file}"), function, None) if file in files else None
        if not callable(rule) or getattr(rule, "__module__", "") != f"sim.rules.{file}":
            wrong.append(name)
    assert not wrong


def test_every_parameter_that_is_named_exists():
    assert not missing("parameters", {f"{group}.{name}" for group, entries in shipped_parameters().items() for name in entries})


def test_every_lever_that_is_named_exists():
    assert not missing("levers", names())


def test_every_scenario_that_is_named_exists():
    assert not missing("scenarios", available("scenario"))


def levers_of(scenario: str) -> set[str]:
    """Levers that a shipped scenario pulls."""
    return {item["lever"] for item in read_choice("scenario", scenario).get("interventions") or ()}


def test_a_scenario_that_pulls_levers_pulls_one_that_the_claim_speaks_of():
    asked = [(row, name) for row in MAP for name in row["scenarios"].split() if levers_of(name)]
    assert asked and not [f"{row['claim_id']}: {name}" for row, name in asked if not levers_of(name) & {*row["levers"].split()}]


def test_what_is_in_the_model_is_asked_by_a_scenario():
    assert not [row["claim_id"] for row in MAP if row["status"] == "in" and not row["scenarios"]]


@pytest.mark.parametrize("status", ["partly", "not"])
def test_what_is_missing_has_its_reason(status):
    assert not [row["claim_id"] for row in MAP if row["status"] == status and len(row["note"].split()) < 8]


def test_what_is_in_the_model_names_a_rule():
    assert not [row["claim_id"] for row in MAP if row["status"] != "not" and not row["rules"]]


def test_a_mechanism_of_deciding_states_names_its_switch():
    """By default states do not decide: a claim asked by states_endogenous alone must say so."""
    alone = [row for row in MAP if row["scenarios"] == "states_endogenous" and row["status"] == "in"]
    assert alone and not [row["claim_id"] for row in alone if "structure.states" not in row["parameters"].split()]


def test_the_page_is_current_and_counts_what_the_table_says(tmp_path):
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert all(f"**{status}** ({count})" in text for status, count in Counter(row["status"] for row in MAP).items())
    elsewhere = subprocess.run([sys.executable, str(SCRIPT), "--check", "--out", str(tmp_path)], capture_output=True, check=False)
    assert elsewhere.returncode == 1

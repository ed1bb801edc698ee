"""The pages say what the code does: schedule, names, generated tables, commands, links."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.interventions import names
from sim.scenario import available, shipped_parameters

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "docs" / "model.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
HEADINGS = ["## Context", "## Choice", "## What would change our mind"]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of the same rank."""
    rank = heading.split()[0]
    return text.split(f"{heading}\n", 1)[1].split(f"\n{rank} ", 1)[0]


def code_in(text: str) -> list[str]:
    """Fenced blocks and `spans`, without their marks."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.M | re.S)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def calls_in_the_week() -> list[str]:
    """Functions that sim.model.week calls, in the order of the text."""
    tree = ast.parse(text_of(ROOT / "sim" / "model.py"))
    week = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "week")
    calls = [node for node in ast.walk(week) if isinstance(node, ast.Call)]
    return [call.func.id for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset))]


def test_the_schedule_names_every_function_of_the_week_in_its_order():
    called = calls_in_the_week()
    assert len(called) > 15, "the week was not found"
    schedule = section(text_of(MODEL), "## Process overview and schedule")
    assert [name for name in re.findall(r"`(\w+)`", schedule) if name in called] == called


def test_the_schedule_has_fifteen_steps_and_each_has_its_submodel():
    text = text_of(MODEL)
    steps = re.findall(r"^\| (\d+) \|", section(text, "## Process overview and schedule"), flags=re.M)
    assert steps == [str(step) for step in range(1, 16)]
    assert re.findall(r"^### Step (\d+),", text, flags=re.M) == steps


def test_every_file_of_rules_is_described():
    told = section(text_of(MODEL), "## Submodels")
    files = [path.name for path in (ROOT / "sim" / "rules").glob("*.py") if path.name != "__init__.py"]
    assert files and not [name for name in files if f"`sim/rules/{name}`" not in told]


def test_every_lever_is_named_with_its_keys():
    told = section(text_of(MODEL), "### Step 1, levers (`sim/interventions`, `sim/levers.py`)")
    listed = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", told, flags=re.M))
    assert list(listed) == names()
    assert listed["harsher_sentences"] == "`severity`, `celerity`"


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "parameters.md"], ids=lambda page: page.name)
def test_a_parameter_that_a_page_names_exists(page):
    shipped = shipped_parameters()
    named = re.findall(r"`(?:params\.)?([a-z_]+)\.([a-z_]+)`", text_of(page))
    tables = {"pools", "labour"}  # also names of tables: their columns are no parameters
    unknown = [f"{group}.{name}" for group, name in named if group in shipped.keys() - tables and name not in shipped[group]]
    assert not unknown


def test_the_model_page_names_every_parameter():
    told = text_of(MODEL)
    wanted = [f"{group}.{name}" for group, entries in shipped_parameters().items() for name in entries]
    assert not [name for name in wanted if f"`{name}`" not in told]


@pytest.mark.parametrize("script", ["build_parameter_docs", "build_lists"])  # the others: test_claims_map, test_scenarios
def test_the_generated_pages_are_current_and_one_that_is_not_is_named(script, tmp_path):
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in ("README.md", "docs/model.md", "parameters.md", "state-variables.md"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        known = text_of(ROOT / page) if (ROOT / page).is_file() else ""
        (tmp_path / page).write_text(known.replace("| `baseline` |", "| `the_baseline` |"), encoding="utf-8")
    elsewhere = subprocess.run([*command, "--out", str(tmp_path)], capture_output=True, text=True, check=False)
    assert elsewhere.returncode == 1
    named = {"build_lists": "README.md", "build_parameter_docs": "parameters.md"}[script]
    assert f"{named} is not current: run python scripts/{script}.py" in elsewhere.stderr


def test_make_docs_runs_every_script_that_writes_pages():
    recipe = re.search(r"^docs:.*\n((?:\t.*\n)+)", text_of(ROOT / "Makefile"), flags=re.M)[1]
    told = {path.name for path in (ROOT / "scripts").glob("build_*.py")} - {"build_region.py", "build_outlines.py"}  # make region
    assert set(re.findall(r"scripts/(\w+\.py)", recipe)) == told


def test_a_page_without_the_marks_of_its_list_is_told_in_one_line_and_left_alone(tmp_path):
    (tmp_path / "README.md").write_text("no marks", encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "build_lists.py"), "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "must stand in the page once each" in done.stderr
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "no marks"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_in_a_page_is_a_target(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), flags=re.M))
    lines = [line.split("#")[0] for line in "\n".join(code_in(text_of(page))).splitlines()]  # comments may say "make the"
    commands = re.findall(r"(?:^|[\s;&])make ([a-z-]+)", "\n".join(lines))
    assert not [name for name in commands if name not in targets]


def test_the_first_screen_of_the_readme_has_both_commands():
    first_screen = "\n".join(text_of(ROOT / "README.md").splitlines()[:30])
    assert "make compare" in first_screen and "make test" in first_screen and "pip install" in first_screen


def test_every_module_that_the_readme_runs_exists():
    modules = set(re.findall(r"python -m (experiments\.\w+)", text_of(ROOT / "README.md")))
    assert modules and not [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").is_file()]


def test_the_readme_counts_the_parameters_that_are_judgement():
    grades = [entry["grade"] for entries in shipped_parameters().values() for entry in entries.values()]
    assert f"{grades.count('D')} of {len(grades)} carry grade D, none grade A" in " ".join(text_of(ROOT / "README.md").split())
    assert "A" not in grades


def test_the_readme_lists_every_scenario():
    listed = set(re.findall(r"^\| `(\w+\*?)` \|", text_of(ROOT / "README.md"), flags=re.M))
    # the cells of the factorial share a line
    wanted = {re.sub(r"^factorial_\w+", "factorial_*", name) for name in available("scenario")}
    assert listed == wanted


def test_the_python_of_the_readme_runs(capsys):
    block = re.search(r"^```python\n(.*?)^```", text_of(ROOT / "README.md"), flags=re.M | re.S)[1]
    exec(compile(block, "README.md", "exec"), {})
    assert "workers" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_path_of_one_machine(page):
    assert not re.findall(r"(?<![\w.])/(?:work|tmp|root|home|Users)\b\S*|\.\./shared|[A-Z]:\\", text_of(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(page))
    local = [link.split("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert not [link for link in local if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_context_choice_and_what_would_change_our_mind(page):
    assert [line for line in text_of(page).splitlines() if line.startswith("## ")] == HEADINGS


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04d}" for n in range(1, len(DECISIONS) + 1)]

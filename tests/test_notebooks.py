"""Every notebook runs, on the invented region, and is kept without output and without model code."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FEW = ("PAIRS = 2", 'REGION = "toy"', 'END = "2020-08-31"')

_spec = importlib.util.spec_from_file_location("run_notebooks", ROOT / "scripts" / "run_notebooks.py")
run_notebooks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run_notebooks)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_the_five_notebooks_are_there():
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_figures_show(path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = run_notebooks.executed(path, FEW)
    shown = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in shown if "image/png" in output.get("data", {})]
    drawing = [cell for cell in cells(path, "code") if re.search(r"\.plot[.(](?!table_of)", cell.source)]
    assert len(pictures) == len(drawing) > 0
    complaints = [output.text for output in shown if output.output_type == "stream" and output.name == "stderr"]
    assert not [text for text in complaints if "TqdmWarning" not in text]  # Mesa's bar misses ipywidgets, which nobody needs


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_output(path):
    for cell in cells(path, "code"):
        assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short_and_reach_for_nothing_below_the_roof(path):
    assert sum("parameters" in cell.metadata.get("tags", ()) for cell in cells(path, "code")) == 1
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 9, cell.source
        assert not re.search(r"sim\.(rules|state|world|agents|interventions)|\bimport \*", cell.source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_says_that_it_shows_model_output_and_what_it_cannot_say(path):
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert "model output" in prose and "victims" in prose and "What this cannot say" in prose

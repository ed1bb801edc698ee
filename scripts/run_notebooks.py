"""Run every notebook, as it stands or with other parameters, and write it as a page with its output.

    python scripts/run_notebooks.py                               # into results/notebooks, one .html for each
    python scripts/run_notebooks.py --set PAIRS=2 --set 'REGION="toy"' notebooks/01_first_run_and_map.ipynb

The notebooks themselves stay as they are: without output. Their cell tagged "parameters" is what --set adds to.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 1800  # a cell may take: forty pairs on a slow machine


def executed(path: Path, settings: Sequence[str] = ()) -> nbformat.NotebookNode:
    """The notebook with its output. settings: assignments such as "PAIRS=2", run after the cell tagged "parameters".

    Raises CellExecutionError for a cell that fails, ValueError for settings without such a cell.
    """
    notebook = nbformat.read(path, as_version=4)
    tagged = [number for number, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]
    if settings and not tagged:
        raise ValueError(f"{path}: no cell is tagged 'parameters'")
    if settings:
        notebook.cells[tagged[0]].source += "\n\n" + "\n".join(settings)
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    return client.execute(env=os.environ | {"PYTHONWARNINGS": "ignore:IProgress not found"})  # a page has no use for widgets


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 1 a cell failed (its traceback is shown), 2 a mistake in what was asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted((ROOT / "notebooks").glob("*.ipynb")))
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "notebooks")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    for path in asked.notebooks:
        try:
            page, _ = HTMLExporter().from_notebook_node(executed(path, asked.settings))
        except CellExecutionError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 1
        except (OSError, ValueError) as error:
            print(" ".join(str(error).split()), file=sys.stderr)
            return 2
        written = asked.out / f"{path.stem}.html"
        written.write_text(page, encoding="utf-8")
        print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

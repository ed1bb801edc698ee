"""Write the lists that are made from files: scenarios and the count of grades (README.md), interventions (docs/model.md).

    python scripts/build_lists.py [--out DIR]   fill the lists in DIR (default: the repository)
    python scripts/build_lists.py --check       exit 1 and name each page whose list differs from what the files say

A scenario says what it is in the first sentence of the comment that opens its file, an intervention in that of its docstring.
A list stands between <!-- begin NAME --> and <!-- end NAME -->; all else on the page is left alone.
"""

import argparse
import re
import sys
from importlib import import_module
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that the script also runs where the package is not installed

from sim.interventions import names  # noqa: E402
from sim.interventions.schedule import Schedule  # noqa: E402
from sim.scenario import CONFIGS, available, read_choice, shipped_parameters  # noqa: E402

FACTORIAL = "factorial_"  # its cells share a line


def first_sentence(text):
    """The first sentence of a paragraph, in one line and without its full stop."""
    return re.split(r"\.(?:\s|$)", " ".join(text.split()), maxsplit=1)[0]


def opening(path):
    """The comment that opens a YAML file, without its marks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.lstrip("# ") for line in takewhile(lambda line: line.startswith("#"), lines))


def table(head, rows):
    """Lines of a Markdown table; bars inside a cell are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def scenarios():
    """Every scenario, the baseline first: what it is, and what it is compared with."""
    rows, cells = [], []
    for name in sorted(available("scenario"), key=lambda name: (name != "baseline", name)):
        if name.startswith(FACTORIAL):
            cells.append(name)
            continue
        against = read_choice("scenario", name).get("relative_to")
        what = first_sentence(opening(CONFIGS / "scenario" / f"{name}.yaml"))
        rows.append([f"`{name}`", what, f"`{against}`" if against else "-"])
    against = dict.fromkeys(read_choice("scenario", name)["relative_to"] for name in cells)
    what = f"The {len(cells)} cells of the equal-budget factorial: who acts, by which means, with AI tools or without"
    rows.append([f"`{FACTORIAL}*`", what, " or ".join(f"`{name}`" for name in against)])
    return table(["scenario", "what it is", "compared with"], rows)


def interventions():
    """Every intervention: what it is, and the keys that it has besides those of every schedule."""
    rows = []
    for name in names():
        module = import_module(f"sim.interventions.{name}")
        keys = [key for key in module.Settings.model_fields if key not in Schedule.model_fields]
        rows.append([f"`{name}`", first_sentence(module.__doc__.split("\n\n")[0]), ", ".join(f"`{key}`" for key in keys)])
    return [f"There are {len(rows)}:", "", *table(["lever", "what it is", "keys of its own"], rows)]


def filled(text, name, lines):
    """A page with the list of that name made anew. Raises ValueError (one line) where its marks are missing."""
    begin, end = f"<!-- begin {name} (scripts/build_lists.py) -->", f"<!-- end {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{begin} and {end} must stand in the page once each")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return "\n".join([before + begin, "", *lines, "", end]) + after


def readme(text):
    """README.md with its scenarios, and with the count of parameters that are judgement."""
    grades = [entry["grade"] for entries in shipped_parameters().values() for entry in entries.values()]
    counted = f"{grades.count('D')} of {len(grades)}"
    return re.sub(r"\d+ of \d+(?=\s+carry\s+grade\s+D)", counted, filled(text, "scenarios", scenarios()))


def model(text):
    """docs/model.md with its interventions."""
    return filled(text, "interventions", interventions())


PAGES = {"README.md": readme, "docs/model.md": model}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT, help="folder that holds the pages")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args(arguments)
    wrong = []
    for name, write in PAGES.items():
        path = options.out / name
        try:
            text = path.read_text(encoding="utf-8")
            made = write(text)
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
        if not options.check:
            path.write_text(made, encoding="utf-8", newline="\n")
        elif made != text:
            wrong.append(name)
    for name in wrong:
        print(f"{name} is not current: run python scripts/build_lists.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""The report of results: one page that a browser opens without a network.

    python -m experiments.report results/compare/2026-03-01_10-00-00

Written as report.html into the folder, of a comparison or of the claims, from the tables and figures that lie there. A
comparison writes it at its end; this makes it again.
"""

import sys
from pathlib import Path

from experiments.verdicts.figures import draw_claims
from sim import ConfigError, store
from sim.comparing.folder import REPORT, report_page
from sim.report import claims_page, parameters_table, write
from sim.scenario import shipped_parameters

TABLES = {
    "compare": ("comparison", "scenarios", "zones", "cells", "pools"),
    "claims": ("claims", "points", "pairs", "knockout", "maps", "boxes"),
}
USAGE = "usage: python -m experiments.report FOLDER   (a folder of results, with manifest.json)"


def write_report(folder: Path) -> Path:
    """Make report.html of a folder of results, and return its path. Raises ConfigError (one line) where that cannot be."""
    results = store.load_results(folder)
    kind = results.manifest.get("experiment")
    if kind not in TABLES:
        raise ConfigError(f"{folder}: results of {kind!r}; allowed: of compare or claims, which have a report")
    missing = [name for name in TABLES[kind] if name not in results]
    if missing:
        raise ConfigError(f"{folder}: no table {', '.join(missing)}; a report of {kind} needs {', '.join(TABLES[kind])}")
    page = report_page(results) if kind == "compare" else _claims(results)
    return write(page, Path(folder) / REPORT)


def _claims(results: store.Results) -> str:
    for remark in draw_claims(results):
        print(remark)
    return claims_page(results, _parameters(results))


def _parameters(results: store.Results) -> dict:
    return parameters_table(results.manifest["config"].get("params", {}), shipped_parameters())


def main(arguments: list[str]) -> int:
    """Write the report of the folder named, and say where it is. Exit codes: 0 done, 2 a mistake (one line on stderr)."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        print(write_report(Path(arguments[0])))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

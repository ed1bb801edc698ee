"""A film of one pair of worlds, from a folder of results.

    python -m experiments.film results/compare/2026-03-01_10-00-00 kokang_crackdown [SEED]

Written as figures/film_<scenario>.gif into the folder, with its numbers (.csv) and caption (.txt).
"""

import sys
from pathlib import Path

from sim import ConfigError, store
from sim.comparing.figures import against_counterpart
from sim.comparing.world import BASELINE
from sim.plots import film

USAGE = "usage: python -m experiments.film FOLDER SCENARIO [SEED]   (a folder of experiments.compare)"


def write_film(folder: Path, scenario: str, seed: int | None = None) -> Path:
    """Make the film of a scenario and return its path. Raises ConfigError (one line) where that cannot be."""
    results = store.load_results(folder)
    if results.manifest.get("experiment") != "compare":
        raise ConfigError(f"{folder}: not of experiments.compare; allowed: a folder with cells.parquet")
    known = [name for name in results["scenarios"]["scenario"] if name != BASELINE]
    if scenario not in known:
        raise ConfigError(f"scenario: {scenario!r} is not in {folder}; allowed: {', '.join(known)}")
    region = results.manifest["config"]["region"]["folder"]
    tables = against_counterpart(results, scenario)
    shipped = (store.region_table(region, name) for name in ("cells", "territories"))
    try:
        table = film.data(tables["cells"], *shipped, tables["zones"], tables["scenarios"], scenario, seed=seed)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return film.write(table, folder / "figures", f"film_{scenario}", results.manifest["digest"], region)[0]


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 2 a mistake (one line on stderr)."""
    if len(arguments) not in (2, 3) or (len(arguments) == 3 and not arguments[2].isdecimal()):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        print(write_film(Path(arguments[0]), arguments[1], *map(int, arguments[2:])))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

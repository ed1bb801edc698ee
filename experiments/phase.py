"""A phase diagram: in which regime does a crackdown lie, over what a move costs crews and how much of the map is target?

    python -m experiments.phase ['scenarios=[crackdown_simultaneous]'] [budget=shared] [x.of=intensity 'x.values=[0.1,0.5,1]']

Settings: configs/phase.yaml. Written: phase.csv (a row for each point), pairs.csv (a row for each of its pairs), summary.txt,
figures/, manifest.json.
"""

import datetime as dt
import sys
import time
from pathlib import Path

import pandas as pd

from experiments.common.console import checked, launch
from experiments.common.progress import worlds_run
from experiments.phase_map.grid import Settings, grid, prepared, worlds_to_run
from experiments.phase_map.ladder import EACH, SHARED
from experiments.phase_map.points import Runner, explore
from experiments.phase_map.words import summary
from sim import plots, store
from sim.compiled import source_digest

FIGURE = "phase_diagram"


def phase(settings: dict) -> None:
    """Build the grid, run its points, judge, tell, draw and write."""
    began = time.perf_counter()
    asked = checked(Settings, settings)
    run, core, remarks = prepared(asked)
    out = Path(asked.out or f"results/phase/{dt.datetime.now():%Y-%m-%d_%H-%M-%S}")
    with store.results_folder(out) as folder:
        print(*remarks, sep="\n", end="\n" if remarks else "", flush=True)
        with worlds_run(worlds_to_run(asked), "worlds") as step:
            run = run._replace(progress=step)
            points, left_out = grid(asked, run, core)
            table, pairs = explore(points, run)
        text = "\n".join([*remarks, *left_out, summary(table)])
        recipe = _recipe(settings, run)
        store.write_csv(folder, "phase", table)
        store.write_csv(folder, "pairs", pairs)
        (folder / "summary.txt").write_text(text + "\n", encoding="utf-8")
        draw(table, folder / "figures", recipe["digest"], _foot(asked, run))
        wall = round(time.perf_counter() - began, 1)
        store.write_manifest(folder, recipe | store.provenance() | {"wall_seconds": {"total": wall}})
    print(*left_out, summary(table), "", sep="\n")
    print(f"{out}: phase.csv, pairs.csv, summary.txt, figures and manifest ({wall:.0f} s)")


def draw(table: pd.DataFrame, folder: Path, digest: str, foot: str) -> None:
    """Write the figure of the points."""
    drawn = plots.table(FIGURE, {"phase": table})
    picture = plots.figure(FIGURE).draw(drawn, f"{foot} Run {digest}.")
    plots.write(picture, drawn, folder, FIGURE, plots.figure(FIGURE).CAPTION, digest)


def _foot(asked: Settings, run: Runner) -> str:
    how = {EACH: "as strong in each place", SHARED: "the same raids shared out over the places"}[asked.budget]
    pairs = f"{len(run.seeds)} pairs of worlds at each point, months {run.window[0]:g} to {run.window[1]:g} after the start"
    return f"{run.scenario.name} against {run.other.name}, {how}. {pairs}; seeds from {run.seeds[0]}."


def _recipe(settings: dict, run: Runner) -> dict:
    recipe = {
        "experiment": "phase", "config": settings, "window": list(run.window), "seeds": list(run.seeds),
        "start": str(run.scenario.start), "end": str(run.scenario.end),
        "scenarios": {world.name: world.digest() for world in (run.other, run.scenario)},
        "digests": {"data": run.scenario.region.digest, "source": source_digest()},
    }  # fmt: skip
    return {"digest": store.digest(recipe), **recipe}


if __name__ == "__main__":
    sys.exit(launch(phase, "phase"))

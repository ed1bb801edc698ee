"""The main job: what does an enforcement campaign change, against the same worlds without it?

    python -m experiments.compare 'scenarios=[kokang_crackdown]' ensemble.pairs=40 params.enforcement.leak=0.8 out=DIR

Settings: configs/compare.yaml. Every scenario is run with the seeds of the baseline, and compared pair by pair.
"""

import sys
import textwrap
import time
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd

from experiments.console import checked, job_number, launch, progress_bar
from experiments.design import Asked, fitted_window, read_scenarios
from experiments.figures import draw_all, drawings
from sim import store
from sim.claims.verdict import sentence, verdict
from sim.compiled import source_digest
from sim.ensemble import run_ensemble
from sim.measures.comparison import WIDTH, comparison, format_table
from sim.measures.zones import zones
from sim.scenario import Scenario

PEOPLE_READ, MACHINES_READ = ("comparison", "zones", "scenarios"), ("weekly", "pools", "moves", "cells")


def compare(settings: dict) -> None:
    """Run, measure, judge, draw and write one comparison; print the table and the verdicts."""
    began = time.perf_counter()
    asked = checked(Asked, settings)
    scenarios, table = read_scenarios(asked)
    world, seeds = scenarios[0], range(asked.ensemble.seed, asked.ensemble.seed + asked.ensemble.pairs)
    window, remark = fitted_window(asked, table, world)
    recipe = _recipe(settings, scenarios, seeds, window)
    runs, pictures, out = len(scenarios) * len(seeds), len(drawings(table)), _out(asked.out)

    with store.results_folder(out) as folder:
        plan = f"{runs} runs ({len(seeds)} of each) on {world.region.name}, {world.start} to {world.end}"
        print(textwrap.fill(f"The baseline beside {', '.join(asked.scenarios)}: {plan}.", WIDTH))
        print(remark, end="\n" if remark else "", flush=True)
        with progress_bar(runs + pictures, "compiling, if new") as bar:

            def step(what: str) -> None:
                bar.set_description(what, refresh=False)
                bar.update()

            tables = run_ensemble(scenarios, seeds, asked.ensemble.workers, lambda: step("worlds"))
            ran = time.perf_counter()
            tables |= _measured(tables, table, scenarios, window)
            for name in PEOPLE_READ:
                store.write_csv(folder, name, tables[name])
            for name in MACHINES_READ:
                store.write_table(folder, name, tables[name])
            measured = time.perf_counter()
            undrawn = draw_all(
                tables, folder / "figures", world.region.name, window, recipe["digest"], asked.ensemble.workers,
                lambda: step("figures"),
            )  # fmt: skip
        drawn = time.perf_counter()
        wall = {"runs": ran - began, "tables": measured - ran, "figures": drawn - measured, "total": drawn - began}
        wall = {part: round(seconds, 2) for part, seconds in wall.items()}
        store.write_manifest(folder, recipe | store.provenance() | {"wall_seconds": wall})

    print(f"\n{format_table(tables['comparison'])}\n")
    for row in tables["comparison"].to_dict("records"):
        print(textwrap.fill(sentence(row, window=window), WIDTH), end="\n\n")
    print(*undrawn, f"{out}: tables, figures and manifest ({wall['total']:.0f} s)", sep="\n")


def _measured(tables: dict, table: pd.DataFrame, scenarios: list[Scenario], window: tuple[float, float]) -> dict:
    """What is made from the runs: zones, comparison and, for the figures, the map as shipped."""
    shipped = {"territories": "territories", "countries": "countries", "cells_geo": "cells"}
    found = {name: store.region_table(scenarios[0].region.name, file) for name, file in shipped.items()}
    targets = {scenario.name: scenario.target for scenario in scenarios[1:]}
    judged = comparison(tables["weekly"], tables["pools"], found["territories"], table, targets, window, judge=verdict)
    return found | {"scenarios": table, "zones": zones(found["territories"], targets), "comparison": judged}


def _out(given: str | None) -> Path:
    """Where results go; the jobs of a multirun get numbered folders in one place."""
    job = job_number()
    if job is None:
        return Path(given or _dated())
    return Path(given or _dated_once()) / str(job)


def _dated() -> str:
    return f"results/compare/{datetime.now():%Y-%m-%d_%H-%M-%S}"


_dated_once = cache(_dated)


def _recipe(settings: dict, scenarios: list, seeds: range, window: tuple[float, float]) -> dict:
    """The part of the manifest that decides the results, with a digest of it."""
    base = scenarios[0]
    recipe = {
        "experiment": "compare",
        "config": settings | {"params": base.params},
        "window_months": list(window),
        "seeds": list(seeds),
        "scenarios": {scenario.name: scenario.config["scenario"] | {"digest": scenario.digest()} for scenario in scenarios},
        "digests": {
            "parameters": store.digest(base.params), "data": base.region.digest, "source": source_digest()
        },
    }  # fmt: skip
    return {"digest": store.digest(recipe), **recipe}


if __name__ == "__main__":
    sys.exit(launch(compare, "compare"))

"""Which draws of the parameters does the evidence not rule out, and what does a scenario change there?

    python -m experiments.calibrate ['scenarios=[rebel_offensive]'] [draws=600] [ensemble.runs=DIR] [out=DIR]

Settings: configs/calibrate.yaml. History matching against `experiments.calibration.anchors`; the part of the ranges that is
left is small, so it is reached in waves (`experiments.calibration.subset`). Then the effect over kept draws beside that
over prior ones, and recovery from synthetic truth. Written: kept.csv (which `experiments.claims` takes as draws),
ledger.csv, estimands.csv, effects.csv, draws.csv, anchors.csv, waves.csv, recovery.csv, coverage.csv, rules.csv, moved.csv,
ridges.csv, summary.txt, figures/, manifest.json.
"""

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from experiments.calibration.anchors import ANCHORS, FIRST, LAST
from experiments.calibration.matching import Rule
from experiments.calibration.search import Found, search
from experiments.calibration.tables import all_tables, draw
from experiments.calibration.waves import AFTER, WHOLE, Runner, cube
from experiments.calibration.words import summary
from experiments.common.console import changed_parameters, checked, launch
from experiments.common.design import Asked, fitted_window, read_scenarios
from experiments.common.draws import ranges
from experiments.common.effects import Counts
from sim import ConfigError, store
from sim.compiled import source_digest
from sim.interventions import load_interventions
from sim.measures.paired import DAYS_PER_MONTH
from sim.scenario import Scenario, read_choice


class Settings(Asked):
    """What configs/calibrate.yaml and the command line ask for."""

    cutoff: Annotated[float, Field(gt=0, le=1000)]
    forgiven: Annotated[int, Field(ge=0, lt=len(ANCHORS))]
    discrepancy: Annotated[float, Field(ge=1, le=1000)]
    parameters: list[str] | None
    draws: Annotated[int, Field(ge=2, le=100_000)]
    waves: Annotated[int, Field(ge=1, le=100)]
    survivors: Annotated[float, Field(gt=0, lt=1)]
    steps: Annotated[int, Field(ge=1, le=10_000)]
    kept: Annotated[int, Field(ge=1, le=100_000)]


class Worlds(NamedTuple):
    """The world without and with, when they part, when the effect is measured, a remark, what all worlds share."""

    pair: tuple[Scenario, Scenario]
    start: dt.date
    window: tuple[float, float]
    remark: str
    shared: dict[str, Any]


def calibrate(settings: dict) -> None:
    """Search, tell, draw and write."""
    began = time.perf_counter()
    asked = checked(Settings, settings)
    worlds = read_worlds(asked)
    paths = free_parameters(asked, worlds.pair)
    rule, some = Rule(asked.cutoff, asked.forgiven, asked.discrepancy), asked.ensemble
    counts = Counts(
        worlds.pair[1].name, worlds.pair[0].name, worlds.start, worlds.pair[1].target, worlds.window, worlds.pair[0].region.name
    )
    seeds = range(some.seed, some.seed + some.pairs)
    run = Runner(counts, worlds.pair, seeds, some.workers, asked.executor, some.runs, some.retry_failed, worlds.shared)
    recipe = _recipe(settings, worlds, paths)
    out = Path(asked.out or f"results/calibrate/{dt.datetime.now():%Y-%m-%d_%H-%M-%S}")

    with store.results_folder(out) as folder:
        names = f"{counts.scenario} against {counts.other}, months {worlds.window[0]:g} to {worlds.window[1]:g}"
        print(f"{names}: {len(paths)} parameters, {len(ANCHORS)} anchors. {worlds.remark}".rstrip(), flush=True)
        points = cube(asked.draws, some.seed, paths)
        found: Found = search(points, rule, run, asked.survivors, asked.waves, asked.steps, asked.kept, some.seed)
        tables = all_tables(found, rule, some.seed)
        for name, table in tables.items():
            store.write_csv(folder, name, table)
        text = summary(tables, rule, counts.scenario)
        (folder / "summary.txt").write_text(text + "\n", encoding="utf-8")
        foot = f"{names}; seeds {seeds[0]} to {seeds[-1]}. Run {recipe['digest']}."
        for remark in draw(tables, folder / "figures", foot, recipe["digest"]):
            print(remark)
        wall = {"total": round(time.perf_counter() - began, 1)}
        store.write_manifest(folder, recipe | store.provenance() | {"wall_seconds": wall})
    print(f"\n{text}\n{out}: kept.csv, ledger.csv, tables, figures and manifest ({wall['total']:.0f} s)")


def read_worlds(asked: Settings) -> Worlds:
    """The two worlds over the years that the anchors and the window ask for. Raises ConfigError (one line)."""
    if len(asked.scenarios) > 1:
        raise ConfigError(f"scenarios: is [{', '.join(asked.scenarios)}]; allowed: one, whose effect is looked at")
    if asked.ensemble.until != "pairs":
        raise ConfigError(f"ensemble.until: is {asked.ensemble.until!r}; allowed: pairs")
    if (region := str(asked.region.get("name"))) != (home := "southeast_asia"):
        raise ConfigError(f"region: is {region}; allowed: {home}, whose places and pools the anchors name")
    _, table = read_scenarios(asked)
    row = table[table["scenario"] == asked.scenarios[0]].iloc[0]
    end = max(row["start"].date() + dt.timedelta(days=asked.window[1] * DAYS_PER_MONTH) + AFTER, WHOLE)
    made, _ = read_scenarios(asked.model_copy(update={"end": asked.end or str(end)}))
    by_name = {scenario.name: scenario for scenario in made}
    scenario, other = by_name[row["scenario"]], by_name[row["relative_to"]]
    if not scenario.target:
        raise ConfigError(f"scenarios: {scenario.name} has no target in space; allowed: scenarios that have one")
    if load_interventions(other):
        raise ConfigError(f"scenarios: {scenario.name} is set against {other.name}; allowed: against a world without levers")
    if str(scenario.start) > FIRST or str(scenario.end) < LAST:
        raise ConfigError(f"start, end: {scenario.start} to {scenario.end}; allowed: {FIRST} to {LAST} (the anchors), or longer")
    window, remark = fitted_window(asked, table[table["scenario"] == scenario.name], scenario)
    shared = {"region": region, "start": scenario.start, "end": scenario.end, "params": changed_parameters(asked.params)}
    return Worlds((other, scenario), row["start"].date(), window, remark, shared)


def free_parameters(asked: Settings, scenarios: tuple[Scenario, ...]) -> list[str]:
    """The parameters that vary: what the user or a scenario's own file sets does not. Raises ConfigError (one line)."""
    given = [changed_parameters(asked.params)]
    given += [read_choice("scenario", scenario.name).get("params") or {} for scenario in scenarios]
    fixed = {f"{group}.{name}" for params in given for group, names in params.items() for name in names}
    paths = [path for path in ranges(asked.parameters, "parameters")[0].index if path not in fixed]
    if len(paths) < 2:
        raise ConfigError(f"parameters: {len(paths)} free to vary; allowed: at least two")
    return paths


def _recipe(settings: dict, worlds: Worlds, paths: list[str]) -> dict:
    scenario = worlds.pair[1]
    recipe = {
        "experiment": "calibrate", "config": settings, "window": list(worlds.window), "start": str(scenario.start),
        "end": str(scenario.end), "scenarios": {world.name: world.digest() for world in worlds.pair}, "parameters": paths,
        "anchors": {anchor.name: [anchor.low, anchor.high, anchor.source] for anchor in ANCHORS},
        "digests": {"data": scenario.region.digest, "source": source_digest()},
    }  # fmt: skip
    return {"digest": store.digest(recipe), **recipe}


if __name__ == "__main__":
    sys.exit(launch(calibrate, "calibrate"))

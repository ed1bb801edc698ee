"""On which parameters does the effect of a scenario depend, and how much of it is chance?

    python -m experiments.sensitivity ['scenarios=[rebel_offensive]'] ['factors=[enforcement.*]'] [base=256] [out=DIR]

Settings: configs/sensitivity.yaml. Morris screening of the factors and, of those that come first, of each parameter; Sobol
indices of the few parameters that come first, with seeds as one more factor; rank correlations for what is not always defined.
Written: sensitivity.csv (every index with its interval), ranks.csv, seeds.csv, points.csv, summary.txt, figures/, manifest.json.
"""

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import Field, field_validator

from experiments.common.console import changed_parameters, checked, launch
from experiments.common.design import Asked, fitted_window
from experiments.common.effects import ALWAYS, EFFECTS, Counts
from experiments.common.regimes import worlds
from experiments.screening.factors import Factor, opened, read_factors
from experiments.screening.stages import GROUPS, PARAMETERS, VARIANCE, Runner, Stage, decompose, leaders, screen
from experiments.screening.words import summary
from sim import ConfigError, plots, store
from sim.compiled import source_digest
from sim.scenario import Scenario, read_choice

Whole = Annotated[int, Field(ge=0, le=100_000)]


class Settings(Asked):
    """What configs/sensitivity.yaml and the command line ask for."""

    factors: Any
    rank_by: str
    span: Annotated[float, Field(gt=0, le=1)]
    trajectories: Annotated[int, Field(ge=2, le=100_000)]
    open: Whole
    open_trajectories: Annotated[int, Field(ge=2, le=100_000)]
    few: Annotated[int, Field(ge=2, le=1000)]
    base: Whole

    @field_validator("rank_by")
    @classmethod
    def _known(cls, given):
        if given not in ALWAYS:
            raise ValueError(f"one of {', '.join(ALWAYS)}")
        return given

    @field_validator("base")
    @classmethod
    def _power(cls, given):
        if given & (given - 1) or given == 1:
            raise ValueError("0, or a power of two from 2 on")
        return given


def sensitivity(settings: dict) -> None:
    """Screen, decompose, tell, draw and write."""
    began = time.perf_counter()
    asked = checked(Settings, settings)
    if len(asked.scenarios) > 1:
        raise ConfigError(f"scenarios: is [{', '.join(asked.scenarios)}]; allowed: one, whose effect is looked at")
    if asked.ensemble.until != "pairs":
        raise ConfigError(f"ensemble.until: is {asked.ensemble.until!r}; allowed: pairs")
    (scenario, other), start, window, remark = _pair(asked)
    fixed = _set_elsewhere(asked, scenario, other)
    factors = read_factors(asked.factors, fixed)
    counts = Counts(scenario.name, other.name, start, scenario.target, window, scenario.region.name)
    world = {"region": asked.region["name"], "start": scenario.start, "end": scenario.end}
    world["params"] = changed_parameters(asked.params)
    some = asked.ensemble
    run = Runner(counts, asked.span, some.seed, some.workers, asked.executor, some.runs, some.retry_failed, world)
    recipe = _recipe(settings, scenario, other, factors, window)
    out = Path(asked.out or f"results/sensitivity/{dt.datetime.now():%Y-%m-%d_%H-%M-%S}")

    with store.results_folder(out) as folder:
        count = sum(len(factor.paths) for factor in factors)
        print(f"{scenario.name} against {other.name}, months {window[0]:g} to {window[1]:g}: {count} parameters", end=" ")
        print(f"in {len(factors)} factors. {remark}".rstrip(), flush=True)
        stages = all_stages(asked, factors, run)
        tables = {
            "sensitivity": pd.concat([stage.indices for stage in stages], ignore_index=True),
            "ranks": pd.concat([stage.ranks for stage in stages], ignore_index=True),
            "points": pd.concat([stage.points for stage in stages], ignore_index=True),
            "seeds": _seeds(stages),
        }
        for name, table in tables.items():
            store.write_csv(folder, name, table)
        text = summary(tables, asked.rank_by)
        (folder / "summary.txt").write_text(text + "\n", encoding="utf-8")
        for remark in draw(tables, asked.rank_by, folder / "figures", recipe["digest"], _foot(asked, run.counts)):
            print(remark)
        wall = {"total": round(time.perf_counter() - began, 1)}
        store.write_manifest(folder, recipe | store.provenance() | {"wall_seconds": wall})
    print(f"\n{text}\n{out}: sensitivity.csv, ranks, seeds, points, figures and manifest ({wall['total']:.0f} s)")


def all_stages(asked: Settings, factors: list[Factor], run: Runner) -> list[Stage]:
    """Screening of the factors, of the parameters of the first of them, and Sobol indices of the first of those."""
    pairs = asked.ensemble.pairs
    stages = [screen(GROUPS, factors, asked.trajectories, pairs, run)]
    first = leaders(stages[0].indices, factors, asked.rank_by, asked.open)
    if any(len(factor.paths) > 1 for factor in first):
        factors = opened(first)
        stages.append(screen(PARAMETERS, factors, asked.open_trajectories, pairs, run))
    if asked.base:
        few = leaders(stages[-1].indices, factors, asked.rank_by, asked.few)
        stages.append(decompose(VARIANCE, few, asked.base, run))
    return stages


def draw(tables: dict[str, pd.DataFrame], rank_by: str, folder: Path, digest: str, foot: str) -> list[str]:
    """Write the figures; returns a line for each that cannot be drawn, and why."""
    words = {name: (effect.words, effect.unit) for name, effect in EFFECTS.items()}
    told = tables["sensitivity"].assign(effect_label=lambda table: [words[name][0] for name in table["effect"]])
    told = told.assign(effect_unit=[words[name][1] for name in told["effect"]])
    variance = told["stage"] == VARIANCE
    given = {"screening": told[~variance & (told["effect"] == rank_by)], "indices": told[variance]}
    undrawn = []
    for name in ("tornado", "sobol"):
        try:
            table = plots.table(name, given)
            picture = plots.figure(name).draw(table, f"{foot} Run {digest}.")
            plots.write(picture, table, folder, name, plots.figure(name).CAPTION, digest)
        except ValueError as error:
            undrawn.append(f"figures/{name}: not drawn; {error}")
    return undrawn


def _pair(asked: Settings) -> tuple[tuple[Scenario, Scenario], dt.date, tuple[float, float], str]:
    """The scenario and its counterpart over the years that the window asks for, when they part, the window, a remark."""
    scenarios, table = worlds(asked, {})
    by_name = {scenario.name: scenario for scenario in scenarios}
    row = table.iloc[0]
    scenario, other = by_name[row["scenario"]], by_name[row["relative_to"]]
    window, remark = fitted_window(asked, table, scenario)
    return (scenario, other), row["start"].date(), window, remark


def _set_elsewhere(asked: Settings, *scenarios: Scenario) -> set[str]:
    """Parameters that the user or a scenario's own file sets: what somebody has set is not varied."""
    given = [changed_parameters(asked.params)]
    given += [read_choice("scenario", scenario.name).get("params") or {} for scenario in scenarios]
    return {f"{group}.{name}" for params in given for group, names in params.items() for name in names}


def _seeds(stages: list[Stage]) -> pd.DataFrame:
    rows = [
        {"stage": stage.points["stage"].iloc[0], "effect": effect, "share": share}
        for stage in stages
        for effect, share in stage.seeds.items()
    ]
    return pd.DataFrame(rows, columns=["stage", "effect", "share"])


def _foot(asked: Settings, counts: Counts) -> str:
    worlds = f"{counts.scenario} against {counts.other}, months {counts.window[0]:g} to {counts.window[1]:g}"
    pairs = f"{asked.ensemble.pairs} at each point of a screening, 1 at each of the variance"
    return f"{worlds}. Pairs: {pairs}; seeds from {asked.ensemble.seed}."


def _recipe(settings: dict, scenario: Scenario, other: Scenario, factors: list[Factor], window: tuple) -> dict:
    recipe = {
        "experiment": "sensitivity", "config": settings, "window": list(window),
        "start": str(scenario.start), "end": str(scenario.end), "scenarios": {s.name: s.digest() for s in (other, scenario)},
        "factors": {factor.name: list(factor.paths) for factor in factors},
        "digests": {"data": scenario.region.digest, "source": source_digest()},
    }  # fmt: skip
    return {"digest": store.digest(recipe), **recipe}


if __name__ == "__main__":
    sys.exit(launch(sensitivity, "sensitivity"))

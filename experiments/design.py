"""From settings to the design of a comparison: what is asked, which scenarios, when they begin, when they are measured."""

from math import floor
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from experiments.console import changed_parameters
from sim import ConfigError, load_scenario
from sim.agents import load_agents
from sim.ensemble.precision import Precision
from sim.interventions import load_interventions
from sim.measures.paired import DAYS_PER_MONTH
from sim.scenario import Scenario, available, read_choice

BASELINE = "baseline"
SHOWN = 2  # names in the text of a target; the rest are counted


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ensemble(_Settings):
    """How many pairs of worlds, the first seed, runs at once (None: one per processor), when to stop, where to keep runs."""

    pairs: Annotated[int, Field(ge=1, le=100_000)]
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)]
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    until: Literal["pairs", "precision"]
    precision: Precision
    runs: str | None


class Asked(_Settings):
    """What configs/compare.yaml and the command line ask for."""

    scenarios: tuple[str, ...]
    region: dict
    ensemble: Ensemble
    executor: dict
    start: str | None
    end: str | None
    window: tuple[float, float]
    out: str | None
    params: dict

    @field_validator("scenarios", mode="before")
    @classmethod
    def _names(cls, given):
        everything = [name for name in available("scenario") if name != BASELINE]
        names = everything if given == "all" else given if isinstance(given, list) else [given]
        compared = [name for name in names if name not in (BASELINE, None)]
        if not compared or not all(isinstance(name, str) for name in compared):
            raise ValueError(f"all, or a list with at least one of {', '.join(everything)}")
        return tuple(dict.fromkeys(compared))

    @field_validator("window", mode="before")
    @classmethod
    def _in_order(cls, given):
        numbers = isinstance(given, list) and all(isinstance(month, int | float) for month in given)
        if not numbers or len(given) != 2 or not 0 <= given[0] < given[1] < 1200:
            raise ValueError("two numbers of months after the start, the first below the second, as [6,36]")
        return given


def read_scenarios(asked: Asked) -> tuple[list[Scenario], pd.DataFrame]:
    """The scenarios asked for, what each is compared with, all checked, and the table of them.

    The table: scenario, title, target (text), start and end (of the levers; null where open), relative_to.
    Raises ConfigError (one line) on anything unknown or out of range.
    """
    region = str(asked.region.get("name"))
    if asked.region != read_choice("region", region):
        raise ConfigError(f"region: is {asked.region}; allowed: region=NAME with one of {', '.join(available('region'))}")
    params = changed_parameters(asked.params)
    scenarios, rows = [], []
    for name in _with_counterparts(asked.scenarios):
        scenario = load_scenario(name, region, asked.start, asked.end, params)
        levers = [lever.settings for lever in load_interventions(scenario)]
        load_agents(scenario)
        if name != BASELINE and not levers and not scenario.agents and not read_choice("scenario", name).get("params"):
            raise ConfigError(f"configs/scenario/{name}.yaml: interventions: is empty; allowed: at least one lever")
        begins, ends = [lever.start for lever in levers], [lever.end for lever in levers]
        scenarios.append(scenario)
        rows.append(
            {
                "scenario": name, "title": scenario.title, "target": _aim(scenario, levers),
                "start": _start(name, scenario, begins),
                "end": pd.Timestamp(max(ends)) if ends and None not in ends else pd.NaT,
                "relative_to": counterpart(name),
            }
        )  # fmt: skip
    return scenarios, pd.DataFrame(rows)


def counterpart(name: str) -> str | None:
    """What a scenario is compared with: its file says; None for the baseline."""
    return read_choice("scenario", name).get("relative_to")


def _with_counterparts(names: tuple[str, ...]) -> list[str]:
    """The scenarios asked for and all that they are compared with, the baseline first."""
    found = [BASELINE]
    for name in names:
        chain = [name]
        while counterpart(chain[-1]) not in (None, *chain):
            chain.append(counterpart(chain[-1]))
        found += [link for link in reversed(chain) if link not in found]
    return found


def _start(name: str, scenario: Scenario, begins: list) -> pd.Timestamp:
    """When a scenario parts from its counterpart: with its first lever, or on the first day if only its rules differ."""
    if name == BASELINE:
        return pd.NaT
    return pd.Timestamp(max(min(begins), scenario.start) if begins else scenario.start)


def fitted_window(asked: Asked, table: pd.DataFrame, world: Scenario) -> tuple[tuple[float, float], str]:
    """The window of measurement (months after a scenario's start), and a remark where the runs are too short for the one asked.

    All scenarios share a window, so the last to begin decides.
    Raises ConfigError (one line) when a scenario begins too late to be measured at all.
    """
    late = table.loc[table["start"].idxmax()]
    months = (pd.Timestamp(world.date(world.weeks - 1)) - late["start"]).days / DAYS_PER_MONTH
    first, last = asked.window
    if months >= last:
        return asked.window, ""
    reach = floor(months)
    if reach < 2:
        raise ConfigError(
            f"end: is {world.end}; allowed: at least two months after {late['scenario']} begins ({late['start'].date()})"
        )
    window = (first if first <= reach / 2 else reach // 2, reach)
    remark = (
        f"The runs end {reach} months after {late['scenario']} begins, so all is measured in months "
        f"{window[0]:g} to {window[1]:g} instead of {first:g} to {last:g}."
    )
    return window, remark


def _aim(scenario: Scenario, levers: list) -> str:
    """What a scenario aims at, in words: its places; without a place, the pools of victims that it protects."""
    region = scenario.region
    names = {row.territory: row.name.partition(" (")[0] for row in region.territories}
    aims = [names[territory] for territory in scenario.target]
    if not aims:
        pools = {row.pool: row.name for row in region.pools}
        wanted = {pool: pools[pool] for lever in levers for pool in getattr(lever, "pools", ())}
        blocs = {bloc: bloc.replace("_", "-").capitalize() for lever in levers for bloc in getattr(lever, "blocs", ())}
        aims = [f"victims in {name}" for name in wanted.values()] + [f"{name} victims" for name in blocs.values()]
    return ", ".join(aims[:SHOWN]) + (f" and {len(aims) - SHOWN} more" if len(aims) > SHOWN else "")

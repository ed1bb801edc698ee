"""Which worlds a comparison needs: the scenarios, what each is set against, when they part, when they are measured."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import floor
from typing import Any

import pandas as pd

from sim.agents import load_agents
from sim.allowed import offer
from sim.interventions import load_interventions
from sim.measures.paired import DAYS_PER_MONTH
from sim.region import ConfigError
from sim.scenario import Scenario, available, check_parameters, check_target

BASELINE = "baseline"
SHOWN = 2  # names in the text of a target; the rest are counted


def with_counterparts(names: Iterable[str], load: Callable[[str], Scenario]) -> tuple[list[Scenario], pd.DataFrame]:
    """The scenarios by these names and all that they are compared with, the baseline first; and the table of them.

    load    gives a scenario by its name
    The table: scenario, title, target (text), start and end (of the levers; null where open), relative_to.
    Raises ConfigError (one line) for a scenario with nothing in it that could change anything.
    """
    found = {BASELINE: load(BASELINE)}
    for name in names:
        chain: dict[str, Scenario] = {}
        while name is not None and name not in found and name not in chain:
            chain[name] = load(name)
            name = counterpart(chain[name])
        found |= dict(reversed(chain.items()))
    return list(found.values()), pd.DataFrame([_row(scenario) for scenario in found.values()])


def counterpart(scenario: Scenario) -> str | None:
    """What a scenario is compared with: its file says; None for the baseline."""
    return scenario.config.get("scenario", {}).get("relative_to")


def fitted_window(window: tuple[float, float], table: pd.DataFrame, world: Scenario) -> tuple[tuple[float, float], str]:
    """The window of measurement (months after a scenario's start), and a remark where the runs are too short for the one asked.

    All scenarios share a window, so the last to begin decides.
    Raises ConfigError (one line) when a scenario begins too late to be measured at all.
    """
    late = table.loc[table["start"].idxmax()]
    months = (pd.Timestamp(world.date(world.weeks - 1)) - late["start"]).days / DAYS_PER_MONTH
    first, last = window
    if months >= last:
        return window, ""
    reach = floor(months)
    if reach < 2:
        raise ConfigError(
            f"end: is {world.end}; allowed: at least two months after {late['scenario']} begins ({late['start'].date()})"
        )
    fitted = (first if first <= reach / 2 else reach // 2, reach)
    remark = (
        f"The runs end {reach} months after {late['scenario']} begins, so all is measured in months "
        f"{fitted[0]:g} to {fitted[1]:g} instead of {first:g} to {last:g}."
    )
    return fitted, remark


def variant(
    like: Scenario,
    name: str,
    title: str = "",
    interventions: Sequence[dict] | None = None,
    target: Sequence[str] | None = None,
    params: dict | None = None,
    relative_to: str = BASELINE,
) -> Scenario:
    """A scenario of one's own, on the map and in the years of another, to be given to `sim.compare`.

    like            a loaded scenario (`sim.load_scenario`): what is not said below stays as it is there
    name            a new one: lower-case words joined by _
    interventions   levers with their settings, as in a scenario file; keys are checked against the lever
    target          territories at which it aims; () where it aims at no place
    params          {group: {name: value}} in natural units
    relative_to     the shipped scenario that it is compared with
    Raises ConfigError (one line) on anything unknown or out of range.
    """
    if name in available("scenario") or not name.isidentifier():
        raise ConfigError(f"name: is {name!r}; allowed: letters, digits and _, and not the name of a shipped scenario")
    known = available("scenario")
    if relative_to not in known:
        raise ConfigError(f"relative_to: {relative_to!r} does not exist; {offer(relative_to, known, 'configs/scenario')}")
    levers = like.interventions if interventions is None else tuple(dict(lever) for lever in interventions)
    aim = like.target if target is None else tuple(target)
    check_target(like.region, aim, "target")
    merged = {group: {**like.params.get(group, {}), **(params or {}).get(group, {})} for group in like.params | (params or {})}
    told = {"name": name, "title": title or name.replace("_", " ").capitalize(), "relative_to": relative_to}
    told |= {"interventions": list(levers), "target": list(aim), "params": params or {}, "agents": list(like.agents)}
    made = replace(
        like, name=name, title=told["title"], interventions=levers, target=aim, params=check_parameters(merged),
        config=like.config | {"scenario": told},
    )  # fmt: skip
    load_interventions(made)
    return made


def _row(scenario: Scenario) -> dict[str, Any]:
    name, levers = scenario.name, [lever.settings for lever in load_interventions(scenario)]
    load_agents(scenario)
    if name != BASELINE and not levers and not scenario.agents and not scenario.config.get("scenario", {}).get("params"):
        raise ConfigError(f"configs/scenario/{name}.yaml: interventions: is empty; allowed: at least one lever")
    ends = [lever.end for lever in levers]
    return {
        "scenario": name, "title": scenario.title, "target": _aim(scenario, levers),
        "start": _start(scenario, [lever.start for lever in levers]),
        "end": pd.Timestamp(max(ends)) if ends and None not in ends else pd.NaT,
        "relative_to": counterpart(scenario),
    }  # fmt: skip


def _start(scenario: Scenario, begins: list) -> pd.Timestamp:
    """When a scenario parts from its counterpart: with its first lever, or on the first day if only its rules differ."""
    if scenario.name == BASELINE:
        return pd.NaT
    return pd.Timestamp(max(min(begins), scenario.start) if begins else scenario.start)


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

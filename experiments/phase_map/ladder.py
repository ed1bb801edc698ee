"""The ladder of coverage: over which places a campaign is spread, in which order, how strongly, and what that asks for.

A place that joins takes the levers of the place of the scenario's own target that is nearest to it, at the same strength; levers
that name no place stay as they are. Raids are `each`: as many a crew in every place, with capacity in proportion for those who
act; or `shared`: as many in all as the scenario asks for, divided over the crews that are there at the start.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.phase_map.axes import CORE, EVERYWHERE, REGION
from sim import ConfigError
from sim.agents.geography import distances
from sim.interventions import load_interventions
from sim.interventions.raid_campaign import Settings as Raids
from sim.scenario import Scenario

NEAR, PEOPLE = "near", "people"
EACH, SHARED = "each", "shared"
MOST_CAPACITY = 1000.0  # factor on a state's raids that a campaign may name


class Rung(NamedTuple):
    """value: of the axis; places: the target, in the order in which they joined; share: of all people held at the start."""

    value: float | str
    places: tuple[str, ...]
    share: float


def joining(scenario: Scenario, core: Sequence[str], by: str, people: pd.Series) -> list[str]:
    """All territories in the order in which they join: the core, the region, remote hosts.

    by: near (great-circle distance to the nearest place of the core) or people (most held first).
    """
    names, far = scenario.region.names("territories"), distances(scenario.region)
    index = scenario.region.index("territories")
    away = far[:, [index[name] for name in core]].min(axis=1)
    after = away if by == NEAR else -people.reindex(names).to_numpy()
    remote = [row.remote for row in scenario.region.territories]
    rest = sorted((row for row, name in enumerate(names) if name not in core), key=lambda row: (remote[row], after[row], row))
    return [*core, *(names[row] for row in rest)]


def ladder(
    values: Sequence[float | str], scenario: Scenario, core: Sequence[str], by: str, people: pd.Series
) -> tuple[list[Rung], list[str]]:
    """A rung for each value, and a line for each that adds no place to the one before it and is left out.

    values   core: those places; a share: the fewest that hold it, in the order of joining; region: all but remote hosts;
             everywhere: these, too
    people   held in each territory at the start, with the usual parameters
    """
    order = joining(scenario, core, by, people)
    remote = {row.territory for row in scenario.region.territories if row.remote}
    reached = (people.reindex(order) / people.sum()).cumsum().to_numpy()
    inside = sum(name not in remote for name in order)
    rungs, left_out = [], []
    for value in values:
        count = {CORE: len(core), REGION: inside, EVERYWHERE: len(order)}.get(value)
        if count is None:
            enough = np.flatnonzero(reached >= value - 1e-12)
            count = max(len(core), min(int(enough[0]) + 1 if len(enough) else inside, inside))
        if rungs and count <= len(rungs[-1].places):
            left_out.append(f"Coverage {value}: the same places as {rungs[-1].value}; left out.")
        else:
            rungs.append(Rung(value, tuple(order[:count]), float(reached[count - 1])))
    return rungs, left_out


def spread(
    scenario: Scenario, places: Sequence[str], budget: str, intensity: float, crews: pd.Series
) -> tuple[tuple[dict[str, Any], ...], dict[str, float]]:
    """The levers of the scenario over these places, and the effort that they ask for.

    crews    in each territory at the start
    Effort: raids_asked, a year, by all that act, with the crews there are at the start; raids_affordable, a year, their capacity
    while the campaign lasts.
    """
    made = _moved(scenario, places)
    usual, asked = (_asked(levers, scenario, crews) for levers in (scenario.interventions, made))
    more = asked / usual if usual > 0.0 and asked > 0.0 else 1.0
    if budget == SHARED:
        made = [_scaled(lever, "effort", 1.0 / more) for lever in made]
        more = 1.0
    # Capacity in proportion to what is asked for: whatever share of it the scenario itself can carry out, every rung can.
    usual, affordable = (_affordable(levers, scenario) for levers in (scenario.interventions, made))
    made = [_scaled(lever, "budget", more * usual / affordable if affordable > 0.0 else 1.0) for lever in made]
    if intensity != 1.0:
        made = [lever | {"intensity": lever.get("intensity", 1.0) * intensity} for lever in made]
    effort = {"raids_asked": _asked(made, scenario, crews), "raids_affordable": _affordable(made, scenario)}
    return tuple(made), effort


_RAIDS = Raids.__module__.rpartition(".")[2]


def _scaled(lever: dict[str, Any], key: str, factor: float) -> dict[str, Any]:
    """A lever with its effort, or the capacity behind it (budget), multiplied; levers other than raids have neither."""
    if lever["lever"] != _RAIDS or factor == 1.0:
        return lever
    if key == "effort":
        return lever | {key: lever[key] * factor}
    strength = _strength(lever)
    if strength <= 0.0:
        return lever
    # an actor's capacity is a factor 1 + (budget - 1) strength of what it has anyway, and is never less than that
    return lever | {key: min(1.0 + (max(_surge(lever) * factor, 1.0) - 1.0) / strength, MOST_CAPACITY)}


def _strength(lever: dict[str, Any]) -> float:
    return lever.get("intensity", 1.0) * lever.get("compliance", 1.0)


def _surge(lever: dict[str, Any]) -> float:
    """Factor on the raids that its actors can carry out."""
    return 1.0 + (lever.get("budget", 1.0) - 1.0) * _strength(lever)


def _moved(scenario: Scenario, places: Sequence[str]) -> list[dict[str, Any]]:
    """The levers with their new places; one whose places of the target are not covered drops out."""
    names, index = scenario.region.names("territories"), scenario.region.index("territories")
    far = distances(scenario.region)
    own = [index[name] for name in scenario.target]
    home = {place: names[own[int(np.argmin(far[index[place], own]))]] for place in places}
    moved = []
    for given, item in zip(scenario.interventions, load_interventions(scenario), strict=True):
        if not given.get("territories") and not given.get("countries"):
            moved.append(dict(given))
            continue
        named = [names[row] for row in item.rows["territories"]]
        aimed = [name for name in named if name in scenario.target]
        taken = [place for place in places if home[place] in aimed]
        if taken or not aimed:
            beyond = [name for name in named if name not in scenario.target and name not in taken]
            lever = {key: value for key, value in given.items() if key != "countries"}
            moved.append(lever | {"territories": [*taken, *beyond]})
    if not moved:
        raise ConfigError(f"core: {', '.join(places)}: no lever of {scenario.name} acts there; allowed: places where one does")
    return moved


def _asked(levers: Sequence[dict[str, Any]], scenario: Scenario, crews: pd.Series) -> float:
    """Raids a year at full access: effort times crews, over actors and places."""
    total, everywhere = 0.0, scenario.region.names("territories")
    for lever in levers:
        if lever["lever"] == _RAIDS:
            there = crews.reindex(_named(lever, scenario, everywhere)).sum()
            total += len(lever["actors"]) * lever["effort"] * _strength(lever) * float(there)
    return total


def _named(lever: dict[str, Any], scenario: Scenario, everywhere: list[str]) -> list[str]:
    countries = set(lever.get("countries", ()))
    inside = [row.territory for row in scenario.region.territories if row.country in countries]
    return list(dict.fromkeys([*lever.get("territories", ()), *inside])) or everywhere


def _affordable(levers: Sequence[dict[str, Any]], scenario: Scenario) -> float:
    """Raids a year that the actors can carry out, at home and abroad, while the campaign lasts."""
    surge: dict[str, float] = {}
    for lever in levers:
        if lever["lever"] == _RAIDS:
            for actor in lever["actors"]:
                surge[actor] = max(surge.get(actor, 1.0), _surge(lever))
    capacity = {row.state: row.raid_capacity_per_year for row in scenario.region.states}
    return sum(capacity[actor] * factor for actor, factor in surge.items())

"""Interventions: one file per lever; each writes the lever layer and nothing else.

The file name is the registry: ``lever: border_closure`` in a scenario loads ``sim/interventions/border_closure.py``, which has a
settings class `Settings` (its fields are the keys that the scenario may give) and a function ``write(levers, where, settings,
strength)``. To add one, add the file.
"""

import importlib
import math
import pkgutil
from typing import Any

from pydantic import ValidationError

from sim.allowed import offer
from sim.interventions.schedule import Active, Places, Schedule
from sim.levers import reset
from sim.region import ConfigError
from sim.scenario import Scenario, exists
from sim.state import World

NOT_LEVERS = {"schedule"}


def names() -> list[str]:
    """All levers that a scenario may pull."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in NOT_LEVERS)


def load_interventions(scenario: Scenario) -> list[Active]:
    """Check a scenario's interventions and bind them to its region. Raises ConfigError (one line)."""
    if not scenario.interventions:
        return []
    places, known, active = Places(scenario.region), names(), []
    has_file = exists("scenario", scenario.name)  # one made in memory has none
    file = f"configs/scenario/{scenario.name}.yaml" if has_file else f"scenario {scenario.name}"
    for number, given in enumerate(scenario.interventions):
        where = f"{file}: interventions[{number}]"
        if not isinstance(given, dict) or given.get("lever") not in known:
            lever = given.get("lever") if isinstance(given, dict) else given
            raise ConfigError(f"{where}.lever: {lever!r} does not exist; {offer(lever, known, 'docs/model.md, step 1')}")
        module = importlib.import_module(f"sim.interventions.{given['lever']}")
        settings = _check(module.Settings, {key: value for key, value in given.items() if key != "lever"}, where)
        active.append(Active(settings, module.write, places.rows(settings, where), scenario.start))
    return active


def pull(world: World, interventions: list[Active], week: int) -> None:
    """Step 1 of the week: put every lever back to neutral, then let what is in force write."""
    in_force = [(item, item.strength(week)) for item in interventions]
    if not interventions:
        return
    reset(world.lever)
    for item, strength in in_force:
        if strength is not None:
            item.write(world.lever, item.rows, item.settings, strength)


def next_change(interventions: list[Active], week: int) -> float:
    """The first week after `week` in which some lever stands otherwise than in that week; infinite if none does."""
    return min((item.next_change(week) for item in interventions), default=math.inf)


def _check(model: type[Schedule], given: dict, where: str) -> Any:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"])) or "settings"
        if problem["type"] == "extra_forbidden":
            raise ConfigError(f"{where}.{key}: unknown key; {offer(key, sorted(model.model_fields), 'docs/model.md')}") from None
        if problem["type"] == "value_error":
            raise ConfigError(f"{where}: allowed: {problem['msg'].removeprefix('Value error, ')}") from None
        message = (problem["msg"][0].lower() + problem["msg"][1:]).removeprefix("input should be ")
        raise ConfigError(f"{where}.{key}: is {problem['input']!r}; allowed: {message}") from None

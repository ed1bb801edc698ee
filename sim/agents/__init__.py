"""The kinds of agent: for each, its table (plural) and its Mesa agent (singular), a view on one row.

Those that every world has are set up in `sim.world`. A kind of one's own joins the worlds whose scenario names it, and the file
name is the registry: ``agents: [{kind: brokers, number: 12}]`` loads ``sim/agents/brokers.py``, which has

    Settings    a pydantic model; its fields are the keys that the scenario may give
    join        ``join(world, scenario, settings)`` sets the kind up and returns an object of its own, with
                ``table``        its rows (`sim.state.new_columns`)
                ``step(world)``  what it does each week, after the compiled week and before that week is recorded
                ``view``         its Mesa agent, a `RowAgent` whose `table` is the name of the file; and ``names``, one a row

A step reads and writes the tables of the world by calling rules. It is handed the world each week and keeps no table of it:
tables are replaced when they grow. Its draws are keyed (`sim.randomness`), with decision numbers of its own from 1001 on.
Why so: docs/decisions/0012.
"""

import importlib
import pkgutil
from types import ModuleType

from pydantic import BaseModel, ValidationError

from sim.region import ConfigError
from sim.scenario import Scenario
from sim.state import World


def kinds() -> list[str]:
    """All kinds that a scenario may ask for: the files here that have a `join`."""
    found = [module.name for module in pkgutil.iter_modules(__path__)]
    return sorted(name for name in found if hasattr(_module(name), "join"))


def load_agents(scenario: Scenario) -> dict[str, BaseModel]:
    """The kinds that a scenario asks for, with their checked settings. Raises ConfigError (one line)."""
    loaded: dict[str, BaseModel] = {}
    for number, given in enumerate(scenario.agents):
        where = f"configs/scenario/{scenario.name}.yaml: agents[{number}]"
        if not isinstance(given, dict):
            raise ConfigError(f"{where}.kind: {given!r} is no mapping; allowed: kind and its settings")
        name = given.get("kind")
        if name not in kinds():
            raise ConfigError(f"{where}.kind: {name!r} does not exist; allowed: {', '.join(kinds()) or 'none is installed'}")
        if name in loaded:
            raise ConfigError(f"{where}.kind: {name!r} is asked for twice; allowed: once")
        settings = _module(name).Settings
        try:
            loaded[name] = settings.model_validate({key: value for key, value in given.items() if key != "kind"})
        except ValidationError as error:
            problem = error.errors()[0]
            key = ".".join(map(str, problem["loc"])) or "settings"
            if problem["type"] == "extra_forbidden":
                raise ConfigError(f"{where}.{key}: unknown key; allowed: {', '.join(sorted(settings.model_fields))}") from None
            message = problem["msg"][0].lower() + problem["msg"][1:]
            raise ConfigError(f"{where}.{key}: is {problem['input']!r}; allowed: {message.removeprefix('input ')}") from None
    return loaded


def join_world(world: World, scenario: Scenario) -> dict:
    """Set up the kinds that a scenario asks for: name -> what its `join` returns, in the order in which they act."""
    return {name: _module(name).join(world, scenario, settings) for name, settings in load_agents(scenario).items()}


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"sim.agents.{name}")

"""The door: configuration becomes a frozen, checked Scenario here; inside, everything is trusted.

Config files live in ``configs/`` in a checkout and travel as ``sim/configs`` in a wheel. A parameter is a mapping {value, unit,
range, source, grade}; an override may give the bare number. Every problem is one line: where, what, what is allowed.
"""

import datetime as dt
import hashlib
import json
from collections import namedtuple
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.allowed import offer, refuse_unknown
from sim.compiled import readable
from sim.files import Parameter, RegionChoice, ScenarioFile, World, checked, read_yaml, shown
from sim.needed import parameters_read
from sim.region import ConfigError, Region, load_region

_HERE = Path(__file__).parent
CONFIGS = _HERE / "configs" if (_HERE / "configs").is_dir() else _HERE.parent / "configs"

PER_WEEK = {"1/year": 7 / 365.25, "1/month": 12 * 7 / 365.25, "1/week": 1.0, "1/day": 7.0}
PER_WEEK |= {"USD/person/year": 7 / 365.25, "USD/person/month": 12 * 7 / 365.25, "USD/person/week": 1.0}
SCENARIO_KEYS = tuple(ScenarioFile.model_fields)
PARAMETER_KEYS = tuple(Parameter.model_fields)


def available(group: str) -> list[str]:
    """Names of the config files in a group (the file name is the registry)."""
    return sorted(path.stem for path in (CONFIGS / group).glob("*.yaml"))


def exists(group: str, name: str) -> bool:
    """Whether there is a config file of that name in a group."""
    return (CONFIGS / group / f"{name}.yaml").is_file()


def read_choice(group: str, name: str) -> dict:
    """One config of a group by name."""
    known = available(group)
    if name not in known:
        raise ConfigError(f"configs/{group}: {name!r} does not exist; {offer(name, known, f'configs/{group}')}")
    return read_yaml(CONFIGS / group / f"{name}.yaml")


@lru_cache(maxsize=1)
def _shipped_parameters() -> dict:
    shipped: dict[str, dict] = {}
    for group in available("params"):
        where, given = f"configs/params/{group}.yaml", read_yaml(CONFIGS / "params" / f"{group}.yaml")
        if list(given) != [group] or not isinstance(given[group], dict):
            raise ConfigError(f"{where}: is {shown(given)}; allowed: {group}, and below it parameters by name")
        for name, entry in given[group].items():
            checked(Parameter, entry, f"{where}: {group}.{name}")
        shipped |= given
    for path, reader in parameters_read().items():
        group, _, name = path.partition(".")
        if name not in shipped.get(group, {}):
            raise ConfigError(f"configs/params/{group}.yaml: {path} is missing, and {reader} reads it; allowed: to give it")
    return shipped


def shipped_parameters() -> dict:
    """All shipped parameters, {group: {name: {value, unit, range, source, grade}}}."""
    return json.loads(json.dumps(_shipped_parameters(), default=str))


def check_parameters(given: dict | None, where: str = "params") -> dict[str, dict[str, float | str]]:
    """Parameter values in their natural units, shipped ones with `given` on top; every value checked against its range."""
    shipped = _shipped_parameters()
    values = {group: {name: entry["value"] for name, entry in names.items()} for group, names in shipped.items()}
    for group, names in (given or {}).items():
        if "." in str(group):
            group, _, name = str(group).partition(".")
            raise ConfigError(f"{where}: is {shown(given)}; allowed: nested, {{{group!r}: {{{name!r}: …}}}}")
        if group not in shipped:
            raise ConfigError(f"{where}.{group}: unknown group; {offer(group, sorted(shipped), 'configs/params')}")
        if not isinstance(names, dict):
            raise ConfigError(f"{where}.{group}: is {shown(names)}; allowed: parameters by name")
        for name, entry in names.items():
            if name not in shipped[group]:
                file = f"configs/params/{group}.yaml"
                raise ConfigError(f"{where}.{group}.{name}: unknown parameter; {offer(name, sorted(shipped[group]), file)}")
            if isinstance(entry, dict):
                for key in entry:
                    if key not in PARAMETER_KEYS:
                        raise ConfigError(f"{where}.{group}.{name}.{key}: unknown key; allowed: {', '.join(PARAMETER_KEYS)}")
                values[group][name] = entry.get("value", values[group][name])
            else:
                values[group][name] = entry
    for group, names in values.items():
        for name, value in names.items():
            if "choices" in shipped[group][name]:
                values[group][name] = _check_choice(value, shipped[group][name]["choices"], f"{where}.{group}.{name}")
                continue
            low, high = shipped[group][name]["range"]
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:  # NaN is not within
                unit = shipped[group][name]["unit"]
                raise ConfigError(
                    f"configs/params/{group}.yaml: {where}.{group}.{name} is {shown(value)}; allowed: {low} to {high} ({unit})"
                )
    return values


def _check_choice(value: Any, choices: list[str], where: str) -> str:
    word = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value  # YAML reads a bare on as true
    if word not in choices:
        raise ConfigError(f"configs/params/structure.yaml: {where} is {shown(value)}; allowed: {', '.join(choices)}")
    return word


def parameter_record(values: dict[str, dict[str, float | str]]) -> np.ndarray:
    """Values as one row of nested records, ``params.group.name``.

    Every rate is converted to a week once, here; a named choice becomes its place in the list of choices.
    """
    shipped = _shipped_parameters()
    kind = np.dtype([(group, np.dtype([(name, "f8") for name in names])) for group, names in values.items()])
    numbers = []
    for group, names in values.items():
        for name, value in names.items():
            entry = shipped[group][name]
            number = entry["choices"].index(value) if "choices" in entry else value
            numbers.append(number * PER_WEEK.get(entry["unit"], 1.0))
    return readable(np.array(numbers, "f8").view(kind))


Content = tuple[tuple[str, tuple[tuple[str, float | str], ...]], ...]


def _content(params: dict[str, dict[str, float | str]]) -> Content:
    """Parameters as a key of what is worked out from them once for many worlds."""
    return tuple((group, tuple(names.items())) for group, names in params.items())


@lru_cache(maxsize=64)
def _values(content: Content) -> tuple:
    groups = {group: _named(tuple(name for name, _ in names))(*(value for _, value in names)) for group, names in content}
    return _named(tuple(groups))(*groups.values())


@lru_cache(maxsize=64)
def _rates(content: Content) -> np.ndarray:
    return parameter_record({group: dict(names) for group, names in content})


@lru_cache(maxsize=128)
def _named(names: tuple[str, ...]) -> type:
    return namedtuple("Values", names)


def parse_date(value: Any, where: str) -> dt.date:
    """A date from YAML (a date or an ISO string)."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise ConfigError(f"{where}: is {value!r}; allowed: a date as YYYY-MM-DD") from None


@dataclass(frozen=True)
class Scenario:
    """A named world with its policies: all that a run needs but the seed.

    target          territories at which the intervention aims (may be empty: then displacement is not asked)
    interventions   plain settings; `sim.interventions.load_interventions` makes them into levers
    agents          plain settings of kinds of agent that join this world (`sim.agents.join_world`)
    params          values in natural units
    """

    name: str
    region: Region
    start: dt.date
    end: dt.date
    params: dict[str, dict[str, float | str]]
    interventions: tuple[dict, ...] = ()
    target: tuple[str, ...] = ()
    title: str = ""
    config: dict = field(default_factory=dict, repr=False)
    agents: tuple[dict, ...] = ()

    @property
    def values(self) -> tuple:
        """Parameters in natural units, as ``values.group.name``; equal ones are equal keys of what is worked out once."""
        return _values(_content(self.params))

    @property
    def rates(self) -> np.ndarray:
        """Parameters as rules read them (see `parameter_record`): a copy."""
        return _rates(_content(self.params)).copy()

    @property
    def weeks(self) -> int:
        """Number of weekly steps from start to end."""
        return (self.end - self.start).days // 7 + 1

    def date(self, week: int) -> dt.date:
        """First day of a week (0 = first)."""
        return self.start + dt.timedelta(weeks=week)

    def digest(self) -> str:
        """SHA-256 (first 16 hex digits) of everything in it."""
        text = json.dumps([self.config, self.params, self.region.digest], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_scenario(
    name: str = "baseline", region: str | None = None, start: Any = None, end: Any = None, params: dict | None = None,
    **unknown: Any,
) -> Scenario:  # fmt: skip
    """A shipped scenario by name, checked.

    region, start, end   default to ``configs/world.yaml``; params overrides values, {group: {name: value}}
    Raises ConfigError (one line) on anything unknown or out of range.
    """
    refuse_unknown(unknown, load_scenario)
    world = read_yaml(CONFIGS / "world.yaml")
    checked(World, world, "configs/world.yaml")
    where = f"configs/scenario/{name}.yaml"
    given = read_choice("scenario", name)
    checked(ScenarioFile, given, where)
    for elsewhere in given.get("region") or {}:
        if elsewhere not in available("region"):
            hint = offer(elsewhere, available("region"), "configs/region")
            raise ConfigError(f"{where}: region: {elsewhere!r} does not exist; {hint}")
    region_name = region or world["region"]
    place = load_region(checked(RegionChoice, read_choice("region", region_name), f"configs/region/{region_name}.yaml").folder)
    # A scenario may restate its aims for another region, so that the same policy can be taught on the toy map.
    restated = (given.get("region") or {}).get(region_name, {})
    local = given | restated
    title = local.get("title", name)
    if restated and "title" not in restated:  # its words are about the places of another map
        title = f"{title}, restated for {region_name}"

    begins, ends = parse_date(start or world["start"], "start"), parse_date(end or world["end"], "end")
    if ends <= begins:
        raise ConfigError(f"end: is {ends}; allowed: a date after the start ({begins})")
    if (ends - begins).days > 366 * 60:
        raise ConfigError(f"end: is {ends}; allowed: at most 60 years after the start ({begins})")

    target = local.get("target") or []
    target = place.names("territories") if target == "everywhere" else target
    values = check_parameters(_merge(given.get("params") or {}, params or {}))
    check_target(place, target, f"{where}: target")
    config = {"scenario": {**local, "name": name}, "region": region_name, "start": str(begins), "end": str(ends)}
    return Scenario(
        name=name, region=place, start=begins, end=ends, params=values,
        interventions=tuple(local.get("interventions") or ()), target=tuple(target),
        title=title, config=config, agents=tuple(local.get("agents") or ()),
    )  # fmt: skip


def check_target(region: Region, target: Any, where: str) -> None:
    """Raises ConfigError (one line) for a territory that the region does not have."""
    for territory in target:
        if territory not in region.index("territories"):
            hint = offer(territory, region.called("territories"), f"sim/data/{region.name}/territories.csv")
            raise ConfigError(f"{where}: {territory!r} does not exist in region {region.name}; {hint}")


def _merge(under: dict, over: dict) -> dict:
    merged = dict(under)
    for group, names in over.items():
        both = isinstance(names, dict) and isinstance(merged.get(group), dict)
        merged[group] = {**merged[group], **names} if both else names
    return merged

"""Designs: which runs there are. A table goes in, one checked Scenario for each of its rows comes out.

    design(["baseline", "kokang_crackdown"], seeds=range(1, 11))
    design(["baseline", "sanctions"], range(1, 5), draws=values, structures={"": {}, "no entry": {"structure.entry": "off"}})

A design is a DataFrame with a row for each run: `scenario` and `seed`; if wanted `draw` (0: the shipped values) and `structure`
(a label, "" is the shipped one), which only name what varies; and a column for each parameter that varies, called
`group.name`, empty (NaN) where the scenario's own value holds. Nothing in a design or a manifest is imported or executed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim import compiled, store
from sim.allowed import offer
from sim.interventions import load_interventions
from sim.region import ConfigError, Region, load_region
from sim.scenario import Scenario, load_scenario, parse_date, shipped_parameters

KEYS = ("scenario", "seed", "draw", "structure")
GROUP = ("seed", "draw", "structure")  # runs that share these are compared with one another
LAST_SEED = 2_000_000_000
KEPT = ("name", "start", "end", "params", "interventions", "target", "title", "config")  # of a scenario, in a manifest


def design(
    scenarios: Sequence[str],
    seeds: Iterable[int],
    draws: pd.DataFrame | None = None,
    structures: Mapping[str, Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """Every scenario with every seed, and with every draw and structural variant if given; the worlds of a pair together.

    draws        a row for each draw, a column for each parameter (`group.name`), in natural units; they are numbered from 1
    structures   label -> {parameter: value}; "" is the shipped structure
    """
    parts = []
    if draws is not None:
        parts.append(draws.assign(draw=np.arange(1, len(draws) + 1)))
    if structures is not None:
        variants = pd.DataFrame([dict(values) for values in structures.values()], index=range(len(structures)))
        parts.append(variants.assign(structure=list(structures)))
    parts += [pd.DataFrame({"seed": list(seeds)}), pd.DataFrame({"scenario": list(scenarios)})]
    table = parts[0]
    for part in parts[1:]:
        both = table.columns.intersection(part.columns)
        if len(both):
            raise ConfigError(f"design: {both[0]} is set by the draws and by the structures; allowed: by one of them")
        table = table.merge(part, how="cross")
    keys = [name for name in KEYS if name in table]
    return table[[*keys, *table.columns.difference(keys, sort=False)]]


@dataclass(frozen=True)
class Plan:
    """A checked design.

    table   a row for each run, by position: the keys that it has, then its parameters
    bases   the scenarios as they are without the design's parameters
    labels  of the structural variants; () without any
    """

    table: pd.DataFrame
    bases: dict[str, Scenario]
    labels: tuple[str, ...] = ()
    _digests: dict[str, str] = field(default_factory=dict, repr=False, compare=False)  # of the bases, as they are asked for

    @property
    def keys(self) -> list[str]:
        """The key columns that the design has."""
        return [name for name in KEYS if name in self.table]

    @property
    def first(self) -> Scenario:
        """A scenario to ask for the region and the calendar, which all share."""
        return next(iter(self.bases.values()))

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        """The table for who looks up one row: in a DataFrame each number takes a hundred times as long."""
        return {name: values.to_numpy() for name, values in self.table.items()}

    def scenario(self, run: int) -> Scenario:
        """The world of a run but for its seed."""
        base, shipped = self.bases[self._columns["scenario"][run]], _shipped()
        row = {path: values[run] for path, values in self._columns.items() if path not in KEYS}
        given = {path: value for path, value in row.items() if not pd.isna(value)}
        if not given:
            return base
        params = {group: dict(names) for group, names in base.params.items()}
        for path, value in given.items():
            group, _, name = path.partition(".")
            usual = shipped[group][name]["value"]
            plain = value.item() if isinstance(value, np.generic) else value
            params[group][name] = usual if plain == usual else plain  # 3 is 3.0: one identity
        return replace(base, params=params)

    def seed(self, run: int) -> int:
        """The seed of a run."""
        return int(self._columns["seed"][run])

    def run_id(self, run: int, code: str) -> str:
        """Identity of a run (see `run_id` of this module); a base that many runs share is digested once."""
        scenario, name = self.scenario(run), self._columns["scenario"][run]
        if scenario is not self.bases[name]:
            return run_id(scenario, self.seed(run), code)
        if name not in self._digests:
            self._digests[name] = scenario.digest()
        return run_id(scenario, self.seed(run), code, self._digests[name])

    def slice(self, first: int, last: int) -> "Plan":
        """The runs from `first` to before `last`, by position from 0 on: what a job needs."""
        part = replace(self, table=self.table.iloc[first:last])
        vars(part)["_columns"] = {name: values[first:last] for name, values in self._columns.items()}
        return part

    def groups(self) -> np.ndarray:
        """Row numbers at which another seed, draw or structure begins."""
        keys = self.table[[name for name in GROUP if name in self.table]]
        return np.flatnonzero((keys != keys.shift()).any(axis=1).to_numpy())


def checked_plan(design: pd.DataFrame | Sequence[Scenario | str], seeds: Iterable[int] | None = None, **world: Any) -> Plan:
    """A design, or scenarios (names or loaded) and seeds, as a plan. Everything that can be wrong with it shows here.

    world   region, start, end, params: see `sim.load_scenario`
    Raises ConfigError (one line): where, what, what is allowed.
    """
    loaded: dict[str, Scenario] = {}
    if not isinstance(design, pd.DataFrame):
        loaded = {given.name: given for given in design if isinstance(given, Scenario)}
        names, seeds = [given.name if isinstance(given, Scenario) else given for given in design], list(seeds or ())
        design = pd.DataFrame({"scenario": np.repeat(np.array(names, object), len(seeds)), "seed": seeds * len(names)})
    if not len(design):
        raise ConfigError("ensemble: has no runs; allowed: at least one scenario and one seed")
    table = _checked_table(design)
    bases = {name: loaded[name] if name in loaded else load_scenario(name, **world) for name in table["scenario"].unique()}
    first = next(iter(bases.values()))
    for other in bases.values():
        if (other.region.digest, other.start, other.end) != (first.region.digest, first.start, first.end):
            raise ConfigError(f"ensemble: {other.name} has another region, start or end than {first.name}; allowed: the same")
        load_interventions(other)
    return Plan(table, bases, tuple(table["structure"].unique()) if "structure" in table else ())


def _checked_table(design: pd.DataFrame) -> pd.DataFrame:
    for name in ("scenario", "seed"):
        if name not in design:
            raise ConfigError(f"design: has no column {name!r}; allowed: scenario, seed, draw, structure and parameters")
    keys = [name for name in KEYS if name in design]
    table = design[[*keys, *(name for name in design.columns if name not in KEYS)]].reset_index(drop=True)
    table["scenario"] = table["scenario"].astype(object)
    for name in ("seed", "draw"):
        if name in table:
            table[name] = _whole_numbers(table[name], name)
    if "structure" in table:
        table["structure"] = table["structure"].astype(object).where(table["structure"].notna(), "")
    for path in table.columns.difference(KEYS):
        table[path] = _parameter(table[path], str(path))
    double = table.duplicated(keys)
    if double.any():
        row = int(np.flatnonzero(double)[0])
        told = ", ".join(f"{name} {table[name].iat[row]}" for name in keys)
        raise ConfigError(f"design, row {row}: {told} stands there twice; allowed: once (label draws and structures)")
    return table


def _whole_numbers(values: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = ~(numbers.between(0, LAST_SEED) & (numbers == np.floor(numbers))).to_numpy(bool)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ConfigError(f"design, row {row}: {name} is {values.tolist()[row]!r}; allowed: a whole number from 0 to {LAST_SEED}")
    return numbers.astype("int64")


def _parameter(values: pd.Series, path: str) -> pd.Series:
    """A column of values of one parameter, each missing (NaN) or within its range or among its choices."""
    shipped = _shipped()
    group, _, name = path.partition(".")
    if name not in shipped.get(group, {}):
        known = [f"{group}.{name}" for group, names in shipped.items() for name in names]
        hint = offer(path, [*KEYS, *known], "docs/parameters.md (group.name)")
        raise ConfigError(f"design: {path!r} is no key and no parameter; {hint}")
    entry = shipped[group][name]
    if "choices" in entry:
        values = values.astype(object)
        right, allowed = values.isin(entry["choices"]), ", ".join(entry["choices"])
    else:
        low, high = entry["range"]
        numbers = pd.to_numeric(values, errors="coerce") if values.dtype != bool else pd.Series(np.inf, values.index)
        right, allowed = numbers.between(low, high), f"{low} to {high} ({entry['unit']})"
    for row in np.flatnonzero(~(right | values.isna()).to_numpy(bool)):
        raise ConfigError(f"design, row {row}: {path} is {values.tolist()[row]!r}; allowed: {allowed}")
    return values if "choices" in entry else numbers


@lru_cache(maxsize=1)
def _shipped() -> dict:
    """The shipped parameters, to be read only: a design asks for them once per run."""
    return shipped_parameters()


# --- Identity -------------------------------------------------------------------------------------


def model_digest() -> str:
    """Digest of the source that decides a run: what a rule can reach. A changed figure changes no run."""
    return compiled.source_digest(skip=compiled.ABOVE_THE_RULES)


def run_id(scenario: Scenario, seed: int, code: str, digest: str | None = None) -> str:
    """Identity of a run (16 hex digits): the digest of what decides it.

    code     `model_digest()` of what ran it        digest   of the scenario as it was then; None is as it is
    """
    decides = [
        digest or scenario.digest(),
        scenario.start,
        scenario.end,
        scenario.interventions,
        scenario.target,
        int(seed),
        code,
    ]
    return store.digest(decides)


def stored(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data for a manifest; `restored` makes it again whatever the config files say by then."""
    kept = {name: getattr(scenario, name) for name in KEPT}
    return kept | {"region": scenario.region.name, "data": scenario.region.digest, "digest": scenario.digest()}


def restored(told: Mapping[str, Any], where: str = "manifest") -> Scenario:
    """The scenario that `stored` wrote. Raises ConfigError (one line) when what is there cannot be one."""
    try:
        given = {name: told[name] for name in KEPT}
        given |= {"start": parse_date(told["start"], "start"), "end": parse_date(told["end"], "end")}
        given |= {"interventions": tuple(told["interventions"]), "target": tuple(told["target"])}
        return Scenario(region=load_region(told["region"]), **given)
    except (KeyError, TypeError) as error:
        raise ConfigError(f"{where}: scenario {told!r:.60} lacks {error}; allowed: what run_ensemble wrote") from None


def region_by_name(name: str, digest: str) -> Region:
    """A region as another process finds it. Raises ConfigError when its data are not those that were meant."""
    region = load_region(name)
    if region.digest != digest:
        raise ConfigError(f"region {name}: a worker's data differ (digest {region.digest}, here {digest}); allowed: the same")
    return region

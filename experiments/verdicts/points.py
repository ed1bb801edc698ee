"""Many worlds for many claims: which runs are needed, under which parameters and structures, and what is kept of them.

A *world* is a scenario with the parameters that a claim shuts off in it; claims that ask the same world share its runs. A
*point* is one draw of the parameters, or one structural variant, with its seeds. All worlds of a point are run with the same
seeds, each claim counts what it needs in each pair, and the runs are dropped: memory stays that of one point.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from experiments.common.kept import Counts, Kept
from sim import ConfigError, load_scenario, store
from sim.claims.claim import ITSELF, Claim, nested
from sim.claims.contrast import Contrast
from sim.claims.reading import KEYS, SHIPPED, count
from sim.compiled import source_digest
from sim.ensemble import run_ensemble
from sim.ensemble.design import run_id
from sim.interventions import load_interventions
from sim.region import Region
from sim.scenario import Scenario, read_choice, shipped_parameters

AT_ONCE = 2  # seeds of a point that are in memory together
TABLES = ("weekly", "pools", "moves")


class Point(NamedTuple):
    """A draw (0: the shipped values) and a structural variant ("": the shipped one), its parameters by path, its seeds."""

    draw: int
    structure: str
    params: dict[str, Any]
    seeds: range
    region: Region | None = None  # another map than the shipped one


class World(NamedTuple):
    """A scenario by name, and the parameters that only this world has."""

    scenario: str
    without: dict[str, Any]


def variants(asked: str | Sequence[str]) -> dict[str, dict[str, str]]:
    """Structural variants, one switch at a time: {label: {path: choice}}. asked: all, none, or names of switches.

    The switches of the reference nulls are in no variant: they make a result by construction.
    """
    shipped = shipped_parameters()["structure"]
    switches = {name: entry["choices"] for name, entry in shipped.items() if not entry["source"].startswith("reference null")}
    names = [] if asked == "none" else list(switches) if asked == "all" else [asked] if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in switches:
            raise ConfigError(f"structures: {name!r} is not a switch; allowed: all, none, or of {', '.join(switches)}")
    return {f"{name}={word}": {f"structure.{name}": word} for name in names for word in switches[name][1:]}


def worlds(claims: Iterable[Claim]) -> dict[str, World]:
    """The worlds that the claims need, by label; each is run once for all claims that ask it."""
    found: dict[str, World] = {}
    for claim in claims:
        asked = claim.asked
        found[asked.world] = World(asked.scenario, {})
        other = asked.scenario if asked.counterfactual == ITSELF else asked.counterfactual
        found[asked.other] = World(other, dict(asked.without))
    return found


def start_of(name: str, region: str, start: dt.date | None = None, end: dt.date | None = None) -> dt.date:
    """When a scenario begins: with its first lever; one without levers with the run."""
    scenario = load_scenario(name, region, start, end)
    begins = [lever.start for lever in (item.settings for item in load_interventions(scenario))]
    return max(min(begins), scenario.start) if begins else scenario.start


def built(world: World, label: str, point: Point, base: dict) -> Scenario:
    """The scenario of a world at a point. base: region, start, end, and params that the user set.

    What a scenario's own file sets stands: a variant does not undo what the scenario is about.
    """
    own = read_choice("scenario", world.scenario).get("params") or {}
    params = nested(point.params)
    for group, names in own.items():
        params[group] = {name: value for name, value in params.get(group, {}).items() if name not in names}
    for given in (base["params"], nested(world.without)):
        for group, names in given.items():
            params[group] = params.get(group, {}) | names
    made = load_scenario(world.scenario, base["region"], base["start"], base["end"], params)
    return replace(made, name=label, region=point.region or made.region)


def run_point(
    point: Point, claims: Sequence[Claim], base: dict, starts: dict[str, dt.date], workers: int | None, step: Callable[[], None],
    kept: Kept,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """What each claim counts at a point: {claim id: a row per pair, indexed by seed, draw, structure}.

    step: called after each run.   kept: the steps that need not be run again.
    """
    made = [built(world, label, point, base) for label, world in worlds(claims).items()]
    found: dict[str, list[pd.DataFrame]] = {claim.id: [] for claim in claims}
    for seeds in _batches(point.seeds):
        decides = [source_digest(), [claim.digest for claim in claims], point.draw, point.structure]
        decides += [run_id(scenario, seed, "") for scenario in made for seed in seeds]
        counted = partial(_counted, made, seeds, point, claims, starts, workers, step)
        for claim, rows in kept.step(store.digest(decides), len(made) * len(seeds), counted, step).items():
            found[claim].append(rows)
    return {claim: pd.concat(rows) for claim, rows in found.items()}


def _counted(
    made: Sequence[Scenario], seeds: range, point: Point, claims: Sequence[Claim], starts: dict[str, dt.date],
    workers: int | None, step: Callable[[], None],
) -> tuple[Counts, bool]:  # fmt: skip
    """What each claim counts in these worlds, and whether none of them failed."""
    places, pools = (store.region_table(made[0].region.name, name) for name in ("territories", "pools"))
    tables = run_ensemble(made, seeds, workers, step)
    sides: dict[str, dict[str, pd.DataFrame]] = {scenario.name: {} for scenario in made}
    for name in TABLES:
        groups = dict(iter(tables[name].groupby("scenario", observed=True)))
        for label in sides:
            sides[label][name] = groups.get(label, tables[name].iloc[:0])
    contrasts: dict[tuple, Contrast] = {}
    found: Counts = {}
    for claim in claims:
        asked = claim.asked
        key = (asked.world, asked.other, asked.earlier)
        if key not in contrasts:
            target = next(scenario.target for scenario in made if scenario.name == asked.world)
            contrasts[key] = Contrast(
                sides[asked.world], sides[asked.other], starts[asked.scenario], target, places, pools, asked.earlier
            )
        rows = count(claim, contrasts[key])
        found[claim.id] = rows.set_axis(_keyed(rows.index, point))
    return found, bool(tables["runs"]["error"].isna().all())


def _batches(seeds: range) -> Iterator[range]:
    for first in range(0, len(seeds), AT_ONCE):
        yield seeds[first : first + AT_ONCE]


def _keyed(seeds: pd.Index, point: Point) -> pd.MultiIndex:
    values = [[seed, point.draw, point.structure] for seed in seeds.to_numpy()]
    return pd.MultiIndex.from_tuples([tuple(value) for value in values], names=["seed", *KEYS])


def shipped_point(pairs: int, seed: int) -> Point:
    """The model as shipped, with its pairs."""
    return Point(SHIPPED, "", {}, range(seed, seed + pairs))

"""Where do two worlds part? The first week, rule, entity and column in which they differ, to the bit.

    python -m experiments.diverge baseline kokang_crackdown seed=3

Both worlds are stepped side by side. In the first week that ends differently the rules are called one by one, in the order in
which the week calls them, and the tables compared after each: what is printed is the rule whose decision parted them.
"""

import sys
from collections.abc import Iterator

import numpy as np
from pydantic import BaseModel, ConfigDict

from experiments.common.console import changed_parameters, checked, launch
from experiments.common.steps import copied, steps
from sim import model
from sim.interventions import load_interventions, pull
from sim.scenario import Scenario, load_scenario
from sim.state import World
from sim.world import enlarged, new_world

SCRATCH = ("order", "values")  # rules leave in them what nobody reads again
ROWS = {
    "compounds": None, "workforce": None, "skill": None, "targets": None, "mix": None, "reach": None, "take": None,
    "belief": "syndicates", "burnt": "syndicates", "own_raids": "syndicates", "presence": "syndicates", "known": "syndicates",
    "ties": "syndicates", "effort": "states", "lobby": "states", "harm": "territories", "pursuit": "territories",
    "sought": "territories", "recruit_mix": "territories", "seen": "territories", "laundry": "territories",
    "territory": "territories", "pool": "pools", "syndicate": "syndicates", "protector": "protectors", "labour": "labour_pools",
    "state": "states", "usable": "labour_pools", "able_share": "labour_pools", "demand": "labour_pools",
}  # fmt: skip
COLUMNS = {"workforce": "labour_pools", "skill": "pools", "targets": "pools", "mix": "schemes", "reach": "pools", "take": "pools",
           "harm": "pools", "pursuit": "pools", "sought": "pools", "recruit_mix": "labour_pools", "laundry": "schemes",
           "usable": "pools"}  # fmt: skip


class Asked(BaseModel):
    """What configs/diverge.yaml and the command line say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    first: str
    second: str
    seed: int
    second_seed: int | None
    lines: int
    region: dict
    start: str | None
    end: str | None
    params: dict


def diverge(settings: dict) -> None:
    """Step both worlds until they part, and print where."""
    asked = checked(Asked, settings)
    seeds = (asked.seed, asked.seed if asked.second_seed is None else asked.second_seed)
    given = {"region": asked.region["name"], "start": asked.start, "end": asked.end, "params": changed_parameters(asked.params)}
    both = [load_scenario(name, **given) for name in (asked.first, asked.second)]
    names = [f"{scenario.name} (seed {seed})" for scenario, seed in zip(both, seeds, strict=True)]
    worlds = [new_world(scenario, seed) for scenario, seed in zip(both, seeds, strict=True)]
    policies = [load_interventions(scenario) for scenario in both]

    found = list(differences(*worlds, both[0]))
    if found:
        print(f"{names[0]} and {names[1]} differ on the first day, before any week:")
        return show(found, asked.lines)
    for week in range(min(scenario.weeks for scenario in both)):
        worlds = [enlarged(world) for world in worlds]
        for world, policy in zip(worlds, policies, strict=True):
            pull(world, policy, week)
        before = [copied(world) for world in worlds]
        for world in worlds:
            model.week(world)
        if next(differences(*worlds, both[0]), None) is None:
            continue
        print(f"{names[0]} and {names[1]} are the same to the bit for {week} weeks.", end=" ")
        print(f"They part in week {week}, {both[0].date(week)}.")
        levers = list(differences(before[0].lever, before[1].lever, both[0]))
        print("\nLevers that differ that week:" if levers else "\nNo lever differs that week.")
        show(levers, asked.lines)
        return show_rules(before, both[0], asked.lines)
    print(f"{names[0]} and {names[1]} are the same to the bit in all {min(s.weeks for s in both)} weeks.")


def show_rules(worlds: list[World], scenario: Scenario, lines: int) -> None:
    """Call the rules of the week one by one in both worlds, and print the first that parts them, then those that follow."""
    seen: set[str] = set()
    for name, call in steps():
        for world in worlds:
            call(world)
        fresh = [line for line in differences(*worlds, scenario) if line.split(":")[0] not in seen]
        if fresh:
            print(f"\n{'Then' if seen else 'First to part them'}: {name}")
            show(fresh, lines if not seen else 3)
            seen |= {line.split(":")[0] for line in fresh}


def differences(first, second, scenario: Scenario) -> Iterator[str]:
    """Each column of each table that differs, as 'table.column: first row that differs, value, value'."""
    for name, left, right in zip(first._fields, first, second, strict=True):
        if name in ("params", *SCRATCH) or isinstance(left, tuple):
            continue
        rows = min(len(left), len(right))
        for column in left.dtype.names or ("",):
            if column == "seed":
                continue
            a, b = (left[column], right[column]) if column else (left, right)
            differ = np.argwhere(~((a[:rows] == b[:rows]) | ((a[:rows] != a[:rows]) & (b[:rows] != b[:rows]))))
            if len(differ):
                place = tuple(differ[0])
                where = entity(name, place, first, scenario)
                table = f"{name}.{column}" if column else name
                more = f"  ({len(differ)} differ)" if len(differ) > 1 else ""
                yield f"{table}: {where} {a[place]:.12g} -> {b[place]:.12g}{more}"


def entity(table: str, place: tuple[int, ...], world, scenario: Scenario) -> str:
    """What stands in a row (and column) of a table: a name of the region, or a lineage."""
    kind = ROWS.get(table, table)
    if kind is None and hasattr(world, "compounds"):
        found = [f"compound {int(world.compounds['lineage'][place[0]]):016x}"]
    else:
        named = scenario.region.names(kind) if kind in scenario.region.rows else []
        found = [named[place[0]] if place[0] < len(named) else f"row {place[0]}"]
    if len(place) > 1:
        second = scenario.region.names(COLUMNS.get(table, "territories"))
        found.append(second[place[1]] if place[1] < len(second) else f"column {place[1]}")
    return " / ".join(found)


def show(found: list[str], lines: int) -> None:
    """Print the first lines, and how many more there are."""
    for line in found[:lines]:
        print(f"  {line}")
    if len(found) > lines:
        print(f"  … and {len(found) - lines} more columns")


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 done, 2 a mistake in what was asked. Two bare words are the two scenarios."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    names = [word for word in given if "=" not in word and not word.startswith("-")]
    named = [f"{key}={word}" for key, word in zip(("first", "second"), names[:2], strict=False)]
    return launch(diverge, "diverge", named + [word for word in given if word not in names[:2]])


if __name__ == "__main__":
    sys.exit(main())

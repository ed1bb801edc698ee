"""Where do two worlds part? The first week, rule, entity and column in which they differ to the bit, and the first decision.

    python -m experiments.diverge baseline kokang_crackdown seed=3

Both worlds are stepped side by side. In the first week that ends differently the rules are called one by one, in the order in
which the week calls them, and the tables compared after each: what is printed is the rule that parted them. Often that is but an
amount (a lever spends effort); so the rules go on one by one until somebody decides differently: who, what, by which draw.
"""

import os
import sys

from pydantic import BaseModel, ConfigDict

from experiments.closeup.decisions import first_outcome, told
from experiments.closeup.differing import differences
from experiments.common.console import changed_parameters, checked, launch
from experiments.common.steps import copied, steps
from sim import ConfigError, model
from sim.interventions import load_interventions, pull
from sim.scenario import Scenario, load_scenario
from sim.state import World
from sim.world import enlarged, new_world

USAGE = "python -m experiments.diverge baseline kokang_crackdown seed=3"


class Asked(BaseModel):
    """What configs/diverge.yaml and the command line say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    first: str | None
    second: str | None
    seed: int
    second_seed: int | None
    lines: int
    region: dict
    start: str | None
    end: str | None
    params: dict


def diverge(settings: dict) -> None:
    """Step both worlds until they part, and print where; then until a decision comes out differently, and print which."""
    asked = checked(Asked, settings)
    if asked.first is None or asked.second is None:
        raise ConfigError(f"{'second' if asked.first else 'first'}: no scenario is named; allowed: two, as in {USAGE}")
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
    weeks, parted = min(scenario.weeks for scenario in both), False
    for week in range(weeks):
        worlds = [enlarged(world) for world in worlds]
        for world, policy in zip(worlds, policies, strict=True):
            pull(world, policy, week)
        before = [copied(world) for world in worlds]
        for world in worlds:
            model.week(world)
        if not parted:
            if next(differences(*worlds, both[0]), None) is None:
                continue
            parted = True
            show_parting(before, week, names, both[0], asked.lines)
        if outcome := first_outcome(before):
            print(f"\nFirst decision that comes out differently, in week {week}, {both[0].date(week)}:")
            return print(*(f"  {line}" for line in told(outcome, before, names, both[0])), sep="\n")
    if parted:
        print(f"\nNo decision comes out differently until week {weeks - 1}, the last: they differ in amounts alone.")
    else:
        print(f"{names[0]} and {names[1]} are the same to the bit in all {weeks} weeks.")


def show_parting(before: list[World], week: int, names: list[str], scenario: Scenario, lines: int) -> None:
    """Print when two worlds part, which levers differ then, and rule by rule what follows."""
    print(f"{names[0]} and {names[1]} are the same to the bit for {week} weeks.", end=" ")
    print(f"They part in week {week}, {scenario.date(week)}.")
    levers = list(differences(before[0].lever, before[1].lever, scenario))
    print("\nLevers that differ that week:" if levers else "\nNo lever differs that week.")
    show(levers, lines)
    show_rules([copied(world) for world in before], scenario, lines)


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
    try:
        code = launch(diverge, "diverge", named + [word for word in given if word not in names[:2]])
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())

"""What the benchmark times. Each is run in a process of its own, so that its memory is its own.

    python -m experiments.timing.workloads weeks '{"region": "toy", "compounds": 100, "blocks": 2, "weeks": 8}'

prints one line of JSON. Times are seconds of the processor unless a name says wall: other programs at work on the machine
then do little harm.
"""

import json
import sys
import time
from collections import defaultdict
from dataclasses import replace

import numpy as np

from experiments.common.steps import steps
from experiments.timing.ensembles import ensemble
from experiments.timing.scaling import divided, scaled
from sim import load_scenario, model
from sim.records import Records, new_records
from sim.scenario import Scenario
from sim.state import OPEN, World
from sim.world import enlarged, new_world

ENOUGH = 100_000  # compound-weeks in a block, 20 ms


def weeks(region: str, compounds: int, blocks: int, weeks: int, worlds: int = 0) -> dict:
    """Speed of the full model at about so many compounds: `blocks` of `weeks` each, recorded, and the most memory it took.

    Those weeks of a small world are over before a clock can tell, and a run does not look at Python between them. A block is then
    all the weeks at one go, of as many worlds as it takes (or of so many `worlds`).
    """
    began = time.process_time()
    scenario = sized(region, compounds)
    scenario = replace(scenario, end=scenario.date(1 + blocks * weeks))
    world, records = new_world(scenario, 1), new_records(scenario)
    set_up = time.process_time() - began
    at_one_go = weeks if compounds * weeks >= ENOUGH else blocks * weeks
    worlds = worlds or max(ENOUGH // (compounds * at_one_go), 1)
    took, open_weeks = np.zeros(blocks), np.zeros(blocks)
    world, _ = stepped(world, records, 1)  # loads what is compiled
    for block in range(blocks):
        for number in range(worlds):
            first = int(world.clock["week"][0])
            if first > blocks * weeks:
                records = new_records(scenario)
                world, _ = stepped(new_world(scenario, 1 + block * worlds + number), records, 1)
                first = 1
            world, seconds = stepped(world, records, first + at_one_go)
            took[block] += seconds
            open_weeks[block] += records.compounds[first : first + at_one_go].sum()
    done = blocks * worlds * at_one_go
    speeds, pools = open_weeks / took, len(scenario.region.pools)
    return {
        "compounds": round(open_weeks.sum() / done, 1), "worlds": worlds, "weeks": blocks * weeks, "pools": pools,
        "schemes": len(scenario.region.schemes), "set_up_seconds": set_up,
        "compound_weeks_per_second": speeds.max(), "compound_weeks_per_second_median": float(np.median(speeds)),
        "ns_per_compound_week": 1e9 / speeds.max(), "ns_per_compound_pool_week": 1e9 / speeds.max() / pools,
        "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def stepped(world: World, records: Records, until: int) -> tuple[World, float]:
    """The world at the beginning of a week, recorded, and the seconds that its weeks took."""
    seconds = 0.0
    while world.clock["week"][0] < until:
        world = enlarged(world)
        began = time.process_time()
        model.weeks(world, records, until)
        seconds += time.process_time() - began
    return world, seconds


def rules(region: str, compounds: int, parts: int, weeks: int) -> dict:
    """What each rule costs by itself, on the region with its cells cut into parts.

    A call costs something whoever is there: for places, pools and states, and for coming here from Python. So the rules are
    timed in a small world too, and the difference is what a compound costs. A rule that costs next to nothing may come out
    below 0.
    """
    few, little, _ = _timed_rules(sized(region, max(compounds // 100, 10), parts), weeks)
    many, much, moves = _timed_rules(sized(region, compounds, parts), weeks)
    by_rule = {name: (much[name] - little[name]) / (many - few) for name in much}
    return {
        "compounds": many / weeks, "cells": parts * len(load_scenario(region=region).region.cells), "moves": moves,
        "ns_per_compound_week": 1e9 * sum(by_rule.values()),
        "ns_by_rule": {name: 1e9 * by_rule[name] for name in sorted(by_rule, key=by_rule.get, reverse=True)},
    }  # fmt: skip


def _timed_rules(scenario: Scenario, weeks: int) -> tuple[int, dict[str, float], int]:
    """Compound-weeks, seconds by rule (weeks times the fastest week) and moves, after a first week that is not counted."""
    world, spent = new_world(scenario, 1), []
    for number in range(weeks + 1):
        world = enlarged(world)
        if number <= 1:  # the first week loads what is compiled
            done, moved = 0, int(world.clock["moves"][0])
        done += opened(world)
        spent.append(defaultdict(float))
        for name, call in steps():
            began = time.process_time()
            call(world)
            spent[-1][name] += time.process_time() - began
        world.clock["week"] += 1
        world.clock["year"] += 1.0 / model.WEEKS_PER_YEAR
    fastest = {name: weeks * min(week[name] for week in spent[1:]) for name in spent[0]}
    return done, fastest, int(world.clock["moves"][0]) - moved


def sized(region: str, compounds: int, parts: int = 1) -> Scenario:
    """The baseline with about so many compounds on its first day, on the shipped map or a finer one."""
    shipped = load_scenario(region=region)
    factor = compounds / opened(new_world(shipped, 1))
    place = scaled(shipped.region, factor)
    return replace(shipped, region=divided(place, parts) if parts > 1 else place)


def opened(world: World) -> int:
    """Open compounds."""
    return int((world.compounds["status"][: int(world.clock["compounds"][0])] == OPEN).sum())


def peak_memory_mb() -> float:
    """The most memory this process has held, in 10⁶ bytes; NaN where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6  # bytes there, kilobytes on Linux


if __name__ == "__main__":
    workload = {"weeks": weeks, "rules": rules, "ensemble": ensemble}[sys.argv[1]]
    print(json.dumps(workload(**json.loads(sys.argv[2]))))

"""How long from nothing to the end of the first week: import, set-up, first week. Run by the benchmark in a fresh process.

    XDG_CACHE_HOME=$(mktemp -d) python -m experiments.timing.start_up southeast_asia      (an empty compile cache)

Prints one line of JSON: seconds of the processor, and on the clock.
"""

import json
import sys
import time
from itertools import pairwise

SO_FAR = [("interpreter", time.process_time(), time.perf_counter())]


def lap(part: str) -> None:
    """Note when a part ended."""
    SO_FAR.append((part, time.process_time(), time.perf_counter()))


def start_up(region: str) -> dict[str, dict[str, float]]:
    """Each part with its seconds; set_up and first_week include what they compile, or load from the cache."""
    from sim import load_scenario, model
    from sim.world import new_world

    lap("import")
    world = new_world(load_scenario(region=region), 1)
    lap("set_up")
    model.week(world)
    lap("first_week")
    parts = {
        part: {"seconds": busy - before[1], "wall_seconds": clock - before[2]}
        for before, (part, busy, clock) in pairwise(SO_FAR)
    }
    return parts | {"total": {kind: sum(part[kind] for part in parts.values()) for kind in ("seconds", "wall_seconds")}}


if __name__ == "__main__":
    print(json.dumps(start_up(sys.argv[1])))

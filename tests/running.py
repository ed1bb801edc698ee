"""Running small worlds, and telling whether two of them are the same to the bit."""

import datetime as dt
import hashlib
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim import load_scenario
from sim.compiled import rule
from sim.interventions import load_interventions, pull
from sim.levers import SCOPES
from sim.model import Run, week
from sim.scenario import Scenario, available
from sim.state import World
from sim.world import enlarged, new_world

ROOT = Path(__file__).parent.parent
SCENARIOS = available("scenario")
DISTINCT = [name for name in SCENARIOS if not name.startswith("factorial_")]  # the cells are tried in test_scenarios
CREW_TABLES = ("compounds", "workforce", "skill", "targets", "mix", "reach", "take")  # a row for each crew
BEGINS, ENDS = dt.date(2019, 1, 7), dt.date(2021, 12, 27)


@lru_cache(maxsize=64)
def scenario_on(region: str = "toy", name: str = "baseline", start: dt.date = BEGINS, end: dt.date = ENDS) -> Scenario:
    """A shipped scenario on a region, between two dates."""
    return load_scenario(name, region=region, start=start, end=end)


def first_start(scenario: Scenario) -> dt.date | None:
    """When the first intervention of a scenario begins; None if it has none."""
    return min((item.settings.start for item in load_interventions(scenario)), default=None)


def around_start(region: str, name: str, before: int, after: int) -> Scenario:
    """A shipped scenario from some weeks before its first intervention to some weeks after (baseline: from 2019)."""
    begins = first_start(scenario_on(region, name))
    start = begins - dt.timedelta(weeks=before) if begins else BEGINS
    return scenario_on(region, name, start, start + dt.timedelta(weeks=before + after))


def advance(world: World, weeks: int, interventions=()) -> World:
    """The world some weeks later; the weeks of `sim.simulate`, without its records."""
    for _ in range(weeks):
        world = enlarged(world)
        pull(world, interventions, int(world.clock["week"][0]))
        week(world)
    return world


def run(scenario: Scenario, weeks: int, seed: int = 1) -> World:
    """A new world of a scenario, some weeks on, with its interventions."""
    return advance(new_world(scenario, seed), weeks, load_interventions(scenario))


def outcome(done: Run) -> dict[str, np.ndarray]:
    """All that a run leaves, as arrays by name."""
    return done.records._asdict() | {f"moves.{name}": done.moves[name] for name in done.moves.dtype.names}


def columns(world: World, leave_out: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
    """Everything in a world as plain arrays by name. Crews and moves are sorted by lineage, for the order of rows means
    nothing; those of the lineages in `leave_out`, how many rows are in use, padding and scratch are left out."""
    crews = world.compounds[: int(world.clock["compounds"][0])]
    rows = np.argsort(crews["lineage"])
    rows = rows[~np.isin(crews["lineage"][rows], np.array(leave_out, np.uint64))]
    moves = np.asarray(world.moves)[: int(world.clock["moves"][0])]
    moves = moves[np.lexsort((moves["lineage"], moves["week"]))]
    tables = world._asdict() | {f"lever.{scope}": getattr(world.lever, scope) for scope in (*SCOPES, "effort")}
    tables |= {name: getattr(world, name)[rows] for name in CREW_TABLES} | {"moves": moves}
    found = {}
    for name, table in tables.items():
        if name not in ("lever", "values", "order", "params"):
            for column in table.dtype.names or ("",):
                if (name, column) != ("clock", "compounds"):
                    found[f"{name}.{column}".rstrip(".")] = table[column] if column else table
    return found


def differences(left: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> list[str]:
    """Names of the arrays that differ in any bit; both must hold the same names."""
    assert left.keys() == right.keys()
    return [name for name in left if left[name].tobytes() != right[name].tobytes()]


def digest(world: World) -> str:
    """SHA-256 (first 16 hex digits) of everything in a world."""
    return digest_of(columns(world))


def digest_of(arrays: dict[str, np.ndarray]) -> str:
    """SHA-256 (first 16 hex digits) of arrays and their names."""
    total = hashlib.sha256()
    for name, values in arrays.items():
        total.update(name.encode() + np.ascontiguousarray(values).tobytes())
    return total.hexdigest()[:16]


@rule
def last_of_eight(values):
    """Reads beyond a shorter table: shows that bounds checks are on."""
    return values[7]


def in_another_process(code: str, *, fails: bool = False, at: Path = ROOT, **environment: str) -> str:
    """What a Python process with this code and environment prints; its error output if it should fail. at: where `sim` lies."""
    paths = os.pathsep.join((str(at), str(at / "tests")))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=at, env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, (done.stdout + done.stderr)[-3000:]
    return done.stderr if fails else done.stdout

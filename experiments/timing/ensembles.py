"""The benchmark of an ensemble: how much of it is inside the rules, and what a second thread gains."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sim import load_scenario, model, world
from sim.compiled import rule
from sim.ensemble import run_ensemble
from sim.records import CELL_WEEKS, new_records, write_week
from sim.scenario import Scenario

WATCHED = ("weeks", "unstaffed", "logged_moves")  # of sim.model


def ensemble(region: str, runs: int, threads: list[int], rounds: int = 2) -> dict:
    """Ensembles written to a folder, with so many threads in turn; of each, the fastest of some rounds."""
    scenario = load_scenario(region=region)
    run_ensemble([scenario], [0], 1)  # loads all that is compiled
    fastest = {}
    for _ in range(rounds):
        for count in threads:
            told = _timed(scenario, runs, count)
            fastest[count] = min(fastest.get(count, told), told, key=lambda each: each["wall"])
    one = fastest[threads[0]]
    written = runs * scenario.weeks * _seconds_to_write(scenario)
    parts = one | {"weeks": one["weeks"] - written, "write_week": written}
    inside = {count: told["weeks"] - written for count, told in fastest.items()}
    return {
        "runs": runs, "weeks": scenario.weeks, "seconds": one["processor"],
        "share_inside_rules": inside[threads[0]] / one["processor"],
        "share_by_part": {name: parts[name] / one["processor"] for name in (*WATCHED, "write_week")},
        "wall_seconds_by_threads": {str(count): told["wall"] for count, told in fastest.items()},
        "speed_up_by_threads": {str(count): one["wall"] / told["wall"] for count, told in fastest.items()},
        "share_of_wall_by_threads": {str(count): inside[count] / count / told["wall"] for count, told in fastest.items()},
    }  # fmt: skip


def _timed(scenario: Scenario, runs: int, threads: int) -> dict[str, float]:
    """Seconds of an ensemble on disk: wall, processor, and in each part that is watched (of the processor)."""
    with tempfile.TemporaryDirectory() as folder, _watched() as spent:
        began = time.process_time(), time.perf_counter()
        run_ensemble([scenario], range(1, runs + 1), threads, out=f"{folder}/runs")
        return dict(spent) | {"processor": time.process_time() - began[0], "wall": time.perf_counter() - began[1]}


@contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Seconds spent in each part, all threads together, while the context lasts."""
    spent, originals = defaultdict(float), {name: getattr(model, name) for name in WATCHED}

    def watch(name, original):
        def call(*given):
            began = time.thread_time()
            result = original(*given)
            spent[name] += time.thread_time() - began
            return result

        return call

    for name, original in originals.items():
        setattr(model, name, watch(name, original))
    try:
        yield spent
    finally:
        for name, original in originals.items():
            setattr(model, name, original)


def _seconds_to_write(scenario: Scenario, times: int = 200 * CELL_WEEKS) -> float:
    """What a week takes to be recorded, on average over a quarter."""
    made, records = world.new_world(scenario, 1), new_records(scenario)
    model.weeks(made, records, 1)
    written_again(records, made, 1)
    began = time.thread_time()
    written_again(records, made, times)
    return (time.thread_time() - began) / times


@rule
def written_again(records, w, times):
    """Record a week so many times, each as the next of a quarter, to see what once takes."""
    for n in range(times):
        w.clock[0].week = 1 + n % CELL_WEEKS
        write_week(records, w.territories, w.seen, w.pools, w.compounds, w.flows, w.clock[0])

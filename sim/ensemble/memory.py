"""Does it fit? What an ensemble needs at least, reckoned from its design before anything is started."""

from pathlib import Path

from sim import memory
from sim.agents.compounds import room_for, sites_at
from sim.ensemble.design import Plan
from sim.region import ConfigError
from sim.scenario import Scenario

ROW_BYTES = {"weekly": 36, "pools": 32}  # of a table in memory, with its keys
LOG_BYTES = 4e5  # of the moves and cells of a decade on the real region
CGROUP: Path = memory.CGROUP


def run_bytes(plan: Plan, tables: tuple[str, ...]) -> float:
    """Bytes of the tables of a run, about."""
    first, region = plan.first, plan.first.region
    places = {"weekly": len(region.territories), "pools": len(region.pools)}
    cubes = sum(first.weeks * places[name] * ROW_BYTES[name] for name in tables if name in places)
    return cubes + LOG_BYTES * first.weeks / 521 * bool({"moves", "cells"} & set(tables))


def compounds_at_start(scenario: Scenario) -> int:
    """Most compounds that a world of the scenario can have on its first day (see `sim.agents.compounds`)."""
    initial, total = scenario.params["initial"], 0
    for site in sites_at(scenario.region, scenario.start.isoformat()):
        low, high = site.compounds_low or 1.0, site.compounds_high or site.compounds_low or 1.0
        count = max(round(initial["filled"] * (low * high) ** 0.5), 1)
        people = max(initial["filled"] * (site.workers_high or 0.0), count * initial["usual_size"])
        total += max(count, round(people / initial["largest"]), 1)
    return total


def run_work(scenario: Scenario) -> int:
    """Work of a run in compound-weeks, about: of compounds that come later nothing is known yet."""
    return scenario.weeks * compounds_at_start(scenario)


def world_bytes(scenario: Scenario) -> float:
    """Bytes of a world's compounds at the start, with their room to grow."""
    return room_for(compounds_at_start(scenario), scenario.region)


def available_bytes() -> float:
    """Memory that this process may still take: the machine's, or what a container or batch job leaves."""
    return memory.available_bytes(CGROUP)


def check_memory(plan: Plan, tables: tuple[str, ...], at_once: int, keep: int) -> None:
    """Raise ConfigError (one line: need, available) when the worlds and tables of an ensemble cannot fit on this machine.

    at_once   worlds that run side by side here        keep   runs whose tables are held in memory
    """
    largest = max(plan.bases.values(), key=world_bytes)
    worlds, held = at_once * world_bytes(largest), keep * run_bytes(plan, tables)
    need, free = worlds + held, available_bytes()
    if need > free:
        advice = "fewer workers" if worlds > held else "results on disk (out=...) or fewer tables"
        raise ConfigError(
            f"ensemble: needs at least {need / 1e9:.1f} GB ({at_once} worlds at once of up to {compounds_at_start(largest):,} "
            f"compounds, tables of {keep:,} runs) and {free / 1e9:.1f} GB are available; allowed: {advice}"
        )

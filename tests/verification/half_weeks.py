"""The world told in shorter steps: `python half_weeks.py PARTS SCENARIO FIRST_SEED SEEDS WEEKS` prints its sums as JSON.

A week in PARTS is the same rules with every rate, flow and duration restated for the shorter step, by the units that parameters
and tables carry; nothing else is touched. An own process, for the compiled rules hold the length of their step: give it a compile
cache of its own (NUMBA_CACHE_DIR). The calendar is stretched, so that "a week" of a scenario lasts PARTS steps.
"""

import dataclasses
import datetime as dt
import json
import sys

import numpy as np

import sim.model
import sim.scenario
from sim import load_scenario

PER_STEP = ("USD/person/week", "victims/person/week", "slots/week")


def shorten(parts: int) -> None:
    """Let every module that asks for the length of a week or a quarter see the shorter step."""
    for module in [module for name, module in sys.modules.items() if name.startswith("sim.")]:
        for constant in ("WEEKS_PER_YEAR", "QUARTER"):
            if hasattr(module, constant):
                setattr(module, constant, getattr(module, constant) * parts)
    sim.scenario.PER_WEEK = {unit: per_week / parts for unit, per_week in sim.scenario.PER_WEEK.items() if "USD" not in unit}
    whole_weeks = sim.model.unstaffed

    def unstaffed(scenario, seed):
        world = whole_weeks(scenario, seed)
        for rate in ("growth_early", "growth_late"):
            world.pools[rate] /= parts
        return world

    sim.model.unstaffed = unstaffed


def restated(name: str, weeks: int, parts: int) -> sim.scenario.Scenario:
    """A scenario of so many weeks on a calendar in which a week lasts `parts` times as long."""
    scenario = load_scenario(name)
    shipped = sim.scenario.shipped_parameters()
    params = {}
    for group, values in scenario.params.items():
        params[group] = dict(values)
        for parameter, value in values.items():
            unit = shipped[group][parameter].get("unit")
            if unit in PER_STEP:
                params[group][parameter] = value / parts
            elif unit == "week":
                params[group][parameter] = value * parts
    # luck of a week is the sum of the lucks of its parts: as much variance in the sum takes more in each part
    spread = np.expm1(params["targeting"]["volatility"] ** 2)
    params["targeting"]["volatility"] = float(np.sqrt(np.log1p(parts * spread)))
    places = [
        place.model_copy(update={"rent_usd_per_worker_week": place.rent_usd_per_worker_week / parts})
        for place in scenario.region.territories
    ]
    region = dataclasses.replace(scenario.region, rows=scenario.region.rows | {"territories": places})

    def later(date):
        return scenario.start + parts * (dt.date.fromisoformat(str(date)) - scenario.start)

    levers = tuple(
        given
        | {key: str(later(given[key])) for key in ("start", "end") if given.get(key)}
        | {"ramp_weeks": given.get("ramp_weeks", 0) * parts}
        for given in scenario.interventions
    )
    end = scenario.start + dt.timedelta(weeks=weeks * parts - 1)
    return dataclasses.replace(scenario, params=params, region=region, interventions=levers, end=end)


def sums(scenario: sim.scenario.Scenario, seed: int, parts: int, target: np.ndarray) -> dict[str, float]:
    """People at work at the end of the last year (in all, in the target), and losses of that year (USD)."""
    records = sim.model.simulate(scenario, seed).records
    year = slice(-52 * parts, None)
    workers = np.asarray(records.workers)[year]
    return {
        "workers": float(workers.sum(axis=1).mean()),
        "in_target": float(workers[:, target].sum(axis=1).mean()),
        "losses": float(np.asarray(records.pool_losses)[year].sum(dtype=float)),
    }


if __name__ == "__main__":
    parts, name, first, seeds, weeks = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    if parts > 1:
        shorten(parts)
    scenario = restated(name, weeks, parts)
    target = np.isin(scenario.region.names("territories"), scenario.target or scenario.region.names("territories"))
    print(json.dumps([sums(scenario, seed, parts, target) for seed in range(first, first + seeds)]))

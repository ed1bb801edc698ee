"""A comparison on disk: the same folder whether it was asked for in Python or on the command line."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim import store
from sim.claims.verdict import verdict
from sim.compiled import source_digest
from sim.ensemble.design import model_digest, stored
from sim.measures.book import book
from sim.measures.comparison import comparison
from sim.measures.tidy import tidy
from sim.measures.zones import zones
from sim.report import comparison_page, parameters_table
from sim.scenario import Scenario, shipped_parameters

REPORT = "report.html"
WHERE_AND_HOW = ("out", "executor", "ensemble")  # settings that change no result; seeds and the rule to stop stand by themselves
PEOPLE_READ, MACHINES_READ = ("comparison", "estimands", "zones", "scenarios"), ("weekly", "pools", "moves", "cells")


def measured(scenarios: Sequence[Scenario], table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What needs no run: zones and, for the figures, the map as shipped."""
    shipped = {"territories": "territories", "countries": "countries", "cells_geo": "cells"}
    found = {name: store.region_table(scenarios[0].region.name, file) for name, file in shipped.items()}
    return found | {"scenarios": table, "zones": zones(found["territories"], targets(scenarios))}


def judged(
    measure: Callable, tables: Mapping[str, pd.DataFrame], scenarios: Sequence[Scenario], table: pd.DataFrame, window: tuple
) -> pd.DataFrame:
    """The scenarios beside their counterparts, by one of `sim.measures.comparison`."""
    territories = store.region_table(scenarios[0].region.name, "territories")
    return measure(tables["weekly"], tables["pools"], territories, table, targets(scenarios), window)


def estimands(tables: Mapping[str, pd.DataFrame], scenarios: Sequence[Scenario], window: tuple) -> pd.DataFrame:
    """Every estimand of the comparison, one number a row (`sim.measures.tidy`): seconds, which the bootstrap takes."""
    places, pools = (store.region_table(scenarios[0].region.name, name) for name in ("territories", "pools"))
    found = book(tables, places, pools, tables["scenarios"], targets(scenarios), window)
    return tidy(found | {"comparison": tables["comparison"]}, window)


with_verdicts = partial(comparison, judge=verdict)  # a measure for `judged`: the table that is read


def targets(scenarios: Sequence[Scenario]) -> dict[str, tuple[str, ...]]:
    """Scenario -> the territories at which it aims; the first, the baseline, aims at none."""
    return {scenario.name: scenario.target for scenario in scenarios[1:]}


def recipe(
    settings: Mapping[str, Any], scenarios: Sequence[Scenario], seeds: Sequence[int], stopped: Mapping[str, Any], window: tuple
) -> dict[str, Any]:
    """The part of the manifest that says what was asked, with a digest of what decides the results."""
    base = scenarios[0]
    told = {
        "format": store.FORMAT,
        "experiment": "compare",
        "config": {**settings, "params": base.params},
        "window_months": list(window),
        "seeds": list(seeds),
        "stopped": dict(stopped),
        "scenarios": {scenario.name: stored(scenario) for scenario in scenarios},
        "digests": {
            "parameters": store.digest(base.params), "data": base.region.digest, "source": source_digest(),
            "model": model_digest(),
        },
    }  # fmt: skip
    deciding = {key: value for key, value in told["config"].items() if key not in WHERE_AND_HOW}
    return {"digest": store.digest(told | {"config": deciding}), **told}


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """The tables of a comparison: those that people read as CSV, the large ones as Parquet."""
    for name in PEOPLE_READ:
        store.write_csv(folder, name, tables[name])
    for name in MACHINES_READ:
        store.write_table(folder, name, tables[name])


def report_page(results: store.Results) -> str:
    """report.html of a folder of a comparison, as text."""
    region = results.manifest["config"]["region"]["folder"]
    shipped = {name: store.region_table(region, name) for name in ("territories", "cells")}
    return comparison_page(results, shipped, parameters_table(results.manifest["config"].get("params", {}), shipped_parameters()))

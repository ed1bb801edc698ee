"""In which regime does a point lie? A point is a scenario with its parameters; a regime is a verdict of `sim.claims.verdict`.

With few pairs an interval says little: suppression must show in the whole interval of the pairs, the rest is judged by the
estimate alone. Where one of the pairs has nobody in the target, with no one to remove, the point is EMPTY: nothing can be asked
of it. Where the levers of a scenario act outside its target too, a fall out there is their own work: such a point is DIRECT and
no evidence that benefits can diffuse.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from experiments.common.design import Asked, read_scenarios
from experiments.common.draws import overrides
from experiments.common.progress import worlds_run
from sim import ConfigError, store
from sim.claims import verdict as rules
from sim.ensemble import run_ensemble
from sim.interventions import load_interventions
from sim.measures.comparison import estimates
from sim.measures.paired import DAYS_PER_MONTH
from sim.scenario import CONFIGS, Scenario, parse_date, read_yaml

REGIMES = (
    rules.ENDS, rules.NO_SUPPRESSION, rules.NO_DISPLACEMENT, rules.PARTIAL, rules.FULL, rules.WORSE, rules.DIFFUSION,
)  # fmt: skip
EMPTY, DIRECT = "EMPTY", "DIRECT"
BEFORE, AFTER = dt.timedelta(days=2 * 365), dt.timedelta(days=21)  # of the runs, around the first lever and the window
TOLD = ("scenario", "regime", "suppression", "ndr", "loss_change", "western_loss_change")  # of a row of estimates
RETRIES = 3  # clearest cases of a regime that are run again


class Explored(Asked):
    """What configs/reachability.yaml and the command line ask for."""

    draws: Annotated[int, Field(ge=1, le=1_000_000)]
    groups: tuple[str, ...] | None
    structures: str | tuple[str, ...]
    confirm: Annotated[int, Field(ge=0, le=100_000)]
    least: Annotated[float, Field(ge=0, le=1)]


def worlds(asked: Asked, row: Mapping) -> tuple[list[Scenario], pd.DataFrame]:
    """The scenarios under the parameters of a row, and the table of those asked for (see `read_scenarios`).

    From two years before the first lever to the end of the window. Raises ConfigError (one line) for one without a target.
    """
    params = {group: dict(names) for group, names in asked.params.items()}
    for group, names in overrides(row).items():
        params[group] |= names
    asked = asked.model_copy(update={"params": params})
    scenarios, table = read_scenarios(asked)
    for scenario in scenarios:
        if scenario.name in asked.scenarios and not scenario.target:
            raise ConfigError(f"scenarios: {scenario.name} has no target in space; allowed: scenarios that have one")
    table = table[table["scenario"].isin(asked.scenarios)]
    earliest = parse_date(read_yaml(CONFIGS / "world.yaml")["start"], "start")
    span = {
        "start": asked.start or str(max(table["start"].min().date() - BEFORE, earliest)),
        "end": asked.end or str(table["start"].max().date() + dt.timedelta(days=asked.window[1] * DAYS_PER_MONTH) + AFTER),
    }
    return read_scenarios(asked.model_copy(update=span))[0], table


def judge(asked: Explored, row: Mapping, pairs: int) -> list[dict]:
    """A row of estimates for each scenario under the parameters of `row`, with `regime` (points) and `verdict` (intervals)."""
    scenarios, table = worlds(asked, row)
    seeds = range(asked.ensemble.seed, asked.ensemble.seed + pairs)
    tables = run_ensemble(scenarios, seeds, asked.ensemble.workers)
    places = store.region_table(scenarios[0].region.name, "territories")
    targets = {scenario.name: scenario.target for scenario in scenarios if scenario.name in asked.scenarios}
    direct = {scenario.name for scenario in scenarios if scenario.name in targets and acts_elsewhere(scenario)}
    judged = estimates(tables["weekly"], tables["pools"], places, table, targets, asked.window, draws=500).to_dict("records")
    for found in judged:
        points = {f"{name}{end}": found[name] for name in ("ndr", "loss_change", "end_ratio") for end in ("_low", "_high")}
        found["regime"] = rules.verdict(found | points) if np.isfinite(found["suppression_high"]) else EMPTY
        found["verdict"] = rules.verdict(found)
        if found["scenario"] in direct:
            found |= {name: DIRECT for name in ("regime", "verdict") if found[name] == rules.DIFFUSION}
    return judged


def explore(asked: Explored, design: pd.DataFrame) -> pd.DataFrame:
    """Every row of the design x scenario as a row: its regime, its numbers, and what was drawn."""
    rows = []
    with worlds_run(len(design), "draws") as step:
        for row in design.to_dict("records"):
            judged = judge(asked, row, asked.ensemble.pairs)
            rows += [{key: found[key] for key in TOLD} | row for found in judged]
            step()
    return pd.DataFrame(rows)


def acts_elsewhere(scenario: Scenario) -> bool:
    """Whether some lever of the scenario is not confined to its target: to other places, or to no place at all."""
    index = scenario.region.index("territories")
    aim = {index[name] for name in scenario.target}
    return any(not aim.issuperset(item.rows["territories"].tolist()) for item in load_interventions(scenario))


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Share of points in each regime (rows), by scenario and overall (columns); a regime without a point has 0."""
    found = pd.crosstab(table["regime"], table["scenario"], normalize="columns")
    found["overall"] = table["regime"].value_counts(normalize=True)
    order = [*REGIMES, rules.INDETERMINATE, DIRECT, EMPTY]
    return found.reindex([name for name in order if name in REGIMES or name in found.index]).fillna(0.0)


def reached(table: pd.DataFrame, least: float) -> list[str]:
    """Regimes with at least one point, and with at least that share of the points of some scenario."""
    most = shares(table).drop(columns="overall").max(axis=1)
    return [regime for regime in REGIMES if most[regime] > 0.0 and most[regime] >= least]


def confirmed(table: pd.DataFrame, asked: Explored) -> dict[str, str]:
    """Regime -> the case in which the full verdict, with `confirm` pairs, is that regime; regimes without one are left out."""
    found = {}
    for regime in table["regime"].unique():
        for case in clearest(table, regime).to_dict("records"):
            alone = asked.model_copy(update={"scenarios": (case["scenario"],)})
            row = judge(alone, case, asked.confirm)[0]
            if row["verdict"] == regime:
                numbers = ", ".join(
                    f"{word} {row[key]:+.2f} [{row[f'{key}_low']:+.2f}, {row[f'{key}_high']:+.2f}]"
                    for key, word in (("suppression", "suppression"), ("ndr", "NDR"), ("loss_change", "losses"))
                )
                found[regime] = f"{case['scenario']}, draw {case['draw']}, {case['structure'] or 'shipped'}: {numbers}"
                break
    return found


def clearest(table: pd.DataFrame, regime: str) -> pd.DataFrame:
    """The cases of a regime that are worth more pairs, clearest first: much removed, and far from the borders."""
    cases = table[table["regime"] == regime].copy()
    cases["clarity"] = -cases["suppression"].clip(upper=0.0)
    if regime == rules.WORSE:
        cases["clarity"] = cases["loss_change"]
    if regime == rules.NO_SUPPRESSION:
        cases["clarity"] = -cases["suppression"].abs()
    if regime == rules.DIFFUSION:
        cases["clarity"] *= -cases["ndr"]
    middle = {rules.NO_DISPLACEMENT: 0.0, rules.PARTIAL: 0.5, rules.FULL: 1.5}
    if regime in middle:
        cases["clarity"] -= (cases["ndr"] - middle[regime]).abs()
    return cases.sort_values("clarity", ascending=False).head(RETRIES)

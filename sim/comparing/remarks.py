"""What to know of the scenarios that does not show in their numbers, a line each: levers that are never in force, files without
a source, targets with nobody in them. They stand on the terminal, in the manifest and among the limits of the report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from sim.comparing.world import BASELINE
from sim.interventions import load_interventions
from sim.scenario import Scenario, available

NAMED = 3  # levers in one line


def of_scenarios(scenarios: Sequence[Scenario]) -> list[str]:
    """What can be said before anything is run."""
    shipped = set(available("scenario"))
    remarks = [_idle(scenario) for scenario in scenarios]
    for scenario in scenarios:
        if scenario.name in shipped and not str(scenario.config["scenario"].get("source", "")).strip():
            file = Path("configs/scenario", f"{scenario.name}.yaml")
            remarks.append(f"{file}: gives no source; write whence its dates and strengths come, or that they are judgement.")
    return [remark for remark in remarks if remark]


def _idle(scenario: Scenario) -> str:
    """The levers that are in force in no week of the run: their dates lie before it, after it, or between two of its weeks."""
    idle = []
    for number, lever in enumerate(load_interventions(scenario)):
        if all(lever.strength(week) is None for week in range(scenario.weeks)):
            dates = f"from {lever.settings.start}" + (f" to {lever.settings.end}" if lever.settings.end else "")
            idle.append(f"{scenario.interventions[number]['lever']} (interventions[{number}], {dates})")
    if not idle:
        return ""
    told = ", ".join(idle[:NAMED]) + (f" and {len(idle) - NAMED} more" if len(idle) > NAMED else "")
    verb = "is" if len(idle) == 1 else "are"
    run = f"in a run from {scenario.start} to {scenario.end}"
    return f"{scenario.name}: {told} {verb} never in force {run}: nothing comes of it."


def of_targets(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Scenarios in whose target nobody is held when they begin, from the tables weekly, zones and scenarios of the runs."""
    weekly, zones, remarks = tables["weekly"], tables["zones"], []
    for row in tables["scenarios"].to_dict("records"):
        aimed = zones.loc[(zones["scenario"] == row["scenario"]) & (zones["zone"] == "target"), "territory"].astype(str)
        if row["scenario"] == BASELINE or aimed.empty:
            continue
        without = weekly[(weekly["scenario"] == row["relative_to"]) & (weekly["date"] >= row["start"])]
        without = without[without["date"] == without["date"].min()]
        held = without["workers"].where(without["territory"].astype(str).isin(set(aimed)), 0.0).groupby(without["seed"]).sum()
        if empty := int((held == 0).sum()):
            worlds = f"all {len(held)}" if empty == len(held) else f"{empty} of {len(held)}"
            remarks.append(
                f"{row['scenario']}: in {worlds} worlds nobody is held in its target ({row['target']}) when it begins "
                f"({row['start'].date()}), so there is nobody to remove."
            )
    return remarks

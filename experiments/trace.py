"""One pair of worlds, looked at closely: the timeline of states and protectors, and the decisions of a few crews.

    python -m experiments.trace kokang_crackdown seed=1
    python -m experiments.trace scenario=states_endogenous seed=3 crews=6
    python -m experiments.trace kokang_crackdown seed=7 'lineages=[849891ded6511366]'     # as named in moves.parquet

Settings: configs/trace.yaml. The pair is run again from its seed, so it is the pair of any comparison with the same settings.
One pair is one possible course of events: it shows how a result comes about, and is no estimate.
"""

import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from experiments.closeup.witness import largest, watch
from experiments.common.console import changed_parameters, checked, launch
from experiments.common.progress import COMPILING, Phases
from sim import ConfigError, plots, store
from sim.comparing.world import counterpart, with_counterparts
from sim.compiled import source_digest
from sim.ensemble.design import model_digest, stored
from sim.measures.zones import zones
from sim.scenario import Scenario, load_scenario

FIGURES = ("timeline", "traces", "choices")
PEOPLE_READ = ("options", "scenarios", "zones")  # as CSV


class Asked(BaseModel):
    """What configs/trace.yaml and the command line say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    traced: str
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)]
    crews: Annotated[int, Field(ge=1, le=12)]
    lineages: tuple[Annotated[str, Field(pattern="^[0-9a-f]{16}$")], ...]
    region: dict
    start: str | None
    end: str | None
    params: dict
    out: str | None


def trace(settings: dict) -> None:
    """Run the pair, write its tables and figures, print what became of each crew."""
    asked = checked(Asked, settings)
    both, scenarios = _pair(asked)
    out = asked.out or f"results/trace/{asked.traced}_{asked.seed}_{datetime.now():%Y-%m-%d_%H-%M-%S}"
    begins = pd.Timestamp(scenarios.set_index("scenario")["start"][asked.traced])
    week = max((begins - pd.Timestamp(both["with"].start)).days // 7, 0)
    with store.results_folder(out) as folder:
        with Phases() as progress:
            progress.begin("weeks of the two worlds", 2 * both["with"].weeks, first=COMPILING)
            chosen = [int(name, 16) for name in asked.lineages] or largest(both["with"], asked.seed, week, asked.crews)
            worlds = {world: watch(scenario, asked.seed, chosen, progress.step) for world, scenario in both.items()}
        tables = {name: _together(name, worlds, both, asked.seed) for name in worlds["with"]}
        _all_met(chosen, tables["traces"])
        made_by = _recipe(settings, both, asked, chosen)
        places = store.region_table(both["with"].region.name, "territories")
        tables |= {"scenarios": scenarios, "zones": zones(places, {asked.traced: both["with"].target})}
        for name, table in tables.items():
            (store.write_csv if name in PEOPLE_READ else store.write_table)(folder, name, table)
        undrawn = _draw(tables | {"territories": places}, asked.traced, folder, made_by["digest"])
        store.write_manifest(folder, made_by | store.provenance())
    names = {name: called.partition(" (")[0] for name, called in both["with"].region.called("territories").items()}
    print(*story(tables["traces"], chosen, names), *undrawn, f"{out}: tables, figures and manifest", sep="\n")


def _pair(asked: Asked) -> tuple[dict[str, Scenario], pd.DataFrame]:
    """The scenario ("with") and its counterpart ("without"), and the rows of both in the table of scenarios."""
    given = {"region": asked.region["name"], "start": asked.start, "end": asked.end, "params": changed_parameters(asked.params)}
    scenario = load_scenario(asked.traced, **given)
    if counterpart(scenario) is None:
        raise ConfigError(f"traced: {asked.traced} is compared with nothing; allowed: any other of configs/scenario")
    loaded, table = with_counterparts([asked.traced], lambda name: load_scenario(name, **given))
    both = {"with": scenario, "without": next(one for one in loaded if one.name == counterpart(scenario))}
    return both, table[table["scenario"].isin([one.name for one in both.values()])].reset_index(drop=True)


def _together(name: str, worlds: dict, both: dict[str, Scenario], seed: int) -> pd.DataFrame:
    """A table of both worlds, with the columns scenario, world (with or without) and seed before the others."""
    parts = []
    for world, tables in worlds.items():
        table = tables[name]
        for place, (key, value) in enumerate({"scenario": both[world].name, "world": world, "seed": seed}.items()):
            table.insert(place, key, value)
        parts.append(table)
    table = pd.concat(parts, ignore_index=True)
    if name in PEOPLE_READ:
        return table
    return table.astype(dict.fromkeys(table.select_dtypes(["object", "str"]), "category"))


def _all_met(chosen: list[int], traces: pd.DataFrame) -> None:
    met = set(traces["compound"]) if len(traces) else set()
    if missing := [name for name in (f"{lineage:016x}" for lineage in chosen) if name not in met]:
        raise ConfigError(f"lineages: {missing[0]} is in neither world; allowed: those named in moves.parquet of this seed")
    if not chosen:
        raise ConfigError("crews: nobody stands in the target when the first lever is pulled; allowed: lineages=[...]")


def _recipe(settings: dict, both: dict[str, Scenario], asked: Asked, chosen: list[int]) -> dict:
    base = both["without"]
    told = {
        "format": store.FORMAT, "experiment": "trace", "config": {**settings, "params": base.params}, "seeds": [asked.seed],
        "compounds": [f"{lineage:016x}" for lineage in chosen],
        "scenarios": {scenario.name: stored(scenario) for scenario in both.values()},
        "digests": {
            "parameters": store.digest(base.params), "data": base.region.digest, "source": source_digest(),
            "model": model_digest(),
        },
    }  # fmt: skip
    return {"digest": store.digest(told), **told}


def _draw(tables: dict[str, pd.DataFrame], scenario: str, folder: Path, digest: str) -> list[str]:
    """Write the figures; a line for each that has nothing to show, and why."""
    undrawn = []
    for name in FIGURES:
        figure = plots.figure(name)
        try:
            table = plots.table(name, tables, scenario)
        except ValueError as error:
            undrawn.append(f"figures/{name}: not drawn; {error}")
            continue
        plots.write(figure.draw(table, f"Run {digest}."), table, folder / "figures", name, figure.CAPTION, digest)
    return undrawn


def story(traces: pd.DataFrame, chosen: list[int], names: Mapping[str, str]) -> list[str]:
    """What became of each crew, a line per crew and world: raids, moves and the end, with their dates and causes.

    names: of territories, {identifier: what people call it}
    """
    lines = []
    for number, lineage in enumerate(chosen):
        for world in ("without", "with"):
            mine = traces[(traces["compound"] == f"{lineage:016x}") & (traces["world"] == world)]
            if mine.empty:
                continue
            raids = {kind: int((mine["raid"] == kind).sum()) for kind in ("real", "staged")}
            told = [f"{count} {kind} raid{'s' * (count > 1)}" for kind, count in raids.items() if count]
            for row in mine[mine["cause"] != ""].to_dict("records"):
                place = f"{'in' if row['cause'] == 'entry' else 'to'} {names[row['territory']]}"
                where, cause = "over" if row["status"] == "closed" else place, row["cause"].replace("_", " ")
                told.append(f"{row['date']:%b %Y} {where} ({cause})")
            last = mine.iloc[-1]
            told.append(f"last {last['status']} in {names[last['territory']]}, {last['workers']:,.0f} people")
            lines.append(f"Crew {chr(65 + number)} ({lineage:016x}) {world:>7}: {'; '.join(told)}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 done, 2 a mistake in what was asked. A bare word is the scenario; `scenario` alone is a folder to Hydra."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    bare = [f"traced={word}" if "=" not in word and not word.startswith("-") else word for word in given]
    return launch(trace, "trace", [re.sub("^scenario=", "traced=", word) for word in bare])


if __name__ == "__main__":
    sys.exit(main())

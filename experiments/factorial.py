"""The equal-budget factorial: acting together or alone, by which instrument, with better tools on both sides or without.

    python -m experiments.factorial ensemble.pairs=20

Settings: configs/factorial.yaml. Runs its sixteen cells beside their counterparts as a comparison, and adds the contrasts between
cells (`sim.measures.factorial`) as factorial.csv. What budgets are equal in: scripts/build_factorial.py.
"""

import sys
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import sim
from experiments.common.console import changed_parameters, checked, launch
from experiments.common.design import Ensemble
from sim import ConfigError, store
from sim.measures.factorial import CELLS, factorial_effects, format_effects
from sim.measures.paired import paired_blocs, paired_zones, window_means


class Asked(BaseModel):
    """What configs/factorial.yaml and the command line say."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    region: dict
    ensemble: Ensemble
    start: str | None
    end: str | None
    window: tuple[float, float]
    params: dict
    out: str | None


def factorial(settings: dict) -> None:
    """Run the cells, write the comparison and the effects, print the effects."""
    asked = checked(Asked, settings)
    if asked.ensemble.until != "pairs" or asked.ensemble.runs:
        raise ConfigError("ensemble: until and runs are not heeded here; allowed: pairs, seed and workers")
    out = Path(asked.out or f"results/factorial/{datetime.now():%Y-%m-%d_%H-%M-%S}")
    with store.results_folder(out) as folder:
        found = sim.compare(
            CELLS, asked.ensemble.pairs, region=asked.region["name"], start=asked.start, end=asked.end,
            params=changed_parameters(asked.params), window=tuple(asked.window), workers=asked.ensemble.workers,
            seed=asked.ensemble.seed, progress=True,
        )  # fmt: skip
        zones = window_means(paired_zones(found.weekly, found.tables["zones"], found.scenarios), found.window)
        effects = factorial_effects(zones, window_means(paired_blocs(found.pools, found.scenarios), found.window))
        found.save(folder, figures=False)
        store.write_csv(folder, "factorial", effects)
    print(found.remark, end="\n" if found.remark else "")
    print(format_effects(effects), f"{out}: factorial.csv beside the comparison of the cells", sep="\n")


if __name__ == "__main__":
    sys.exit(launch(factorial, "factorial"))

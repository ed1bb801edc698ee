"""From settings to the design of a comparison: what is asked, which scenarios, when they begin, when they are measured."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from experiments.common.console import changed_parameters
from sim import ConfigError, load_scenario
from sim.comparing.world import BASELINE, with_counterparts
from sim.comparing.world import fitted_window as world_window
from sim.ensemble.precision import Precision
from sim.scenario import Scenario, available, read_choice


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ensemble(_Settings):
    """How many pairs of worlds, the first seed, runs at once (None: one per processor), when to stop, where to keep runs.

    retry_failed: run those kept there that failed once more.
    """

    pairs: Annotated[int, Field(ge=1, le=100_000)]
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)]
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    until: Literal["pairs", "precision"]
    precision: Precision
    runs: str | None
    retry_failed: Annotated[bool, Field(strict=True)]

    @field_validator("retry_failed")
    @classmethod
    def _of_kept_runs(cls, given, info):
        if given and info.data.get("runs") is None:
            raise ValueError("true only with ensemble.runs, the folder that keeps the runs that failed")
        return given


class Asked(_Settings):
    """What configs/compare.yaml and the command line ask for."""

    scenarios: tuple[str, ...]
    region: dict
    ensemble: Ensemble
    executor: dict
    start: str | None
    end: str | None
    window: tuple[float, float]
    out: str | None
    params: dict

    @field_validator("scenarios", mode="before")
    @classmethod
    def _names(cls, given):
        everything = [name for name in available("scenario") if name != BASELINE]
        names = everything if given == "all" else given if isinstance(given, list) else [given]
        compared = [name for name in names if name not in (BASELINE, None)]
        if not compared or not all(isinstance(name, str) for name in compared):
            raise ValueError(f"all, or a list with at least one of {', '.join(everything)}")
        return tuple(dict.fromkeys(compared))

    @field_validator("window", mode="before")
    @classmethod
    def _in_order(cls, given):
        numbers = isinstance(given, list) and all(isinstance(month, int | float) for month in given)
        if not numbers or len(given) != 2 or not 0 <= given[0] < given[1] < 1200:
            raise ValueError("two numbers of months after the start, the first below the second, as [6,36]")
        return given


def read_scenarios(asked: Asked) -> tuple[list[Scenario], pd.DataFrame]:
    """The scenarios asked for, what each is compared with, all checked, and the table of them.

    The table: scenario, title, target (text), start and end (of the levers; null where open), relative_to.
    Raises ConfigError (one line) on anything unknown or out of range.
    """
    region = str(asked.region.get("name"))
    if asked.region != read_choice("region", region):
        raise ConfigError(f"region: is {asked.region}; allowed: region=NAME with one of {', '.join(available('region'))}")
    params = changed_parameters(asked.params)
    return with_counterparts(asked.scenarios, lambda name: load_scenario(name, region, asked.start, asked.end, params))


def fitted_window(asked: Asked, table: pd.DataFrame, world: Scenario) -> tuple[tuple[float, float], str]:
    """The window of measurement, and a remark where the runs are too short for the one asked: see `sim.comparing.world`."""
    return world_window(asked.window, table, world)

"""The stages of a sensitivity analysis: points in the unit cube become pairs of worlds, and those become effects and indices.

A stage is a sample, run by the ensemble engine with a row per pair kept. All that is random in it comes from the first seed, so
a stage that was interrupted is made again to the bit and finds its runs where it left them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.common.draws import near_shipped
from experiments.common.effects import ALWAYS, EFFECTS, TABLES, Counts, at_points
from experiments.common.progress import worlds_run
from experiments.screening import indices
from experiments.screening.factors import CHANCE, Factor, design_of, problem
from sim.ensemble import run_ensemble

MANY = 1000  # sets of seeds among which a point of the variance stage has its own
GROUPS, PARAMETERS, VARIANCE = "factors", "parameters", "variance"


@dataclass(frozen=True)
class Runner:
    """How pairs are run: the reduction, the part of the ranges, the first seed, what `run_ensemble` is given besides a design."""

    counts: Counts
    span: float
    first: int
    workers: int | None
    executor: Any
    runs: str | None
    retry_failed: bool
    world: dict[str, Any]

    def effects(self, stage: str, design: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Effects at each point and in each pair of a design."""
        out = Path(self.runs) / stage if self.runs else None
        with worlds_run(len(design), f"{stage}: worlds") as step:
            found = run_ensemble(
                design, None, self.workers, step,
                executor=self.executor, out=out, tables=TABLES, reduce=self.counts,
                retry_failed=self.retry_failed, **self.world,
            )  # fmt: skip
        return at_points(found["summary"], int(design["draw"].max()))


class Stage(NamedTuple):
    """What a stage found.

    indices   Morris: stage, effect, factor, label, parameters, span, mu, mu_star, mu_star_conf, sigma; Sobol: S1, ST ... instead
    points    stage, draw, the effects, state, where each parameter lies on its range (0 to 1), and chance
    seeds     effect -> share of the variance over pairs that lies between pairs of one point
    ranks     rank correlations by parameter; of the variance stage only
    """

    indices: pd.DataFrame
    points: pd.DataFrame
    seeds: dict[str, float]
    ranks: pd.DataFrame


def screen(stage: str, factors: Sequence[Factor], count: int, pairs: int, run: Runner) -> Stage:
    """Morris screening of the factors and of chance."""
    asked = problem(factors)
    unit = indices.trajectories(asked, count, run.first)
    points, found, by_pair = _run(stage, unit, factors, pairs, indices.LEVELS, run)
    tables = [indices.morris(asked, unit, found[name], run.first).assign(effect=name) for name in ALWAYS]
    seeds = indices.share_of_seeds(by_pair, ALWAYS)
    return Stage(_told(stage, tables, factors, run.span), points, seeds, pd.DataFrame())


def decompose(stage: str, factors: Sequence[Factor], base: int, run: Runner) -> Stage:
    """Sobol indices of the factors and of chance, a pair at each point; rank correlations of the same points."""
    asked = problem(factors)
    unit = indices.saltelli(asked, base, run.first)
    points, found, _ = _run(stage, unit, factors, 1, MANY, run)
    tables = [indices.sobol(asked, found[name], run.first).assign(effect=name) for name in ALWAYS]
    columns = [path for factor in factors for path in factor.paths]
    coordinates, rows = pd.DataFrame(unit[:, :-1], columns=columns), np.arange(len(unit)) // (len(factors) + 3)
    ranks = [indices.rank_correlations(coordinates, found[name], rows, run.first).assign(effect=name) for name in EFFECTS]
    return Stage(_told(stage, tables, factors, run.span), points, {}, pd.concat(ranks, ignore_index=True))


def leaders(screened: pd.DataFrame, factors: Sequence[Factor], rank_by: str, count: int) -> list[Factor]:
    """The factors that come first in a screening, chance apart."""
    mine = screened[screened["effect"] == rank_by].sort_values("mu_star", ascending=False, kind="stable")
    by_name = {factor.name: factor for factor in factors}
    return [by_name[name] for name in mine["factor"] if name in by_name][:count]


def _run(stage: str, unit: np.ndarray, factors: Sequence[Factor], pairs: int, blocks: int, run: Runner) -> tuple:
    """Table of the points, where they lie on the ranges; effects at each; effects in each pair."""
    names, worlds = problem(factors)["names"], (run.counts.other, run.counts.scenario)
    cube = pd.DataFrame(unit, columns=names)
    moved = pd.concat([near_shipped(cube[names[:-1]], run.span), cube[names[-1:]]], axis=1)
    found, by_pair = run.effects(stage, design_of(moved.to_numpy(), factors, worlds, run.first, pairs, blocks))
    points = pd.concat([found, moved.set_axis(found.index)], axis=1).reset_index().assign(stage=stage)
    return points, found, by_pair


def _told(stage: str, tables: list[pd.DataFrame], factors: Sequence[Factor], span: float) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    by_name: dict[str, Factor] = {factor.name: factor for factor in (*factors, CHANCE)}
    of: Callable[[Callable], list] = lambda what: [what(by_name[name]) for name in table["factor"]]  # noqa: E731
    table.insert(0, "stage", stage)
    table.insert(1, "effect", table.pop("effect"))
    table.insert(3, "label", of(lambda factor: factor.label))
    table.insert(4, "parameters", of(lambda factor: 0 if factor is CHANCE else len(factor.paths)))
    table.insert(5, "span", span)
    return table

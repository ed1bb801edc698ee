"""The grid of a phase diagram: what is asked for, checked, and the points that it makes."""

from typing import Literal

from pydantic import field_validator

from experiments.common.design import Asked, fitted_window
from experiments.common.regimes import worlds
from experiments.phase_map import axes
from experiments.phase_map.axes import Axis
from experiments.phase_map.ladder import EACH, NEAR, PEOPLE, SHARED, Rung, ladder, spread
from experiments.phase_map.points import Point, Runner
from experiments.phase_map.words import tick
from sim import ConfigError
from sim.ensemble.executors import checked_executor
from sim.scenario import CONFIGS, parse_date, read_yaml


class Settings(Asked):
    """What configs/phase.yaml and the command line ask for."""

    x: Axis
    y: Axis
    order: Literal[NEAR, PEOPLE]
    core: tuple[str, ...] | None
    budget: Literal[EACH, SHARED]

    @field_validator("scenarios")
    @classmethod
    def _one(cls, given):
        if len(given) > 1:
            raise ValueError("one, whose campaign is looked at")
        return given

    @field_validator("core")
    @classmethod
    def _some(cls, given):
        if given is not None and not 0 < len(given) == len(set(given)):
            raise ValueError("places of the scenario's target, each once; null for all of them")
        return given


def prepared(asked: Settings) -> tuple[Runner, tuple[str, ...], list[str]]:
    """How points are run, where the ladder begins, and remarks; whatever is wrong shows here, before the first run."""
    axes.check_axes(asked.x, asked.y)
    checked_executor(asked.executor)
    if asked.ensemble.until != "pairs":
        raise ConfigError(f"ensemble.until: is {asked.ensemble.until!r}; allowed: pairs")
    if asked.ensemble.pairs == 1:
        raise ConfigError("ensemble.pairs: is 1; allowed: at least 2 pairs for an interval")
    begins = asked.start or str(parse_date(read_yaml(CONFIGS / "world.yaml")["start"], "start"))
    scenarios, table = worlds(asked.model_copy(update={"start": begins}), {})
    by_name, row = {scenario.name: scenario for scenario in scenarios}, table.iloc[0]
    scenario, other = by_name[row["scenario"]], by_name[row["relative_to"]]
    window, remark = fitted_window(asked, table, scenario)
    core = asked.core or scenario.target
    for place in core:
        if place not in scenario.target:
            raise ConfigError(f"core: {place!r} is no place of {scenario.name}; allowed: {', '.join(scenario.target)}")
    remarks = [remark] if remark else []
    for name, axis in (("x", asked.x), ("y", asked.y)):
        for path in axis.paths:
            group, _, key = path.partition(".")
            if scenario.params[group][key] != other.params[group][key]:
                both = f"{scenario.name} and {other.name}"
                raise ConfigError(f"{name}.of: {path} differs between {both}; allowed: what is the same in both")
        axes.told_apart(axis, scenario.params)
        remarks += axes.clipped(axis, scenario.params)
    first, some = asked.ensemble.seed, asked.ensemble
    engine = {"workers": some.workers, "executor": asked.executor, "retry_failed": some.retry_failed}
    seeds = range(first, first + some.pairs)
    return Runner(scenario, other, row["start"], window, seeds, engine, some.runs, lambda: None), core, remarks


def grid(asked: Settings, run: Runner, core: tuple[str, ...]) -> tuple[list[Point], list[str]]:
    """The points, row by row, and a line for each value of the ladder that is left out."""
    held = run.people_at_start()
    own = float(held["workers"].reindex(list(run.scenario.target)).sum() / held["workers"].sum())
    rungs, left_out = [Rung(axes.CORE, run.scenario.target, own)], []
    values = {"x": list(asked.x.values), "y": list(asked.y.values)}
    for name, axis in (("x", asked.x), ("y", asked.y)):
        if axis.of == axes.COVERAGE:
            rungs, left_out = ladder(axis.values, run.scenario, core, asked.order, held["workers"])
            values[name] = rungs
    axes_of = {"x": asked.x, "y": asked.y}
    found = []
    for row, y in enumerate(values["y"]):
        for column, x in enumerate(values["x"]):
            here = {"x": x, "y": y}
            by_kind = {axis.of: here[name] for name, axis in axes_of.items() if not axis.paths}
            rung, intensity = by_kind.get(axes.COVERAGE, rungs[0]), float(by_kind.get(axes.INTENSITY, 1.0))
            levers, effort = spread(run.scenario, rung.places, asked.budget, intensity, held["compounds"])
            params: dict[str, float] = {}
            for name, axis in axes_of.items():
                params |= axes.at(axis, here[name], run.scenario.params)
            told = {"column": column, "row": row, "x": _number(x), "y": _number(y)}
            told |= {"x_tick": tick(asked.x, x), "y_tick": tick(asked.y, y)}
            told |= {"x_axis": asked.x.words, "y_axis": asked.y.words}
            told |= {"usual": rung.places == run.scenario.target and intensity == 1.0 and _in_force(params, run)}
            told |= {"places": len(rung.places), "target": " ".join(rung.places), "coverage": rung.share, "intensity": intensity}
            found.append(Point(told | effort, levers, rung.places, params))
    return found, left_out


def worlds_to_run(asked: Settings) -> int:
    """Runs in all, at most: every point, and a counterpart for each set of parameters and for the ladder."""
    sets = 1
    for axis in (asked.x, asked.y):
        sets *= len(axis.values) if axis.paths else 1
    return (len(asked.x.values) * len(asked.y.values) + sets + 1) * asked.ensemble.pairs


def _in_force(params: dict[str, float], run: Runner) -> bool:
    """Whether these are the values that the scenario has anyway."""
    at = {path: path.partition(".") for path in params}
    return all(run.scenario.params[group][name] == params[path] for path, (group, _, name) in at.items())


def _number(value: float | Rung) -> float:
    return value.share if isinstance(value, Rung) else float(value)

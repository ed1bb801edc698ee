"""Axes of a phase diagram: what is varied along them, the values, and what those make of parameters.

An axis is of the coverage of a campaign, of its intensity, or of parameters, which then move together: as factors of the values
in force, each clipped to its own range, or (a single one) by its value.
"""

import difflib
from collections.abc import Mapping
from itertools import pairwise
from math import isclose
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from experiments.common.draws import in_words, ranges
from sim import ConfigError
from sim.scenario import shipped_parameters

COVERAGE, INTENSITY = "coverage", "intensity"
CORE, REGION, EVERYWHERE = "core", "region", "everywhere"  # rungs of a ladder by name; shares stand between the first two
MOST = 50  # values of an axis


class Axis(BaseModel):
    """of: coverage, intensity, a parameter or several; values: in increasing order; scale: factor or value, of parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str | tuple[str, ...]
    scale: Literal["factor", "value"] = "factor"
    values: tuple[float | str, ...]
    label: str | None = None

    @field_validator("of")
    @classmethod
    def _known(cls, given):
        names = (given,) if isinstance(given, str) else given
        known = list(ranges()[0].index)
        allowed = f"{COVERAGE}, {INTENSITY}, or parameters that have a range, as site_choice.setup"
        for name in names or ("",):
            if name not in known and not (isinstance(given, str) and name in (COVERAGE, INTENSITY)):
                near = difflib.get_close_matches(name, [COVERAGE, INTENSITY, *known], n=2)
                raise ValueError(f"{allowed}{f'; did you mean {" or ".join(near)}?' if near else ''}")
        if len(set(names)) < len(names):
            raise ValueError("each parameter once")
        return given

    @field_validator("values")
    @classmethod
    def _in_order(cls, given, info):
        if "of" in info.data and "scale" in info.data and (allowed := _wrong_values(given, **info.data)):
            raise ValueError(allowed)
        return given

    @property
    def paths(self) -> tuple[str, ...]:
        """The parameters that it varies; () for coverage and intensity."""
        return () if self.of in (COVERAGE, INTENSITY) else (self.of,) if isinstance(self.of, str) else self.of

    @property
    def words(self) -> str:
        """What stands beside the axis, with its unit."""
        if self.of == COVERAGE:
            return self.label or "Coverage: share of all people held at the start who are in the target"
        if self.of == INTENSITY:
            return self.label or "Intensity (share of the scenario's)"
        if self.scale == "value":
            group, _, name = self.paths[0].partition(".")
            return f"{self.label or in_words(self.paths[0])} ({shipped_parameters()[group][name]['unit']})"
        label = self.label or (in_words(self.paths[0]) if len(self.paths) == 1 else ", ".join(self.paths))
        return f"{label} (times the usual)"


def check_axes(x: Axis, y: Axis) -> None:
    """Raises ConfigError (one line) for two axes of the same thing."""
    both = set(x.paths) & set(y.paths) or ({x.of} if not x.paths and x.of == y.of else set())
    if both:
        raise ConfigError(f"y.of: {sorted(both)[0]} is on both axes; allowed: on one")


def at(axis: Axis, value: float, in_force: Mapping[str, Mapping]) -> dict[str, float]:
    """{path: value} of the axis's parameters at one of its values; in_force: {group: {name: value}} without the axis.

    A factor never leads beyond the range of a parameter: `clipped` says where it would.
    """
    low, high = ranges()
    found = {}
    for path in axis.paths:
        group, _, name = path.partition(".")
        wanted = value if axis.scale == "value" else float(in_force[group][name]) * value
        found[path] = min(max(wanted, low[path]), high[path])
    return found


def clipped(axis: Axis, in_force: Mapping[str, Mapping]) -> list[str]:
    """A line for each parameter that the range stops at some values of the axis."""
    told = []
    for path in axis.paths if axis.scale == "factor" else ():
        group, _, name = path.partition(".")
        usual = float(in_force[group][name])
        reached = {value: at(axis, value, in_force)[path] for value in axis.values}
        stopped = [value for value in axis.values if not isclose(reached[value], usual * value)]
        if stopped:
            ends = " and ".join(f"{end:g}" for end in sorted({reached[value] for value in stopped}))
            factors = ", ".join(f"{value:g}" for value in stopped)
            told.append(f"{path} stops at {ends}, where its range ends, instead of {usual:g} times {factors}.")
    return told


def told_apart(axis: Axis, in_force: Mapping[str, Mapping]) -> None:
    """Raises ConfigError (one line) where two values of an axis are the same world, all parameters being stopped by ranges."""
    seen: dict[tuple, float] = {}
    for value in axis.values if axis.paths else ():
        made = tuple(at(axis, value, in_force).values())
        if made in seen:
            raise ConfigError(f"values: {seen[made]:g} and {value:g} give the same parameters; allowed: values within the ranges")
        seen[made] = value


def _wrong_values(values: tuple[float | str, ...], of: str | tuple[str, ...], scale: str) -> str | None:
    """What is allowed, where the values of an axis are not."""
    if not 1 <= len(values) <= MOST:
        return f"1 to {MOST} of them"
    numbers = [value for value in values if not isinstance(value, str)]
    words = [value for value in values if isinstance(value, str)]
    if any(not first < second for first, second in pairwise(numbers)):
        return "numbers in increasing order"
    if of == COVERAGE:
        ladder = [*([CORE] if CORE in words else []), *numbers, *(word for word in (REGION, EVERYWHERE) if word in words)]
        if list(values) != ladder or any(not 0 < number < 1 for number in numbers):
            return f"{CORE}, shares between 0 and 1, {REGION}, {EVERYWHERE}, in this order, each once or not at all"
        return None
    if words:
        return "numbers"
    if of == INTENSITY:
        return None if all(0 <= number <= 1 for number in numbers) else "numbers from 0 to 1"
    if scale == "factor":
        return None if all(0 < number < float("inf") for number in numbers) else "factors above 0"
    paths = (of,) if isinstance(of, str) else of
    if len(paths) > 1:
        return "factors, as several parameters move together (scale: factor)"
    low, high = (ends[paths[0]] for ends in ranges())
    if all(low <= number <= high for number in numbers):
        return None
    return f"within the range of {paths[0]}, {low:g} to {high:g}"

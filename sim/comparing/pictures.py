"""The figures of a comparison as methods: `found.plot.fan()`, one for each file of `sim.plots` that a comparison can fill."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from sim import plots
from sim.comparing.figures import fillable, picture_table, understood
from sim.region import ConfigError

SHORT = {"map": "change_map", "ndr": "horizons"}  # what people call them


class Pictures:
    """Figures by name; each is `figure(scenario=None, **options)` and returns the first matplotlib Axes.

    scenario   which, where several were compared
    options    those of the figure's `data` and `draw` in `sim.plots`, such as months=(12,) for the map

    `.figure` of the Axes is the whole picture; `.table_of(name)` is the tidy table behind it. In a notebook the picture shows
    at the end of the cell. Raises ConfigError (one line) for a scenario or an option that is not known, and where the runs
    have nothing to show in the figure.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], scenarios: Sequence[str], window: tuple[float, float], region: str, digest: str
    ):
        self._tables, self._scenarios, self._window = tables, list(scenarios), window
        self._region, self._digest = region, digest

    def __dir__(self) -> list[str]:
        return sorted([*SHORT, *fillable(), "table_of"])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        file = SHORT.get(name, name)
        if name.startswith("_") or file not in fillable():
            raise AttributeError(f"plot: no figure {name!r}; there are {', '.join([*SHORT, *fillable()])}")

        def draw(scenario: str | None = None, **options: Any) -> Any:
            from sim.plots import shown  # pyplot takes half a second to come up, and may look for a screen

            figure = plots.figure(file)
            self._check(file, options)
            table = self.table_of(file, scenario, **understood(figure.data, options))
            ways = understood(figure.draw, {"region": self._region} | options)
            return shown.axes(figure.draw(table, f"Run {self._digest}.", **ways))

        draw.__name__, draw.__doc__ = name, f"{plots.figure(file).CAPTION}\n\n{plots.figure(file).data.__doc__}"
        return draw

    def table_of(self, name: str, scenario: str | None = None, **options: Any) -> pd.DataFrame:
        """The tidy table behind a figure."""
        file = SHORT.get(name, name)
        try:
            return picture_table(self._tables, file, self._which(file, scenario), self._window, **options)
        except ConfigError:
            raise
        except ValueError as error:
            raise ConfigError(str(error)) from None

    def _which(self, file: str, scenario: str | None) -> str | None:
        if not plots.per_scenario(file):
            return None
        if scenario is None and len(self._scenarios) == 1:
            return self._scenarios[0]
        if scenario not in self._scenarios:
            raise ConfigError(f"scenario: is {scenario!r}; allowed: {', '.join(self._scenarios)}")
        return scenario

    def _check(self, file: str, options: Mapping[str, Any]) -> None:
        figure = plots.figure(file)
        known = {**understood(figure.data, options), **understood(figure.draw, options)}
        for option in options.keys() - known.keys():
            raise ConfigError(f"plot.{file}: no option {option!r}; see help(found.plot.{file})")

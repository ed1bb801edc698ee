"""Comparisons from Python: worlds with and without a crackdown, with the habits of pandas and matplotlib.

    import sim
    found = sim.compare("kokang_crackdown", pairs=40)
    found.table                       # the estimates, a row for each scenario
    found.plot.map()                  # a figure, returned as matplotlib Axes
    found.save("results/mine")        # the folder that `python -m experiments.compare` writes
    found.report("kokang.html")

Everything in it is output of a model, under the parameters given. `python -m experiments.compare` asks the same from a shell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sim import store
from sim.allowed import refuse_unknown
from sim.claims.verdict import headline, sentence
from sim.comparing.figures import draw_all
from sim.comparing.folder import REPORT, estimands, judged, measured, recipe, report_page, with_verdicts, write_tables
from sim.comparing.pictures import Pictures
from sim.comparing.remarks import of_scenarios, of_targets
from sim.comparing.world import fitted_window, variant, with_counterparts
from sim.ensemble import run_ensemble
from sim.measures.comparison import format_table, readable
from sim.measures.displacement import displacement_by_horizon
from sim.measures.paired import HORIZONS, WINDOW, paired_zones
from sim.region import ConfigError
from sim.report import write
from sim.scenario import Scenario, check_parameters, load_scenario

__all__ = ["Comparison", "compare", "variant"]
NOTE = "Model output: what follows from the assumptions, not an observation."


def compare(
    scenarios: str | Scenario | Sequence[str | Scenario],
    pairs: int = 10,
    *,
    region: str | None = None,
    start: Any = None,
    end: Any = None,
    params: dict | None = None,
    window: tuple[float, float] = WINDOW,
    workers: int | None = None,
    seed: int = 1,
    progress: bool = False,
    **unknown: Any,
) -> "Comparison":
    """Run scenarios beside the worlds without them, pair by pair: the same seeds, the same luck, one difference.

    scenarios   names of shipped scenarios, or scenarios of one's own (`sim.variant`); one, or several
    pairs       seeds, each run once per scenario and once for what it is compared with
    region      a map, such as "toy"; start, end: first and last day (YYYY-MM-DD). None: those of a scenario of one's own,
                else those of configs/world.yaml
    params      {group: {name: value}} in natural units, for all worlds alike
    window      months after the start of each scenario in which it is measured, the second not included; where the runs end
                before, a shorter one (`Comparison.remark` says so)
    workers     runs at once (None: one per processor); results do not depend on it
    seed        the first one          progress   True for a bar
    Raises ConfigError (one line) on anything unknown or out of range.
    """
    refuse_unknown(unknown, compare)
    given = [scenarios] if isinstance(scenarios, str | Scenario) else list(scenarios)
    own = {scenario.name: scenario for scenario in given if isinstance(scenario, Scenario)}
    names = [scenario.name if isinstance(scenario, Scenario) else scenario for scenario in given]
    if not names or "baseline" in names or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"scenarios: is {scenarios!r}; allowed: names of scenarios to set beside the baseline")
    if isinstance(pairs, bool) or not isinstance(pairs, int) or pairs < 1:
        raise ConfigError(f"pairs: is {pairs!r}; allowed: a whole number from 1")
    if not (len(window) == 2 and 0 <= window[0] < window[1]):
        raise ConfigError(f"window: is {window!r}; allowed: two numbers of months after the start, the first below the second")
    if own:
        like = next(iter(own.values()))
        region, start, end = region or like.config["region"], start or like.start, end or like.end

    def load(name: str) -> Scenario:
        return _changed(own[name], params) if name in own else load_scenario(name, region, start, end, params)

    worlds, table = with_counterparts(names, load)
    fitted, remark = fitted_window(tuple(window), table, worlds[0])
    seeds = range(seed, seed + pairs)
    tables = run_ensemble(worlds, seeds, workers, progress)
    return Comparison(dict(tables), worlds, table, fitted, seeds, remark)


def _changed(scenario: Scenario, params: dict | None) -> Scenario:
    merged = {group: {**scenario.params.get(group, {}), **names} for group, names in (params or {}).items()}
    return replace(scenario, params=check_parameters(scenario.params | merged))


class Comparison:
    """Scenarios beside their counterparts, measured: made by `sim.compare`. Its tables are pandas DataFrames; read them.

    window      months after the start of each scenario in which all is measured
    remark      what to know besides, a line each: that this is not the window asked for, that a lever is never in force, that a
                scenario has no source, that nobody is held in a target when it begins; else ""
    """

    def __init__(
        self, tables: dict[str, pd.DataFrame], worlds: Sequence[Scenario], scenarios: pd.DataFrame,
        window: tuple[float, float], seeds: Sequence[int], remark: str = "",
    ):  # fmt: skip
        self.tables: Mapping[str, pd.DataFrame] = tables | measured(worlds, scenarios)
        self.window, known = window, of_scenarios(worlds) + of_targets(self.tables)
        self.remark = "\n".join([remark, *known] if remark else known)
        self._worlds, self._seeds = list(worlds), seeds
        self.tables["comparison"] = judged(with_verdicts, self.tables, self._worlds, scenarios, window)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each scenario: estimates with 95 % intervals over pairs, and the verdict (`sim.measures.comparison`)."""
        return self.tables["comparison"]

    @cached_property
    def estimands(self) -> pd.DataFrame:
        """Every estimand, one number a row, with its interval, pairs, window, unit and definition (`sim.measures.tidy`).

        Made when first asked for: the intervals take seconds.
        """
        return estimands(self.tables, self._worlds, self.window)

    @property
    def weekly(self) -> pd.DataFrame:
        """Week by week: scenario, seed, date, territory, country, zone, compounds, workers (people), losses_usd."""
        return self.tables["weekly"]

    @property
    def pools(self) -> pd.DataFrame:
        """Week by week: scenario, seed, date, victim pool, bloc, losses_usd, reported_losses_usd, victims, effort_workers."""
        return self.tables["pools"]

    @property
    def moves(self) -> pd.DataFrame:
        """Every move: scenario, seed, date, compound, origin and destination (territory, cell), cause, workers (people)."""
        return self.tables["moves"]

    @property
    def cells(self) -> pd.DataFrame:
        """Once a quarter: scenario, seed, date, cell (H3), territory, workers (people held)."""
        return self.tables["cells"]

    @property
    def scenarios(self) -> pd.DataFrame:
        """What was compared: scenario, title, target, start, end, relative_to."""
        return self.tables["scenarios"]

    @property
    def names(self) -> list[str]:
        """The scenarios that are compared with another."""
        return [str(name) for name in self.table["scenario"]]

    @property
    def verdict(self) -> str | pd.Series:
        """The verdict by the rules of `sim.claims.verdict`: a word; for several scenarios a Series by name."""
        return self._one_or_all(self.table.set_index("scenario")["verdict"])

    @property
    def claim(self) -> str | pd.Series:
        """What this says of the headline claim, displaced in space, toward the West, and not ended: holds, fails, …"""
        rows = self.table.to_dict("records")
        return self._one_or_all(pd.Series([headline(row) for row in rows], index=self.names, name="claim"))

    @property
    def sentence(self) -> str:
        """The result in words, a paragraph for each scenario."""
        return "\n\n".join(sentence(row, window=self.window) for row in self.table.to_dict("records"))

    @property
    def plot(self) -> Pictures:
        """Figures: `plot.map()`, `plot.fan()`, …; `dir(found.plot)` lists them."""
        return Pictures(self.tables, self.names, self.window, self._worlds[0].region.name, self._recipe["digest"])

    def ndr(self, horizons: Sequence[float] = HORIZONS) -> pd.DataFrame:
        """The net displacement ratio by horizon (months after the start), in the three months that end there.

        Returns scenario, horizon, pairs, suppression and ndr (with _low and _high), ndr_own_country, ndr_cross_border,
        ndr_out_of_region: ratios, 0.12 is twelve of a hundred removed. NaN where suppression is not shown; no row for a
        horizon that the runs do not reach. Raises ValueError when that is all of them.
        """
        return displacement_by_horizon(paired_zones(self.weekly, self.tables["zones"], self.scenarios), horizons)

    def save(self, folder: str | Path, figures: bool = True) -> Path:
        """Write tables, figures, report.html and manifest into a new folder, and return its path; `sim.load_results` reads it.

        figures     False leaves them out of the folder and of the report: seconds instead of a minute

        Raises ConfigError (one line) when the folder exists and is not empty, or cannot be written.
        """
        with store.results_folder(folder) as place:
            write_tables(place, {**self.tables, "estimands": self.estimands})
            undrawn = []
            if figures:
                region, digest = self._worlds[0].region.name, self._recipe["digest"]
                undrawn = draw_all(self.tables, place / "figures", region, self.window, digest, workers=1)
            known = {"remarks": self.remark.splitlines(), "undrawn": undrawn}
            store.write_manifest(place, self._recipe | store.provenance() | known)
            write(report_page(store.load_results(place)), place / REPORT)
        return Path(folder)

    def report(self, path: str | Path) -> Path:
        """Write the report alone, one page that a browser opens without a network, and return its path."""
        with TemporaryDirectory() as scratch:
            page = self.save(Path(scratch) / "results") / REPORT
            return write(page.read_text(encoding="utf-8"), Path(path))

    def _one_or_all(self, found: pd.Series) -> Any:
        return found.iloc[0] if len(found) == 1 else found

    @cached_property
    def _recipe(self) -> dict[str, Any]:
        first = self._worlds[0]
        asked = {"scenarios": self.names, "region": {"name": first.config["region"], "folder": first.region.name}}
        asked |= {"start": str(first.start), "end": str(first.end), "window": list(self.window)}
        return recipe(asked, self._worlds, self._seeds, {"rule": "pairs", "pairs": len(self._seeds)}, self.window)

    def __str__(self) -> str:
        parts = [self.remark, format_table(self.table), self.sentence, NOTE]
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        months = f"months {self.window[0]:g} to {self.window[1]:g}"
        return f"<Comparison of {', '.join(self.names)}: {len(self._seeds)} pairs, {months}>"

    def _repr_html_(self) -> str:
        told = [*self.remark.splitlines(), *self.sentence.split("\n\n"), NOTE]
        words = "".join(f"<p>{escape(text)}</p>" for text in told)
        return pd.DataFrame(readable(self.table)).to_html(index=False, border=0) + words

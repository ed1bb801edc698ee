"""Draws of parameters from their ranges, as columns of a design: a Latin hypercube, every draw a world of its own.

    draw_parameters(64, seed=1)                                   # all parameters that have a range
    draw_parameters(64, seed=1, groups=["enforcement", "beliefs.spill_abroad"])
    cross_structures(draw_parameters(64, seed=1), ["mobility", "entry"], seed=1)
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim import ConfigError
from sim.scenario import shipped_parameters

SHARP = 10.0  # a range that spans more than this factor is drawn log-uniformly


def draw_parameters(count: int, seed: int, groups: Iterable[str] | None = None) -> pd.DataFrame:
    """`count` points of a Latin hypercube over the ranges: `draw` (1, 2, ...) and a column per parameter (`enforcement.leak`).

    groups   groups (`enforcement`) or single parameters (`enforcement.leak`); None: every parameter that has a range
    Values are in natural units; uniform, or log-uniform where a range above zero spans more than tenfold.
    A pure function of its arguments. Raises ConfigError (one line) for a count below 1 or a name that does not exist.
    """
    if count < 1:
        raise ConfigError(f"draws: is {count}; allowed: 1 or more")
    low, _ = ranges(groups)
    points = pd.DataFrame(qmc.LatinHypercube(len(low), rng=np.random.default_rng(seed)).random(count), columns=low.index)
    values = in_range(points)
    values.insert(0, "draw", np.arange(1, count + 1))
    return values


def read_draws(path: str) -> pd.DataFrame:
    """Draws from a file such as the kept.csv of a calibration: index `draw`, a column per parameter, in natural units.

    Columns without a dot besides `draw` are notes, and left out. Raises ConfigError (one line) for a file that is not there or no
    such table, for parameters that have no range, and for values outside theirs.
    """
    where, allowed = f"draws: {path}", "a number, or the kept.csv of a calibration"
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError):
        raise ConfigError(f"{where} cannot be read as a table; allowed: {allowed}") from None
    paths = [name for name in table.columns if "." in name]
    numbers = pd.to_numeric(table.get("draw", pd.Series(dtype=float)), errors="coerce")
    if table.empty or not paths or numbers.empty or numbers.isna().any() or (numbers < 1).any() or numbers.duplicated().any():
        raise ConfigError(f"{where} is no table of draws (draw, from 1 on, each once, and parameters); allowed: {allowed}")
    low, high = ranges()
    for name in paths:
        if name not in low.index:
            raise ConfigError(f"{where}: {name!r} has nothing to draw; allowed: parameters with a range, as group.name")
        values = pd.to_numeric(table[name], errors="coerce")
        if not values.between(low[name], high[name]).all():
            wrong = table.loc[~values.between(low[name], high[name]), name].iloc[0]
            raise ConfigError(f"{where}: {name} is {wrong}; allowed: {low[name]:g} to {high[name]:g}")
    return table.set_index(numbers.astype(int).rename("draw"))[paths].astype(float).copy()


def in_range(points: pd.DataFrame) -> pd.DataFrame:
    """Points of the unit cube, a column per parameter (`enforcement.leak`), in natural units: 0 is the low end of its range."""
    low, high = (ends[list(points.columns)] for ends in ranges())
    sharp = sharply(low, high)
    values = low + (high - low) * points
    values.loc[:, sharp] = low[sharp] * (high[sharp] / low[sharp]) ** points.loc[:, sharp]
    return values.clip(low, high, axis="columns")  # rounding may step over a bound


def places(values: pd.Series) -> pd.Series:
    """The way back: where values, indexed by parameter, lie on their ranges, 0 to 1. An index may name a parameter twice."""
    low, high = (ends[values.index] for ends in ranges())
    sharp = sharply(low, high)
    at = (values - low) / (high - low)
    at[sharp] = np.log(values[sharp] / low[sharp]) / np.log(high[sharp] / low[sharp])
    return at.clip(0.0, 1.0)


def near_shipped(points: pd.DataFrame, span: float) -> pd.DataFrame:
    """Points of the unit cube drawn together around the shipped values, so that each column covers `span` of its range."""
    shipped = shipped_parameters()
    steps = (path.partition(".") for path in points.columns)
    at = places(pd.Series([shipped[group][name]["value"] for group, _, name in steps], points.columns, dtype=float))
    return at + span * (points - at)


def sharply(low: pd.Series, high: pd.Series) -> pd.Series:
    """Which ranges are drawn log-uniformly."""
    return (low > 0.0) & (high > SHARP * low)


def cross_structures(draws: pd.DataFrame, asked: str | Iterable[str], seed: int) -> pd.DataFrame:
    """The draws crossed with structural variants: the same columns, `structure` (label; "" as shipped) and `structure.<switch>`.

    asked   shipped; drawn (every switch by lot, for each draw); all; or switches: each of their alternatives, one at a time,
            beside the shipped one
    Raises ConfigError (one line) for a switch that does not exist.
    """
    crossed = []
    for row in draws.to_dict("records"):
        for label, picked in _structures(asked, int(row["draw"]), seed):
            crossed.append(row | {"structure": label} | {f"structure.{name}": word for name, word in picked.items()})
    return pd.DataFrame(crossed)


def overrides(row: Mapping) -> dict[str, dict[str, float | str]]:
    """Parameters of a row of a design, {group: {name: value}}, as `sim.load_scenario(params=...)` takes them.

    Columns without a dot are no parameters; a missing value leaves the scenario's own.
    """
    found: dict[str, dict[str, float | str]] = {}
    for column, value in row.items():
        group, dot, name = str(column).partition(".")
        if dot and not pd.isna(value):
            found.setdefault(group, {})[name] = value
    return found


def ranges(groups: Iterable[str] | None = None, where: str = "groups") -> tuple[pd.Series, pd.Series]:
    """Lower and upper bounds by path. A range of one point is not drawn, nor is a switch. Raises ConfigError (one line)."""
    shipped = shipped_parameters()
    bounds = {
        f"{group}.{name}": entry["range"]
        for group, names in shipped.items()
        for name, entry in names.items()
        if "range" in entry and entry["range"][0] < entry["range"][1]
    }
    asked = list(bounds if groups is None else groups)
    for name in asked or [""]:
        if not any(path == name or path.startswith(f"{name}.") for path in bounds):
            known = sorted({path.partition(".")[0] for path in bounds})
            raise ConfigError(f"{where}: {name!r} has nothing to draw; allowed: {', '.join(known)}, or group.name")
    kept = [path for path in bounds if path in asked or path.partition(".")[0] in asked]
    low, high = zip(*(bounds[path] for path in kept), strict=True)
    return pd.Series(low, kept, dtype=float), pd.Series(high, kept, dtype=float)


def _structures(asked: str | Iterable[str], draw: int, seed: int) -> Iterator[tuple[str, dict[str, str]]]:
    """(label, switches that are not as shipped) to cross a draw with."""
    choices = {name: entry["choices"] for name, entry in shipped_parameters()["structure"].items()}
    if asked == "drawn":
        rng = np.random.default_rng((seed, draw))
        by_lot = {name: str(rng.choice(words)) for name, words in choices.items()}
        picked = {name: word for name, word in by_lot.items() if word != choices[name][0]}
        yield " ".join(f"{name}={word}" for name, word in picked.items()), picked
        return
    yield "", {}
    names = {"shipped": [], "all": list(choices)}.get(asked, [asked]) if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in choices:
            raise ConfigError(f"structures: {name!r} is not a switch; allowed: shipped, drawn, all, or {', '.join(choices)}")
        for word in choices[name][1:]:
            yield f"{name}={word}", {name: word}


def in_words(path: str) -> str:
    """A parameter in words: what its file notes of it."""
    group, _, name = path.partition(".")
    note = shipped_parameters()[group][name].get("note") or as_words(name)
    return f"{note[:1].upper()}{note[1:]} ({path})"


def as_words(name: str) -> str:
    """A name without its underscores."""
    return name.replace("_", " ").capitalize()

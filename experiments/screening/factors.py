"""Factors of a sensitivity analysis: what is varied together, and how a point of the unit cube becomes runs.

A factor is a named set of parameters that move each over its own range, but at the same step of a trajectory. Chance is a
factor, too: `seed` stands for which seeds a point is run with, so that its share can be told beside the others'.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.common.draws import as_words, in_range, in_words, ranges
from sim import ConfigError
from sim.scenario import CONFIGS

SEED = "seed"
EACH = ".*"  # "enforcement.*": each parameter of the file as a factor of its own


class Factor(NamedTuple):
    """name   for tables    label   in words, for figures    paths   its parameters, as `group.name`"""

    name: str
    label: str
    paths: tuple[str, ...]


CHANCE = Factor(SEED, "Chance (seeds)", (SEED,))


def read_factors(asked: Any, fixed: Iterable[str] = ()) -> list[Factor]:
    """The factors asked for.

    asked   null: every file of configs/params is a factor; a list: a file (`enforcement`), a parameter (`enforcement.leak`) or
            each of a file (`enforcement.*`); or names with such lists: {friction: [site_choice.horizon, labour]}
    fixed   paths that are not varied, since somebody has set them
    Raises ConfigError (one line) for what does not exist, stands in two factors, or leaves nothing to vary.
    """
    if isinstance(asked, Mapping):
        given = [Factor(str(name), as_words(str(name)), tuple(_paths(items))) for name, items in asked.items()]
    elif asked is None or isinstance(asked, list | tuple):
        given = [factor for item in (files() if asked is None else asked) for factor in _factors(item)]
    else:
        raise ConfigError(f"factors: is {asked!r}; allowed: a list of files and parameters, or names with such lists")
    home: dict[str, str] = {SEED: CHANCE.name}
    for factor in given:
        for path in factor.paths:
            if path in home or factor.name == SEED:
                where = f"in {home.get(path, SEED)} and in {factor.name}" if factor.name != SEED else "in a factor called seed"
                raise ConfigError(f"factors: {path} stands {where}; allowed: in one factor, not called {SEED}")
            home[path] = factor.name
    kept = [factor._replace(paths=tuple(path for path in factor.paths if path not in set(fixed))) for factor in given]
    kept = [factor for factor in kept if factor.paths]
    if len(kept) < 2 or len({factor.name for factor in kept}) < len(kept):
        raise ConfigError(f"factors: is {asked!r}, {len(kept)} of them free to vary; allowed: at least two, each named once")
    return kept


def files() -> list[str]:
    """The files of configs/params that have something to vary."""
    return list(dict.fromkeys(path.partition(".")[0] for path in ranges()[0].index))


def opened(factors: Iterable[Factor]) -> list[Factor]:
    """Each parameter of these as a factor of its own."""
    return [_single(path) for factor in factors for path in factor.paths]


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """The factors and chance as SALib wants them: in the unit cube, grouped."""
    everyone = [*factors, CHANCE]
    names = [path for factor in everyone for path in factor.paths]
    groups = [factor.name for factor in everyone for _ in factor.paths]
    return {"num_vars": len(names), "names": names, "groups": groups, "bounds": [[0.0, 1.0]] * len(names)}


def design_of(
    unit: np.ndarray, factors: Sequence[Factor], worlds: Sequence[str], first: int, pairs: int, blocks: int
) -> pd.DataFrame:
    """Points of the unit cube [points, parameters + 1] as a design: a row for each point (`draw`, from 1), seed and world.

    worlds   names of the two scenarios of a pair     first   the first seed     pairs   seeds of a point
    blocks   sets of seeds among which the last column chooses
    """
    paths = [path for factor in factors for path in factor.paths]
    values = in_range(pd.DataFrame(unit[:, :-1], columns=paths))
    block = np.minimum((unit[:, -1] * blocks).astype(int), blocks - 1)
    values.insert(0, "draw", np.arange(1, len(unit) + 1))
    values.insert(1, "block", block)
    table = values.merge(pd.DataFrame({"pair": range(pairs)}), how="cross").merge(pd.DataFrame({"scenario": worlds}), how="cross")
    table["seed"] = first + table["block"] * pairs + table["pair"]
    return table[["scenario", "seed", "draw", *paths]]


def _factors(item: Any) -> list[Factor]:
    name = str(item)
    if name.endswith(EACH):
        return [_single(path) for path in _paths([name])]
    paths = tuple(_paths([name]))
    return [_single(name)] if "." in name else [Factor(name, _title(name), paths)]


def _single(path: str) -> Factor:
    (known,) = _paths([path])
    return Factor(known, in_words(known), (known,))


def _paths(items: Any) -> list[str]:
    if not isinstance(items, list | tuple) or not items:
        raise ConfigError(f"factors: is {items!r}; allowed: a list, as [enforcement,beliefs.spill_abroad]")
    return [path for item in items for path in ranges([str(item).removesuffix(EACH)], "factors")[0].index]


def _title(group: str) -> str:
    """What a file of parameters is about: the first line of its opening comment."""
    first = (CONFIGS / "params" / f"{group}.yaml").read_text(encoding="utf-8").partition("\n")[0]
    return first.lstrip("# ").rstrip(". ") if first.startswith("#") else as_words(group)


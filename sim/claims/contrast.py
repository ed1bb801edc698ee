"""A contrast: the worlds with and without, side by side, and what estimands read from them.

It holds runs of exactly two worlds (called "with" and "without" here), the places and pools of the region, and the target
and start of the scenario. A trend is a contrast, too: the world without is the same one, some months earlier.
"""

from functools import cached_property

import pandas as pd

from sim.measures.paired import DAYS_PER_MONTH, STOCKS, keys_of, paired_pools, paired_zones
from sim.measures.zones import zones

WITH, WITHOUT = "with", "without"
RAIDS = ("raids", "announced_raids")


class Contrast:
    """Two worlds of the same pairs.

    now, before   {"weekly", "pools", "moves"} of the world with and of the world without; the same ones for a trend
    start     when the two part     target  territories; may be empty
    territories, pools    the region's tables
    earlier   months by which the world without lies back, for a trend
    """

    def __init__(
        self, now: dict[str, pd.DataFrame], before: dict[str, pd.DataFrame], start: pd.Timestamp, target: tuple[str, ...],
        territories: pd.DataFrame, pools: pd.DataFrame, earlier: float | None = None,
    ):  # fmt: skip
        self.start, self.target, self.territories, self.pool_rows = pd.Timestamp(start), list(target), territories, pools
        self.tables = {name: _two_sides(now[name], before[name], earlier) for name in ("weekly", "pools", "moves")}
        self.scenarios = pd.DataFrame({"scenario": [WITH], "start": [self.start], "relative_to": [WITHOUT]})

    @cached_property
    def zone_of(self) -> pd.DataFrame:
        """Zone of each territory."""
        return zones(self.territories, {WITH: self.target})

    @cached_property
    def zones(self) -> pd.DataFrame:
        """Paired stocks by zone, raids included where the runs recorded them."""
        stocks = (*STOCKS, *(name for name in RAIDS if name in self.tables["weekly"]))
        return paired_zones(self.tables["weekly"], self.zone_of, self.scenarios, stocks)

    @cached_property
    def pools(self) -> pd.DataFrame:
        """Paired losses, victims and effort by pool."""
        return paired_pools(self.tables["pools"], self.scenarios)

    @property
    def bloc_of(self) -> dict[str, str]:
        """{pool: bloc}."""
        return dict(zip(self.pool_rows["pool"], self.pool_rows["bloc"], strict=True))

    def inside(self, name: str, window: tuple[float, float]) -> pd.DataFrame:
        """Rows of a table within a window (months after the start)."""
        table = self.tables[name]
        months = (table["date"] - self.start).dt.days / DAYS_PER_MONTH
        return table[(months >= window[0]) & (months < window[1])]

    def reaches(self, window: tuple[float, float]) -> bool:
        """Whether the runs last to the end of a window, but for two weeks."""
        last = (self.tables["weekly"]["date"].max() - self.start).days + 14
        return last / DAYS_PER_MONTH >= window[1]


def both_sides(values: pd.DataFrame | pd.Series, index: pd.Index | None = None) -> pd.DataFrame:
    """Numbers per world as numbers per pair: from rows (scenario, keys) to "<name>_change" and "<name>_without".

    index: the pairs to give; worlds in which nothing was counted have 0.
    """
    table = values.to_frame() if isinstance(values, pd.Series) else values
    sides = [table[table.index.get_level_values("scenario") == side].droplevel("scenario") for side in (WITH, WITHOUT)]
    pairs = index if index is not None else sides[0].index.intersection(sides[1].index)
    now, before = (side.reindex(pairs) for side in sides)
    if index is not None:
        now, before = now.fillna(0.0), before.fillna(0.0)
    return pd.concat([(now - before).add_suffix("_change"), before.add_suffix("_without")], axis=1)


def pairs_of(contrast: Contrast) -> pd.Index:
    """Keys of the pairs, as an index."""
    weekly = contrast.tables["weekly"]
    keys = keys_of(weekly)
    sides = [weekly.loc[weekly["scenario"] == side, keys].drop_duplicates() for side in (WITH, WITHOUT)]
    return pd.merge(*sides).set_index(keys).sort_index().index


def _two_sides(now: pd.DataFrame, before: pd.DataFrame, earlier: float | None) -> pd.DataFrame:
    now, before = now.assign(scenario=WITH), before.assign(scenario=WITHOUT)
    if earlier is not None:
        before = before.assign(date=before["date"] + pd.Timedelta(weeks=round(earlier * DAYS_PER_MONTH / 7)))
        first, last = max(now["date"].min(), before["date"].min()), min(now["date"].max(), before["date"].max())
        now, before = (side[side["date"].between(first, last)] for side in (now, before))  # the weeks that both have
    both = pd.concat([now, before], ignore_index=True)
    return both.assign(scenario=both["scenario"].astype("category"))

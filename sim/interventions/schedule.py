"""When and where an intervention is in force."""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.allowed import offer
from sim.region import ConfigError, Region

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


def combine(shares: np.ndarray, rows: np.ndarray, share: float) -> None:
    """Add a share to what earlier interventions did: what each leaves, the next acts on, so the sum stays within 0 and 1."""
    shares[rows] = 1.0 - (1.0 - shares[rows]) * (1.0 - share)


class Schedule(BaseModel):
    """What every intervention may say: when it starts, how it ramps, when it ends, how fully it is carried out.

    intensity    multiplies the lever; compliance, the share of it that happens in the field
    ramp_weeks   weeks of linear rise to full strength
    territories, countries, pools, blocs, syndicates, protectors, labour_pools, states   scope; empty means everywhere
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: dt.date
    end: dt.date | None = None
    ramp_weeks: Annotated[int, Field(ge=0, le=520)] = 0
    intensity: Share = 1.0
    compliance: Share = 1.0
    note: str = ""
    territories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _ends_after_start(self):
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"end after start ({self.start})")
        return self


class Places:
    """Turns names in a scenario into rows of a region."""

    def __init__(self, region: Region):
        self.region = region
        self.tables = {
            "pools": "pools", "syndicates": "syndicates", "protectors": "protectors", "labour_pools": "labour_pools",
            "states": "states", "actors": "states", "by": "protectors",
        }  # fmt: skip

    def rows(self, settings: Schedule, where: str) -> dict[str, np.ndarray]:
        """Row numbers of every scope that the settings name, plus `territories` with countries spelt out."""
        found = {"territories": self._territories(settings, where)}
        for key, table in self.tables.items():
            if key in type(settings).model_fields:
                given = getattr(settings, key)
                found[key] = self._rows(table, (given,) if isinstance(given, str) else given, f"{where}.{key}")
        if "blocs" in type(settings).model_fields and settings.blocs:
            wanted = [row for row, pool in enumerate(self.region.pools) if pool.bloc in settings.blocs]
            found["pools"] = np.union1d(found["pools"], wanted).astype(int) if settings.pools else np.array(wanted, int)
        return found

    def _territories(self, settings: Schedule, where: str) -> np.ndarray:
        if not settings.territories and not settings.countries:
            return np.arange(len(self.region.territories))
        named = self._rows("territories", settings.territories, f"{where}.territories") if settings.territories else []
        if settings.countries:
            self._rows("countries", settings.countries, f"{where}.countries")
        inside = [row for row, place in enumerate(self.region.territories) if place.country in settings.countries]
        return np.array(sorted({*map(int, named), *inside}), int)

    def _rows(self, table: str, names: tuple[str, ...], where: str) -> np.ndarray:
        index = self.region.index(table)
        for name in names:
            if name not in index:
                file = f"sim/data/{self.region.name}/{table}.csv"
                raise ConfigError(f"{where}: {name!r} does not exist; {offer(name, self.region.called(table), file)}")
        return np.array([index[name] for name in names], int) if names else np.arange(len(index))


@dataclass(frozen=True)
class Active:
    """An intervention bound to a region and a calendar."""

    settings: Schedule
    write: Callable
    rows: dict[str, np.ndarray]
    begins: dt.date

    def strength(self, week: int) -> float | None:
        """Share of full strength in a week (0 = first week of the run), or None when not in force."""
        today = self.begins + dt.timedelta(weeks=week)
        s = self.settings
        if today < s.start or (s.end is not None and today >= s.end):
            return None
        since = (today - s.start).days // 7
        ramp = 1.0 if s.ramp_weeks == 0 else min((since + 1) / s.ramp_weeks, 1.0)
        return ramp * s.intensity * s.compliance

    def next_change(self, week: int) -> float:
        """The first week after `week` in which the strength may be another; infinite if there is none."""
        first, last = self._week_of(self.settings.start), self._week_of(self.settings.end)
        if week >= last or first >= last:
            return math.inf
        if week < first:
            return first
        ramping = week + 1 - first < self.settings.ramp_weeks
        return week + 1 if ramping else last

    def _week_of(self, day: dt.date | None) -> float:
        """The first week (0 = first of the run) that begins on that day or later."""
        return math.inf if day is None else -((self.begins - day).days // 7)

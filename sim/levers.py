"""The lever layer: everything that a policy can pull, week by week.

Interventions write here and nowhere else; rules read here and never ask which scenario they are in. Every column has a
neutral value at which the rule that reads it does exactly what it does without the lever.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.columns import ColumnTable
from sim.state import Levers


class Lever(NamedTuple):
    """One lever: neutral value, unit, bounds, and what it does."""

    neutral: float
    unit: str
    low: float
    high: float
    meaning: str


TERRITORY = {
    "staged": Lever(0.0, "raids per compound-year", 0, 1e3, "staged raids asked of whoever holds the place"),
    "secrecy": Lever(0.0, "share", 0, 1, "share of leaks stopped"),
    "utility_cut": Lever(0.0, "share", 0, 1, "power, internet and fuel withheld"),
    "border_closure": Lever(0.0, "share", 0, 1, "crossings closed to recruits and crews"),
    "shield_removed": Lever(0.0, "share", 0, 1, "protection stripped from the holder of the place"),
    "corruption_removed": Lever(0.0, "share", 0, 1, "bribes that no longer buy anything"),
    "severity": Lever(0.0, "USD", 0, 1e9, "added sanction if caught, as the boss values it"),
    "celerity": Lever(0.0, "share", 0, 1, "share of the delay between arrest and sentence removed"),
    "offensive": Lever(0.0, "1/year", 0, 1e3, "rate at which an armed offensive takes the place"),
    "offensive_by": Lever(-1.0, "protector row", -1, 1e6, "who attacks"),
    "leader_arrests": Lever(0.0, "1/year", 0, 1e3, "rate of arrest of each leader whose crews sit here"),
    "standing": Lever(1.0, "factor", 0, 10, "standing effort of the host relative to the usual"),
    "extradition": Lever(0.0, "share", 0, 1, "leaders of syndicates at home there who can be handed over"),
    "repatriation": Lever(0.0, "share", 0, 1, "people taken in raids who get home, of those who would have been sold on"),
    "conflict": Lever(0.0, "share", 0, 1, "armed conflict beyond what the region has"),
    "kyc": Lever(0.0, "share", 0, 1, "controls on laundering in this jurisdiction: share lost on a route fully exposed"),
}
POOL = {
    "friction": Lever(0.0, "share", 0, 1, "payments stopped by banks and platforms, of those that would have gone through"),
    "awareness": Lever(0.0, "1/week", 0, 1, "share of the susceptible that a campaign reaches each week"),
}
SYNDICATE = {
    "sanction": Lever(0.0, "share", 0, 1, "extra share of revenue lost to laundering round sanctions"),
    "seizure": Lever(0.0, "1/year", 0, 1e3, "rate at which exposed assets are seized"),
}
PROTECTOR = {
    "sanction": Lever(0.0, "share", 0, 1, "share of the tax income that can no longer be banked"),
    "shield_removed": Lever(0.0, "share", 0, 1, "protection stripped from this protector everywhere"),
}
LABOUR = {
    "awareness": Lever(0.0, "share", 0, 1, "recruits who no longer believe the advertisement"),
    "programme": Lever(0.0, "share", 0, 1, "poverty relieved"),
    "conflict": Lever(0.0, "share", 0, 1, "armed conflict at the origin beyond what the region has"),
}
STATE = {
    "budget": Lever(1.0, "factor", 0, 1, "raid capacity that is left where aid is withheld"),
    "surge": Lever(1.0, "factor", 1, 1e3, "raid capacity relative to the usual while a campaign lasts"),
    "lobbying": Lever(0.0, "share", 0, 1, "added lobbying of every host on which it has leverage"),
    "aid": Lever(0.0, "share", 0, 1, "aid at stake for it if it tolerates the trade"),
    "coordinate": Lever(0.0, "share", 0, 1, "added gain from acting with others"),
}
EVERYWHERE = {
    "intelligence": Lever(1.0, "factor", 0, 1e3, "access multiplied by shared intelligence"),
    "kyc": Lever(0.0, "share", 0, 1, "controls on laundering everywhere: share lost on a route fully exposed"),
    "ai_offence": Lever(1.0, "factor", 0, 10, "ability of translation and persona tools relative to the trend"),
}
SCOPES = {
    "territory": TERRITORY, "pool": POOL, "syndicate": SYNDICATE, "protector": PROTECTOR,
    "labour": LABOUR, "state": STATE, "everywhere": EVERYWHERE,
}  # fmt: skip


NEUTRAL = {
    scope: np.array([tuple(lever.neutral for lever in columns.values())], [(name, "f8") for name in columns])
    for scope, columns in SCOPES.items()
}


def new_levers(sizes: dict[str, int], states: int, territories: int) -> Levers:
    """Neutral levers. `sizes` gives the rows of each scope (see SCOPES); effort is states x territories."""
    tables = {scope: _neutral(scope, sizes[scope]).copy() for scope in NEUTRAL}
    return Levers(**tables, effort=np.zeros((states, territories)))


@lru_cache(maxsize=64)
def _neutral(scope: str, rows: int) -> ColumnTable:
    return ColumnTable.of(np.repeat(NEUTRAL[scope], rows))


def reset(levers: Levers) -> None:
    """Put every lever back to neutral; done at the start of each week, before interventions write."""
    for scope, row in NEUTRAL.items():
        getattr(levers, scope)[:] = row
    levers.effort[:] = 0.0

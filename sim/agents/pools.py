"""Victim pools, labour pools and schemes: the people on both ends, and how they are brought together."""

import numpy as np

from sim.agents.once import once
from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.elementary import log, power
from sim.randomness import identity
from sim.region import Region
from sim.schema import BLOCS
from sim.state import Column, fixed, new_columns

POOLS = {
    "identity": Column("u8", "", "hash of the name"),
    "bloc": Column("i1", "", "index into BLOCS"),
    "state": Column("i4", "row", "state that polices for it; -1 none"),
    "population": Column("f8", "person", "online population at the start"),
    "at_risk": Column("f8", "person", "part of it that approaches of this kind can reach"),
    "susceptible": Column("f8", "person", ""),
    "exposed": Column("f8", "person", "approached in vain, still in contact"),
    "victim": Column("f8", "person", "has paid and does not know yet"),
    "aware": Column("f8", "person", "knows; does not fall for it for now"),
    "wealth": Column("f8", "USD", "median wealth per adult"),
    "reporting_rate": Column("f8", "share", "of losses that come to be reported"),
    "recovered_share": Column("f8", "share", "of losses stopped or returned"),
    "friction": Column("f8", "share", "of payments stopped by banks and platforms at the start"),
    "friction_now": Column("f8", "share", "with levers"),
    "growth_early": Column("f8", "1/week", "growth of the online population before the break"),
    "growth_late": Column("f8", "1/week", "and after"),
    "openness": Column("f8", "share", "chance that an approach that would work does"),
    "ticket": Column("f8", "USD", "loss per victim of an average scheme"),
    "worth": Column("f8", "USD/person/week", "yield for a fluent, practised worker"),
    "effort": Column("i8", "person, fixed point", "workers on this pool last week"),
    "victims": Column("i8", "person, fixed point", "this week"),
    "losses": Column("i8", "USD, fixed point", "this week"),
    "reported": Column("f8", "USD", "reported this week"),
    "unreported": Column("f8", "USD", "will be reported, not yet"),
}
LABOUR_POOLS = {
    "identity": Column("u8", "", "hash of the name"),
    "available": Column("i8", "person, fixed point", "within reach of recruiters"),
    "market": Column("i8", "person, fixed point", "in the hands of traffickers, on offer"),
    "freed": Column("i8", "person, fixed point", "home again, out of reach for a while"),
    "at_home": Column("i8", "person, fixed point", "home again, defrauding in small cells"),
    "arrested": Column("i8", "person, fixed point", "in custody"),
    "poverty": Column("f8", "share", ""),
    "conflict": Column("f8", "share", ""),
    "network": Column("f8", "share", "how developed the routes into compounds are"),
    "value": Column("f8", "USD/person/week", "best yield open to its languages"),
    "offer": Column("f8", "person", "people weighted by how easily they are had"),
    "unmoved": Column("f8", "person", "the offer as it would be without levers"),
    "filled": Column("f8", "share", "of this week's demand that supply meets"),
}
SCHEMES = {
    "identity": Column("u8", "", "hash of the name"),
    "conversion": Column("f8", "ratio", "paying victims per worker-week relative to the mean scheme"),
    "ticket": Column("f8", "ratio", "loss per victim relative to the mean scheme"),
    "labour_intensity": Column("f8", "ratio", "work for each contact, relative to the usual"),
    "lift": Column("f8", "factor", "yield with the tools of the day"),
    "shows": Column("f8", "ratio", "how much it shows, relative to the mean scheme"),
    "route": Column("i8", "", "how its takings are laundered: 0 crypto, 1 underground banks, 2 mules and cards"),
}

ROUTE_OF = {"crypto": 0, "underground_bank": 1, "mules": 2, "cards": 2}


class VictimPool(RowAgent):
    """A victim pool as a Mesa agent (a view)."""

    table = "pools"


class LabourPool(RowAgent):
    """A labour pool as a Mesa agent (a view)."""

    table = "labour_pools"


@once
def new_pools(region: Region, susceptible_share: float) -> ColumnTable:
    """The pool table; `at_risk` is a share of the online population of 2019, all of it susceptible at first."""
    table = new_columns(POOLS, len(region.pools))
    states = region.index("states")
    for row, given in enumerate(region.pools):
        users_2019 = given.users_2015_m + 0.8 * (given.users_2020_m - given.users_2015_m)
        table["identity"][row] = identity("pool", given.pool)
        table["bloc"][row], table["state"][row] = BLOCS.index(given.bloc), states.get(given.state, -1)
        table["population"][row] = users_2019 * 1e6
        table["at_risk"][row] = table["susceptible"][row] = users_2019 * 1e6 * susceptible_share
        table["wealth"][row] = given.wealth_usd
        table["growth_early"][row] = log(given.users_2020_m / given.users_2015_m) / (5 * 365.25 / 7)
        table["growth_late"][row] = log(given.users_2025_m / given.users_2020_m) / (5 * 365.25 / 7)
        for column in ("reporting_rate", "recovered_share", "friction"):
            table[column][row] = getattr(given, column)
    return table


@once
def new_labour_pools(region: Region, reachable_share: float, route_power: float) -> ColumnTable:
    """The labour table; `available` is a share of young adults, `network` the region's score of routes to a power."""
    table = new_columns(LABOUR_POOLS, len(region.labour_pools))
    for row, given in enumerate(region.labour_pools):
        table["identity"][row] = identity("labour", given.labour_pool)
        table["available"][row] = fixed(given.young_adults_m * 1e6 * reachable_share)
        table["poverty"][row], table["conflict"][row] = given.poverty, given.conflict
        table["network"][row] = power(given.network_2019, route_power)
    return table


@once
def new_schemes(region: Region) -> ColumnTable:
    """The scheme table from the region."""
    table = new_columns(SCHEMES, len(region.schemes))
    for row, given in enumerate(region.schemes):
        table["identity"][row] = identity("scheme", given.scheme)
        table["conversion"][row], table["ticket"][row] = given.conversion_relative, given.ticket_relative
        table["labour_intensity"][row], table["lift"][row] = given.labour_intensity, 1.0
        table["shows"][row] = given.visibility / np.mean([scheme.visibility for scheme in region.schemes])
        table["route"][row] = ROUTE_OF[given.laundering_route]
    return table


@once
def fluency_matrix(region: Region) -> np.ndarray:
    """Chance that a worker of origin p can work on pool k in some language, P x K."""
    speaks = {(row.labour_pool, row.language): row.share for row in region.labour_languages}
    understands = {(row.pool, row.language): row.share for row in region.pool_languages}
    languages = {language for _, language in speaks}
    fluency = np.zeros((len(region.labour_pools), len(region.pools)))
    for p, origin in enumerate(region.labour_pools):
        for k, pool in enumerate(region.pools):
            misses = 1.0
            for language in sorted(languages):
                misses *= 1.0 - speaks.get((origin.labour_pool, language), 0.0) * understands.get((pool.pool, language), 0.0)
            fluency[p, k] = 1.0 - misses
    return fluency


@once
def able_shares(region: Region) -> np.ndarray:
    """Chance that a worker of origin p speaks any language in which some pool can be worked, P."""
    speaks = {(row.labour_pool, row.language): row.share for row in region.labour_languages}
    reach: dict[str, float] = {}
    for row in region.pool_languages:
        reach[row.language] = max(reach.get(row.language, 0.0), row.share)
    able = np.zeros(len(region.labour_pools))
    for p, origin in enumerate(region.labour_pools):
        misses = 1.0
        for language in sorted(reach):
            misses *= 1.0 - speaks.get((origin.labour_pool, language), 0.0) * reach[language]
        able[p] = 1.0 - misses
    return able


@once
def appeal_matrix(region: Region) -> np.ndarray:
    """Relative yield of scheme m with pool k, M x K."""
    weight = {(row.scheme, row.bloc): row.weight for row in region.scheme_blocs}
    return np.array([[weight.get((m.scheme, k.bloc), 0.0) for k in region.pools] for m in region.schemes])

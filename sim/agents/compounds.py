"""Compounds: the crews that do the work. A row is a crew with its place, people, money and practice."""

from functools import lru_cache

import mesa.discrete_space
import numpy as np

from sim.agents.view import RowAgent
from sim.compiled import rule
from sim.randomness import INITIAL_SIZE, INITIAL_STATE, chance_at_set_up, gumbel_of, identity, normal, uniform
from sim.region import Region
from sim.state import OPEN, Column, new_table

# In the order of use: what every rule reads first stands within 64 bytes, a line of the processor's memory; money in the next.
COLUMNS = {
    "status": Column("i1", "", "UNUSED, OPEN, MOVING or CLOSED"),
    "ask": Column("i1", "", "why it reviews its site this week (index into CAUSES; 0 not at all)"),
    "wish": Column("i1", "", "nest chosen this week"),
    "hidden": Column("i1", "0/1", "works dispersed and out of sight"),
    "at_work": Column("i1", "0/1", "has chosen its targets"),
    "warned": Column("i1", "0/1", "it knows of the raid to come"),
    "raid_staged": Column("i1", "0/1", "the raid to come is staged"),
    "territory": Column("i4", "row", "the cell's territory"),
    "cell": Column("i4", "row", "where it is, or is bound for"),
    "syndicate": Column("i4", "row", "owner"),
    "raid_week": Column("i4", "week", "when the raid to come falls due; in the past if none"),
    "lineage": Column("u8", "", "identity: hashed from its origin or its parent, never counted"),
    "workers": Column("f8", "person", "people held or working, sum of its workforce row"),
    "vacancies": Column("f8", "person", "people it wants next week"),
    "backup": Column("f8", "share", "power and internet it can make itself"),
    "revenue": Column("f8", "USD", "this week"),
    "profit": Column("f8", "USD", "this week"),
    "outlook": Column("f8", "USD/person/week", "remembered profit"),
    "capital": Column("f8", "USD", "cash and equipment"),
    "earning": Column("f8", "USD/person/week", "remembered revenue"),
    "hired": Column("f8", "person", "recruited this week"),
    "laundering": Column("f8", "share", "of revenue paid to launderers last week"),
    "bribe_rate": Column("f8", "share", "of revenue paid to officials"),
    "losses": Column("f8", "USD", "of its victims this week"),
    "hazard": Column("f8", "raids/compound-year", "true hazard of a raid this week"),
    "shows": Column("f8", "ratio", "visibility of its schemes, relative to the mean scheme"),
    "cover": Column("f8", "share", "legal business around it"),
    "parent": Column("u8", "", "lineage it split from; 0 none"),
    "founded": Column("i4", "week", "first week"),
    "arrives": Column("i4", "week", "end of a move"),
    "bound_for": Column("i4", "row", "territory chosen this week"),
    "raid_territory": Column("i4", "row", "where the raid to come is planned"),
    "start_territory": Column("i4", "row", "where it stood at the start; -1 for later crews"),
    "moved": Column("i4", "moves", "moves so far"),
}


class Compound(RowAgent, mesa.discrete_space.CellAgent):
    """A compound as a Mesa agent (a view). `cell` is Mesa's cell; `model` keeps it in step with the table."""

    table = "compounds"

    @property
    def syndicate_name(self) -> str:
        """Name of its owner; fragments carry their parent's name."""
        return self.model.syndicate_name(self.syndicate)

    @property
    def territory_name(self) -> str:
        """Name of the territory it is in."""
        return self.model.names["territories"][self.territory]


known = lru_cache(maxsize=1 << 16)(identity)  # sites and crews are named once for all seeds


def sites_at(region: Region, date: str) -> list:
    """Sites in use on an ISO date, each place counted once (totals that other rows repeat are left out)."""
    return [
        site
        for site in region.sites
        if not site.aggregate_of
        and site.active_from
        and site.active_from <= date
        and (not site.active_to or site.active_to > date)
        and (site.workers_high or site.compounds_high)
    ]


def initial_compounds(region: Region, start: str, params, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Crews at the start, and people by origin (C x P) before recruiting has shaped them.

    Each site in use gets crews between its low and high count (all scaled by `initial.filled`) and shares its people among
    them by lognormal weights: heavy-tailed sizes within the stated range. People are drawn from the range of the evidence, or
    follow from the number of crews at the usual size, whichever is more. Draws are keyed by site and crew, so another site
    changes nobody else.
    """
    p = params.initial
    chance = chance_at_set_up(seed)
    cells, syndicates = region.index("cells"), region.index("syndicates")
    territories = region.index("territories")
    rows = []
    for site in sites_at(region, start):
        who = known("site", site.site)
        low, high = site.compounds_low or 1.0, site.compounds_high or site.compounds_low or 1.0
        # a park in the evidence may house twenty firms or be one crew: split so that a crew keeps a usual size
        people = 0.0
        if site.workers_high:
            floor = max(site.workers_low or 0.0, 1.0)
            people = p.filled * floor * (site.workers_high / floor) ** uniform(chance, who, INITIAL_STATE)
        count = max(round(p.filled * (low * high) ** 0.5), 1)
        people = max(people, count * p.usual_size)
        count = max(count, round(people / p.largest), 1)
        weights = np.exp([p.spread * normal(chance, known("site", site.site, n), INITIAL_SIZE) for n in range(count)])
        sizes = people * weights / weights.sum()
        owners = _owners(region, site)
        for n, size in enumerate(sizes):
            lineage = known("site", site.site, n)
            owner = syndicates[site.syndicate] if site.syndicate else drawn(*owners, lineage, chance)
            rows.append((lineage, cells[site.cell], territories[site.territory], size, owner))

    table = new_table(COLUMNS, 4 * len(rows) + 2048)
    crews = table[: len(rows)]
    for column, values in zip(("lineage", "cell", "territory", "workers", "syndicate"), zip(*rows, strict=True), strict=False):
        crews[column] = values
    crews["status"], crews["start_territory"] = OPEN, crews["territory"]
    crews["capital"], crews["bribe_rate"] = crews["workers"] * p.capital, params.accounts.bribe_rate
    crews["founded"], crews["earning"], crews["outlook"] = -1000, p.earning, p.outlook
    crews["shows"] = 1.0
    table["raid_week"] = -1
    return table, len(rows)


def _owners(region: Region, site) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Syndicates that may own a crew of a site without a named owner: rows, identities, logs of their shares."""
    local = [y for y, row in enumerate(region.syndicates) if site.territory in row.territories or row.home == site.territory]
    rows = np.array(local or range(len(region.syndicates)))
    found = [region.syndicates[y] for y in rows]
    identities = np.array([known("syndicate", row.syndicate) for row in found])
    return rows, identities, np.log([max(row.share_2019, 1e-3) for row in found])


@rule
def drawn(rows, identities, shares, lineage, chance):
    """One of the syndicates, with the chance of its share (in logs); returns its row."""
    best, owner = -np.inf, rows[0]
    for n in range(len(rows)):
        score = shares[n] + gumbel_of(chance, lineage, INITIAL_STATE, identities[n])
        if score > best:
            best, owner = score, rows[n]
    return owner

"""Compounds: the crews that do the work. A row is a crew with its place, people, money and practice."""

import math
from functools import lru_cache

import mesa.discrete_space
import numpy as np

from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.compiled import rule
from sim.elementary import exps, log, power
from sim.memory import check_room
from sim.randomness import INITIAL_SIZE, INITIAL_STATE, chance_at_set_up, gumbel_of, identity, normals, uniforms
from sim.region import Region
from sim.state import OPEN, ORDER, Column, new_columns, new_table

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
    "turn": Column("i4", "week", "of a round of reviews of targets, from 1: when its own falls due; 0 not known yet"),
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
PER_CREW_AND_POOL = ("skill", "targets", "reach", "take")  # matrices of a world, in float64


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


known = lru_cache(maxsize=1 << 12)(identity)  # sites and their crews are named once for all seeds


@lru_cache(maxsize=1 << 12)
def lineages(site: str, count: int) -> np.ndarray:
    """Identities of the first crews of a site; to be read only."""
    return np.array([identity("site", site, n) for n in range(count)], np.uint64)


@lru_cache(maxsize=64)
def sites_at(region: Region, date: str) -> tuple:
    """Sites in use on an ISO date, each place counted once (totals that other rows repeat are left out)."""
    return tuple(
        site
        for site in region.sites
        if not site.aggregate_of
        and site.active_from
        and site.active_from <= date
        and (not site.active_to or site.active_to > date)
        and (site.workers_high or site.compounds_high)
    )


def rows_for(compounds: int) -> int:
    """Rows of the crew tables of a new world: four for each crew, as room to grow."""
    return 4 * compounds + 1024


def room_for(compounds: int, region: Region) -> float:
    """Bytes of all crew tables of a new world with so many crews."""
    return float(rows_for(compounds) * _row_bytes(region))


@lru_cache(maxsize=64)
def _row_bytes(region: Region) -> int:
    floats = len(region.labour_pools) + len(PER_CREW_AND_POOL) * len(region.pools) + len(region.schemes)
    return new_columns(COLUMNS, 1).nbytes + new_table(ORDER, 1).itemsize + 8 * floats


def initial_compounds(region: Region, start: str, params, seed: int) -> tuple[ColumnTable, int]:
    """The table of crews at the start, before recruiting has staffed them, and how many there are.

    Each site in use gets crews between its low and high count (all scaled by `initial.filled`) and shares its people among
    them by lognormal weights: heavy-tailed sizes within the stated range. People are drawn from the range of the evidence, or
    follow from the number of crews at the usual size, whichever is more. Draws are keyed by site and crew, so another site
    changes nobody else. Raises ConfigError (one line) when so many crews cannot fit into the memory that is left.
    """
    p, chance = params.initial, chance_at_set_up(seed)
    cells, syndicates, territories = (region.index(table) for table in ("cells", "syndicates", "territories"))
    sites = sites_at(region, start)
    shares = uniforms(chance, np.array([known("site", site.site) for site in sites], np.uint64), INITIAL_STATE).tolist()
    people, counts = [], []
    for site, share in zip(sites, shares, strict=True):
        low, high = site.compounds_low or 1.0, site.compounds_high or site.compounds_low or 1.0
        # a park in the evidence may house twenty firms or be one crew: split so that a crew keeps a usual size
        drawn = 0.0
        if site.workers_high:
            floor = max(site.workers_low or 0.0, 1.0)
            drawn = p.filled * floor * power(site.workers_high / floor, share)
        count = max(round(p.filled * math.sqrt(low * high)), 1)
        people.append(max(drawn, count * p.usual_size))
        counts.append(max(count, round(people[-1] / p.largest), 1))

    used = sum(counts)
    check_room(room_for(used, region), used)
    table = new_columns(COLUMNS, rows_for(used))
    crew_cells, places, workers = table["cell"], table["territory"], table["workers"]
    named = [lineages(site.site, count) for site, count in zip(sites, counts, strict=True)]
    lineage = np.concatenate([np.zeros(0, np.uint64), *named])  # there may be no site in use
    weights = exps(p.spread * normals(chance, lineage, INITIAL_SIZE))
    owner, last = np.zeros(used, np.int64), 0
    for site, living, count in zip(sites, people, counts, strict=True):
        first, last = last, last + count
        mine = slice(first, last)
        workers[mine] = living * weights[mine] / weights[mine].sum()
        crew_cells[mine], places[mine] = cells[site.cell], territories[site.territory]
        if site.syndicate:
            owner[mine] = syndicates[site.syndicate]
        else:
            draw_owners(owner[mine], *_owners(region, site.territory), lineage[mine], chance)
    start = {
        "lineage": lineage, "syndicate": owner, "status": OPEN, "start_territory": places[:used], "founded": -1000,
        "raid_week": -1, "capital": workers[:used] * p.capital, "bribe_rate": params.accounts.bribe_rate, "earning": p.earning,
        "outlook": p.outlook, "shows": 1.0,
    }  # fmt: skip
    for column, value in start.items():
        table[column][:used] = value
    return table, used


@lru_cache(maxsize=256)
def _owners(region: Region, territory: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Syndicates that may own a crew of a site there without a named owner: rows, identities, logs of their shares; read only."""
    local = [y for y, row in enumerate(region.syndicates) if territory in row.territories or row.home == territory]
    rows = np.array(local or range(len(region.syndicates)))
    found = [region.syndicates[y] for y in rows]
    identities = np.array([identity("syndicate", row.syndicate) for row in found])
    return rows, identities, np.array([log(max(row.share_2019, 1e-3)) for row in found])


@rule
def draw_owners(owner, rows, identities, shares, lineage, chance):
    """Draw one of the syndicates for each crew, with the chance of its share (in logs); writes its row into `owner`."""
    for i in range(len(lineage)):
        best, owner[i] = -np.inf, rows[0]
        for n in range(len(rows)):
            score = shares[n] + gumbel_of(chance, lineage[i], INITIAL_STATE, identities[n])
            if score > best:
                best, owner[i] = score, rows[n]

"""Syndicates: families and networks that own crews, know places and hold beliefs."""

import numpy as np

from sim.agents.geography import distances
from sim.agents.once import once
from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.randomness import identity
from sim.region import Region
from sim.state import Column, new_columns

COLUMNS = {
    "identity": Column("u8", "", "hash of the name, or of the parent's for a fragment"),
    "family": Column("i4", "row", "itself, or the syndicate of the region that it broke from"),
    "home": Column("i4", "row", "territory it started from"),
    "leaders": Column("i8", "person", "leaders at large"),
    "in_custody": Column("i8", "person", "leaders under arrest, who may buy themselves out"),
    "handed_over": Column("i8", "person", "leaders in the hands of a state that does not let them go"),
    "managers": Column("f8", "person", "managers at large, who run the crews"),
    "usual_managers": Column("f8", "person", "managers when none is missing"),
    "assets": Column("f8", "USD", "liquid assets"),
    "weight": Column("f8", "share", "how often it is the one to found a new crew"),
    "practice": Column("f8", "share", "skill that it passes on to a new crew"),
    "raids": Column("i8", "raids", "real raids on its own crews this week"),
    "scarred": Column("i1", "0/1", "it remembers raids on crews of its own"),
    "income": Column("i8", "USD, fixed point", "from its crews this week"),
}
SPARE_ROWS = 256  # room for fragments; a syndicate that cannot break further stays whole


class Syndicate(RowAgent):
    """A syndicate as a Mesa agent (a view)."""

    table = "syndicates"


@once
def new_syndicates(region: Region, assets: float, managers: float) -> ColumnTable:
    """The syndicate table: one row each from the region, then spare rows for fragments.

    assets     USD of a syndicate with an average share; in proportion to its share for the others
    managers   per leader
    """
    table = new_columns(COLUMNS, len(region.syndicates) + SPARE_ROWS)
    territories = region.index("territories")
    shares = np.array([row.share_2019 for row in region.syndicates])
    for row, given in enumerate(region.syndicates):
        table["identity"][row] = identity("syndicate", given.syndicate)
        table["family"][row] = row
        table["home"][row], table["leaders"][row] = territories[given.home], given.leaders
        table["weight"][row] = max(given.share_2019, 1e-3)
        table["assets"][row] = assets * given.share_2019 / shares.mean()
        table["practice"][row] = 1.0
        table["managers"][row] = table["usual_managers"][row] = managers * given.leaders
    return table


@once
def ties_and_knowledge(region: Region, near_km: float) -> tuple[np.ndarray, np.ndarray]:
    """What each syndicate is tied to (0..1) and which places it knows (0/1), Y x T, with rows for fragments.

    Tied fully to places where it works, by half to other places of the same protectors and patrons; known are these and what
    lies within `near_km` of its home.
    """
    rows = len(region.syndicates) + SPARE_ROWS
    ties, known = np.zeros((rows, len(region.territories))), np.zeros((rows, len(region.territories)), np.int8)
    territories, distance_km = region.index("territories"), distances(region)
    for y, given in enumerate(region.syndicates):
        works = [territories[name] for name in given.territories] + [territories[given.home]]
        patrons = set(given.patrons) | {region.territories[t].controller for t in works}
        for t, place in enumerate(region.territories):
            if place.controller in patrons and not place.controller.startswith("officials"):
                ties[y, t] = 0.5
            if t in works:
                ties[y, t] = 1.0
            near = distance_km[territories[given.home], t] <= near_km and not place.remote
            known[y, t] = ties[y, t] > 0.0 or near
    return ties, known

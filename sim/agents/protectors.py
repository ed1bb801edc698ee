"""Protectors: whoever holds a territory and sells protection there."""

import numpy as np

from sim.agents.view import RowAgent
from sim.randomness import identity
from sim.region import Region
from sim.state import STANCES, Column, new_table

COLUMNS = {
    "identity": Column("u8", "", "hash of the name"),
    "stance": Column("i1", "", "index into STANCES"),
    "shield": Column("f8", "share", "of raids that it keeps off"),
    "tax_rate": Column("f8", "share", "of gross revenue"),
    "strength": Column("f8", "thousand troops", "armed strength"),
    "dependence": Column("f8", "share", "of its income that comes from scams"),
    "income": Column("i8", "USD, fixed point", "tax this week"),
}


class Protector(RowAgent):
    """A protector as a Mesa agent (a view)."""

    table = "protectors"


def new_protectors(region: Region) -> np.ndarray:
    """The protector table from the region."""
    table = new_table(COLUMNS, len(region.protectors))
    for row, given in enumerate(region.protectors):
        for column in ("shield", "tax_rate", "strength", "dependence"):
            table[column][row] = getattr(given, column)
        table["identity"][row] = identity("protector", given.protector)
        table["stance"][row] = STANCES.index(given.stance)
    return table

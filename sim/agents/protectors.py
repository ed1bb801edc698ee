"""Protectors: whoever holds a territory and sells protection there."""

import numpy as np

from sim.agents.once import once
from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.randomness import identity
from sim.region import Region
from sim.state import STANCES, Column, new_columns

COLUMNS = {
    "identity": Column("u8", "", "hash of the name"),
    "patron": Column("i4", "row", "state that shares its tax; -1 none"),
    "stance": Column("i1", "", "index into STANCES"),
    "shield": Column("f8", "share", "of raids that it keeps off"),
    "tax_rate": Column("f8", "share", "of gross revenue"),
    "strength": Column("f8", "thousand troops", "armed strength"),
    "dependence": Column("f8", "share", "of its income that comes from scams"),
    "takings": Column("f8", "USD/year", "remembered tax"),
    "threat": Column("f8", "share", "pressure on its ground"),
    "favour": Column("f8", "share", "what pleasing a patron would be worth"),
    "course": Column("i1", "", "PROTECT, EXPEL, STAGE_IT, RAID_IT or REALIGN"),
    "income": Column("i8", "USD, fixed point", "tax this week"),
}


class Protector(RowAgent):
    """A protector as a Mesa agent (a view)."""

    table = "protectors"


@once
def new_protectors(region: Region) -> ColumnTable:
    """The protector table from the region."""
    table = new_columns(COLUMNS, len(region.protectors))
    states = region.index("states")
    for row, given in enumerate(region.protectors):
        table["patron"][row] = states.get(given.patron, -1)
        for column in ("shield", "tax_rate", "strength", "dependence"):
            table[column][row] = getattr(given, column)
        table["identity"][row] = identity("protector", given.protector)
        table["stance"][row] = STANCES.index(given.stance)
    return table


@once
def bond_matrix(region: Region) -> np.ndarray:
    """Who stands with whom, G x G: 1 ally, -1 opponent, 0 neither. A bond named by one side holds for both; enmity goes first."""
    index = region.index("protectors")
    bonds = np.zeros((len(index), len(index)), np.int8)
    for names, bond in (("allies", 1), ("opponents", -1)):
        for row, given in enumerate(region.protectors):
            for name in getattr(given, names):
                bonds[row, index[name]] = bonds[index[name], row] = bond
    return bonds

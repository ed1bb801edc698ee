"""States: hosts, those whose citizens are defrauded, and both."""

import numpy as np

from sim.agents.once import once
from sim.agents.view import RowAgent
from sim.columns import ColumnTable
from sim.randomness import identity
from sim.region import Region
from sim.state import Column, new_columns

COLUMNS = {
    "identity": Column("u8", "", "hash of the name"),
    "country": Column("i4", "row", "its country in the region; -1 outside"),
    "capacity": Column("f8", "share", "administrative capacity"),
    "corruption": Column("f8", "share", "corruption"),
    "raid_capacity": Column("f8", "raids/year", "raids it can carry out in a year, at home and abroad"),
    "citizens": Column("f8", "person", "people of its victim pools"),
    "outrage": Column("f8", "USD/person", "fading memory of losses reported by its citizens, per head"),
    "incident": Column("f8", "count", "fading count of salient incidents"),
    "received": Column("f8", "USD", "bribes and tribute this week"),
    "rents": Column("f8", "USD/year", "remembered bribes and tribute"),
    "anger": Column("f8", "share", "what outrage and incidents weigh"),
    "cover": Column("f8", "share", "what rents weigh"),
    "presses": Column("i1", "0/1", "lobbies hosts this week"),
    "shame": Column("f8", "share", "of the trade on its soil whose holders are under sanctions"),
    "pressure": Column("f8", "share", "from other states, by their leverage"),
    "aim_home": Column("f8", "share", "policy in force: sincere effort at home"),
    "aim_mock": Column("f8", "share", "policy in force: staged effort at home"),
    "aim_abroad": Column("f8", "share", "policy in force: effort abroad"),
    "home": Column("f8", "share", "sincere effort at home, of the most there can be"),
    "mock": Column("f8", "share", "staged effort at home"),
    "abroad": Column("f8", "share", "effort abroad"),
    "joined": Column("i1", "0/1", "acts together with others"),
    "stance": Column("i1", "", "TOLERATE, STAGE or SUPPRESS"),
    "acts_from": Column("i8", "row", "first territory in which it spends effort"),
    "acts_to": Column("i8", "row", "the one after the last of these"),
    "strained": Column("f8", "share", "of the effort asked for that capacity does not allow"),
}


class State(RowAgent):
    """A state as a Mesa agent (a view)."""

    table = "states"


@once
def new_states(region: Region) -> ColumnTable:
    """The state table from the region."""
    table = new_columns(COLUMNS, len(region.states))
    countries = region.index("countries")
    for row, given in enumerate(region.states):
        table["identity"][row] = identity("state", given.state)
        table["country"][row] = countries.get(given.country, -1)
        table["capacity"][row], table["corruption"][row] = given.capacity, given.corruption
        table["raid_capacity"][row] = given.raid_capacity_per_year
        own = [pool.users_2020_m for pool in region.pools if pool.state == given.state]
        table["citizens"][row] = max(sum(own) * 1e6, 1.0)
    return table


@once
def leverage_matrix(region: Region) -> np.ndarray:
    """How far state s can press state h, S x S, 0..1."""
    index = region.index("states")
    leverage = np.zeros((len(index), len(index)))
    for row in region.leverage:
        leverage[index[row.state], index[row.on_state]] = row.leverage
    return leverage


@once
def access_matrix(region: Region, foreign_access: float) -> np.ndarray:
    """How far each state can act in each territory, S x T, 0..1.

    1 on its own soil; China's police (the state on the map with Chinese-speaking citizens) by agreement with whoever holds the
    place (`china_access`); any other state by its leverage on the host, times `foreign_access`.
    """
    states, holders = region.states, {row.protector: row for row in region.protectors}
    governs = {row.country: row.state for row in states if row.country}
    leverage = {(row.state, row.on_state): row.leverage for row in region.leverage}
    access = np.zeros((len(states), len(region.territories)))
    for s, state in enumerate(states):
        for t, place in enumerate(region.territories):
            if state.country and state.country == place.country:
                access[s, t] = 1.0
            elif state.country and state.bloc == "chinese_speaking":
                access[s, t] = holders[place.controller].china_access
            else:
                access[s, t] = foreign_access * leverage.get((state.state, governs.get(place.country, "")), 0.0)
    return access

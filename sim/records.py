"""Step 15: records. What a run leaves behind, week by week, as plain arrays."""

from typing import NamedTuple

import numpy as np

from sim.compiled import rule
from sim.scenario import Scenario
from sim.state import CAUSES, FLOWS, ONE, OPEN, World, fixed, new_table, real

CELL_WEEKS = 13  # cells are recorded once a quarter


class Records(NamedTuple):
    """One run. W weeks, T territories, K pools, N cells, Q quarters."""

    workers: np.ndarray  # W x T people in open compounds, float32
    compounds: np.ndarray  # W x T open compounds, int32
    revenue: np.ndarray  # W x T USD in the week, float32
    losses: np.ndarray  # W x T USD in the week, float32
    pool_losses: np.ndarray  # W x K USD, float32
    pool_reported: np.ndarray  # W x K USD, float32
    pool_victims: np.ndarray  # W x K persons, float32
    pool_effort: np.ndarray  # W x K workers, float32
    cells: np.ndarray  # Q x N people, float32; quarter q is week q * CELL_WEEKS
    flows: np.ndarray  # W, a column for each of FLOWS, in fixed point; once all is written, W x len(FLOWS), USD or persons
    official_raids: np.ndarray  # W x T raids announced
    raids: np.ndarray  # W x T real raids carried out
    protector: np.ndarray  # W x T who holds the place


def new_records(scenario: Scenario) -> Records:
    """Empty records for a run of the scenario."""
    region, weeks = scenario.region, scenario.weeks
    places, pools = len(region.territories), len(region.pools)
    quarters = (weeks + CELL_WEEKS - 1) // CELL_WEEKS
    table = lambda columns, kind="f4": np.zeros((weeks, columns), kind)  # noqa: E731
    return Records(
        table(places), table(places, "i4"), table(places), table(places), table(pools), table(pools), table(pools), table(pools),
        np.zeros((quarters, len(region.cells)), "f4"), new_table(FLOWS, weeks), table(places, "i2"), table(places, "i2"),
        table(places, "i2"),
    )  # fmt: skip


def written(records: Records) -> Records:
    """The records of a run that has ended: its flows as numbers, W x len(FLOWS), USD or persons."""
    return records._replace(flows=np.asarray(records.flows).view("i8").reshape(-1, len(FLOWS)) / ONE)


@rule
def write_week(records, territories, seen, pools, compounds, flows, clock):
    """Copy what is recorded of the week that has just been stepped; once a quarter, count who is in which cell."""
    week = clock.week - 1
    for t in range(len(territories)):
        place = territories[t]
        records.workers[week, t] = place.workers
        records.compounds[week, t] = place.compounds
        records.revenue[week, t] = real(place.revenue)
        records.losses[week, t] = real(place.losses)
        records.raids[week, t] = place.raids
        records.official_raids[week, t] = seen[t].official_raids
        records.protector[week, t] = place.protector
    for k in range(len(pools)):
        pool = pools[k]
        records.pool_losses[week, k] = real(pool.losses)
        records.pool_reported[week, k] = pool.reported
        records.pool_victims[week, k] = real(pool.victims)
        records.pool_effort[week, k] = real(pool.effort)
    records.flows[week] = flows[0]
    if week % CELL_WEEKS == 0:
        held = np.zeros(records.cells.shape[1], np.int64)
        for i in range(clock.compounds):
            if compounds[i].status == OPEN:
                held[compounds[i].cell] += fixed(compounds[i].workers)
        for c in range(len(held)):
            records.cells[week // CELL_WEEKS, c] = real(held[c])


def logged_moves(world: World) -> np.ndarray:
    """The move log, a row a move, columns as in `MOVES`.

    Sorted by week and lineage, so that the order of rows in the world never shows.
    """
    log = np.asarray(world.moves[: world.clock["moves"][0]])
    return log[np.lexsort((log["lineage"], log["week"]))]


def moves_by_name(log: np.ndarray, scenario: Scenario) -> dict[str, np.ndarray]:
    """A log of moves for people: date, compound, origin and destination (territory and cell), cause, workers.

    An origin is empty for an entrant, a destination for a crew that leaves the business.
    """
    cells = np.array([cell.cell for cell in scenario.region.cells] + [""], dtype=object)  # the last is nowhere
    inside = np.array([cell.territory for cell in scenario.region.cells] + [""], dtype=object)
    return {
        "date": np.datetime64(scenario.start) + log["week"].astype("timedelta64[W]"),
        "compound": np.array([f"{lineage:016x}" for lineage in log["lineage"].tolist()], dtype=object),
        "origin_territory": inside[log["origin"]], "origin_cell": cells[log["origin"]],
        "destination_territory": inside[log["destination"]], "destination_cell": cells[log["destination"]],
        "cause": np.array(CAUSES, dtype=object)[log["cause"]], "workers": log["workers"],
    }  # fmt: skip

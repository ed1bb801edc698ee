"""Step 15: records. What a run leaves behind, week by week, as plain arrays."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.compiled import rule
from sim.region import Region
from sim.scenario import Scenario
from sim.state import CAUSES, FLOWS, ONE, World, new_table, real

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
def write_week(records, territories, seen, pools, cells, flows, clock):
    """Copy what is recorded of the week that has just been stepped."""
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
        for c in range(len(cells)):
            records.cells[week // CELL_WEEKS, c] = real(cells[c].workers)


def logged_moves(world: World, scenario: Scenario) -> dict[str, list | np.ndarray]:
    """The move log as columns: date, compound, origin and destination (territory and cell), cause, workers.

    Sorted by week and lineage, so that the order of rows in the world never shows. An origin is empty for an entrant, a
    destination for a crew that leaves the business. origin_row and destination_row are the cells as rows of the region, -1 for
    nowhere.
    """
    log = np.asarray(world.moves[: world.clock["moves"][0]])
    log = log[np.lexsort((log["lineage"], log["week"]))]
    cells, inside = _where(scenario.region)
    start = np.datetime64(scenario.start)
    digits = log["lineage"].astype(">u8").tobytes().hex()  # 16 to a crew
    return {
        "date": start + log["week"].astype("timedelta64[W]"),
        "compound": np.array([digits[at : at + 16] for at in range(0, len(digits), 16)], dtype=object),
        "origin_territory": inside[log["origin"]], "origin_cell": cells[log["origin"]],
        "destination_territory": inside[log["destination"]], "destination_cell": cells[log["destination"]],
        "origin_row": log["origin"], "destination_row": log["destination"],
        "cause": np.array(CAUSES, dtype=object)[log["cause"]], "workers": log["workers"],
    }  # fmt: skip


@lru_cache(maxsize=8)
def _where(region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Names of the cells and of their territories; the last is nowhere."""
    cells = np.array([cell.cell for cell in region.cells] + [""], dtype=object)
    return cells, np.array([cell.territory for cell in region.cells] + [""], dtype=object)

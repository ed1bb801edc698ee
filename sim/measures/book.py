"""The book of a comparison: every estimand of its runs, each as a table of its own."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.measures.displacement import displacement_by_horizon
from sim.measures.footprint import displacement_distance, footprint
from sim.measures.harm import harm_leakage, person_weeks
from sim.measures.intervals import DRAWS
from sim.measures.ledger import channels, ledger
from sim.measures.paired import HORIZONS, WINDOW, paired_blocs, paired_pools, paired_zones, window_means
from sim.measures.quotients import naive_change, quotients
from sim.measures.recovery import half_life, recovery
from sim.measures.victims import externalities, share_decomposition, target_displacement
from sim.measures.zones import ELSEWHERE, zones


def book(
    tables: Mapping[str, pd.DataFrame],
    territories: pd.DataFrame,
    pools: pd.DataFrame,
    scenarios: pd.DataFrame,
    targets: Mapping[str, Sequence[str]],
    window: tuple[float, float] = WINDOW,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, pd.DataFrame]:
    """{name: table} of all that can be said of the runs; a row for each scenario, and part of it.

    tables:      weekly, pools and moves of the runs.   territories, pools: the region's tables.
    scenarios:   see `sim.measures.paired.contrasts`.   targets: {scenario: [territory, ...]}; those without one, or with
                 every territory, have no row in tables about displacement.      window: months after each scenario's start.
    Runs must last to the end of the window; a table that needs longer ones is not there.
    """
    zone = zones(territories, targets)
    paired = paired_zones(tables["weekly"], zone, scenarios)
    by_pool = window_means(paired_pools(tables["pools"], scenarios, ("losses_usd",)), window)
    aimed = [name for name, places in targets.items() if len(places)]
    spatial = paired[paired["scenario"].isin(aimed)]
    outward = spatial[spatial["scenario"].isin(spatial.loc[spatial["zone"].isin(ELSEWHERE), "scenario"].unique())]
    found = {
        "person_weeks": person_weeks(paired, (0, window[1]), draws, seed),
        "target_displacement": target_displacement(by_pool, dict(zip(pools["pool"], pools["bloc"], strict=True)), draws, seed),
        "externalities": externalities(by_pool, draws, seed),
        "western_share": share_decomposition(window_means(paired_blocs(tables["pools"], scenarios), window)),
        "footprint": footprint(tables["weekly"], scenarios, window),
    }
    if paired["months"].max() >= min(HORIZONS):
        found["horizons"] = displacement_by_horizon(paired, draws=draws, seed=seed)
    if aimed:
        found |= {
            "recovery": recovery(spatial),
            "half_life": half_life(spatial),
            "before_after": naive_change(spatial, window),
        }
    if len(outward):  # somewhere could gain
        moved = {name: list(targets[name]) for name in outward["scenario"].unique()}
        found |= {
            "harm_leakage": harm_leakage(window_means(outward, window), draws, seed),
            "ledger": ledger(channels(tables["moves"], outward, zone, scenarios, window), draws, seed),
            "distance": displacement_distance(tables["moves"], territories, moved),
            "quotients": quotients(outward, window),
        }
    return found

"""Conservation: what must hold every week, whatever the scenario."""

from typing import NamedTuple

import numpy as np

from sim.state import MOVING, OPEN, World, real

TOLERANCE = 1e-9  # relative


class Totals(NamedTuple):
    """Stocks that flows must explain."""

    people: np.ndarray  # P, people of each origin, wherever they are
    wealth: float  # USD in crews and syndicates


def totals(world: World) -> Totals:
    """Stocks of the world now: people by origin (P) and wealth (USD)."""
    pools = world.labour_pools
    outside = sum(real(pools[column]) for column in ("available", "market", "freed", "arrested", "at_home"))
    wealth = world.compounds["capital"].sum() + world.syndicates["assets"].sum() + real(world.syndicates["income"].sum())
    return Totals(outside + world.workforce.sum(axis=0), float(wealth))


def people_by_cell(world: World) -> np.ndarray:
    """People in open compounds, by cell (N)."""
    crews = world.compounds[: world.clock["compounds"][0]]
    crews = crews[crews["status"] == OPEN]
    return np.bincount(crews["cell"], weights=crews["workers"], minlength=len(world.cells))


def check_week(world: World, before: Totals) -> list[str]:
    """What does not add up after a week that began with `before`; an empty list when all does.

    People by origin, money in and out, victims by group, shares, capacities and bounds. Relative tolerance 1e-9.
    """
    wrong = []
    now, flow = totals(world), {name: real(float(world.flows[name][0])) for name in world.flows.dtype.names}
    crews = world.compounds[: world.clock["compounds"][0]]
    at_work = np.isin(crews["status"], (OPEN, MOVING))

    grain = 64 * max(len(crews), 1) / 2**20  # fixed-point sums round each of their terms

    def same(name, left, right, scale):
        if not np.allclose(left, right, rtol=0.0, atol=TOLERANCE * max(float(np.max(np.abs(scale))), 1.0) + grain):
            wrong.append(f"{name}: {left} is not {right}")

    same("people by origin", now.people, before.people, before.people.max())
    same("losses", flow["losses"], flow["recovered"] + flow["revenue"] + flow["at_home"], flow["losses"])
    spent = sum(flow[name] for name in ("tax", "bribes", "laundering", "upkeep", "owners", "businesses", "to_capital"))
    same("revenue", flow["revenue"], spent, max(flow["revenue"], flow["upkeep"]))
    change = flow["to_capital"] + flow["owners"] + flow["invested"] - flow["seized"] - flow["spent_moving"] - flow["consumed"]
    same("wealth", now.wealth - before.wealth, change, max(abs(before.wealth), flow["revenue"], 1e6))
    victims = world.pools
    groups = victims["susceptible"] + victims["exposed"] + victims["victim"] + victims["aware"]
    same("victims by group", groups, victims["at_risk"], victims["at_risk"].max())
    same("losses by pool", real(victims["losses"].sum()), flow["losses"], flow["losses"])

    rows = world.workforce[: len(crews)][at_work]
    same("crew sizes", rows.sum(axis=1), crews["workers"][at_work], crews["workers"].max(initial=1.0))
    for name in ("targets", "mix"):
        shares = getattr(world, name)[: len(crews)][at_work]
        if len(shares):
            same(f"{name} sum to one", shares.sum(axis=1), np.ones(len(shares)), 1.0)
    if (people_by_cell(world) > world.cells["capacity"] * (1 + 1e-6) + 1e-3).any():
        wrong.append("capacity: a cell holds more people than it can")
    for name, table in (("susceptible", victims), ("exposed", victims), ("victim", victims), ("aware", victims)):
        if (table[name] < -1e-6).any():
            wrong.append(f"pools.{name}: negative")
    for name in ("available", "market", "freed", "arrested", "at_home"):
        if (world.labour_pools[name] < -2048).any():
            wrong.append(f"labour_pools.{name}: negative")
    if (crews["workers"] < -1e-6).any() or not np.isfinite(crews["workers"]).all() or not np.isfinite(crews["capital"]).all():
        wrong.append("compounds: negative or not a number")
    for name in ("belief", "sought"):
        values = getattr(world, name)
        if not np.isfinite(values).all() or (values < 0).any():
            wrong.append(f"{name}: negative or not a number")
    return wrong

"""A campaign teaches people of a pool what is being done to them."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """reach: share of the susceptible reached and convinced each week; for pools or blocs (none named: all)."""

    pools: tuple[str, ...] = ()
    blocs: tuple[str, ...] = ()
    reach: Share


def write(levers, rows, settings, strength):
    """Write levers.pool.awareness."""
    missed = 1.0 - levers.pool["awareness"][rows["pools"]]
    levers.pool["awareness"][rows["pools"]] = 1.0 - missed * (1.0 - settings.reach * strength)

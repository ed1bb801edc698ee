"""Banks and platforms stop payments of a pool."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """friction: payments stopped, of those that would have gone through; for pools or blocs (none named: all)."""

    pools: tuple[str, ...] = ()
    blocs: tuple[str, ...] = ()
    friction: Share


def write(levers, rows, settings, strength):
    """Write levers.pool.friction."""
    through = 1.0 - levers.pool["friction"][rows["pools"]]
    levers.pool["friction"][rows["pools"]] = 1.0 - through * (1.0 - settings.friction * strength)

"""Banks and platforms stop payments of a pool."""

from sim.interventions.schedule import Schedule, Share, combine
from sim.schema import Bloc


class Settings(Schedule):
    """friction: payments stopped, of those that would have gone through; for pools or blocs (none named: all)."""

    pools: tuple[str, ...] = ()
    blocs: tuple[Bloc, ...] = ()
    friction: Share


def write(levers, rows, settings, strength):
    """Write levers.pool.friction."""
    combine(levers.pool["friction"], rows["pools"], settings.friction * strength)

"""A campaign teaches people of a pool what is being done to them."""

from sim.interventions.schedule import Schedule, Share, combine
from sim.schema import Bloc


class Settings(Schedule):
    """reach: share of the susceptible reached and convinced each week; for pools or blocs (none named: all)."""

    pools: tuple[str, ...] = ()
    blocs: tuple[Bloc, ...] = ()
    reach: Share


def write(levers, rows, settings, strength):
    """Write levers.pool.awareness."""
    combine(levers.pool["awareness"], rows["pools"], settings.reach * strength)

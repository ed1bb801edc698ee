"""Tools recognise scam messages, cloned voices and mule accounts: the defence side of the arms race.

It acts on the same column as bank friction, and adds up with it: what the bank lets through, the tool may still stop.
"""

from sim.interventions.schedule import Schedule, Share, combine
from sim.schema import Bloc


class Settings(Schedule):
    """stopped: attempts stopped, of those that would have gone through; for pools or blocs (none named: all)."""

    pools: tuple[str, ...] = ()
    blocs: tuple[Bloc, ...] = ()
    stopped: Share


def write(levers, rows, settings, strength):
    """Write levers.pool.friction."""
    combine(levers.pool["friction"], rows["pools"], settings.stopped * strength)

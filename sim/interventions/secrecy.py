"""Raids that do not leak."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: leaks stopped."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.secrecy."""
    combine(levers.territory["secrecy"], rows["territories"], settings.share * strength)

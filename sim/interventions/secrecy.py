"""Raids that do not leak."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """share: leaks stopped."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.secrecy."""
    kept = 1.0 - levers.territory["secrecy"][rows["territories"]]
    levers.territory["secrecy"][rows["territories"]] = 1.0 - kept * (1.0 - settings.share * strength)

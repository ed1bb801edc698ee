"""Bribes stop buying protection."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: bribes that no longer work."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.corruption_removed."""
    combine(levers.territory["corruption_removed"], rows["territories"], settings.share * strength)

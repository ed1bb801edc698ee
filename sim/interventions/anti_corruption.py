"""Bribes stop buying protection."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """share: bribes that no longer work."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.corruption_removed."""
    here = rows["territories"]
    left = 1.0 - levers.territory["corruption_removed"][here]
    levers.territory["corruption_removed"][here] = 1.0 - left * (1.0 - settings.share * strength)

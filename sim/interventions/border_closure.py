"""A border is closed to recruits and crews."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: crossings closed."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.border_closure."""
    combine(levers.territory["border_closure"], rows["territories"], settings.share * strength)

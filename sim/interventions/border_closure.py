"""A border is closed to recruits and crews."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """share: crossings closed."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.border_closure."""
    here = rows["territories"]
    open_share = 1.0 - levers.territory["border_closure"][here]
    levers.territory["border_closure"][here] = 1.0 - open_share * (1.0 - settings.share * strength)

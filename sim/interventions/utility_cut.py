"""Power, internet and fuel are withheld."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: supply withheld."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.utility_cut."""
    combine(levers.territory["utility_cut"], rows["territories"], settings.share * strength)

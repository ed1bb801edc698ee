"""Power, internet and fuel are withheld."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """share: supply withheld."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.utility_cut."""
    here = rows["territories"]
    supply = 1.0 - levers.territory["utility_cut"][here]
    levers.territory["utility_cut"][here] = 1.0 - supply * (1.0 - settings.share * strength)

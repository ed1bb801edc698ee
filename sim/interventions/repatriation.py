"""People taken in raids are screened as victims and brought home before anybody can sell them on."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: of the people who would have been sold on, those who get home instead."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.repatriation."""
    combine(levers.territory["repatriation"], rows["territories"], settings.share * strength)

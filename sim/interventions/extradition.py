"""Bosses are handed over: what is raided in a place reaches those who own it."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: of the bosses who would not have been caught in a raid, those who now are."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.extradition."""
    combine(levers.territory["extradition"], rows["territories"], settings.share * strength)

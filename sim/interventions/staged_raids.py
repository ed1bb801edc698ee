"""Raids for show: announced ahead, with little taken."""

from sim.interventions.schedule import Rate, Schedule


class Settings(Schedule):
    """rate: staged raids per compound-year."""

    rate: Rate


def write(levers, rows, settings, strength):
    """Write levers.territory.staged."""
    levers.territory["staged"][rows["territories"]] += settings.rate * strength

"""An armed group attacks a territory."""

from sim.interventions.schedule import Rate, Schedule


class Settings(Schedule):
    """rate: takings per year against a negligible holder; by: the protector that attacks."""

    by: str
    rate: Rate


def write(levers, rows, settings, strength):
    """Write levers.territory.offensive and offensive_by (one attacker per place: the last written)."""
    if settings.rate * strength == 0.0:
        return
    levers.territory["offensive"][rows["territories"]] = settings.rate * strength
    levers.territory["offensive_by"][rows["territories"]] = rows["by"][0]

"""Leaders of syndicates are hunted."""

from sim.interventions.schedule import Rate, Schedule


class Settings(Schedule):
    """rate: arrests per leader and year, of syndicates at home in the territories."""

    rate: Rate


def write(levers, rows, settings, strength):
    """Write levers.territory.leader_arrests."""
    levers.territory["leader_arrests"][rows["territories"]] += settings.rate * strength

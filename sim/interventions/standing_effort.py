"""The standing effort of states on their own soil is cut back or made up: a relaxation is the mirror of a crackdown."""

from sim.interventions.schedule import Rate, Schedule, Share


class Settings(Schedule):
    """withdrawn: share of the standing effort that ends; strengthened: addition to it, as a multiple."""

    withdrawn: Share = 0.0
    strengthened: Rate = 0.0


def write(levers, rows, settings, strength):
    """Write levers.territory.standing."""
    here = rows["territories"]
    levers.territory["standing"][here] *= (1.0 - settings.withdrawn * strength) * (1.0 + settings.strengthened * strength)

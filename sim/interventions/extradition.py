"""Leaders are handed over, from custody or from wherever they have fled to, and do not come back."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: how far it works for the leaders of syndicates at home there; bosses expect to be caught in a raid by as much."""

    share: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.extradition."""
    combine(levers.territory["extradition"], rows["territories"], settings.share * strength)

"""Armed conflict flares up: police work stops, holders need cash, people flee and fall to recruiters, and some escape."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: conflict beyond what the region has, in these places; labour_pools: origins whose people are driven out by it."""

    share: Share
    labour_pools: tuple[str, ...] = ()


def write(levers, rows, settings, strength):
    """Write levers.territory.conflict, and levers.labour.conflict for the origins named."""
    combine(levers.territory["conflict"], rows["territories"], settings.share * strength)
    if settings.labour_pools:
        combine(levers.labour["conflict"], rows["labour_pools"], settings.share * strength)

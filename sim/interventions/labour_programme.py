"""Poverty relief and warnings where recruits come from."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """poverty: share of the push of poverty relieved; awareness: recruits who no longer believe the advertisement."""

    labour_pools: tuple[str, ...] = ()
    poverty: Share = 0.0
    awareness: Share = 0.0


def write(levers, rows, settings, strength):
    """Write levers.labour.programme and awareness."""
    combine(levers.labour["programme"], rows["labour_pools"], settings.poverty * strength)
    combine(levers.labour["awareness"], rows["labour_pools"], settings.awareness * strength)

"""Exchanges and banks of a jurisdiction ask who is paid. Part of the business leaks to laxer ones."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """laundering: share of takings lost on a fully exposed route, by crews seated there, if nothing were cashed out elsewhere."""

    laundering: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.kyc."""
    combine(levers.territory["kyc"], rows["territories"], settings.laundering * strength)

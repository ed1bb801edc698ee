"""Exchanges and banks of a jurisdiction ask who is paid. Part of the business leaks to laxer ones."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """laundering: extra share of revenue lost by crews seated there; leakage: share of it that goes elsewhere instead."""

    laundering: Share
    leakage: Share = 0.0


def write(levers, rows, settings, strength):
    """Write levers.territory.kyc."""
    combine(levers.territory["kyc"], rows["territories"], settings.laundering * (1.0 - settings.leakage) * strength)

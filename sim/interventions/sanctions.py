"""Syndicates and protectors are sanctioned: their money costs more to move, their tax is harder to bank."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """laundering: extra share of revenue lost by crews of the syndicates; tax: share of tax the protectors cannot bank."""

    syndicates: tuple[str, ...] = ()
    protectors: tuple[str, ...] = ()
    laundering: Share = 0.0
    tax: Share = 0.0


def write(levers, rows, settings, strength):
    """Write levers.syndicate.sanction and levers.protector.sanction for those named."""
    if settings.syndicates:
        levers.syndicate["sanction"][rows["syndicates"]] += settings.laundering * strength
    if settings.protectors:
        kept = 1.0 - levers.protector["sanction"][rows["protectors"]]
        levers.protector["sanction"][rows["protectors"]] = 1.0 - kept * (1.0 - settings.tax * strength)

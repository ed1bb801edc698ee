"""Know-your-customer rules make laundering dearer for all."""

from sim.interventions.schedule import Schedule, Share


class Settings(Schedule):
    """laundering: extra share of revenue lost."""

    laundering: Share


def write(levers, rows, settings, strength):
    """Write levers.everywhere.kyc."""
    levers.everywhere["kyc"] += settings.laundering * strength

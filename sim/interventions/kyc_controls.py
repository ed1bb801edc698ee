"""Know-your-customer rules make laundering dearer for all."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """laundering: extra share of revenue lost."""

    laundering: Share


def write(levers, rows, settings, strength):
    """Write levers.everywhere.kyc."""
    combine(levers.everywhere["kyc"], slice(None), settings.laundering * strength)

"""Know-your-customer rules make laundering dearer for all."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """laundering: share of takings lost on a route that is fully exposed to the controls."""

    laundering: Share


def write(levers, rows, settings, strength):
    """Write levers.everywhere.kyc."""
    combine(levers.everywhere["kyc"], slice(None), settings.laundering * strength)

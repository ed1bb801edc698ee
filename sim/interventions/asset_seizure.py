"""Exposed assets of syndicates are seized."""

from sim.interventions.schedule import Rate, Schedule


class Settings(Schedule):
    """rate: seizures per year of what is exposed."""

    syndicates: tuple[str, ...] = ()
    rate: Rate


def write(levers, rows, settings, strength):
    """Write levers.syndicate.seizure."""
    levers.syndicate["seizure"][rows["syndicates"]] += settings.rate * strength

"""The protector's shield is stripped: warrants against it, its patron withdraws."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: protection removed in the territories, or of the protectors named, wherever they are."""

    share: Share
    protectors: tuple[str, ...] = ()


def write(levers, rows, settings, strength):
    """Write levers.protector.shield_removed if protectors are named, else levers.territory.shield_removed."""
    table, where = (levers.protector, rows["protectors"]) if settings.protectors else (levers.territory, rows["territories"])
    combine(table["shield_removed"], where, settings.share * strength)

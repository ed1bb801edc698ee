"""States press every host on which they have leverage. Hosts that do not decide (structure.states) do not answer."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """share: lobbying added to what the actors do of their own accord."""

    actors: tuple[str, ...]
    share: Share


def write(levers, rows, settings, strength):
    """Write levers.state.lobbying."""
    combine(levers.state["lobbying"], rows["actors"], settings.share * strength)

"""Aid depends on what a host does about the trade. Hosts that do not decide (structure.states) do not answer."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """stake: weight of the aid at stake in the host's will to act; withheld: raid capacity that aid paid for and that is gone."""

    states: tuple[str, ...]
    stake: Share
    withheld: Share = 0.0


def write(levers, rows, settings, strength):
    """Write levers.state.aid and levers.state.budget."""
    combine(levers.state["aid"], rows["states"], settings.stake * strength)
    levers.state["budget"][rows["states"]] *= 1.0 - settings.withheld * strength

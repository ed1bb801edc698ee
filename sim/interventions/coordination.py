"""A treaty or secretariat makes it worth more to act together. States that do not decide (structure.states) do not join."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """gain: added to what a state weighs against the cost of joining; it may still ride free."""

    states: tuple[str, ...]
    gain: Share


def write(levers, rows, settings, strength):
    """Write levers.state.coordinate."""
    combine(levers.state["coordinate"], rows["states"], settings.gain * strength)

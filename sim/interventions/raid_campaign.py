"""A state spends effort on raids in a territory: at home, or abroad as far as it has access."""

from typing import Annotated

from pydantic import Field

from sim.interventions.schedule import Rate, Schedule


class Settings(Schedule):
    """effort: raids per compound-year at full access; budget: factor on the state's raid capacity while it lasts."""

    actors: tuple[str, ...]
    effort: Rate
    budget: Annotated[float, Field(ge=1, le=1000, allow_inf_nan=False)] = 1.0


def write(levers, rows, settings, strength):
    """Write levers.effort and levers.state.surge."""
    for s in rows["actors"]:
        levers.effort[s, rows["territories"]] += settings.effort * strength
        # campaigns that overlap draw on the same surge, they do not multiply it
        levers.state["surge"][s] = max(levers.state["surge"][s], 1.0 + (settings.budget - 1.0) * strength)

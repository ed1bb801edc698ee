"""States share what they know, so that each can act in more places."""

from typing import Annotated

from pydantic import Field

from sim.interventions.schedule import Schedule


class Settings(Schedule):
    """factor: access of every state, times this (never beyond full access)."""

    factor: Annotated[float, Field(ge=1, le=10)]


def write(levers, rows, settings, strength):
    """Write levers.everywhere.intelligence."""
    levers.everywhere["intelligence"] *= 1.0 + (settings.factor - 1.0) * strength

"""States share what they know, so that each can act in more places."""

from typing import Annotated

import numpy as np
from pydantic import Field

from sim.interventions.schedule import Schedule
from sim.levers import EVERYWHERE

MOST = EVERYWHERE["intelligence"].high


class Settings(Schedule):
    """factor: access of every state, times this (never beyond full access)."""

    factor: Annotated[float, Field(ge=1, le=10)]


def write(levers, rows, settings, strength):
    """Write levers.everywhere.intelligence."""
    factor = 1.0 + (settings.factor - 1.0) * strength
    levers.everywhere["intelligence"] = np.minimum(levers.everywhere["intelligence"] * factor, MOST)

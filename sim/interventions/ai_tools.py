"""Translation and persona tools get better, or worse, than the trend: the offence side of the arms race."""

from typing import Annotated

import numpy as np
from pydantic import Field

from sim.interventions.schedule import Schedule
from sim.levers import EVERYWHERE

MOST = EVERYWHERE["ai_offence"].high


class Settings(Schedule):
    """factor: share of a language gap that tools close, relative to the trend (never more than the whole gap)."""

    factor: Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]


def write(levers, rows, settings, strength):
    """Write levers.everywhere.ai_offence."""
    factor = 1.0 + (settings.factor - 1.0) * strength
    levers.everywhere["ai_offence"] = np.minimum(levers.everywhere["ai_offence"] * factor, MOST)

"""The standing effort of states on their own soil is cut back or made up: a relaxation is the mirror of a crackdown."""

from typing import Annotated

import numpy as np
from pydantic import Field

from sim.interventions.schedule import Schedule, Share
from sim.levers import TERRITORY

MOST = TERRITORY["standing"].high


class Settings(Schedule):
    """withdrawn: share of the standing effort that ends; strengthened: addition to it, as a multiple (ten times at most)."""

    withdrawn: Share = 0.0
    strengthened: Annotated[float, Field(ge=0, le=MOST - 1, allow_inf_nan=False)] = 0.0


def write(levers, rows, settings, strength):
    """Write levers.territory.standing."""
    here = rows["territories"]
    factor = (1.0 - settings.withdrawn * strength) * (1.0 + settings.strengthened * strength)
    levers.territory["standing"][here] = np.minimum(levers.territory["standing"][here] * factor, MOST)

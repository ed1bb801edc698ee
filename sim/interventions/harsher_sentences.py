"""Sentences grow harsher or come sooner; the chance of being caught stays as it is."""

from typing import Annotated

from pydantic import Field

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """severity: added sanction if caught, USD as the boss values it; celerity: share of the delay to sentence removed."""

    severity: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = 0.0
    celerity: Share = 0.0


def write(levers, rows, settings, strength):
    """Write levers.territory.severity and celerity."""
    levers.territory["severity"][rows["territories"]] += settings.severity * strength
    combine(levers.territory["celerity"], rows["territories"], settings.celerity * strength)

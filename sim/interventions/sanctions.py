"""Syndicates and protectors are sanctioned: their money costs more to move, their tax is harder to bank."""

from pydantic import model_validator

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """laundering: extra share of revenue lost by crews of the syndicates; tax: share of tax the protectors cannot bank."""

    syndicates: tuple[str, ...] = ()
    protectors: tuple[str, ...] = ()
    laundering: Share = 0.0
    tax: Share = 0.0

    @model_validator(mode="after")
    def _names_somebody(self):
        if not self.syndicates and not self.protectors:
            raise ValueError("syndicates or protectors by name")
        return self


def write(levers, rows, settings, strength):
    """Write levers.syndicate.sanction and levers.protector.sanction for those named."""
    if settings.syndicates:
        combine(levers.syndicate["sanction"], rows["syndicates"], settings.laundering * strength)
    if settings.protectors:
        combine(levers.protector["sanction"], rows["protectors"], settings.tax * strength)

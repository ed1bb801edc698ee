"""Step 3: protectors settle what they shield, tax and stage."""

from sim.compiled import rule
from sim.state import HOSTILE, TOLERATES


@rule
def settle_protection(territories, protectors, levers, params):
    """Give every territory the terms of whoever holds it this week.

    Writes  territories.shield, tax, stance; staged, policing (raids per compound-year).
    Reads   protectors.shield, tax_rate, stance; levers.territory, levers.protector.

    Protectors follow a standing policy here: the rate and shield in the region's data, less what levers strip from them.
    One that merely tolerates crews raids some of them itself. A sanctioned protector cannot bank part of its tax, so it
    protects less in proportion.
    """
    for t in range(len(territories)):
        place, lever = territories[t], levers.territory[t]
        holder, pressed = protectors[place.protector], levers.protector[place.protector]
        kept = (1.0 - lever.shield_removed) * (1.0 - pressed.shield_removed) * (1.0 - pressed.sanction)
        place.shield = holder.shield * kept
        place.tax = holder.tax_rate
        place.stance = holder.stance
        place.staged = lever.staged
        place.policing = params.protection.tolerated_raids if holder.stance == TOLERATES else 0.0
        if holder.stance == HOSTILE:
            place.shield = 0.0
            place.tax = 0.0

"""Step 4: territory changes hands."""

from sim.compiled import rule
from sim.elementary import exp
from sim.randomness import OFFENSIVE, uniform
from sim.state import EXPELLED, HOSTILE, OPEN, WEEKS_PER_YEAR


@rule
def change_hands(territories, compounds, protectors, bonds, levers, params, clock, chance):
    """Carry out offensives; a hostile new holder expels every crew, any other inherits the rent.

    Writes  territories.protector, stance, fell_week; compounds.ask (EXPELLED).
    Reads   levers.territory.offensive (1/year), offensive_by; protectors.strength, stance; bonds (G x G, 1 ally, -1 opponent).

    The rate is scaled by the balance of strength, attackers / (attackers + defenders), so a stronger holder holds out longer.
    Allies lend a share of their strength, unless they stand on both sides.
    Crews are not removed: they are told to leave and decide for themselves in step 11.
    """
    for t in range(len(territories)):
        place, lever = territories[t], levers.territory[t]
        attacker = int(lever.offensive_by)
        if attacker < 0 or lever.offensive <= 0.0 or place.protector == attacker:
            continue
        ours, theirs = protectors[attacker].strength, protectors[place.protector].strength
        for ally in range(len(protectors)):
            sides = max(bonds[ally, attacker], 0) - max(bonds[ally, place.protector], 0)
            if ally != attacker and ally != place.protector and sides != 0:
                lent = params.control.ally_help * protectors[ally].strength
                ours, theirs = (ours + lent, theirs) if sides > 0 else (ours, theirs + lent)
        hazard = lever.offensive * ours / (ours + theirs + 1e-9) / WEEKS_PER_YEAR
        if uniform(chance, place.identity, OFFENSIVE) < 1.0 - exp(-hazard):
            place.protector = attacker
            place.stance = protectors[attacker].stance
            place.fell_week = clock.week
            if place.stance == HOSTILE:
                place.shield, place.tax, place.expels = 0.0, 0.0, 1

    # A holder that expels keeps telling crews to leave for as long as they stay, sooner or later reaching each of them.
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status == OPEN and territories[crew.territory].expels:
            if uniform(chance, crew.lineage, OFFENSIVE) < params.control.eviction_rate:
                crew.ask = EXPELLED

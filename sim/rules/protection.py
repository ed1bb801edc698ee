"""Step 3: protectors choose what they do with the trade on their ground, and what they charge for it."""

import numpy as np

from sim.compiled import rule
from sim.elementary import exp
from sim.randomness import STANCE, gumbel_of
from sim.state import (
    EXPEL,
    HOSTILE,
    PROTECT,
    QUARTER,
    RAID_IT,
    REALIGN,
    STAGE_IT,
    STATES_ENDOGENOUS,
    TAX_ENDOGENOUS,
    TOLERATES,
    WEEKS_PER_YEAR,
    real,
)  # fmt: skip


@rule
def choose_course(protectors, territories, states, access, levers, params, clock, chance):
    """Each protector, once a quarter, weighs its income against those who press it.

    Writes  protectors.takings (USD a year, remembered), threat, favour (0..1), course, patron, stance.
    Reads   territories.pressure, states.home, abroad; access (S x T).

    A logit over protect, expel, stage, raid, realign:
      protect   income - threat
      expel     favour - income forgone - cost of a fight
      stage     income - what is seen through of the threat + what is not of the favour
      raid      part of the income - part of the threat + most of the favour
      realign   income less its old patron's share + the favour of the state that presses most, with which it goes over
    Income weighs by how much the protector depends on the trade, the more so where armed conflict has to be paid for.
    """
    p = params.protection
    for g in range(len(protectors)):
        holder = protectors[g]
        holder.takings += p.takings_memory * (real(holder.income) * WEEKS_PER_YEAR - holder.takings)
    if params.structure.states != STATES_ENDOGENOUS or clock.week % QUARTER != 0:
        return
    for g in range(len(protectors)):
        holder = protectors[g]
        pressure, fighting, places, strongest, presses = 0.0, 0.0, 0, 0.0, -1
        for t in range(len(territories)):
            if territories[t].protector != g:
                continue
            places += 1
            fighting += levers.territory[t].conflict
            pressure += max(territories[t].pressure - params.enforcement.background, 0.0)
            for s in range(len(states)):
                push = access[s, t] * max(states[s].abroad, states[s].home if territories[t].host == s else 0.0)
                if s != holder.patron and push > strongest:
                    strongest, presses = push, s
        if places == 0 or holder.stance == HOSTILE:
            holder.course = PROTECT
            continue
        holder.threat = 1.0 - exp(-pressure / places / p.threat_scale)
        holder.favour = strongest
        if holder.patron >= 0:
            holder.favour = max(strongest, states[holder.patron].home + states[holder.patron].abroad)
        needs = holder.dependence + (1.0 - holder.dependence) * min(fighting / places, 1.0)
        income = p.income_floor + (1.0 - p.income_floor) * needs
        income *= holder.takings / (holder.takings + p.takings_half)
        seen = params.politics.seen_through
        threat, favour = p.threat_weight * holder.threat, p.favour_weight * holder.favour
        best, course = -np.inf, PROTECT
        for option in range(5):
            worth = income - threat
            if option == EXPEL:
                worth = favour - income - p.expel_cost
            elif option == STAGE_IT:
                worth = income - seen * threat + (1.0 - seen) * favour - p.stage_cost
            elif option == RAID_IT:
                worth = p.raid_keeps * income - p.raid_threat * threat + p.raid_favour * favour - p.raid_cost
            elif option == REALIGN:
                if presses < 0:
                    continue
                worth = (
                    (1.0 - params.politics.tribute) * income
                    + p.favour_weight * strongest
                    - p.realign_threat * threat
                    - p.realign_cost
                )
            worth = worth / p.noise + gumbel_of(chance, holder.identity, STANCE, np.uint64(option))
            if worth > best:
                best, course = worth, option
        holder.course = course
        if course == REALIGN:
            holder.patron, holder.stance = presses, TOLERATES


@rule
def settle_protection(territories, protectors, distance_km, levers, params):
    """Give every territory the terms of whoever holds it this week.

    Writes  territories.shield, tax, stance; staged, policing (raids per compound-year); expels (0/1).
    Reads   protectors.shield, tax_rate, stance, course; levers.territory, levers.protector.

    Shield and tax are the region's, less what levers strip. A holder that merely tolerates crews raids some of them itself; one
    that stages or raids adds to that; one that expels tells them to leave. A sanctioned protector cannot bank part of its tax,
    so it protects less in proportion. With structure.tax endogenous the rate moves toward 1 / (1 + elasticity), and the base is
    the more elastic the more room there is near by: tax falls where crews can leave easily.
    """
    p = params.protection
    for t in range(len(territories)):
        place, lever = territories[t], levers.territory[t]
        holder, pressed = protectors[place.protector], levers.protector[place.protector]
        kept = (1.0 - lever.shield_removed) * (1.0 - pressed.shield_removed) * (1.0 - pressed.sanction)
        place.shield = holder.shield * kept
        place.stance = holder.stance
        place.staged = lever.staged + place.asked + (p.staged_rate if holder.course == STAGE_IT else 0.0)
        place.policing = p.tolerated_raids if holder.stance == TOLERATES else 0.0
        place.policing += p.raid_rate if holder.course == RAID_IT else 0.0
        place.expels = holder.course == EXPEL or holder.stance == HOSTILE
        if params.structure.tax != TAX_ENDOGENOUS:
            place.tax = holder.tax_rate
        else:
            place.tax += p.tax_pace * (
                min(1.0 / (1.0 + elasticity(t, territories, distance_km, params)), p.highest_tax) - place.tax
            )
        if holder.stance == HOSTILE:
            place.shield, place.tax = 0.0, 0.0


@rule
def elasticity(t, territories, distance_km, params):
    """Elasticity of a place's tax base: rises with the room that is free elsewhere, near places counting most."""
    p = params.protection
    room = 0.0
    for u in range(len(territories)):
        other = territories[u]
        if u != t and other.stance != HOSTILE and other.capacity > 0.0:
            free = max(other.capacity - other.workers, 0.0)
            room += free * exp(-distance_km[t, u] / p.exit_km)
    freedom = room / (room + territories[t].capacity)
    return p.stuck_elasticity + (p.free_elasticity - p.stuck_elasticity) * freedom

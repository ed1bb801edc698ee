"""Step 12: entry of new operations, in fixed keyed slots per week."""

import numpy as np

from sim.compiled import rule
from sim.elementary import eights, exp, log, tanh
from sim.randomness import CELL, ENTRANT_SIZE, ENTRANT_SYNDICATE, ENTRY, PLACE, draw_gumbels, gumbel_of, identity_of, uniform
from sim.rules.site_choice import find_room
from sim.rules.worth import chance_of_raid, expected_prison, sanction_with, setup_cost
from sim.state import ENTERED, MOVING, OFF, fixed, log_move


@rule
def enter(
    compounds, skill, targets, mix, cells, territories, syndicates, belief, known, ties, moves, levers, flows, params, clock,
    chance,
):  # fmt: skip
    """Where the trade pays, new crews start up: profit draws them, risk and crowding keep them out.

    Writes  a new row of the crew tables; syndicates.assets; cells.occupied; moves; flows.invested.
    Each slot of the week draws by itself: does anyone enter, which syndicate founds the crew, where, how large. An entrant
    starts with no people and the capital to recruit them, paid by its syndicate; in a special economic zone, partly by the
    ventures that own the ground (`partners`), so that a syndicate can start there with less of its own.
    """
    p = params.entry
    if params.structure.entry == OFF:
        return
    pull = p.rate * max(tanh(clock.margin / params.growth.margin_scale), 0.0)
    drawn_in = 1.0 - exp(-pull)
    for slot in range(np.int64(p.slots)):
        who = identity_of(clock.week, slot)
        if uniform(chance, who, ENTRY) >= drawn_in or clock.compounds >= len(compounds):
            continue

        y = founder_of(who, syndicates, params, clock, chance)
        if y < 0:
            continue
        t = place_to_found(who, y, territories, syndicates, belief, known, ties, levers, params, clock, chance)
        if t < 0:
            continue
        size = p.founders * exp(p.founders_spread * (2.0 * uniform(chance, who, ENTRANT_SIZE) - 1.0))
        cell = find_room(cells, territories[t], size, uniform(chance, who, CELL))
        if cell < 0:
            continue

        j = clock.compounds
        clock.compounds += 1
        crew = compounds[j]
        crew.lineage, crew.parent = who, np.uint64(0)
        crew.status, crew.arrives, crew.founded = MOVING, clock.week + 1, clock.week
        crew.cell, crew.territory, crew.start_territory, crew.syndicate = cell, t, -1, y
        crew.raid_week, crew.bribe_rate = -1, params.accounts.bribe_rate
        crew.laundering, crew.shows = territories[t].laundering, 1.0
        crew.capital, crew.vacancies = p.seed_capital, size
        crew.outlook, crew.earning = clock.margin, clock.earning
        invested = p.seed_capital * p.partners if territories[t].sez else 0.0
        syndicates[y].assets -= p.seed_capital - invested
        flows[0].invested += fixed(invested)
        cells[cell].occupied += fixed(size)
        for k in range(skill.shape[1]):
            skill[j, k] = p.skill * syndicates[y].practice
            targets[j, k] = 1.0 / skill.shape[1]
        for m in range(mix.shape[1]):
            mix[j, m] = 1.0 / mix.shape[1]
        log_move(moves, clock, who, -1, cell, ENTERED, size)


@rule
def founder_of(who, syndicates, params, clock, chance):
    """The syndicate that founds a crew, by weight, among those that can pay for one; -1 if none can."""
    p, best, y = params.entry, -np.inf, -1
    identities, weight = np.zeros(eights(clock.syndicates), np.uint64), np.zeros(eights(clock.syndicates))
    for z in range(clock.syndicates):
        identities[z], weight[z] = syndicates[z].identity, syndicates[z].weight
    score = np.empty(len(weight))
    draw_gumbels(score, chance, who, ENTRANT_SYNDICATE, identities)
    for z in range(len(score)):  # by itself: several syndicates at a time
        score[z] += log(weight[z])
    for z in range(clock.syndicates):
        if syndicates[z].assets >= p.seed_capital * (1.0 - p.partners) and score[z] > best:
            best, y = score[z], z
    return y


@rule
def place_to_found(who, y, territories, syndicates, belief, known, ties, levers, params, clock, chance):
    """Where the syndicate founds a crew, among the places it knows; -1 if it is better left alone."""
    p, choices, open_to_it = params.entry, 0, np.zeros(eights(len(territories)), np.int64)
    for u in range(len(territories)):
        place = territories[u]
        if not known[y, u] or place.expels or place.capacity <= 0.0:
            continue
        if place.sez or syndicates[y].assets >= p.seed_capital:
            open_to_it[choices] = u
            choices += 1
    # by themselves: several places at a time; the last eight may be filled up with the first place, at which nobody looks
    identities, threat = np.empty(eights(choices), np.uint64), np.empty(eights(choices))
    for n in range(len(threat)):
        u = open_to_it[n]
        at_stake = sanction_with(expected_prison(levers.territory[u], params), p.seed_capital, p.founders, params)
        threat[n] = chance_of_raid(belief[y, u], params) * at_stake / p.founders
        identities[n] = territories[u].identity
    taste = np.empty(len(threat))
    draw_gumbels(taste, chance, who, PLACE, identities)
    best, t = p.reluctance + gumbel_of(chance, who, PLACE, np.uint64(0)), -1
    for n in range(choices):
        u = open_to_it[n]
        place = territories[u]
        margin = clock.margin - place.rent * params.accounts.crowded_rent * place.crowding
        margin -= (place.tax - p.usual_tax + place.laundering - clock.laundering) * clock.earning
        full = place.workers / place.capacity
        score = params.site_choice.horizon * margin - threat[n] - params.site_choice.crowding_cost * full * full
        score -= setup_cost(place, params)
        score = (score + params.site_choice.tie * ties[y, u]) / params.site_choice.noise
        score += taste[n]
        if score > best:
            best, t = score, u
    return t

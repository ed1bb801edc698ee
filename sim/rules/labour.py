"""Step 7: labour: recruitment and trafficking, escape, return."""

import numpy as np

from sim.compiled import rule
from sim.elementary import eights, exp, power
from sim.state import FROZEN, MOVING, OPEN, SLACK_LABOUR, fixed, real, to_grain


@rule
def judge_origins(recruit_mix, territories, labour_pools, pools, fluency, route, levers, params):
    """Settle from where each place draws its recruits, and what a recruit there is worth.

    Writes  recruit_mix (P x T, columns sum to 1), territories.recruit_value (USD/person/week), labour_pools.value, network.
    Reads   pools.worth (USD a fluent, practised worker takes from the pool in a week), route (P x T), levers.labour.

    Recruiters look for people whom poverty, conflict and an advertisement can move, whom a route can bring, and whose
    languages pay; brokers and agencies, not heads, set the pace, so offer grows less than in proportion to the people there
    are. Routes develop with time (brokers, agencies, returnees), up to full development. A closed border lets through those
    whom bribed officials let through.
    """
    p = params.labour
    pays, size, earned = np.zeros(eights(len(labour_pools))), np.zeros(eights(len(labour_pools))), np.empty(len(pools))
    for k in range(len(pools)):
        earned[k] = pools[k].worth
    for k in range(len(pools)):
        for o in range(len(labour_pools)):
            pays[o] = max(pays[o], fluency[o, k] * earned[k])
    for o in range(len(labour_pools)):
        origin = labour_pools[o]
        origin.value, pays[o] = pays[o], pays[o] / p.value_scale
        size[o] = max(real(origin.available) + real(origin.market), 0.0)
    for o in range(len(pays)):  # by themselves: several origins at a time
        pays[o] = exp(pays[o])
    for o in range(len(size)):
        size[o] = power(size[o], p.size_power)
    for o in range(len(labour_pools)):
        origin = labour_pools[o]
        origin.network += p.network_growth * origin.network * (1.0 - origin.network)
        poverty = origin.poverty * (1.0 - levers.labour[o].programme)
        conflict = min(origin.conflict + levers.labour[o].conflict, 1.0)
        push = p.push_floor + (1.0 - p.push_floor) * driven_out(poverty, conflict, params)
        reach = size[o] * origin.network
        origin.offer = reach * push
        origin.unmoved = reach * (p.push_floor + (1.0 - p.push_floor) * driven_out(origin.poverty, origin.conflict, params))
        origin.offer *= 1.0 - levers.labour[o].awareness
    total, unmoved, worth = np.zeros(len(territories)), np.zeros(len(territories)), np.zeros(len(territories))
    for o in range(len(labour_pools)):
        offer, usual = labour_pools[o].offer, labour_pools[o].unmoved
        for t in range(len(territories)):
            pull = route[o, t] * pays[o]
            recruit_mix[o, t] = offer * pull
            total[t] += offer * pull
            unmoved[t] += usual * pull
    for o in range(len(labour_pools)):
        value = labour_pools[o].value
        for t in range(len(territories)):
            recruit_mix[o, t] = recruit_mix[o, t] / total[t] if total[t] > 0.0 else 0.0
            worth[t] += recruit_mix[o, t] * value
    for t in range(len(territories)):
        territories[t].recruit_value = worth[t]
        open_border = 1.0 - levers.territory[t].border_closure
        willing = total[t] / unmoved[t] if unmoved[t] > 0.0 else 0.0
        bribed = p.smuggled * territories[t].corruption * (1.0 - levers.territory[t].corruption_removed)
        territories[t].recruit_ease = willing * (open_border + (1.0 - open_border) * bribed)


@rule
def driven_out(poverty, conflict, params):
    """Share of people whom poverty or conflict makes listen to a recruiter: either will do."""
    return 1.0 - (1.0 - poverty) * (1.0 - params.labour.conflict_push * conflict)


@rule
def recruit(compounds, workforce, labour_pools, territories, recruit_mix, flows, params, clock):
    """Fill vacancies as far as supply goes; those on offer after a raid or a failed move are taken first.

    Where recruits are harder to get (border, warnings, relief), crews pay more for each (step 9) and still get fewer, by
    ease^hardship.

    Writes  workforce, compounds.workers, vacancies; labour_pools.available, market; flows.recruited.
    """
    wanted, come = np.zeros(len(territories)), np.empty((len(territories), len(labour_pools)))  # come: where somebody is wanted
    demand, filled, hired = np.zeros(len(labour_pools)), np.zeros(len(labour_pools)), np.zeros(len(labour_pools))
    ease = np.empty(len(territories))
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status == OPEN and crew.vacancies > 0.0:
            crew.vacancies = to_grain(crew.vacancies)
            wanted[crew.territory] += crew.vacancies
    for t in range(len(territories)):
        if wanted[t] > 0.0:
            for o in range(len(labour_pools)):
                come[t, o] = recruit_mix[o, t]
            for o in range(len(labour_pools)):
                demand[o] += wanted[t] * come[t, o]
    for o in range(len(labour_pools)):
        origin = labour_pools[o]
        supply = real(origin.market) + real(origin.available) * params.labour.weekly_supply * origin.network
        origin.filled = min(1.0, supply / demand[o]) if demand[o] > 0.0 else 0.0
        if params.structure.labour == SLACK_LABOUR:
            origin.filled = 1.0
        filled[o] = origin.filled
    for t in range(len(territories)):  # by itself: several places at a time
        ease[t] = power(min(territories[t].recruit_ease, 1.0), params.labour.hardship)
    for t in range(len(territories)):
        if wanted[t] > 0.0:
            for o in range(len(labour_pools)):  # of a vacancy there, the part that somebody of this origin fills
                come[t, o] = come[t, o] * filled[o] * ease[t]
                hired[o] += wanted[t] * come[t, o]
    for o in range(len(labour_pools)):
        origin, recruited = labour_pools[o], fixed(hired[o])
        resold = min(recruited, origin.market)
        origin.market -= resold
        origin.available -= recruited - resold
        flows[0].recruited += recruited
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.vacancies <= 0.0:
            continue
        joining, vacancies, place = 0.0, crew.vacancies, crew.territory
        for o in range(len(labour_pools)):
            people = vacancies * come[place, o]
            workforce[i, o] += people
            joining += people
        crew.workers += joining
        crew.vacancies, crew.hired = 0.0, joining


@rule
def leaving_rate(place, lever, params):
    """Share of people who get out of a crew in a week: terms that end, ransoms, escapes, the more of these the more conflict."""
    p = params.labour
    return p.end_of_term + p.escape * (1.0 + p.conflict_escape * min(place.conflict + lever.conflict, 1.0))


@rule
def leave(compounds, workforce, labour_pools, territories, levers, flows, params, clock):
    """People get out: escape, ransom, the end of a term. Those at home become reachable again in time, a few in small cells.

    Writes  workforce, compounds.workers; labour_pools.freed, available, arrested, at_home; flows.escaped, held_weeks.
    """
    p = params.labour
    moving_out = 0.0 if params.structure.growth == FROZEN else 1.0
    rates = np.empty(len(territories))
    for t in range(len(territories)):
        rates[t] = moving_out * leaving_rate(territories[t], levers.territory[t], params)
    home, escaped, held = np.zeros(len(labour_pools)), 0, 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN and crew.status != MOVING:
            continue
        rate = rates[crew.territory]
        stay = 1.0 - rate
        for o in range(len(home)):
            home[o] += to_grain(workforce[i, o] * rate)
        for o in range(len(home)):
            workforce[i, o] *= stay
        left = crew.workers * rate
        crew.workers *= stay
        escaped += fixed(left)
        held += fixed(crew.workers * p.held_share)
    flows[0].escaped += escaped
    flows[0].held_weeks += held
    for o in range(len(labour_pools)):
        origin = labour_pools[o]
        origin.freed += fixed(home[o])
        out = fixed(real(origin.arrested) * p.release)
        back = fixed(real(origin.freed) * p.vulnerable_again)
        origin.arrested -= out
        cells = fixed(real(back) * p.small_cells)
        gave_up = fixed(real(origin.at_home) * p.give_up)
        origin.freed += out - back
        origin.available += back - cells + gave_up
        origin.at_home += cells - gave_up

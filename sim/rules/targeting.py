"""Step 8: targeting: effort over pools and schemes; victims and losses."""

import numpy as np

from sim.compiled import rule
from sim.elementary import eights, exp, power
from sim.randomness import TAKINGS, normal
from sim.rules.retargeting import CREWS, Desk, fetched, get_up, practise, put_to_work, sit_down, weigh_pools, weigh_schemes
from sim.rules.worth import expect_prison
from sim.state import DEPLETING, OPEN, fixed, real, to_cents, to_grain


@rule
def look_at_pools(pools, levers, params, clock):
    """What each pool yields this week.

    Writes  pools.online, at_risk, openness, friction_now, ticket, worth (USD per fluent, practised worker-week).
    Openness is the chance that an approach that would have worked does: susceptible share x (1 - friction) / (1 + crowding),
    with crowding the crews' effort of last week over what the pool bears.
    """
    p, ticket = params.targeting, np.zeros(eights(len(pools)))
    for k in range(len(pools)):
        ticket[k] = pools[k].wealth / p.reference_wealth
    for k in range(len(ticket)):  # by itself: several pools at a time
        ticket[k] = p.ticket * power(ticket[k], p.wealth_power)
    for k in range(len(pools)):
        pool, lever = pools[k], levers.pool[k]
        pool.friction_now = 1.0 - (1.0 - pool.friction) * (1.0 - lever.friction)
        pool.openness = 1.0 - pool.friction_now
        if params.structure.pools == DEPLETING:
            crowding = real(pool.effort) / (p.bearable * pool.at_risk)
            pool.openness *= pool.susceptible / pool.at_risk / (1.0 + crowding)
        pool.ticket = ticket[k]
        pool.worth = p.conversion * pool.openness * pool.ticket * (1.0 - pool.recovered_share)


@rule
def ai_help(clock, levers, params):
    """Share of a language gap that translation and persona tools close: logistic in time, times the lever."""
    p = params.ai
    trend = p.ceiling / (1.0 + exp(-p.speed * (clock.year - p.midpoint)))
    return min(trend * levers.everywhere[0].ai_offence, 1.0)


@rule
def equip_schemes(schemes, help_of_ai, params):
    """Tools that write, translate and pose as somebody let a worker keep up more and closer contacts.

    Writes  schemes.lift (factor on the yield): the more labour a scheme takes, the more it gains.
    """
    for m in range(len(schemes)):
        schemes[m].lift = 1.0 + params.ai.personal * help_of_ai * schemes[m].labour_intensity


@rule
def read_languages(usable, able_share, labour_pools, pools, fluency, able, help_of_ai):
    """Which pools a worker of each origin can be put to, once tools have helped.

    Writes  usable (P x K, chance that a worker of origin o can work on pool k); able_share (P, on at least one pool).
    Pools that share a language are open to the same people, so being able to work at all goes by languages (`able`).
    """
    for o in range(len(labour_pools)):
        able_share[o] = able[o] + help_of_ai * (1.0 - able[o])
        for k in range(len(pools)):
            usable[o, k] = fluency[o, k] + help_of_ai * (1.0 - fluency[o, k])


@rule
def retarget(
    targets, skill, mix, reach, take, compounds, workforce, territories, pools, schemes, usable, able_share, appeal, sought,
    laundry, levers, params, clock,
):  # fmt: skip
    """Each crew, every few weeks (staggered by lineage), reconsiders whom it works on and how.

    Writes  targets, skill, mix, reach, take (a row per crew); compounds.at_work, turn, shows.   At set-up (week -1) all do.

    People of each origin are put to the pools they can speak to by a logit, weight ~ usable x size x exp(gain/scale): size is
    the people there are to approach (the size term of an aggregate alternative, McFadden 1978), gain what a worker nets there,
    with some of the practice still to come, less the sanction that this choice of victims adds. The crew moves part of the
    way there (inertia). Practice raises skill, neglect lowers it. Schemes that net more slowly gain weight.
    """
    every, setting_up = np.int64(params.targeting.review_weeks), clock.week < 0
    due, count, now = np.empty(clock.compounds, np.int64), 0, 1 + clock.week % every
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        if crew.turn == 0:  # worked out once: a remainder takes the processor as long as all else here
            crew.turn = 1 + np.int64(crew.lineage % np.uint64(every))
        if crew.turn == now or setting_up or crew.at_work == 0:  # a new crew chooses at once
            crew.at_work = 1
            due[count] = i
            count += 1
    scheme, origin, pool = (len(schemes), CREWS), (len(usable), CREWS), (len(pools), CREWS)
    desk = Desk(  # made here, so that it lies on the stack (docs/decisions/0032)
        np.empty(CREWS, np.int64), np.empty(CREWS), np.empty(CREWS), np.empty(CREWS), np.empty(CREWS), np.empty(CREWS),
        np.empty(CREWS), np.empty((2, CREWS)), np.empty(scheme), np.empty(scheme), np.empty(scheme), np.empty(scheme),
        np.empty(origin), np.empty(origin), np.empty(pool), np.empty(pool), np.empty(pool), np.empty(pool), np.empty(pool),
        np.empty(pool),
    )  # fmt: skip
    prisons = np.empty(len(territories))
    expect_prison(prisons, levers, params)
    for first in range(0, count, CREWS):
        rows = due[first : min(first + CREWS, count)]
        desk.sums[0, 0] = fetched(rows, targets, skill, reach, take, mix)
        crews = eights(len(rows))
        sit_down(desk, rows, crews, targets, skill, mix, compounds, workforce, able_share, territories, prisons, params)
        weigh_schemes(desk, crews, pools, schemes, appeal, laundry, params)
        weigh_pools(desk, crews, pools, sought, params)
        put_to_work(desk, crews, usable)
        practise(desk, crews, schemes, appeal, setting_up, params)
        get_up(desk, rows, targets, skill, mix, reach, take, compounds)


@rule
def defraud(compounds, territories, pools, targets, reach, take, harm, flows, params, clock, chance):
    """People are defrauded.

    Writes  compounds.losses, revenue; pools.victims, losses, effort; harm (T x K); territories.losses, revenue; flows (sums in
            fixed point).
    Takings of a crew vary from week to week (lognormal with mean 1: the tail of single losses, summed over a crew's week).
    """
    openness, ticket, kept = np.empty(len(pools)), np.empty(len(pools)), np.empty(len(pools))
    effort, struck, taken = np.zeros(len(pools)), np.zeros(len(pools)), np.zeros(len(pools))
    lost, crews_at_work = np.zeros((len(territories), len(pools))), np.zeros(len(territories), np.int64)
    for t in range(len(territories)):
        territories[t].revenue = 0
    for k in range(len(pools)):
        openness[k], kept[k] = pools[k].openness, 1.0 - pools[k].recovered_share
        ticket[k] = pools[k].openness * pools[k].ticket
    luck = np.empty(eights(clock.compounds))
    draw_luck(luck, compounds, params, clock, chance)
    for i in range(clock.compounds):
        crew = compounds[i]
        crew.losses, crew.revenue = 0.0, 0.0
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        working = crew.workers * (crew.backup + (1.0 - crew.backup) * territories[crew.territory].supply)
        if crew.hidden:
            working *= params.site_choice.hidden_output
        lucky, place = working * luck[i], crew.territory
        for k in range(len(pools)):  # short loops over few arrays: the processor does four pools at a time
            effort[k] += to_grain(working * targets[i, k])
        for k in range(len(pools)):
            struck[k] += to_grain(working * openness[k] * reach[i, k])
        for k in range(len(pools)):
            taken[k] = to_cents(lucky * ticket[k] * take[i, k])
        for k in range(len(pools)):
            lost[place, k] += taken[k]
        losses, revenue = 0.0, 0.0
        for k in range(len(pools)):
            losses += taken[k]
            revenue += taken[k] * kept[k]
        crew.losses, crew.revenue = losses, revenue
        territories[place].revenue += fixed(revenue)
        crews_at_work[place] += 1
    add_up(territories, pools, effort, struck, lost, crews_at_work, harm, flows)


@rule
def draw_luck(luck, compounds, params, clock, chance):
    """Factor on the takings of each crew, lognormal with mean 1; and some for nobody, to the next eight.   Writes  luck."""
    lineage, spread = np.zeros(len(luck), np.uint64), params.targeting.volatility
    for i in range(clock.compounds):
        lineage[i] = compounds[i].lineage
    for i in range(len(luck)):
        luck[i] = normal(chance, lineage[i], TAKINGS)
    for i in range(len(luck)):
        luck[i] = exp(spread * luck[i] - 0.5 * spread * spread)


@rule
def add_up(territories, pools, effort, struck, lost, crews_at_work, harm, flows):
    """Hand the week's exact sums to pools, places and flows.

    Writes  pools.effort, victims, losses; harm; territories.losses, revenue; flows.losses, revenue, recovered (fixed point).
    """
    of_pool, losses, revenue = np.zeros(len(pools), np.int64), 0, 0
    for t in range(len(territories)):
        place, of_place = territories[t], 0
        if crews_at_work[t] == 0 and place.losses == 0:  # nothing this week, and zeros from the last
            continue
        for k in range(len(pools)):
            harm[t, k] = fixed(lost[t, k])
        for k in range(len(pools)):
            of_pool[k] += harm[t, k]
            of_place += harm[t, k]
        place.losses = of_place
        losses += of_place
        revenue += place.revenue
    flows[0].losses += losses
    flows[0].revenue += revenue
    flows[0].recovered += losses - revenue
    for k in range(len(pools)):
        pools[k].effort, pools[k].victims, pools[k].losses = fixed(effort[k]), fixed(struck[k]), of_pool[k]

"""Step 8: targeting: effort over pools and schemes; victims and losses."""

import numpy as np

from sim.compiled import rule
from sim.randomness import TAKINGS, normal
from sim.rules.worth import sanction_if_raided
from sim.state import DEPLETING, ON, OPEN, WEEKS_PER_YEAR, fixed, real


@rule
def look_at_pools(pools, levers, params, clock):
    """What each pool yields this week.

    Writes  pools.online, at_risk, openness, friction_now, ticket, worth (USD per fluent, practised worker-week).
    Openness is the chance that an approach that would have worked does: susceptible share x (1 - friction) / (1 + crowding),
    with crowding the crews' effort of last week over what the pool bears.
    """
    p = params.targeting
    for k in range(len(pools)):
        pool, lever = pools[k], levers.pool[k]
        pool.friction_now = 1.0 - (1.0 - pool.friction) * (1.0 - lever.friction)
        pool.openness = 1.0 - pool.friction_now
        if params.structure.pools == DEPLETING:
            crowding = real(pool.effort) / (p.bearable * pool.at_risk)
            pool.openness *= pool.susceptible / pool.at_risk / (1.0 + crowding)
        pool.ticket = p.ticket * (pool.wealth / p.reference_wealth) ** p.wealth_power
        pool.worth = p.conversion * pool.openness * pool.ticket * (1.0 - pool.recovered_share)


@rule
def ai_help(clock, levers, params):
    """Share of a language gap that translation and persona tools close: logistic in time, times the lever."""
    p = params.ai
    trend = p.ceiling / (1.0 + np.exp(-p.speed * (clock.year - p.midpoint)))
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
    laundry, levers, params, clock, force,
):  # fmt: skip
    """Each crew, every few weeks (staggered by lineage), reconsiders whom it works on and how.

    Writes  targets, skill, mix, reach, take (a row per crew); compounds.at_work, shows.   `force` reviews every crew (set-up).

    People of each origin are put to the pools they can speak to by a logit, weight ~ usable x size x exp(gain/scale): size is
    the people there are to approach (the size term of an aggregate alternative, McFadden 1978), gain what a worker nets there,
    with some of the practice still to come, less the sanction that this choice of victims adds. The crew moves part of the
    way there (inertia). Practice raises skill, neglect lowers it. Schemes that net more slowly gain weight.
    """
    p = params.targeting
    every = np.int64(p.review_weeks)
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        due = np.int64(crew.lineage % np.uint64(every)) == clock.week % every
        if not (force or due or crew.at_work == 0):  # a new crew chooses at once
            continue
        crew.at_work = 1
        earned = weigh_schemes(crew, mix, targets, i, pools, schemes, appeal, laundry, params)

        # what a worker nets on each pool here, and the weight of the pool in the choice
        place = territories[crew.territory]
        keep = 1.0 - place.tax - crew.laundering
        at_stake = sanction_if_raided(crew.capital, crew.workers, levers.territory[crew.territory], params) / crew.workers
        highest = -np.inf
        for k in range(len(pools)):
            able = p.skill_floor + (1.0 - p.skill_floor) * (skill[i, k] + p.foresight * (1.0 - skill[i, k]))
            risk = sought[crew.territory, k] * (1.0 - place.shield) * at_stake / WEEKS_PER_YEAR
            reach[i, k] = able * pools[k].worth * earned * keep - risk
            highest = max(highest, reach[i, k])
        for k in range(len(pools)):
            reach[i, k] = pools[k].at_risk * np.exp((reach[i, k] - highest) / p.gain_scale)

        # put the people of each origin to pools; `take` gathers the share of the crew's time, of those who can do the work
        idle = 1.0
        for k in range(len(pools)):
            take[i, k] = 0.0
        for o in range(workforce.shape[1]):
            total = 0.0
            for k in range(len(pools)):
                total += usable[o, k] * reach[i, k]
            if total <= 0.0:
                continue
            share = workforce[i, o] / crew.workers * able_share[o]
            idle -= share
            for k in range(len(pools)):
                take[i, k] += share * usable[o, k] * reach[i, k] / total
        working = 1.0 - idle
        if working <= 0.0:  # nobody here can work on anybody: the crew takes nothing
            for k in range(len(pools)):
                reach[i, k], take[i, k] = 0.0, 0.0
            continue
        for k in range(len(pools)):
            wanted = take[i, k] / working
            if params.structure.retargeting == ON or force:
                targets[i, k] = p.inertia * targets[i, k] + (1.0 - p.inertia) * wanted
            team = min(targets[i, k] * crew.workers / p.team, 1.0)
            skill[i, k] += p.learning * team * (1.0 - skill[i, k]) - p.forgetting * (1.0 - team) * skill[i, k]
            able = p.skill_floor + (1.0 - p.skill_floor) * skill[i, k]
            # beyond the people who can speak to the pool, inertia keeps nobody at work on it
            staffed = min(targets[i, k], p.stretch * wanted) * working * able * p.conversion
            by_conversion, by_take = 0.0, 0.0
            for m in range(len(schemes)):
                part = mix[i, m] * schemes[m].conversion * schemes[m].lift * appeal[m, k]
                by_conversion += part
                by_take += part * schemes[m].ticket
            reach[i, k] = staffed * by_conversion
            take[i, k] = staffed * by_take


@rule
def weigh_schemes(crew, mix, targets, i, pools, schemes, appeal, laundry, params):
    """Shift a crew's mix of schemes toward those that net more over the pools it works on now (a replicator step).

    Writes  mix (row i), crew.shows.   Returns the mean take of the mix, relative to the mean scheme.
    Net of what it costs to launder; where raids are expected, schemes that show less gain ground.
    """
    p = params.targeting
    total, showing = 0.0, 0.0
    for m in range(len(schemes)):
        yielded = 0.0
        for k in range(len(pools)):
            yielded += targets[i, k] * pools[k].worth * appeal[m, k]
        taken = yielded * schemes[m].conversion * schemes[m].lift * schemes[m].ticket * (1.0 - laundry[crew.territory, m])
        mix[i, m] *= (1e-9 + taken) ** p.scheme_speed
        total += mix[i, m]
    earned = 0.0
    for m in range(len(schemes)):
        mix[i, m] = p.scheme_floor + (1.0 - p.scheme_floor * len(schemes)) * mix[i, m] / total
        earned += mix[i, m] * schemes[m].conversion * schemes[m].lift * schemes[m].ticket
        showing += mix[i, m] * schemes[m].shows
    crew.shows = showing
    return earned


@rule
def defraud(compounds, territories, pools, targets, reach, take, harm, flows, params, clock, chance):
    """People are defrauded.

    Writes  compounds.losses, revenue; pools.victims, losses, effort; harm (T x K); territories.losses, revenue; flows (sums in
            fixed point).
    Takings of a crew vary from week to week (lognormal with mean 1: the tail of single losses, summed over a crew's week).
    """
    p = params.targeting
    for k in range(len(pools)):
        pools[k].victims, pools[k].losses, pools[k].effort = 0, 0, 0
    for t in range(len(territories)):
        territories[t].losses, territories[t].revenue = 0, 0
        for k in range(len(pools)):
            harm[t, k] = 0
    for i in range(clock.compounds):
        crew = compounds[i]
        crew.losses, crew.revenue = 0.0, 0.0
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        working = crew.workers * (crew.backup + (1.0 - crew.backup) * territories[crew.territory].supply)
        if crew.hidden:
            working *= params.site_choice.hidden_output
        luck = np.exp(p.volatility * normal(chance, crew.lineage, TAKINGS) - 0.5 * p.volatility**2)
        for k in range(len(pools)):
            pool = pools[k]
            pool.effort += fixed(working * targets[i, k])
            pool.victims += fixed(working * reach[i, k] * pool.openness)
            lost = luck * working * take[i, k] * pool.openness * pool.ticket
            pool.losses += fixed(lost)
            harm[crew.territory, k] += fixed(lost)
            crew.losses += lost
            crew.revenue += lost * (1.0 - pool.recovered_share)
        place = territories[crew.territory]
        place.losses += fixed(crew.losses)
        place.revenue += fixed(crew.revenue)
        flows[0].losses += fixed(crew.losses)
        flows[0].revenue += fixed(crew.revenue)
        flows[0].recovered += fixed(crew.losses) - fixed(crew.revenue)

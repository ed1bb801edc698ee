"""Step 8: targeting: effort over pools and schemes; victims and losses."""

import numpy as np

from sim.compiled import rule
from sim.randomness import TAKINGS, normal
from sim.rules.worth import sanction_if_raided
from sim.state import DEPLETING, ON, OPEN, WEEKS_PER_YEAR, fixed, real, to_cents, to_grain


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
    laundry, levers, params, clock,
):  # fmt: skip
    """Each crew, every few weeks (staggered by lineage), reconsiders whom it works on and how.

    Writes  targets, skill, mix, reach, take (a row per crew); compounds.at_work, shows.   At set-up (week -1) every crew does.

    People of each origin are put to the pools they can speak to by a logit, weight ~ usable x size x exp(gain/scale): size is
    the people there are to approach (the size term of an aggregate alternative, McFadden 1978), gain what a worker nets there,
    with some of the practice still to come, less the sanction that this choice of victims adds. The crew moves part of the
    way there (inertia). Practice raises skill, neglect lowers it. Schemes that net more slowly gain weight.
    """
    p = params.targeting
    every, setting_up = np.int64(p.review_weeks), clock.week < 0
    # what all crews share, laid out so that the inner loops below run over neighbours in memory
    worth, size = np.empty(len(pools)), np.empty(len(pools))
    for k in range(len(pools)):
        worth[k], size[k] = pools[k].worth, pools[k].at_risk
    speaks, suits = usable.T.copy(), appeal.T.copy()
    pull, wanted, staff = np.empty(len(pools)), np.empty(len(pools)), np.empty(len(usable))
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        due = np.int64(crew.lineage % np.uint64(every)) == clock.week % every
        if not (due or setting_up or crew.at_work == 0):  # a new crew chooses at once
            continue
        crew.at_work = 1
        place = territories[crew.territory]
        at_stake = sanction_if_raided(crew.capital, crew.workers, levers.territory[crew.territory], params) / crew.workers
        at_stake /= WEEKS_PER_YEAR
        risk = max(place.standing_risk, place.news) * at_stake
        earned = weigh_schemes(crew, mix[i], targets[i], worth, schemes, suits, laundry[crew.territory], risk, params)
        keep = earned * (1.0 - place.tax - crew.laundering)
        exposed = (1.0 - place.shield) * at_stake
        weigh_pools(pull, skill[i], worth, size, sought[crew.territory], keep, exposed, params)
        working = put_to_work(wanted, staff, pull, workforce[i], crew.workers, speaks, usable, able_share)
        if working <= 0.0:  # nobody here can work on anybody: the crew takes nothing
            for k in range(len(pools)):
                reach[i, k], take[i, k] = 0.0, 0.0
            continue
        practise(targets[i], skill[i], reach[i], take[i], wanted, working, crew.workers, mix[i], schemes, appeal,
                 setting_up, params)  # fmt: skip


@rule
def weigh_schemes(crew, mix, targets, worth, schemes, suits, laundry, risk, params):
    """Shift a crew's mix of schemes toward those that net more over the pools it works on now.

    A replicator step (Taylor & Jonker 1978): a scheme's share grows by `scheme_speed` times how far it nets more than the mean.

    Writes  mix (M), crew.shows.   Returns the mean take of the mix, relative to the mean scheme.
    Net of what it costs to launder and of what it adds to the risk of being found (risk: USD a worker stands to lose in a week).
    suits (K x M) is the appeal of schemes, laundry (M) what laundering costs in the place.
    """
    p = params.targeting
    yielded = np.zeros(len(schemes))
    for k in range(len(worth)):
        worked = targets[k] * worth[k]
        for m in range(len(schemes)):
            yielded[m] += worked * suits[k, m]
    mean, earned, showing = 0.0, 0.0, 0.0
    for m in range(len(schemes)):
        yielded[m] *= schemes[m].conversion * schemes[m].lift * schemes[m].ticket * (1.0 - laundry[m])
        yielded[m] = max(yielded[m] - risk * params.enforcement.scheme_effect * (schemes[m].shows - 1.0), 0.0)
        mean += mix[m] * yielded[m]
    for m in range(len(schemes)):
        if mean > 0.0:
            mix[m] *= 1.0 + p.scheme_speed * (yielded[m] / mean - 1.0)
        mix[m] = p.scheme_floor + (1.0 - p.scheme_floor * len(schemes)) * mix[m]
        earned += mix[m] * schemes[m].conversion * schemes[m].lift * schemes[m].ticket
        showing += mix[m] * schemes[m].shows
    crew.shows = showing
    return earned


@rule
def weigh_pools(pull, skill, worth, size, sought, keep, exposed, params):
    """Weight of each pool in the choice of victims, K: size x exp(gain / scale).   Writes  pull.

    keep      what is left of a dollar taken, times the mean take of the crew's schemes
    exposed   USD a worker stands to lose in a week for each raid a year that the choice of victims adds (sought, K)
    """
    p = params.targeting
    highest = -np.inf
    for k in range(len(pull)):
        able = p.skill_floor + (1.0 - p.skill_floor) * (skill[k] + p.foresight * (1.0 - skill[k]))
        pull[k] = able * worth[k] * keep - sought[k] * exposed
        highest = max(highest, pull[k])
    for k in range(len(pull)):
        pull[k] = size[k] * np.exp((pull[k] - highest) / p.gain_scale)


@rule
def put_to_work(wanted, staff, pull, workforce, workers, speaks, usable, able_share):
    """Put the people of each origin to the pools whose languages they can work in, by the pools' weights.

    Writes  wanted (K, share of the working time; sums to 1), staff (P scratch).   Returns the share of people who can work.
    speaks is usable (P x K) with pools in rows: each sum below runs over neighbours in memory.
    """
    for o in range(len(staff)):
        staff[o] = 0.0
    for k in range(len(pull)):
        for o in range(len(staff)):
            staff[o] += speaks[k, o] * pull[k]
    working = 0.0
    for o in range(len(staff)):
        share = workforce[o] / workers * able_share[o] if staff[o] > 0.0 else 0.0
        staff[o] = share / staff[o] if share > 0.0 else 0.0
        working += share
    for k in range(len(wanted)):
        wanted[k] = 0.0
    for o in range(len(staff)):
        for k in range(len(wanted)):
            wanted[k] += staff[o] * usable[o, k]
    for k in range(len(wanted)):
        wanted[k] = wanted[k] * pull[k] / working if working > 0.0 else 0.0
    return working


@rule
def practise(targets, skill, reach, take, wanted, working, workers, mix, schemes, appeal, setting_up, params):
    """Move the crew toward the work it wants, let practice change its skill, and settle what it can reach with that.

    Writes  targets, skill, reach, take (K).
    """
    p = params.targeting
    for k in range(len(reach)):
        reach[k], take[k] = 0.0, 0.0
    for m in range(len(schemes)):
        part = mix[m] * schemes[m].conversion * schemes[m].lift
        for k in range(len(reach)):
            reach[k] += part * appeal[m, k]
            take[k] += part * schemes[m].ticket * appeal[m, k]
    for k in range(len(reach)):
        if params.structure.retargeting == ON or setting_up:
            targets[k] = p.inertia * targets[k] + (1.0 - p.inertia) * wanted[k]
        team = min(targets[k] * workers / p.team, 1.0)
        skill[k] += p.learning * team * (1.0 - skill[k]) - p.forgetting * (1.0 - team) * skill[k]
        able = p.skill_floor + (1.0 - p.skill_floor) * skill[k]
        # beyond the people who can speak to the pool, inertia keeps nobody at work on it
        staffed = min(targets[k], p.stretch * wanted[k]) * working * able * p.conversion
        reach[k] *= staffed
        take[k] *= staffed


@rule
def defraud(compounds, territories, pools, targets, reach, take, harm, flows, params, clock, chance):
    """People are defrauded.

    Writes  compounds.losses, revenue; pools.victims, losses, effort; harm (T x K); territories.losses, revenue; flows (sums in
            fixed point).
    Takings of a crew vary from week to week (lognormal with mean 1: the tail of single losses, summed over a crew's week).
    """
    p = params.targeting
    openness, ticket, kept = np.empty(len(pools)), np.empty(len(pools)), np.empty(len(pools))
    effort, struck, taken = np.zeros(len(pools)), np.zeros(len(pools)), np.zeros(len(pools))
    lost = np.zeros((len(territories), len(pools)))
    for t in range(len(territories)):
        territories[t].revenue = 0
    for k in range(len(pools)):
        openness[k], kept[k] = pools[k].openness, 1.0 - pools[k].recovered_share
        ticket[k] = pools[k].openness * pools[k].ticket
    for i in range(clock.compounds):
        crew = compounds[i]
        crew.losses, crew.revenue = 0.0, 0.0
        if crew.status != OPEN or crew.workers <= 0.0:
            continue
        working = crew.workers * (crew.backup + (1.0 - crew.backup) * territories[crew.territory].supply)
        if crew.hidden:
            working *= params.site_choice.hidden_output
        luck = working * np.exp(p.volatility * normal(chance, crew.lineage, TAKINGS) - 0.5 * p.volatility**2)
        for k in range(len(pools)):  # short loops over few arrays: the processor does four pools at a time
            effort[k] += to_grain(working * targets[i, k])
        for k in range(len(pools)):
            struck[k] += to_grain(working * openness[k] * reach[i, k])
        for k in range(len(pools)):
            taken[k] = to_cents(luck * ticket[k] * take[i, k])
        for k in range(len(pools)):
            lost[crew.territory, k] += taken[k]
        losses, revenue = 0.0, 0.0
        for k in range(len(pools)):
            losses += taken[k]
            revenue += taken[k] * kept[k]
        crew.losses, crew.revenue = losses, revenue
        territories[crew.territory].revenue += fixed(crew.revenue)
    add_up(territories, pools, effort, struck, lost, harm, flows)


@rule
def add_up(territories, pools, effort, struck, lost, harm, flows):
    """Hand the week's exact sums to pools, places and flows.

    Writes  pools.effort, victims, losses; harm; territories.losses, revenue; flows.losses, revenue, recovered (fixed point).
    """
    for k in range(len(pools)):
        pools[k].effort, pools[k].victims, pools[k].losses = fixed(effort[k]), fixed(struck[k]), 0
    for t in range(len(territories)):
        place = territories[t]
        place.losses = 0
        for k in range(len(pools)):
            harm[t, k] = fixed(lost[t, k])
            pools[k].losses += harm[t, k]
            place.losses += harm[t, k]
        flows[0].losses += place.losses
        flows[0].revenue += place.revenue
        flows[0].recovered += place.losses - place.revenue

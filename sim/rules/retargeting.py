"""Step 8: how crews reconsider whom they work on and how, many of them side by side. `sim.rules.targeting` says who and when."""

from typing import NamedTuple

import numpy as np

from sim.compiled import rule
from sim.elementary import exp
from sim.rules.worth import sanction_with
from sim.state import ON, WEEKS_PER_YEAR

CREWS = 32  # that think side by side


class Desk(NamedTuple):
    """Crews that think side by side, a column each: inner loops run over crews, so the processor takes several at a time."""

    place: np.ndarray  # D, territory (row)
    workers: np.ndarray  # D
    risk: np.ndarray  # D, USD a worker stands to lose in a week
    keep: np.ndarray  # D, what is left of a dollar taken; times the mean take of the crew's schemes, once these are weighed
    exposed: np.ndarray  # D, USD a worker stands to lose in a week for each raid a year that the choice of victims adds
    showing: np.ndarray  # D, how much its schemes show
    working: np.ndarray  # D, share of its people who can work
    sums: np.ndarray  # 2 x D scratch
    mix: np.ndarray  # M x D share of work by scheme
    yielded: np.ndarray  # M x D scratch
    found: np.ndarray  # M x D scratch
    paid: np.ndarray  # M x D scratch
    people: np.ndarray  # P x D share of its people who come from there and can work on some pool
    staff: np.ndarray  # P x D scratch
    skill: np.ndarray  # K x D
    targets: np.ndarray  # K x D share of its time
    pull: np.ndarray  # K x D weight of a pool in the choice of victims
    wanted: np.ndarray  # K x D share of its time that it would spend there if it were free to choose
    reach: np.ndarray  # K x D
    take: np.ndarray  # K x D


@rule
def fetched(rows, targets, skill, reach, take, mix):
    """Read a number out of every 64 bytes of these crews' rows, far apart in memory, so that what follows waits for them once and
    not crew by crew. What it returns means nothing."""
    total = 0.0
    for i in rows:
        for k in range(0, targets.shape[1], 8):
            total += targets[i, k] + skill[i, k] + reach[i, k] + take[i, k]
        total += targets[i, -1] + skill[i, -1] + reach[i, -1] + take[i, -1] + mix[i, 0] + mix[i, -1]
    return total


@rule
def sit_down(desk, rows, crews, targets, skill, mix, compounds, workforce, able_share, territories, prisons, params):
    """Lay what a review reads of each crew side by side, the last one as often as it takes to fill `crews` columns.

    Writes  desk.place, workers, risk, keep, exposed, mix, skill, targets, people.   prisons (T): what prison would cost there.
    """
    capital, prison = desk.sums[0], desk.sums[1]
    for c in range(crews):
        i = rows[min(c, len(rows) - 1)]
        crew = compounds[i]
        place = territories[crew.territory]
        capital[c], prison[c] = crew.capital, prisons[crew.territory]
        desk.place[c] = crew.territory
        desk.workers[c] = crew.workers
        desk.risk[c] = max(place.standing_risk, place.news)
        desk.keep[c] = 1.0 - place.tax - crew.laundering
        desk.exposed[c] = 1.0 - place.shield
        for m in range(mix.shape[1]):
            desk.mix[m, c] = mix[i, m]
        for k in range(skill.shape[1]):
            desk.skill[k, c] = skill[i, k]
            desk.targets[k, c] = targets[i, k]
        for o in range(len(able_share)):
            desk.people[o, c] = workforce[i, o]
    for c in range(crews):
        at_stake = sanction_with(prison[c], capital[c], desk.workers[c], params) / desk.workers[c] / WEEKS_PER_YEAR
        desk.risk[c] *= at_stake
        desk.exposed[c] *= at_stake
    for o in range(len(able_share)):
        for c in range(crews):
            desk.people[o, c] = desk.people[o, c] / desk.workers[c] * able_share[o]


@rule
def weighted_sums(sums, weights, columns, crews):
    """Weighted sums for every crew: sums[r, c] = weights[r, 0] columns[0, c] + weights[r, 1] columns[1, c] + ..., in that order.

    Four sums of four terms at a time: a loop over few crews takes longer to begin than to do one product, and a number that has
    been fetched serves four sums. What is left over comes one by one.
    """
    rows, terms = len(sums) // 4 * 4, len(columns) // 4 * 4
    for r in range(len(sums)):
        for c in range(CREWS):
            sums[r, c] = 0.0
    for r in range(0, rows, 4):
        for j in range(0, terms, 4):
            a0, a1, a2, a3 = weights[r, j], weights[r, j + 1], weights[r, j + 2], weights[r, j + 3]
            b0, b1, b2, b3 = weights[r + 1, j], weights[r + 1, j + 1], weights[r + 1, j + 2], weights[r + 1, j + 3]
            d0, d1, d2, d3 = weights[r + 2, j], weights[r + 2, j + 1], weights[r + 2, j + 2], weights[r + 2, j + 3]
            e0, e1, e2, e3 = weights[r + 3, j], weights[r + 3, j + 1], weights[r + 3, j + 2], weights[r + 3, j + 3]
            for c in range(crews):
                w, x, y, z = columns[j, c], columns[j + 1, c], columns[j + 2, c], columns[j + 3, c]
                sums[r, c] = sums[r, c] + a0 * w + a1 * x + a2 * y + a3 * z
                sums[r + 1, c] = sums[r + 1, c] + b0 * w + b1 * x + b2 * y + b3 * z
                sums[r + 2, c] = sums[r + 2, c] + d0 * w + d1 * x + d2 * y + d3 * z
                sums[r + 3, c] = sums[r + 3, c] + e0 * w + e1 * x + e2 * y + e3 * z
    for r in range(len(sums)):
        for j in range(terms if r < rows else 0, len(columns)):
            for c in range(crews):
                sums[r, c] += weights[r, j] * columns[j, c]


@rule
def weigh_schemes(desk, crews, pools, schemes, appeal, laundry, params):
    """Shift each crew's mix of schemes toward those that net more over the pools it works on now.

    A replicator step (Taylor & Jonker 1978): a scheme's share grows by `scheme_speed` times how far it nets more than the mean.
    Net of what it costs to launder and of what it adds to the risk of being found.

    Writes  desk.mix, showing, keep.   appeal is M x K, laundry T x M.
    """
    p, mix, yielded, targets, risk, place = params.targeting, desk.mix, desk.yielded, desk.targets, desk.risk, desk.place
    mean, earned, showing = desk.sums[0], desk.sums[1], desk.showing
    for k in range(len(pools)):
        for c in range(crews):
            desk.wanted[k, c] = targets[k, c] * pools[k].worth
    weighted_sums(yielded, appeal, desk.wanted, crews)
    for c in range(crews):
        mean[c] = earned[c] = showing[c] = 0.0
    for m in range(len(schemes)):
        scheme, shown = schemes[m], params.enforcement.scheme_effect
        for c in range(crews):
            paid = scheme.conversion * scheme.lift * scheme.ticket * (1.0 - laundry[place[c], m])
            found = risk[c] * shown * (scheme.shows - 1.0)
            yielded[m, c] = max(yielded[m, c] * paid - found, 0.0)
        for c in range(crews):
            mean[c] += mix[m, c] * yielded[m, c]
    for m in range(len(schemes)):
        scheme = schemes[m]
        for c in range(crews):
            growth = p.scheme_speed * (yielded[m, c] / mean[c] - 1.0) if mean[c] > 0.0 else 0.0
            mix[m, c] = p.scheme_floor + (1.0 - p.scheme_floor * len(schemes)) * (mix[m, c] * (1.0 + growth))
        for c in range(crews):
            earned[c] += mix[m, c] * scheme.conversion * scheme.lift * scheme.ticket
            showing[c] += mix[m, c] * scheme.shows
    for c in range(crews):
        desk.keep[c] *= earned[c]


@rule
def weigh_pools(desk, crews, pools, sought, params):
    """Weight of each pool in the choice of victims: size x exp(gain / scale).   Writes  desk.pull.   sought is T x K."""
    p, pull, skill, place, highest = params.targeting, desk.pull, desk.skill, desk.place, desk.sums[0]
    for c in range(crews):
        highest[c] = -np.inf
    for k in range(len(pools)):
        worth = pools[k].worth
        for c in range(crews):
            able = p.skill_floor + (1.0 - p.skill_floor) * (skill[k, c] + p.foresight * (1.0 - skill[k, c]))
            pull[k, c] = able * worth * desk.keep[c] - sought[place[c], k] * desk.exposed[c]
        for c in range(crews):
            highest[c] = max(highest[c], pull[k, c])
    for k in range(len(pools)):
        size = pools[k].at_risk
        for c in range(crews):
            pull[k, c] = size * exp((pull[k, c] - highest[c]) / p.gain_scale)


@rule
def put_to_work(desk, crews, usable):
    """Put the people of each origin to the pools whose languages they can work in, by the pools' weights.

    Writes  desk.wanted (share of the working time; sums to 1), working.   usable is P x K.
    """
    pull, wanted, working, staff = desk.pull, desk.wanted, desk.working, desk.staff
    for c in range(crews):
        working[c] = 0.0
    weighted_sums(staff, usable, pull, crews)
    for o in range(len(usable)):
        for c in range(crews):
            share = desk.people[o, c] if staff[o, c] > 0.0 else 0.0
            staff[o, c] = share / staff[o, c] if share > 0.0 else 0.0
            working[c] += share
    weighted_sums(wanted, usable.T, staff, crews)
    for k in range(len(pull)):
        for c in range(crews):
            wanted[k, c] = wanted[k, c] * pull[k, c] / working[c] if working[c] > 0.0 else 0.0


@rule
def practise(desk, crews, schemes, appeal, setting_up, params):
    """Move each crew toward the work it wants, let practice change its skill, and settle what it can reach with that.

    Writes  desk.targets, skill, reach, take.
    """
    p, found, paid, reach, take, wanted = params.targeting, desk.found, desk.paid, desk.reach, desk.take, desk.wanted
    inertia = p.inertia if params.structure.retargeting == ON or setting_up else 1.0
    for m in range(len(schemes)):
        scheme = schemes[m]
        for c in range(crews):
            found[m, c] = desk.mix[m, c] * scheme.conversion * scheme.lift
            paid[m, c] = found[m, c] * scheme.ticket
    weighted_sums(reach, appeal.T, found, crews)
    weighted_sums(take, appeal.T, paid, crews)
    for k in range(len(reach)):
        for c in range(crews):
            targets = inertia * desk.targets[k, c] + (1.0 - inertia) * wanted[k, c]
            skill, team = desk.skill[k, c], min(targets * desk.workers[c] / p.team, 1.0)
            skill += p.learning * team * (1.0 - skill) - p.forgetting * (1.0 - team) * skill
            able = p.skill_floor + (1.0 - p.skill_floor) * skill
            # beyond the people who can speak to the pool, inertia keeps nobody at work on it
            staffed = min(targets, p.stretch * wanted[k, c]) * desk.working[c] * able * p.conversion
            desk.targets[k, c] = targets
            desk.skill[k, c] = skill
            reach[k, c] *= staffed
            take[k, c] *= staffed


@rule
def get_up(desk, rows, targets, skill, mix, reach, take, compounds):
    """Write the desk back to the rows of its crews; where nobody can work on anybody, a crew takes nothing and learns nothing."""
    for c in range(len(rows)):
        i = rows[c]
        compounds[i].shows = desk.showing[c]
        for m in range(mix.shape[1]):
            mix[i, m] = desk.mix[m, c]
        for k in range(reach.shape[1]):
            reach[i, k] = desk.reach[k, c]
            take[i, k] = desk.take[k, c]
        if desk.working[c] > 0.0:
            for k in range(skill.shape[1]):
                skill[i, k] = desk.skill[k, c]
                targets[i, k] = desk.targets[k, c]

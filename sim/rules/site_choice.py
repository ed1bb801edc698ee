"""Step 11: site choice: stay, hide, move (own country, across a border, out of the region), or leave the business.

A nested logit drawn by Gumbel-max on keyed shocks: first the nest, by its inclusive value, then the place within it. A
plain logit is refused: it fixes the displacement ratio at 1 - s_exit/(1 - s_target) whatever enforcement does.
"""

import numpy as np

from sim.compiled import rule
from sim.elementary import exp, log
from sim.randomness import CELL, DELAY, NEST, PLACE, PRIORITY, REVIEW, STAFF_LOST, gumbel_of, uniform
from sim.rules.enforcement import visibility_of
from sim.rules.growth import disband
from sim.rules.worth import cost_of_move, worth_if_seen, worth_of_place
from sim.state import (
    ABROAD,
    EXIT,
    EXPELLED,
    FROZEN,
    GRAVITY,
    HIDE,
    LEFT_BUSINESS,
    MOVING,
    NESTED,
    NOT_ASKED,
    OFF,
    OPEN,
    OUT_OF_REGION,
    OWN_COUNTRY,
    RAIDED,
    ROUTINE,
    SATISFICING,
    STAY,
    TIPPED_OFF,
    fixed,
    log_move,
    real,
)  # fmt: skip


@rule
def decide(compounds, territories, belief, known, ties, distance_km, crossing, values, levers, params, clock, chance):
    """Every crew that reviews its site picks one of the open alternatives; nothing moves yet.

    Writes  compounds.wish (nest), bound_for (territory); values (T scratch).
    All crews decide on the same frozen state of the week, so no result depends on the order of rows.
    """
    p = params.site_choice
    for i in range(clock.compounds):
        crew = compounds[i]
        crew.wish = STAY
        if crew.status != OPEN:
            crew.ask = NOT_ASKED
            continue
        if crew.ask == NOT_ASKED and uniform(chance, crew.lineage, REVIEW) < p.review_rate:
            crew.ask = ROUTINE
        if crew.ask == NOT_ASKED:
            continue
        here, y = territories[crew.territory], crew.syndicate
        scale = p.noise
        best, nest = -np.inf, STAY

        # exit: what a boss expects outside, less what the firm's capital loses when it is sold off
        value = (p.outside - (1.0 - p.salvage) * max(crew.capital, 0.0) / max(crew.workers, 1.0)) / scale
        value += gumbel_of(chance, crew.lineage, NEST, np.uint64(EXIT))
        best, nest = value, EXIT

        if crew.ask != EXPELLED:
            risk = belief[y, crew.territory]
            if crew.ask == TIPPED_OFF:
                risk += p.alarm
            for alternative in (STAY, HIDE):
                hidden = alternative == HIDE
                value = worth_of_place(crew, here, here, risk, levers.territory[crew.territory], hidden, params)
                value = value / scale + gumbel_of(chance, crew.lineage, NEST, np.uint64(alternative))
                if value > best:
                    best, nest = value, alternative

        if params.structure.mobility == OFF:
            crew.wish = STAY if nest == EXIT and params.structure.growth == FROZEN else nest
            continue
        value_places(values, crew, territories, belief, known, ties, distance_km, crossing, levers, params)
        chosen = -1
        for alternative in (OWN_COUNTRY, ABROAD, OUT_OF_REGION):
            value, place = best_in_nest(values, crew, territories, crossing, alternative, params, chance)
            if value > best:
                best, nest, chosen = value, alternative, place
        if chosen >= 0 and params.structure.choice != NESTED:
            chosen = pick_otherwise(values, crew, territories, distance_km, params, chance)
            nest = OWN_COUNTRY + crossing[crew.territory, chosen] if chosen >= 0 else STAY
        crew.wish, crew.bound_for = nest, chosen


@rule
def value_places(values, crew, territories, belief, known, ties, distance_km, crossing, levers, params):
    """What each place that the crew knows is worth to it, in units of noise; -inf for the rest.   Writes  values (T)."""
    p, y = params.site_choice, crew.syndicate
    here, visibility = territories[crew.territory], visibility_of(crew, False, params)
    for t in range(len(territories)):
        values[t] = -np.inf
        there = territories[t]
        if t == crew.territory or not known[y, t] or there.expels or there.capacity <= 0.0:
            continue
        value = worth_if_seen(crew, visibility, here, there, belief[y, t], levers.territory[t], False, params)
        value -= cost_of_move(crew.territory, t, territories, distance_km, crossing, levers, params)
        value += p.tie * ties[y, t]
        values[t] = value / p.noise


@rule
def best_in_nest(values, crew, territories, crossing, nest, params, chance):
    """The value of a nest of places to this crew, its taste shock included, and the place it would take there (-1 none)."""
    p = params.site_choice
    similar = p.similar_own if nest == OWN_COUNTRY else p.similar_abroad if nest == ABROAD else p.similar_remote
    kind, highest = nest - OWN_COUNTRY, -np.inf
    for t in range(len(territories)):
        if crossing[crew.territory, t] == kind:
            highest = max(highest, values[t])
    if highest == -np.inf:
        return highest, -1
    total, pick, place = 0.0, -np.inf, -1
    for t in range(len(territories)):
        if crossing[crew.territory, t] != kind or values[t] == -np.inf:
            continue
        total += exp((values[t] - highest) / similar)
        draw = values[t] / similar + gumbel_of(chance, crew.lineage, PLACE, territories[t].identity)
        if draw > pick:
            pick, place = draw, t
    return highest + similar * log(total) + gumbel_of(chance, crew.lineage, NEST, np.uint64(nest)), place


@rule
def pick_otherwise(values, crew, territories, distance_km, params, chance):
    """Where a crew goes that has decided to move, under the alternatives to the logit (params.structure.choice).

    satisficing   the first place, in the order in which they come to mind, that is worth at least the mean of those known
    gravity       mass over distance alone: capacity and kilometres, no profit, no risk
    random        any known place
    """
    total, known = 0.0, 0
    for t in range(len(territories)):
        if values[t] > -np.inf:
            total += values[t]
            known += 1
    pick, place = -np.inf, -1
    for t in range(len(territories)):
        if values[t] == -np.inf:
            continue
        draw = gumbel_of(chance, crew.lineage, PLACE, territories[t].identity)
        if params.structure.choice == SATISFICING and values[t] < total / known:
            continue
        if params.structure.choice == GRAVITY:
            draw += log(territories[t].capacity)
            draw -= params.site_choice.distance_decay * log(distance_km[crew.territory, t] + 50.0)
        if draw > pick:
            pick, place = draw, t
    return place


@rule
def act(
    compounds, workforce, cells, territories, labour_pools, syndicates, moves, order, flows, distance_km, crossing, levers,
    params, clock, chance,
):  # fmt: skip
    """Carry the decisions out: hide, leave, or move to a cell with room; those who arrive start work.

    Writes  compounds (status, cell, territory, hidden, arrives, ...), workforce, cells.occupied, labour_pools.market, moves,
            flows.  `order` is scratch for the movers, sorted by a keyed priority: when room is short, chance decides who
            gets in, not the row.
    """
    p = params.site_choice
    movers = 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status == MOVING and crew.arrives <= clock.week:
            crew.status, crew.raid_week = OPEN, -1
        if crew.status != OPEN or crew.ask == NOT_ASKED:
            continue
        if crew.wish == STAY or crew.wish == HIDE:
            crew.hidden = crew.wish == HIDE
            crew.ask = NOT_ASKED
        elif crew.wish == EXIT:
            log_move(moves, clock, crew.lineage, crew.cell, -1, LEFT_BUSINESS, crew.workers)
            disband(crew, i, workforce, labour_pools, syndicates, flows)
            crew.ask = NOT_ASKED
        else:
            order[movers].priority = uniform(chance, crew.lineage, PRIORITY)
            order[movers].row = i
            movers += 1
    sort_by_priority(order, movers)
    for n in range(movers):
        i = order[n].row
        crew = compounds[i]
        cell = find_room(cells, territories[crew.bound_for], crew.workers, uniform(chance, crew.lineage, CELL))
        cause = crew.ask
        forced = cause in (RAIDED, EXPELLED)
        if cell < 0:  # full: the crew stays, and asks again next week if it was told to leave
            crew.ask = EXPELLED if cause == EXPELLED else NOT_ASKED
            continue
        lost = p.lost_planned
        if forced:
            lost = p.lost_low + (p.lost_high - p.lost_low) * uniform(chance, crew.lineage, STAFF_LOST)
        log_move(moves, clock, crew.lineage, crew.cell, cell, cause, crew.workers)
        sold = 0.0
        for o in range(len(labour_pools)):
            people = workforce[i, o] * lost
            workforce[i, o] -= people
            labour_pools[o].market += fixed(people)
            sold += people
        crew.workers -= sold
        flows[0].retrafficked += fixed(sold)

        price = cost_of_move(crew.territory, crew.bound_for, territories, distance_km, crossing, levers, params)
        spent = min(price * crew.workers * p.paid_in_cash, max(crew.capital, 0.0))
        crew.capital -= spent
        flows[0].spent_moving += fixed(spent)

        kind = crossing[crew.territory, crew.bound_for]
        longest = p.weeks_own if kind == 0 else p.weeks_abroad if kind == 1 else p.weeks_remote
        delay = uniform(chance, crew.lineage, DELAY)
        wait = 1.0 + (longest - 1.0) * delay * delay
        crew.status, crew.arrives, crew.hidden = MOVING, clock.week + np.int64(wait), 0
        crew.cell, crew.territory = cell, crew.bound_for
        crew.ask, crew.vacancies, crew.moved, crew.backup = NOT_ASKED, 0.0, crew.moved + 1, 0.0
        cells[cell].occupied += fixed(crew.workers)


@rule
def sort_by_priority(order, count):
    """Sort the first `count` rows by priority: a Shell sort, which compiles in a fraction of the time of NumPy's argsort."""
    gap = count // 2
    while gap > 0:
        for n in range(gap, count):
            priority, row = order[n].priority, order[n].row
            m = n
            while m >= gap and order[m - gap].priority > priority:
                order[m].priority, order[m].row = order[m - gap].priority, order[m - gap].row
                m -= gap
            order[m].priority, order[m].row = priority, row
        gap //= 2


@rule
def find_room(cells, place, workers, u):
    """A cell of the territory with room for the crew, or -1: the one that u points at (by attraction), else the next in turn.

    The cost does not grow with the map: a bisection in the territory's own table, then a short walk.
    """
    low, high = place.first_cell, place.first_cell + place.cells - 1
    last = high
    while low < high:
        middle = (low + high) // 2
        if cells[middle].attraction < u:
            low = middle + 1
        else:
            high = middle
    for step in range(place.cells):
        cell = low + step
        if cell > last:
            cell -= place.cells
        if cells[cell].capacity - real(cells[cell].occupied) >= workers:
            return cell
    return -1

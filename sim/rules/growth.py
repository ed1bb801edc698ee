"""Step 10: growth, splitting, fragmentation, closing."""

import numpy as np

from sim.compiled import rule
from sim.elementary import tanh
from sim.randomness import FRAGMENT, SPLIT, child_of, poisson, uniform
from sim.rules.labour import leaving_rate
from sim.state import BROKE, CLOSED, FROZEN, MOVING, OPEN, fixed, log_move, real


@rule
def count_people(cells, territories, compounds, clock):
    """Count who is where, and how full it is.

    Writes  cells.occupied (fixed); territories.compounds, workers, crowding; clock.margin, earning.
    People on the move, and those that an entrant is about to recruit, take up room where they are bound (occupied) but
    work nowhere yet (workers).
    """
    for c in range(len(cells)):
        cells[c].occupied = 0
    for t in range(len(territories)):
        territories[t].compounds, territories[t].held = 0, 0
    people, profit, revenue = 0, 0, 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN and crew.status != MOVING:
            continue
        place, held = territories[crew.territory], fixed(crew.workers)
        cells[crew.cell].occupied += fixed(crew.workers + crew.vacancies)
        if crew.status == OPEN:
            place.compounds += 1
            place.held += held
            people += held
            profit += fixed(crew.profit)
            revenue += fixed(crew.revenue)
    for t in range(len(territories)):
        place = territories[t]
        place.workers = real(place.held)
        place.crowding = max(place.workers / place.capacity - 0.5, 0.0) if place.capacity > 0.0 else 1.0
    clock.margin = real(profit) / max(real(people), 1.0)
    clock.earning = real(revenue) / max(real(people), 1.0)


@rule
def want_workers(compounds, cells, territories, syndicates, levers, params, clock):
    """Crews that earn want more people; crews that lose money let theirs go unreplaced.

    Writes  compounds.vacancies; cells.occupied, wanted (fixed), room.
    Growth is growth_rate tanh(margin / margin_scale), less where managers are missing, within what capital pays for and what
    the cell has room for: room is shared in proportion to what is wanted. Crews that lose money replace fewer of those who
    leave, and none at a loss of margin_scale.
    """
    p, eager = params.growth, np.empty(clock.compounds)
    judge_outlook(eager, compounds, params)
    for c in range(len(cells)):
        cells[c].wanted = 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN:
            continue
        crew.vacancies = 0.0
        if crew.outlook <= -p.margin_scale or crew.capital <= 0.0 or params.structure.growth == FROZEN:
            continue
        left = leaving_rate(territories[crew.territory], levers.territory[crew.territory], params)
        replaced = left / (1.0 - left)  # of those who stayed: what went, comes back
        replaced *= min(1.0 + crew.outlook / p.margin_scale, 1.0)
        group = syndicates[crew.syndicate]
        led = 1.0 - p.managers_matter * (1.0 - group.managers / group.usual_managers)
        wish = replaced + p.growth_rate * led * eager[i]
        wish *= max(crew.workers, p.smallest)
        crew.vacancies = min(wish, crew.capital / params.labour.price)
        here = cells[crew.cell]
        here.room = max(here.capacity - real(here.occupied), 0.0)
        here.wanted += fixed(crew.vacancies)
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.vacancies <= 0.0:
            continue
        here = cells[crew.cell]
        if real(here.wanted) > here.room:
            crew.vacancies *= here.room / real(here.wanted)
        here.occupied += fixed(crew.vacancies)  # what is promised to recruits is not there for movers


@rule
def judge_outlook(eager, compounds, params):
    """How much of its growth each crew wants, 0..1: tanh(outlook / margin_scale).   Writes  eager, compounds.outlook."""
    p = params.growth
    for i in range(len(eager)):
        crew = compounds[i]
        margin = crew.profit / max(crew.workers, 1.0)
        if crew.status == OPEN:
            crew.outlook += p.outlook_memory * (margin - crew.outlook)
    for i in range(len(eager)):  # by itself: several crews at a time
        eager[i] = tanh(max(compounds[i].outlook, 0.0) / p.margin_scale)


@rule
def close_broke(compounds, workforce, labour_pools, syndicates, moves, flows, params, clock):
    """Crews that are broke or too small to run close: people go free, what is left goes to the owners.

    Writes  compounds.status; workforce; labour_pools.freed; syndicates.income; moves; flows.
    """
    p = params.growth
    if params.structure.growth == FROZEN:
        return
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or clock.week - crew.founded < p.grace_weeks:
            continue
        broke = crew.capital <= 0.0 and crew.outlook <= 0.0
        if not broke and crew.workers >= p.smallest:
            continue
        log_move(moves, clock, crew.lineage, crew.cell, -1, BROKE, crew.workers)
        disband(crew, i, workforce, labour_pools, syndicates, flows)


@rule
def disband(crew, i, workforce, labour_pools, syndicates, flows):
    """Wind a crew up: its people go free, its capital to its owners (they bear a debt)."""
    for o in range(len(labour_pools)):
        labour_pools[o].freed += fixed(workforce[i, o])
        workforce[i, o] = 0.0
    flows[0].escaped += fixed(crew.workers)
    flows[0].to_capital -= fixed(crew.capital)
    flows[0].owners += fixed(crew.capital)
    syndicates[crew.syndicate].income += fixed(crew.capital)
    crew.workers, crew.capital, crew.vacancies, crew.status = 0.0, 0.0, 0.0, CLOSED


@rule
def split(compounds, workforce, skill, targets, mix, reach, take, params, clock, chance):
    """A crew grown large now and then sends half of itself off as a new one in the same cell.

    Writes  a new row of every crew table; clock.compounds.
    """
    p = params.growth
    if params.structure.growth == FROZEN:
        return
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.workers < p.split_size or clock.compounds >= len(compounds):
            continue
        if uniform(chance, crew.lineage, SPLIT) >= p.split_rate:
            continue
        j = clock.compounds
        clock.compounds += 1
        compounds[j] = compounds[i]
        child = compounds[j]
        child.lineage, child.parent = child_of(crew.lineage, clock.week, 0), crew.lineage
        child.founded, child.raid_week, child.turn = clock.week, -1, 0
        crew.workers *= 0.5
        crew.capital *= 0.5
        crew.vacancies *= 0.5
        crew.profit *= 0.5
        crew.revenue *= 0.5
        child.profit, child.revenue = crew.profit, crew.revenue
        child.workers, child.capital, child.vacancies = crew.workers, crew.capital, crew.vacancies
        for o in range(workforce.shape[1]):
            workforce[i, o] *= 0.5
            workforce[j, o] = workforce[i, o]
        for k in range(skill.shape[1]):
            skill[j, k], targets[j, k], reach[j, k], take[j, k] = skill[i, k], targets[i, k], reach[i, k], take[i, k]
        for m in range(mix.shape[1]):
            mix[j, m] = mix[i, m]


@rule
def fragment(compounds, skill, syndicates, belief, burnt, known, ties, params, clock, chance):
    """A syndicate without leaders breaks into 1 + Poisson pieces; skill is lost, each piece keeps what it believed.

    Writes  syndicates (new rows), compounds.syndicate, skill, belief, known, ties; clock.syndicates.
    """
    p, broken, whole = params.growth, 0, clock.syndicates
    pieces_of, first_of = np.zeros(whole, np.int64), np.zeros(whole, np.int64)
    for y in range(whole):
        group = syndicates[y]
        if group.leaders > 0:
            continue
        first = clock.syndicates
        pieces = min(1 + poisson(chance, group.identity, FRAGMENT, p.fragments), len(syndicates) - first + 1)
        pieces_of[y], first_of[y] = pieces, first
        broken += 1
        group.assets /= pieces
        group.weight /= pieces
        group.managers /= pieces
        group.usual_managers /= pieces
        group.leaders = 1  # somebody takes over what is left
        for extra in range(1, pieces):
            z = first + extra - 1
            syndicates[z] = syndicates[y]
            syndicates[z].income, syndicates[z].raids, syndicates[z].in_custody, syndicates[z].handed_over = 0, 0, 0, 0
            syndicates[z].identity = child_of(group.identity, clock.week, extra)
            for t in range(belief.shape[1]):
                belief[z, t], burnt[z, t], known[z, t], ties[z, t] = belief[y, t], burnt[y, t], known[y, t], ties[y, t]
        clock.syndicates = first + pieces - 1
    if broken == 0:
        return
    for i in range(clock.compounds):
        crew = compounds[i]
        if (crew.status != OPEN and crew.status != MOVING) or pieces_of[crew.syndicate] == 0:
            continue
        piece = int(pieces_of[crew.syndicate] * uniform(chance, crew.lineage, FRAGMENT))
        if piece > 0:
            crew.syndicate = first_of[crew.syndicate] + piece - 1
        for k in range(skill.shape[1]):
            skill[i, k] *= 1.0 - p.skill_lost

"""The waterbed, a reference null: whoever is taken in a raid is at work elsewhere within the week (structure.taken).

Not a process of the world: it is the claim at its strongest, as a rule, so that measures and verdicts can be tried against a
world in which displacement is full by construction. Off by default.
"""

from sim.compiled import rule
from sim.state import ELSEWHERE, OPEN, fixed, real


@rule
def sell_on_elsewhere(compounds, workforce, cells, territories, labour_pools, params, clock):
    """Put people on offer to work in crews of places that nobody raided this week, in proportion to their size.

    Writes  workforce, compounds.workers; cells.wanted, occupied (fixed); labour_pools.market.   Where every place was raided, or
            a cell has no room left, they wait a week.
    """
    if params.structure.taken != ELSEWHERE:
        return
    staff, offered, placed = 0.0, 0.0, 0.0
    for c in range(len(cells)):
        cells[c].wanted = 0
    for i in range(clock.compounds):
        if takes_people(compounds[i], territories):
            staff += compounds[i].workers
    for o in range(len(labour_pools)):
        offered += real(labour_pools[o].market)
    if staff <= 0.0 or offered <= 0.0:
        return
    for i in range(clock.compounds):
        if takes_people(compounds[i], territories):
            cells[compounds[i].cell].wanted += fixed(offered * compounds[i].workers / staff)
    for i in range(clock.compounds):
        crew = compounds[i]
        if not takes_people(crew, territories):
            continue
        here, hired = cells[crew.cell], 0.0
        room = max(here.capacity - real(here.occupied), 0.0)
        part = crew.workers / staff * min(room / max(real(here.wanted), 1e-9), 1.0)
        for o in range(len(labour_pools)):
            people = part * real(labour_pools[o].market)
            workforce[i, o] += people
            hired += people
        crew.workers += hired
        placed += part
    for c in range(len(cells)):  # what they fill is no longer there for movers of this week
        cells[c].occupied += min(cells[c].wanted, max(fixed(cells[c].capacity) - cells[c].occupied, 0))
    for o in range(len(labour_pools)):
        labour_pools[o].market = fixed(real(labour_pools[o].market) * max(1.0 - placed, 0.0))


@rule
def takes_people(crew, territories):
    """Whether a crew takes people who were taken in raids: open, in a place without raids this week."""
    return crew.status == OPEN and territories[crew.territory].raids == 0

"""The waterbed, a reference null: whoever is taken in a raid is at work elsewhere within the week (structure.taken).

Not a process of the world: it is the claim at its strongest, as a rule, so that measures and verdicts can be tried against a
world in which displacement is full by construction. Off by default.
"""

from sim.compiled import rule
from sim.state import ELSEWHERE, OPEN, real


@rule
def sell_on_elsewhere(compounds, workforce, territories, labour_pools, params, clock):
    """Put people on offer to work in crews of places that nobody raided this week, in proportion to their size.

    Writes  workforce, compounds.workers; labour_pools.market.   Where every place was raided they wait a week.
    """
    if params.structure.taken != ELSEWHERE:
        return
    staff = 0.0
    for i in range(clock.compounds):
        if compounds[i].status == OPEN and territories[compounds[i].territory].raids == 0:
            staff += compounds[i].workers
    if staff <= 0.0:
        return
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or territories[crew.territory].raids > 0:
            continue
        part, hired = crew.workers / staff, 0.0
        for o in range(len(labour_pools)):
            people = part * real(labour_pools[o].market)
            workforce[i, o] += people
            hired += people
        crew.workers += hired
    for o in range(len(labour_pools)):
        labour_pools[o].market = 0

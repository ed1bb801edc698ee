"""Step 8: people who came home from a compound and go on defrauding others in small cells of their own."""

from sim.compiled import rule
from sim.state import fixed, real


@rule
def work_at_home(labour_pools, pools, usable, flows, params):
    """Small cells at home work on the pool that pays them best.

    Writes  pools.effort, victims, losses; flows.losses, recovered, at_home.   Reads labour_pools.at_home, usable (P x K).
    They sit in no compound, so no raid of this model reaches them, and their losses belong to no territory. A worker in a small
    cell takes `home_yield` of what a practised one in a compound would, for want of scripts, data and launderers.
    """
    p = params.labour
    for o in range(len(labour_pools)):
        people = real(labour_pools[o].at_home)
        if people <= 0.0:
            continue
        best, most = 0, -1.0
        for k in range(len(pools)):
            worth = usable[o, k] * pools[k].worth
            if worth > most:
                best, most = k, worth
        pool, staffed = pools[best], people * usable[o, best] * p.home_yield
        struck = staffed * params.targeting.conversion * pool.openness
        lost = struck * pool.ticket
        pool.effort += fixed(people)
        pool.victims += fixed(struck)
        pool.losses += fixed(lost)
        flows[0].losses += fixed(lost)
        flows[0].at_home += fixed(lost) - fixed(lost * pool.recovered_share)
        flows[0].recovered += fixed(lost * pool.recovered_share)

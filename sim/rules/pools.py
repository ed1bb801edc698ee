"""Step 13: victim pools: depletion, awareness, recovery, and losses that come to be reported."""

from sim.compiled import rule
from sim.state import real


@rule
def renew_pools(pools, levers, params, clock):
    """Move people between susceptible, exposed, victim and aware; report losses with a delay.

    Writes  pools.susceptible, exposed, victim, aware, at_risk, reported, unreported; all in persons or USD.

    susceptible -> exposed (approached in vain) -> susceptible, or aware if it taught them;
    susceptible -> victim -> aware once they see what happened; aware -> susceptible as the lesson fades.
    New internet users join the susceptible. People of a pool are conserved: the four groups add up to at_risk.
    """
    p = params.pools
    for k in range(len(pools)):
        pool, lever = pools[k], levers.pool[k]
        joined = pool.at_risk * (pool.growth_early if clock.year < p.growth_break else pool.growth_late)
        struck = min(real(pool.victims), pool.susceptible)
        approached = min(struck * p.approaches, pool.susceptible - struck)
        told = (pool.susceptible - struck - approached) * lever.awareness
        learned = pool.exposed * p.judged * p.taught
        unmoved = pool.exposed * p.judged * (1.0 - p.taught)
        realised = pool.victim * p.realise
        forgot = pool.aware * p.forget
        pool.susceptible += joined + unmoved + forgot - struck - approached - told
        pool.exposed += approached - learned - unmoved
        pool.victim += struck - realised
        pool.aware += learned + realised + told - forgot
        pool.at_risk += joined

        pool.unreported += real(pool.losses) * pool.reporting_rate
        pool.reported = pool.unreported * p.report
        pool.unreported -= pool.reported

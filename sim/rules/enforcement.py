"""Step 5: enforcement strikes: raids, arrests of leaders, utility cuts, seizures."""

import numpy as np

from sim.compiled import rule
from sim.randomness import ARREST, LEADER_CAUGHT, LEAK, RAID, STAGED, TAKE, uniform
from sim.state import EXPELLED, OPEN, RAIDED, TIPPED_OFF, WEEKS_PER_YEAR, fixed


@rule
def visibility_of(crew, mean_workers, params):
    """How easily a crew is found, 1 for one of mean size in the open: (workers/mean)^power, less cover and hiding."""
    p = params.enforcement
    seen = (crew.workers / mean_workers) ** p.visibility_power * (1.0 - p.cover_effect * crew.cover)
    return seen * p.hidden_visibility if crew.hidden else seen


@rule
def press(territories, pursuit, states, pools, effort, access, levers, params):
    """Add up the pressure of all states in each place.

    Writes  territories.pressure (falls on every crew) and pursuit (T x K, falls on crews by whom they target),
            both in raids per compound-year.
    A state on its own soil raids whoever it finds. A state that acts abroad goes, for the share `focus` of its effort,
    after those who defraud its own citizens: the only way in which enforcement knows a crew's victims.
    """
    p = params.enforcement
    for t in range(len(territories)):
        territories[t].pressure = p.background + territories[t].policing
        for k in range(len(pools)):
            pursuit[t, k] = 0.0
        for s in range(len(states)):
            if effort[s, t] <= 0.0:
                continue
            polices = False
            for k in range(len(pools)):
                polices = polices or pools[k].state == s
            reach = min(access[s, t] * levers.everywhere[0].intelligence, 1.0) * effort[s, t]
            focus = p.focus if polices and states[s].country != territories[t].country else 0.0
            territories[t].pressure += reach * (1.0 - focus)
            for k in range(len(pools)):
                if pools[k].state == s:
                    pursuit[t, k] += reach * focus


@rule
def plan_raids(compounds, territories, targets, pursuit, levers, params, clock, chance):
    """Draw which crews will be raided, when, and who hears of it first.

    Writes  compounds.raid_week, raid_staged, ask (TIPPED_OFF).
    Hazard  h = 1 - exp{-dt (1 - shield)(1 - corruption * bribe) visibility [pressure + targets . pursuit]}.
    A staged raid needs the holder's consent, not its shield: it is announced longer ahead and leaks alike.
    """
    p = params.enforcement
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.raid_week >= clock.week:
            continue
        place, lever = territories[crew.territory], levers.territory[crew.territory]
        bought = place.corruption * min(crew.bribe_rate / p.bribe_full, 1.0) * (1.0 - lever.corruption_removed)
        pressure = place.pressure
        for k in range(targets.shape[1]):
            pressure += targets[i, k] * pursuit[crew.territory, k]
        hazard = (1.0 - place.shield) * (1.0 - bought) * visibility_of(crew, clock.mean_workers, params) * pressure
        crew.hazard = hazard
        if uniform(chance, crew.lineage, RAID) < 1.0 - np.exp(-hazard / WEEKS_PER_YEAR):
            crew.raid_week, crew.raid_staged = clock.week + np.int64(p.lead_weeks), 0
        elif uniform(chance, crew.lineage, STAGED) < 1.0 - np.exp(-place.staged / WEEKS_PER_YEAR):
            crew.raid_week, crew.raid_staged = clock.week + np.int64(p.staged_lead_weeks), 1
        else:
            continue
        crew.raid_territory, crew.warned = crew.territory, 0
        if uniform(chance, crew.lineage, LEAK) < p.leak * (1.0 - lever.secrecy):
            crew.warned = 1
            if crew.ask != EXPELLED and not crew.raid_staged:  # word of a raid for show is no reason to think again
                crew.ask = TIPPED_OFF


@rule
def carry_out_raids(
    compounds, workforce, territories, syndicates, labour_pools, own_raids, seen, flows, params, clock, chance
):  # fmt: skip
    """Carry out the raids that fall due: people and capital are taken, leaders now and then.

    Writes  workforce, compounds.workers, capital, ask (RAIDED); labour_pools.freed, market, arrested; syndicates.leaders;
            territories.raids, mocks; own_raids (Y x T); seen; flows.
    Those taken are sent home, arrested, or sold on before they get home. What is left of the crew decides in step 11.
    """
    p = params.enforcement
    for t in range(len(territories)):
        territories[t].raids, territories[t].mocks = 0, 0
        seen[t].official_raids, seen[t].official_freed = 0, 0
    for y in range(clock.syndicates):
        for t in range(len(territories)):
            own_raids[y, t] = 0
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.raid_week != clock.week:
            continue
        place = territories[crew.raid_territory]
        if crew.status != OPEN or crew.territory != crew.raid_territory:
            seen[crew.raid_territory].official_raids += 1  # an empty building is announced as a success all the same
            continue
        share = p.staged_take
        if not crew.raid_staged:
            share = p.take_low + (p.take_high - p.take_low) * uniform(chance, crew.lineage, TAKE)
            if crew.warned:
                share *= p.warned_take
        taken = 0.0
        for o in range(len(labour_pools)):
            people = workforce[i, o] * share
            workforce[i, o] -= people
            taken += people
            labour_pools[o].freed += fixed(people * p.rescued_share)
            labour_pools[o].arrested += fixed(people * p.arrested_share)
            labour_pools[o].market += fixed(people) - fixed(people * p.rescued_share) - fixed(people * p.arrested_share)
        crew.workers -= taken
        flows[0].rescued += fixed(taken * p.rescued_share)
        flows[0].arrested += fixed(taken * p.arrested_share)
        flows[0].retrafficked += fixed(taken * (1.0 - p.rescued_share - p.arrested_share))
        seen[crew.territory].official_raids += 1
        seen[crew.territory].official_freed += fixed(taken * p.official_inflation)
        if crew.raid_staged:
            place.mocks += 1
            continue
        place.raids += 1
        own_raids[crew.syndicate, crew.territory] += 1
        lost = max(crew.capital, 0.0) * p.capital_taken
        crew.capital -= lost
        flows[0].seized += fixed(lost)
        if crew.ask != EXPELLED:
            crew.ask = RAIDED
        if uniform(chance, crew.lineage, LEADER_CAUGHT) < p.leader_caught and syndicates[crew.syndicate].leaders > 0:
            syndicates[crew.syndicate].leaders -= 1


@rule
def strike_elsewhere(territories, syndicates, levers, flows, params, clock, chance):
    """Arrest leaders, seize exposed assets, cut utilities.

    Writes  syndicates.leaders, assets; territories.supply (share of power and internet that arrives); flows.seized.
    """
    for t in range(len(territories)):
        territories[t].supply = 1.0 - levers.territory[t].utility_cut
    for y in range(clock.syndicates):
        group = syndicates[y]
        lever = levers.syndicate[group.family]  # what is aimed at a family follows its fragments
        if group.leaders > 0:
            rate = levers.territory[group.home].leader_arrests * group.leaders
            if uniform(chance, group.identity, ARREST) < 1.0 - np.exp(-rate / WEEKS_PER_YEAR):
                group.leaders -= 1
        taken = max(group.assets, 0.0) * params.accounts.exposed_share * (1.0 - np.exp(-lever.seizure / WEEKS_PER_YEAR))
        group.assets -= taken
        flows[0].seized += fixed(taken)

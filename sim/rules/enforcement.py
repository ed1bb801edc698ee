"""Step 5: enforcement strikes: raids, arrests of leaders, utility cuts, seizures."""

import numpy as np

from sim.compiled import inlined, rule
from sim.elementary import exp, power
from sim.randomness import (
    ARREST,
    BOUGHT_OUT,
    HANDED_OVER,
    LEADER_CAUGHT,
    LEAK,
    MANAGER_CAUGHT,
    RAID,
    STAGED,
    TAKE,
    happens,
    uniform,
)
from sim.state import ELSEWHERE, EXPELLED, OPEN, RAIDED, TIPPED_OFF, WEEKS_PER_YEAR, fixed


@inlined
def visibility_of(crew, hidden, params):
    """How easily a crew is found, 1 for one of usual size in the open: (workers/usual)^power, more for schemes that show, less
    for cover and hiding."""
    p = params.enforcement
    seen = power(max(crew.workers, 1.0) / p.usual_size, p.visibility_power) * (1.0 - p.cover_effect * crew.cover)
    seen *= 1.0 + p.scheme_effect * (crew.shows - 1.0)
    return seen * p.hidden_visibility if hidden else seen


@rule
def press(territories, pursuit, states, pools, effort, access, levers, params):
    """Add up the pressure of all states in each place.

    Writes  territories.pressure (falls on every crew) and pursuit (T x K, falls on crews by whom they target; pursued is the
            sum over states), all in raids per compound-year.
    A state on its own soil raids whoever it finds. A state that acts abroad goes, for the share `focus` of its effort,
    after those who defraud its own citizens: the only way in which enforcement knows a crew's victims.
    """
    p = params.enforcement
    for t in range(len(territories)):
        if territories[t].pursued > 0.0:  # last week; else it is zero already
            for k in range(len(pools)):
                pursuit[t, k] = 0.0
        territories[t].pressure, territories[t].pursued = p.background + territories[t].policing, 0.0
    for s in range(len(states)):
        for t in range(states[s].acts_from, states[s].acts_to):
            if effort[s, t] <= 0.0:
                continue
            reach = min(access[s, t] * levers.everywhere[0].intelligence, 1.0) * effort[s, t]
            focus = p.focus if states[s].country != territories[t].country and has_citizens(pools, s) else 0.0
            territories[t].pressure += reach * (1.0 - focus)
            if focus > 0.0:
                territories[t].pursued += reach * focus
                for k in range(len(pools)):
                    if pools[k].state == s:
                        pursuit[t, k] += reach * focus


@rule
def has_citizens(pools, s):
    """Whether some pool of victims is of this state."""
    found = False
    for k in range(len(pools)):
        found = found or pools[k].state == s
    return found


@rule
def plan_raids(compounds, territories, targets, pursuit, levers, params, clock, chance):
    """Draw which crews will be raided, when, and who hears of it first.

    Writes  compounds.raid_week, raid_staged, ask (TIPPED_OFF).
    Hazard  h = 1 - exp{-dt (1 - shield)(1 - corruption * bribe) visibility [pressure + targets . pursuit]}.
    A staged raid needs the holder's consent, not its shield: it is announced longer ahead and leaks alike.
    """
    p, visible, drawn = params.enforcement, np.empty(clock.compounds), np.empty(clock.compounds)
    for i in range(len(visible)):  # by themselves: several crews at a time
        visible[i] = visibility_of(compounds[i], compounds[i].hidden, params)
    for i in range(len(drawn)):
        drawn[i] = uniform(chance, compounds[i].lineage, RAID)
    for i in range(clock.compounds):
        crew = compounds[i]
        if crew.status != OPEN or crew.workers <= 0.0 or crew.raid_week >= clock.week:
            continue
        place, lever = territories[crew.territory], levers.territory[crew.territory]
        bought = place.corruption * min(crew.bribe_rate / p.bribe_full, 1.0) * (1.0 - lever.corruption_removed)
        pressure = place.pressure
        if place.pursued > 0.0:
            for k in range(targets.shape[1]):
                pressure += targets[i, k] * pursuit[crew.territory, k]
        hazard = (1.0 - place.shield) * (1.0 - bought) * visible[i] * pressure
        crew.hazard = hazard
        if happens(hazard / WEEKS_PER_YEAR, drawn[i]):
            crew.raid_week, crew.raid_staged = clock.week + np.int64(p.lead_weeks), 0
        elif place.staged > 0.0 and happens(place.staged / WEEKS_PER_YEAR, uniform(chance, crew.lineage, STAGED)):
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
    compounds, workforce, territories, syndicates, labour_pools, own_raids, seen, levers, flows, params, clock, chance
):  # fmt: skip
    """Carry out the raids that fall due: people and capital are taken, managers sometimes, leaders now and then.

    Writes  workforce, compounds.workers, capital, ask (RAIDED); labour_pools.freed, market, arrested; syndicates.raids,
            managers, leaders, in_custody; territories.raids, mocks; own_raids (Y x T); seen; flows.
    Those taken are arrested, sent home (more of them under a programme of repatriation), or sold on before they get home. What
    is left of the crew decides in step 11.
    """
    p = params.enforcement
    for t in range(len(territories)):
        territories[t].raids, territories[t].mocks = 0, 0
        seen[t].official_raids, seen[t].official_freed = 0, 0
    for y in range(clock.syndicates):
        if syndicates[y].raids > 0:
            for t in range(len(territories)):
                own_raids[y, t] = 0
        syndicates[y].raids = 0
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
        sent_home, held = p.rescued_share, p.arrested_share
        sent_home += (1.0 - sent_home - held) * levers.territory[crew.territory].repatriation
        if params.structure.taken == ELSEWHERE:
            sent_home, held = 0.0, 0.0
        taken = 0.0
        for o in range(len(labour_pools)):
            people = workforce[i, o] * share
            workforce[i, o] -= people
            taken += people
            labour_pools[o].freed += fixed(people * sent_home)
            labour_pools[o].arrested += fixed(people * held)
            labour_pools[o].market += fixed(people) - fixed(people * sent_home) - fixed(people * held)
        crew.workers -= taken
        flows[0].rescued += fixed(taken * sent_home)
        flows[0].arrested += fixed(taken * held)
        flows[0].retrafficked += fixed(taken * (1.0 - sent_home - held))
        seen[crew.territory].official_raids += 1
        seen[crew.territory].official_freed += fixed(taken * p.official_inflation)
        if crew.raid_staged:
            place.mocks += 1
            continue
        place.raids += 1
        own_raids[crew.syndicate, crew.territory] += 1
        syndicates[crew.syndicate].raids += 1
        lost = max(crew.capital, 0.0) * p.capital_taken
        crew.capital -= lost
        flows[0].seized += fixed(lost)
        if crew.ask != EXPELLED:
            crew.ask = RAIDED
        group = syndicates[crew.syndicate]
        if uniform(chance, crew.lineage, MANAGER_CAUGHT) < 1.0 - exp(-p.managers_among * taken):
            group.managers -= min(group.managers, 1.0)
        if uniform(chance, crew.lineage, LEADER_CAUGHT) < p.leader_caught and group.leaders > 0:
            group.leaders -= 1
            group.in_custody += 1


@rule
def strike_elsewhere(territories, syndicates, levers, flows, params, clock, chance):
    """Arrest leaders, hand them over or let them buy themselves out, seize exposed assets, cut utilities.

    Writes  syndicates.leaders, in_custody, handed_over, managers, assets; territories.supply (share of power and internet that
            arrives); flows.seized.
    A leader in custody gets out at a rate that grows with the corruption of the syndicate's home, unless handed over first; those
    at large can be handed over as well, wherever they have fled to. Nobody comes back from that. Managers are replaced in time.
    """
    p = params.enforcement
    for t in range(len(territories)):
        territories[t].supply = 1.0 - levers.territory[t].utility_cut
    for y in range(clock.syndicates):
        group, home = syndicates[y], levers.territory[syndicates[y].home]
        lever = levers.syndicate[group.family]  # what is aimed at a family follows its fragments
        group.managers += p.promotion * (group.usual_managers - group.managers)
        if occurs(home.leader_arrests * group.leaders, group, ARREST, chance):
            group.leaders -= 1
            group.in_custody += 1
        wanted = group.leaders + group.in_custody
        if occurs(home.extradition * p.handover * wanted, group, HANDED_OVER, chance):
            group.handed_over += 1
            if group.in_custody > 0:
                group.in_custody -= 1
            else:
                group.leaders -= 1
        corruption = territories[group.home].corruption * (1.0 - home.corruption_removed)
        bought_out = p.bought_out * corruption * group.in_custody
        if occurs(bought_out, group, BOUGHT_OUT, chance):
            group.in_custody -= 1
            group.leaders += 1
        if lever.seizure > 0.0:
            taken = max(group.assets, 0.0) * params.accounts.exposed_share * (1.0 - exp(-lever.seizure / WEEKS_PER_YEAR))
            group.assets -= taken
            flows[0].seized += fixed(taken)


@rule
def occurs(rate_a_year, group, what, chance):
    """Whether something that comes at this rate befalls a syndicate this week; what never comes needs no draw."""
    return rate_a_year > 0.0 and happens(rate_a_year / WEEKS_PER_YEAR, uniform(chance, group.identity, what))

"""Step 2: states feel what is done to their citizens, and decide how much enforcement they spend, where, and how sincerely."""

import numpy as np

from sim.compiled import rule
from sim.randomness import INCIDENT, JOIN, happens, uniform
from sim.state import BUDGETED, QUARTER, STAGE, STATES_ENDOGENOUS, SUPPRESS, TOLERATE, WEEKS_PER_YEAR, real


@rule
def feel(states, pools, territories, protectors, levers, params, chance):
    """States take in the week: reported losses of their citizens, incidents, and what the trade pays their officials.

    Writes  states.outrage (USD per head, fading), incident (fading count), rents (USD a year, remembered), anger, cover (0..1).
    Reads   pools.reported, territories.bribes, protectors.income of last week.

    Salient incidents come at a rate that grows with losses. Officials share the bribes paid where they govern (but for what an
    anti-corruption programme takes out of their hands) and, where they are a protector's patron, part of its tax. Anger and cover
    are what the two weigh on a scale of 0 to 1.
    """
    p = params.politics
    for s in range(len(states)):
        states[s].outrage *= 1.0 - p.outrage_fade
        states[s].incident *= 1.0 - p.incident_fade
        states[s].received = 0.0
    for k in range(len(pools)):
        if pools[k].state >= 0:
            states[pools[k].state].outrage += pools[k].reported / states[pools[k].state].citizens
    for t in range(len(territories)):
        if territories[t].host >= 0 and territories[t].bribes > 0:
            states[territories[t].host].received += real(territories[t].bribes) * (1.0 - levers.territory[t].corruption_removed)
    for g in range(len(protectors)):
        if protectors[g].patron >= 0:
            states[protectors[g].patron].received += p.tribute * real(protectors[g].income)
    for s in range(len(states)):
        state = states[s]
        state.rents += p.rents_memory * (state.received * WEEKS_PER_YEAR - state.rents)
        heat = state.outrage / (state.outrage + p.outrage_half)
        if heat > 0.0 and happens(p.incident_rate * heat, uniform(chance, state.identity, INCIDENT)):
            state.incident += 1.0
        state.anger = min(heat + p.incident_weight * state.incident, 1.0)
        state.cover = state.corruption * state.rents / (state.rents + p.rents_half)


@rule
def deal(states, lobby, harm, territories, pools, leverage, levers, params, clock, chance):
    """States lobby hosts, join forces or ride free, and settle how far each goes at home and abroad.

    Writes  lobby (S x S, how hard s presses host h, 0..1); states.presses, pressure, shame, aim_home, aim_mock, aim_abroad,
            home, mock, abroad, joined, stance.
    Reads   harm (T x K, USD lost by pool k to crews in t last week; territories.losses is its sum), leverage (S x S),
            levers.state.

    will at home   anger + pressure + aid at stake + shame - cover - reluctance; what is asked of it beyond that it stages, as far
                   as it dares. Shame is the share of the trade on its soil whose holders are under sanctions. A patron sees
                   through a mock raid with probability `seen_through`, and presses on.
    will abroad    anger + image (the anger of others makes inaction costly) - cover - diplomatic cost, less for partners.

    A will becomes policy only when it has drifted from the policy in force by more than `friction`: long stasis, then a turn
    (Jones & Baumgartner 2005, The Politics of Attention). Effort follows policy at `pace`.
    """
    p = params.politics
    joined, places, at_work = 0, 0, np.empty(len(territories), np.int64)  # where crews took anything last week
    for s in range(len(states)):
        joined += states[s].joined
    for t in range(len(territories)):
        if territories[t].losses > 0:
            at_work[places] = t
            places += 1
    over, harmed = np.empty(len(states)), np.zeros(len(states), np.int64)
    for s in range(len(states)):
        over[s] = states[s].anger - p.lobby_from
        for h in range(len(states) if states[s].presses else 0):  # last week; else it is zero already
            lobby[s, h] = 0.0
    for k in range(len(pools)):
        s = pools[k].state
        for n in range(places if s >= 0 and over[s] > 0.0 else 0):
            harmed[s] += harm[at_work[n], k]
    for k in range(len(pools)):
        s = pools[k].state
        for n in range(places if s >= 0 and harmed[s] > 0 else 0):
            t, host = at_work[n], territories[at_work[n]].host
            if harm[t, k] > 0 and host >= 0 and host != s:
                lobby[s, host] += real(harm[t, k]) / real(harmed[s]) * over[s] * p.lobby_strength
    for s in range(len(states)):
        state = states[s]
        state.presses = harmed[s] > 0
        # joining: what it would spare the own citizens, against its cost and what others do anyway (free-riding)
        if clock.week % QUARTER == 0:
            others = joined - state.joined
            gain = state.anger * p.joint_gain * (1.0 - others / (others + p.enough_partners)) + levers.state[s].coordinate
            state.joined = 1 if gain - p.joint_cost > p.joint_doubt * (uniform(chance, state.identity, JOIN) - 0.5) else 0

    feel_shame(states, territories, levers)
    pressed, unmoved = np.zeros(len(states)), np.empty(len(states))
    for s in range(len(states)):
        shown = min(states[s].home + (1.0 - p.seen_through) * states[s].mock, 1.0)
        unmoved[s] = max(1.0 - shown, 0.0)
    for j in range(len(states)):
        lobbying = levers.state[j].lobbying
        for s in range(len(states) if lobbying > 0.0 or states[j].presses else 0):
            pressed[s] += leverage[j, s] * min(lobby[j, s] + lobbying, 1.0) * unmoved[s]
    angry, weight = 0.0, 0.0
    for s in range(len(states)):
        if states[s].citizens > 1.0:
            angry += states[s].anger * states[s].capacity
            weight += states[s].capacity
    for s in range(len(states)):
        state = states[s]
        own_part = state.capacity if state.citizens > 1.0 else 0.0
        attention = (angry - state.anger * own_part) / max(weight - own_part, 1e-9)
        state.pressure = pressed[s]
        pushed = p.pressure_weight * state.pressure + levers.state[s].aid + p.shame_weight * state.shame
        own = p.anger_weight * state.anger - p.cover_weight * state.cover - p.reluctance
        sincere = min(max(own + pushed, 0.0), 1.0)
        mock = p.theatre * max(min(pushed, 1.0) - sincere, 0.0)
        cost = p.diplomacy * (1.0 - p.joint_ease * state.joined)
        abroad = min(max(p.anger_weight * state.anger + p.image * attention - p.cover_weight * state.cover - cost, 0.0), 1.0)
        state.aim_home = reconsidered(state.aim_home, sincere, p.friction)
        state.aim_mock = reconsidered(state.aim_mock, mock, p.friction)
        state.aim_abroad = reconsidered(state.aim_abroad, abroad, p.friction)
        state.home += p.pace * (state.aim_home - state.home)
        state.mock += p.pace * (state.aim_mock - state.mock)
        state.abroad += p.pace * (state.aim_abroad - state.abroad)
        state.stance = TOLERATE
        if max(state.home, state.mock) > p.notable:
            state.stance = SUPPRESS if state.home >= state.mock else STAGE


@rule
def reconsidered(policy, will, friction):
    """The policy in force after a look at the will: unchanged while they differ by less than friction."""
    return will if abs(will - policy) > friction else policy


@rule
def feel_shame(states, territories, levers):
    """Share of the trade on each state's soil, by workers, that works under a protector whom others have sanctioned.

    Writes  states.shame.
    """
    workers, named = np.zeros(len(states)), np.zeros(len(states))
    for t in range(len(territories)):
        place = territories[t]
        if place.host >= 0 and place.workers > 0.0:
            workers[place.host] += place.workers
            if levers.protector[place.protector].sanction > 0.0:
                named[place.host] += place.workers
    for s in range(len(states)):
        states[s].shame = named[s] / workers[s] if workers[s] > 0.0 else 0.0


@rule
def spend(states, effort, harm, territories, pools, access, levers, params):
    """Turn wills into effort: raids per compound-year of each state in each territory, within its capacity.

    Writes  effort (S x T); states.acts_from, acts_to, strained; territories.asked (staged raids per compound-year that the host
            asks for), own_loss.

    Standing policy and levers come first. With states that decide, the host adds its own effort at home, and a state that acts
    abroad spends where its citizens lose most. Added armed conflict keeps a host's police out. Effort is scaled down when the
    raids it implies exceed the state's capacity: what is spent here is not spent there (structure.effort: additive lifts that).
    """
    p, deciding = params.politics, params.structure.states == STATES_ENDOGENOUS
    quiet, orders, ordered = np.empty(len(territories)), levers.effort.ravel(), 0
    for n in range(len(orders)):
        ordered += orders[n] != 0.0
    for s in range(len(states)):
        for t in range(states[s].acts_from, states[s].acts_to):  # last week; else it is zero already
            effort[s, t] = 0.0
        states[s].acts_from, states[s].acts_to = len(territories), 0
        for t in range(len(territories) if ordered > 0 else 0):
            effort[s, t] = levers.effort[s, t]
    for t in range(len(territories)):
        place, lever = territories[t], levers.territory[t]
        place.asked = 0.0
        quiet[t] = 1.0 - p.conflict_disrupts * lever.conflict
        if place.host >= 0:
            host = states[place.host]
            effort[place.host, t] += place.usual_effort * lever.standing * quiet[t]
            if effort[place.host, t] != 0.0:
                host.acts_from, host.acts_to = min(host.acts_from, t), t + 1
    for s in range(len(states)):
        state, raids_a_year = states[s], 0.0
        if deciding:
            follow_will(s, state, effort, harm, territories, pools, access, quiet, params)
        if deciding or ordered > 0:
            state.acts_from, state.acts_to = where_it_acts(effort, s)
        for t in range(state.acts_from, state.acts_to):
            if effort[s, t] > 0.0:
                raids_a_year += effort[s, t] * territories[t].compounds
        capacity = state.raid_capacity * levers.state[s].budget * levers.state[s].surge
        if deciding:
            capacity *= 1.0 + p.surge * max(state.home, state.abroad)
        state.strained = 0.0
        if raids_a_year <= capacity or params.structure.effort != BUDGETED:
            continue
        state.strained = 1.0 - capacity / raids_a_year
        for t in range(len(territories)):
            effort[s, t] *= capacity / raids_a_year


@rule
def where_it_acts(effort, s):
    """Where a state spends effort: the first place, and the one after the last; those of a country stand together."""
    first, end = effort.shape[1], 0
    for t in range(effort.shape[1]):  # without branches: several places at a time
        first = min(first, t if effort[s, t] != 0.0 else effort.shape[1])
        end = max(end, t + 1 if effort[s, t] != 0.0 else 0)
    return first, end


@rule
def follow_will(s, state, effort, harm, territories, pools, access, quiet, params):
    """Add to a state's effort what it decides itself: at home as it will, abroad where its citizens lose most.

    Writes  effort (its row); territories.own_loss, asked.
    """
    p, worst = params.politics, 0.0
    for t in range(len(territories)):
        territories[t].own_loss = 0.0
        if territories[t].host != s:
            for k in range(len(pools)):
                if pools[k].state == s:
                    territories[t].own_loss += real(harm[t, k])
            worst = max(worst, territories[t].own_loss)
    for t in range(len(territories)):
        place = territories[t]
        if place.host == s:
            effort[s, t] += state.home * p.most_at_home * quiet[t] * (p.writ + (1.0 - p.writ) * place.governance)
            place.asked = state.mock * p.most_staged
        elif worst > 0.0 and access[s, t] > 0.0:
            effort[s, t] += state.abroad * p.most_abroad * place.own_loss / worst

"""Step 6: syndicates update the risk they see in each place."""

import numpy as np

from sim.compiled import rule
from sim.randomness import SCOUT, draw_gumbels, uniform
from sim.state import BAYESIAN, NO_LEARNING, OPEN, WEEKS_PER_YEAR


@rule
def hear_news(territories, sought, spill, pursuit, heard, params):
    """Turn this week's raids into remembered raids per compound-year, and spread the memory from place to place.

    Writes  territories.news, standing_risk; sought (T x K), hunted (0: its row of sought is zero); heard (T scratch).
    Reads   territories.raids, mocks, compounds; spill (T x T, from u to t); pursuit.

    A staged raid is news, but at a discount: those in the business know one when they see one. The memory fades, so a
    place where nothing happens becomes ordinary again.
    """
    p = params.beliefs
    for t in range(len(territories)):
        place = territories[t]
        crews = max(place.compounds, 1)
        rate = (place.raids + p.mock_weight * place.mocks) / crews * WEEKS_PER_YEAR
        place.memory += p.memory_rate * (min(rate, p.news_cap) - place.memory)
        place.standing_risk = place.prior_risk * (1.0 - place.shield)
    for t in range(len(territories)):
        heard[t] = 0.0
    for u in range(len(territories)):
        memory = territories[u].memory
        if memory > 0.0:
            for t in range(len(territories)):
                heard[t] = max(heard[t], spill[u, t] * memory)
    for t in range(len(territories)):
        territories[t].news = heard[t]
        whole = territories[t].pressure + territories[t].pursued
        if heard[t] > 0.0 and territories[t].pursued > 0.0:
            territories[t].hunted = 1
            for k in range(sought.shape[1]):
                gap = heard[t] * pursuit[t, k] / whole - sought[t, k]
                sought[t, k] += p.fall * gap if gap < 0.0 else p.rise * gap
        elif territories[t].hunted:
            left = 0
            for k in range(sought.shape[1]):
                sought[t, k] -= p.fall * sought[t, k]
                left += sought[t, k] > 0.0
            territories[t].hunted = left > 0


@rule
def update_beliefs(belief, burnt, own_raids, syndicates, compounds, territories, params, clock):
    """Move each syndicate's expected raids per compound-year toward what it hears or has suffered: up fast, down slowly.

    Writes  belief, burnt (Y x T); syndicates.scarred (0: its row of burnt is zero).
    Reads   own_raids (Y x T), syndicates.raids; compounds, in weeks with a raid; territories.news, standing_risk.

    What happened to one's own crews counts where it is worse than the news. With no news the belief decays to the place's
    standing risk; it never freezes. Alternatives (params.structure.beliefs): none, the standing risk for ever; bayesian, the
    same speed both ways, as a gamma-Poisson learner who forgets would have it.
    """
    p, raids = params.beliefs, 0
    rise = p.steady if params.structure.beliefs == BAYESIAN else p.rise
    fall = p.steady if params.structure.beliefs == BAYESIAN else p.fall
    standing, told = np.empty(len(territories)), np.empty(len(territories))
    for t in range(len(territories)):
        standing[t] = territories[t].standing_risk
        told[t] = max(standing[t], territories[t].news)
    for y in range(clock.syndicates):
        raids += syndicates[y].raids
    if raids > 0:  # hardly ever
        remember_own(burnt, own_raids, syndicates, compounds, params, clock)
    for y in range(clock.syndicates):
        if syndicates[y].scarred:
            scars, fading = 0, p.memory_rate if syndicates[y].raids == 0 else 0.0
            for t in range(len(territories)):
                burnt[y, t] -= fading * burnt[y, t]
                scars += burnt[y, t] > 0.0
            for t in range(len(territories)):
                gap = max(told[t], burnt[y, t]) - belief[y, t]
                belief[y, t] += rise * gap if gap > 0.0 else fall * gap
            syndicates[y].scarred = scars > 0
        else:
            for t in range(len(territories)):
                gap = told[t] - belief[y, t]
                belief[y, t] += rise * gap if gap > 0.0 else fall * gap
        if params.structure.beliefs == NO_LEARNING:
            for t in range(len(territories)):
                belief[y, t] = standing[t]


@rule
def remember_own(burnt, own_raids, syndicates, compounds, params, clock):
    """Syndicates that were raided remember it, per crew that they have in a place.   Writes  burnt, syndicates.scarred."""
    p, crews = params.beliefs, np.zeros(own_raids.shape, np.int64)
    for i in range(clock.compounds):
        if compounds[i].status == OPEN:
            crews[compounds[i].syndicate, compounds[i].territory] += 1
    for y in range(clock.syndicates):
        for t in range(own_raids.shape[1] if syndicates[y].raids > 0 else 0):
            suffered = own_raids[y, t] / max(crews[y, t], 1) * WEEKS_PER_YEAR
            burnt[y, t] += p.memory_rate * (min(suffered, p.news_cap) - burnt[y, t])
            syndicates[y].scarred = 1


@rule
def scout(known, syndicates, territories, distance_km, params, clock, chance):
    """Now and then a syndicate learns of one more place, a near one sooner than a far one.

    Writes  known (Y x T).   Reads syndicates.home, distance_km.
    """
    p, drawn, score = params.beliefs, np.empty(clock.syndicates), np.empty(len(territories))
    for y in range(len(drawn)):  # by themselves: several syndicates at a time
        drawn[y] = uniform(chance, syndicates[y].identity, SCOUT)
    for y in range(len(drawn)):
        if drawn[y] >= p.scouting:
            continue
        best, place = -np.inf, -1
        draw_gumbels(score, chance, syndicates[y].identity, SCOUT, territories.identity)
        for t in range(len(score)):
            score[t] -= distance_km[syndicates[y].home, t] / p.scouting_km
        for t in range(len(score)):
            if score[t] > best and not known[y, t]:
                best, place = score[t], t
        if place >= 0:
            known[y, place] = 1

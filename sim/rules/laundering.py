"""Steps 8 and 9: laundering: what it costs to bring the money of each scheme home, by place and route."""

import numpy as np

from sim.compiled import rule
from sim.state import ROUTES


@rule
def price_routes(laundry, dearness, territories, schemes, levers, params, clock):
    """Price the cheapest way to launder the takings of each scheme in each place.

    Writes  laundry (T x M, share of the takings), territories.laundering (mean over schemes), clock.laundering (over places);
            dearness (ROUTES x T): what each way costs. While that stays, so does all that follows from it.

    A route costs its usual fee, less where officials are corrupt, plus its exposure to the controls in force: those that hold
    everywhere in full, those of one jurisdiction but for the share that is cashed out elsewhere. A scheme pays by its own route,
    or by another at a surcharge, whichever is cheaper: controls on one route push money to the others.
    """
    p, mean, places = params.laundering, 0.0, len(territories)
    now, cheapest, fees, changed = np.empty((ROUTES, places)), np.empty((ROUTES, places)), np.zeros(places), 0
    for t in range(places):
        place, lever = territories[t], levers.territory[t]
        controls = levers.everywhere[0].kyc + lever.kyc * (1.0 - p.cashed_out_elsewhere)
        ease = 1.0 - p.corruption_discount * place.corruption * (1.0 - lever.corruption_removed)
        now[0, t] = p.crypto * ease + p.crypto_exposed * controls
        now[1, t] = p.underground * ease + p.underground_exposed * controls
        now[2, t] = p.mules * ease + p.mules_exposed * controls
    for route in range(ROUTES):
        for t in range(places):
            changed += now[route, t] != dearness[route, t]
            dearness[route, t] = now[route, t]
    if changed == 0:  # nor has any price
        return
    for own in range(ROUTES):
        for t in range(places):
            cheapest[own, t] = 1.0
        for route in range(ROUTES):
            surcharge = 0.0 if route == own else p.other_route
            for t in range(places):
                cheapest[own, t] = min(cheapest[own, t], dearness[route, t] + surcharge)
    for m in range(len(schemes)):
        own = schemes[m].route
        for t in range(places):
            fees[t] += cheapest[own, t] / len(schemes)
        for t in range(places):
            laundry[t, m] = cheapest[own, t]
    for t in range(places):
        territories[t].laundering = fees[t]
        mean += fees[t] / places
    clock.laundering = mean


@rule
def charge_fees(fees, compounds, mix, laundry, schemes):
    """The share of its takings that each crew pays to launderers, by its mix of schemes.   Writes  fees."""
    takings = np.empty(len(fees))
    for i in range(len(fees)):
        place, paid, taken = compounds[i].territory, 0.0, 0.0
        for m in range(len(schemes)):
            part = mix[i, m] * schemes[m].conversion * schemes[m].lift * schemes[m].ticket
            paid += part * laundry[place, m]
            taken += part
        fees[i], takings[i] = paid, taken
    for i in range(len(fees)):
        fees[i] = fees[i] / takings[i] if takings[i] > 0.0 else 0.0

"""What a crew weighs when it thinks about its site: each option, what it is worth to the crew, and how likely it is to take it.

The worth of places and the cost of moves are those of the rules; `tests/test_trace.py` holds the rest against the choice that
the rules then make.
"""

import numpy as np

from sim.rules.worth import cost_of_move, worth_of_place
from sim.state import EXIT, EXPELLED, HIDE, NESTED, OFF, OWN_COUNTRY, STAY, TIPPED_OFF, World

OPTIONS = ("exit", "stay", "hide", "own_country", "abroad", "out_of_region")  # nests, as numbered in sim.state
NESTS = {OWN_COUNTRY: "similar_own", OWN_COUNTRY + 1: "similar_abroad", OWN_COUNTRY + 2: "similar_remote"}


def weighed(world: World, row: int) -> list[dict]:
    """What each option is worth to a crew on these tables, in USD per person over its planning horizon, and how likely it is.

    nest, place (-1 none), belief (raids per compound-year that its owner expects there), worth_usd, cost_usd, tie_usd, net_usd
    (worth - cost + ties), probability (of the nested logit, before chance; empty under another rule of choice).
    """
    params, levers, territories = world.params[0], world.lever, world.territories
    crew, p = world.compounds[row], world.params["site_choice"][0]
    here, y = int(crew["territory"]), int(crew["syndicate"])

    def option(nest, place, belief, worth, cost=0.0, tie=0.0):
        values = {"worth_usd": float(worth), "cost_usd": float(cost), "tie_usd": float(tie), "net_usd": float(worth - cost + tie)}
        return {"nest": nest, "place": place, "belief": belief, **values}

    sold_off = (1.0 - p["salvage"]) * max(crew["capital"], 0.0) / max(crew["workers"], 1.0)
    found = [option(EXIT, -1, np.nan, p["outside"], sold_off)]
    if crew["ask"] != EXPELLED:
        risk = float(world.belief[y, here]) + (float(p["alarm"]) if crew["ask"] == TIPPED_OFF else 0.0)
        for nest in (STAY, HIDE):
            place, lever = territories[here], levers.territory[here]
            found.append(option(nest, -1, risk, worth_of_place(crew, place, place, risk, lever, nest == HIDE, params)))
    for t in range(len(territories)) if world.params["structure"]["mobility"][0] != OFF else ():
        there = territories[t]
        if t == here or not world.known[y, t] or there["expels"] or there["capacity"] <= 0.0:
            continue
        risk = float(world.belief[y, t])
        worth = worth_of_place(crew, territories[here], there, risk, levers.territory[t], False, params)
        cost = cost_of_move(here, t, territories, world.distance_km, world.crossing, levers, params)
        nest = OWN_COUNTRY + int(world.crossing[here, t])
        found.append(option(nest, t, risk, worth, cost, float(p["tie"] * world.ties[y, t])))
    nested = world.params["structure"]["choice"][0] == NESTED
    return [one | {"probability": share if nested else np.nan} for one, share in zip(found, _shares(found, p), strict=True)]


def _shares(options: list[dict], p) -> np.ndarray:
    """Probability of each option under the nested logit: of its nest by inclusive value, times its own within the nest."""
    value = np.array([option["net_usd"] for option in options]) / p["noise"]
    nest, within, inclusive = np.array([option["nest"] for option in options]), np.ones(len(options)), {}
    for kind in np.unique(nest):
        mine, similar = nest == kind, p[NESTS[kind]] if kind in NESTS else 1.0
        weight = np.exp((value[mine] - value[mine].max()) / similar)
        within[mine] = weight / weight.sum()
        inclusive[kind] = value[mine].max() + similar * np.log(weight.sum())
    whole = np.array([inclusive[kind] for kind in nest])
    highest = max(inclusive.values())
    return within * np.exp(whole - highest) / sum(np.exp(one - highest) for one in inclusive.values())

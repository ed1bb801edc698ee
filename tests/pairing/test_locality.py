"""What happens in a component of its own stays there, to the bit; and what ties it to the rest is known by name."""

import numpy as np
import pytest
from running import differences, run

from .island import CUT, ISLAND, START, elsewhere, with_island

WEEKS = 70
HERE = {"start": str(START), "territories": [ISLAND]}
LEVERS = {
    "raids": {"lever": "raid_campaign", "actors": ["isle"], "effort": 12, "budget": 10, **HERE},
    "arrests": {"lever": "leader_arrests", "rate": 2, **HERE},
    "shield": {"lever": "shield_removal", "share": 0.9, **HERE},
    "utilities": {"lever": "utility_cut", "share": 0.8, **HERE},
    "border": {"lever": "border_closure", "share": 0.9, **HERE},
    "exchanges": {"lever": "exchange_controls", "laundering": 0.4, **HERE},
    "sanctions": {"lever": "sanctions", "syndicates": ["isle_crews"], "laundering": 0.5, "start": str(START)},
    "seizure": {"lever": "asset_seizure", "syndicates": ["isle_crews"], "rate": 5, "start": str(START)},
}


def after(seed=2, **asked):
    """The world with an island some weeks on, and its region."""
    scenario = with_island(**asked)
    return run(scenario, WEEKS, seed), scenario.region


def rest(seed=2, **asked):
    """What there is of everybody else by then."""
    return elsewhere(*after(seed, **asked))


@pytest.mark.parametrize("seed", [2, 5])
def test_one_more_crew_where_nothing_ties_it_to_others_leaves_them_as_they_were_to_the_bit(seed):
    (world, region), alone = after(seed), rest(seed, site=False)
    crowd = world.compounds[: int(world.clock["compounds"][0])]
    mine = crowd[crowd["syndicate"] == region.index("syndicates")["isle_crews"]]
    assert len(mine) and mine["revenue"].max() > 0, "the crew does nothing: nothing was tried"
    assert len(alone["compounds.status"]) > 20 and len(alone["moves.week"]) > 3, "nobody else moved: nothing was tried"
    assert differences(elsewhere(world, region), alone) == []


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_on_an_island_leaves_the_rest_as_it_was_to_the_bit(lever):
    (pulled, region), (left, _) = after(levers=(LEVERS[lever],)), after()
    own = region.index("syndicates")["isle_crews"]
    with_it, without = (world.compounds[world.compounds["syndicate"] == own].tobytes() for world in (pulled, left))
    assert with_it != without or pulled.syndicates[own] != left.syndicates[own], "the lever does nothing: nothing was tried"
    assert differences(elsewhere(pulled, region), elsewhere(left, region)) == []


@pytest.mark.parametrize("tie", [tie for tie in CUT if tie != "scouting"])
def test_each_thing_that_crews_share_ties_them_together(tie):
    """Otherwise the cuts above would not be what keeps the rest as it was."""
    raided = (LEVERS["raids"],) if tie == "news" else ()
    with_it, without = rest(tied_by=(tie,), levers=raided), rest(tied_by=(tie,), levers=raided, site=False)
    assert differences(with_it, without), f"{tie} ties nobody together: no need to cut it"


def test_a_syndicate_that_learns_of_the_island_may_go_there():
    world, region = after(tied_by=("scouting",), seed=3)
    place = region.index("territories")[ISLAND]
    others = np.arange(len(region.syndicates)) != region.index("syndicates")["isle_crews"]
    assert world.known[: len(others)][others][:, place].any()
    assert not after(seed=3)[0].known[: len(others)][others][:, place].any()

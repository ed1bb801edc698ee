"""One decision's draws never shift another's: no two share a key, and re-drawing one leaves every other draw as it was.

Every draw of a run is listened to, in a process without the compiler.
"""

import json

import numpy as np
import pytest
from running import in_another_process

from sim import randomness

DECISIONS = {int(value): name for name, value in vars(randomness).items() if name.isupper() and not name.startswith("_")}

LISTEN = """
import dataclasses, json, sys
import numpy as np
from running import advance, around_start
from sim import load_scenario, randomness
from sim.interventions import load_interventions
from sim.world import new_world

plain, redrawn, drawn, asking = randomness.draw_key, 0, {{}}, {{}}

def listening(chance, who, decision, alternative):
    moved = decision + np.uint64(1 << 40) if int(decision) == redrawn else decision
    bits = plain(chance, who, moved, alternative)
    key = f"{{int(chance.key)}}/{{int(who)}}/{{int(decision)}}/{{int(alternative)}}"
    frame = sys._getframe(1)
    while frame.f_globals["__name__"] == "sim.randomness":
        frame = frame.f_back
    drawn[key] = int(bits)
    asking.setdefault(key, set()).add(frame.f_globals["__name__"] + "." + frame.f_code.co_name)
    return bits

randomness.draw_key = listening

def draws(number):
    global redrawn, drawn, asking
    redrawn, drawn, asking = number, {{}}, {{}}
    advance(new_world(scenario, 3), {weeks}, load_interventions(scenario))
    return drawn, {{key: sorted(found) for key, found in asking.items()}}

scenario = {scenario}
usual, rules = draws(0)
told = {{}}
for number in {numbers} or sorted({{int(key.split("/")[2]) for key in usual}}):
    anew = draws(number)[0]
    both = {{key: usual[key] == anew[key] for key in usual if key in anew}}
    mine = [same for key, same in both.items() if int(key.split("/")[2]) == number]
    others = [key for key in both if int(key.split("/")[2]) != number]
    told[number] = len(mine), sum(mine), len(others), [key for key in others if not both[key]]
print(json.dumps([usual, rules, told]))
"""
PLAIN = 'around_start("toy", "kokang_crackdown", 1, 5)'
BUSY = """load_scenario(region="toy", start="2019-01-07", end="2019-12-30", params={
    "structure": {"states": "endogenous"}, "growth": {"split_size": 300}, "enforcement": {"leak": 0.5, "leader_caught": 0.2},
})
scenario = dataclasses.replace(scenario, interventions=tuple({"start": "2019-01-07"} | lever for lever in [
    {"lever": "raid_campaign", "actors": ["arda", "borin"], "effort": 300, "budget": 9},
    {"lever": "staged_raids", "rate": 3, "territories": ["borin_port"]}, {"lever": "leader_arrests", "rate": 10},
    {"lever": "armed_offensive", "rate": 20, "by": "north_guard", "territories": ["borin_inland"]},
    {"lever": "extradition", "share": 0.9},
]))"""  # a world in which nearly everything is decided within weeks
NEVER_DRAWN = {"CHILD", "RAID_BY"}  # identities of children are hashed with the one; the other is drawn by no rule


def listen(scenario: str, weeks: int, *names: str) -> tuple[dict, dict, dict]:
    """Key of each draw of a few weeks -> its bits; key -> the rules that drew it; and, for each decision (no names: all that are
    drawn) when it is drawn anew: how many of its draws are made in both worlds, how many of those are as they were, how many
    draws of other decisions are made in both, and which of those are not as they were. One process for all.
    """
    numbers = [int(getattr(randomness, name)) for name in names]
    usual, rules, told = json.loads(
        in_another_process(LISTEN.format(scenario=scenario, weeks=weeks, numbers=numbers), NUMBA_DISABLE_JIT="1")
    )
    return usual, rules, {DECISIONS[int(number)]: found for number, found in told.items()}


@pytest.fixture(scope="module")
def heard():
    """What a run draws as it is, and with some decisions drawn anew."""
    return listen(PLAIN, 6, *FEW)


FEW = ("RAID", "TAKINGS", "SCOUT", "REVIEW")


def decision(key: str) -> str:
    """Name of the decision of a key seed-and-week/who/decision/alternative."""
    return DECISIONS[int(key.split("/")[2])]


def test_no_draw_serves_two_rules(heard):
    shared = {decision(key): rules for key, rules in heard[1].items() if len(rules) > 1}
    assert shared == {}
    assert len({decision(key) for key in heard[0]}) > 12, "few decisions were drawn: little was tried"


def only_its_own(told: tuple) -> bool:
    """Whether all draws of a decision that was drawn anew changed, and none of any other."""
    mine, as_they_were, others, shifted = told
    return mine > 0 and as_they_were == 0 and others > 500 and shifted == []


@pytest.mark.parametrize("name", FEW)
def test_drawing_one_decision_anew_leaves_every_other_draw_as_it_was(heard, name):
    assert only_its_own(heard[2][name]), heard[2][name]


@pytest.mark.slow
def test_so_does_every_decision_that_there_is():
    told = listen(BUSY, 11)[2]
    assert set(DECISIONS.values()) - told.keys() == NEVER_DRAWN
    assert [name for name, found in told.items() if not only_its_own(found)] == []


def test_every_number_of_a_decision_is_drawn_from_by_name():
    assert len(DECISIONS) > 25 and max(DECISIONS) < 1001, "kinds of agent that join a world number theirs from 1001 on"
    assert sorted(DECISIONS) == list(np.unique(list(DECISIONS)))

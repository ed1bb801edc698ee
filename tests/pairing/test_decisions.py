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
import json, sys
import numpy as np
from running import run, scenario_on, around_start
from sim import randomness

plain, drawn, asking = randomness.draw_key, {{}}, {{}}
redrawn = {redrawn}

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
run(around_start("toy", "kokang_crackdown", 1, 5), {weeks}, 3)
print(json.dumps([drawn, {{key: sorted(found) for key, found in asking.items()}}]))
"""


def draws(redrawn: int = 0, weeks: int = 6) -> tuple[dict, dict]:
    """Key of each draw of a few weeks -> its bits; and -> the rules that drew it. One decision may be drawn anew."""
    return tuple(json.loads(in_another_process(LISTEN.format(redrawn=redrawn, weeks=weeks), NUMBA_DISABLE_JIT="1")))


@pytest.fixture(scope="module")
def heard():
    """What a run draws as it is."""
    return draws()


def decision(key: str) -> str:
    """Name of the decision of a key seed-and-week/who/decision/alternative."""
    return DECISIONS[int(key.split("/")[2])]


def test_no_draw_serves_two_rules(heard):
    shared = {decision(key): rules for key, rules in heard[1].items() if len(rules) > 1}
    assert shared == {}
    assert len({decision(key) for key in heard[0]}) > 12, "few decisions were drawn: little was tried"


@pytest.mark.parametrize("name", ["RAID", "TAKINGS", "SCOUT", "REVIEW"])
def test_drawing_one_decision_anew_leaves_every_other_draw_as_it_was(heard, name):
    anew = draws(int(getattr(randomness, name)))[0]
    both = heard[0].keys() & anew.keys()
    mine = [key for key in both if decision(key) == name]
    assert mine and all(heard[0][key] != anew[key] for key in mine)
    others = [key for key in both if decision(key) != name]
    assert len(others) > 500 and [decision(key) for key in others if heard[0][key] != anew[key]] == []


def test_every_number_of_a_decision_is_drawn_from_by_name():
    assert len(DECISIONS) > 25 and max(DECISIONS) < 1001, "kinds of agent that join a world number theirs from 1001 on"
    assert sorted(DECISIONS) == list(np.unique(list(DECISIONS)))

"""The decisions of a week: what is drawn or chosen, by whom, in which rule, and how it came out.

A decision is a column that holds a choice (a raid or none, a nest, a place, a course) once its rule is done. While none came out
differently two worlds hold the same crews in the same rows, so that the first that does is found by comparing rows.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from experiments.closeup.differing import entity, named
from experiments.common.steps import chance_of, steps
from sim import randomness
from sim.elementary import exp, tanh
from sim.randomness import identity_of, uniform
from sim.scenario import Scenario
from sim.state import CLOSED, EXPELLED, NOT_ASKED, OFF, ROUTINE, World

NESTS = ("leaves the business", "stays", "hides", "moves within the country", "moves abroad", "moves out of the region")
COURSES, STANCES = ("protect", "expel", "stage", "raid", "realign"), ("tolerate", "stage", "suppress")
NO_OR_YES = ("no", "yes")
ONE_UNIFORM = ("RAID", "STAGED", "LEAK", "REVIEW", "SPLIT", "ENTRY", "INCIDENT", "JOIN", "OFFENSIVE", "HANDED_OVER")


class Decision(NamedTuple):
    """rule: which takes it   draw: by which it falls (sim.randomness; "" by a threshold)   who: the table of those who decide
    read: a world -> how it came out for each   words: of the outcomes, or the table of the region whose rows they are, or ""
    turn: it is a decision to change what is read, to whatever value."""

    rule: str
    what: str
    draw: str
    who: str
    read: Callable[[World], np.ndarray]
    words: tuple[str, ...] | str = NO_OR_YES
    turn: bool = False


class Outcome(NamedTuple):
    """A decision that came out differently in two worlds: for whom first, for how many, and how in each."""

    decision: Decision
    row: tuple[int, ...]
    differ: int
    values: tuple


def _raid(world: World, staged: int) -> np.ndarray:
    return (world.compounds["raid_week"] >= world.clock["week"][0]) & (world.compounds["raid_staged"] == staged)


def _split(world: World) -> np.ndarray:
    crews, used = world.compounds, int(world.clock["compounds"][0])
    born = crews["founded"][:used] == world.clock["week"][0]
    parents = crews["parent"][:used][born]
    return np.isin(crews["lineage"], parents[parents != 0])


def _pieces(world: World) -> np.ndarray:
    used = int(world.clock["syndicates"][0])
    return np.bincount(world.syndicates["family"][:used], minlength=len(world.syndicates))


def slots(world: World) -> list[np.uint64]:
    """Who may enter this week: the identities of its slots."""
    week = world.clock["week"][0]
    return [np.uint64(identity_of(week, slot)) for slot in range(int(world.params["entry"]["slots"][0]))]


def _drawn_in(world: World) -> np.ndarray:
    params, clock, chance = world.params[0], world.clock[0], chance_of(world)
    if params["structure"]["entry"] == OFF:
        return np.zeros(len(slots(world)), bool)
    pull = params["entry"]["rate"] * max(tanh(clock["margin"] / params["growth"]["margin_scale"]), 0.0)
    return np.array([uniform(chance, who, randomness.ENTRY) < 1.0 - exp(-pull) for who in slots(world)])


def _entrants(column: str) -> Callable[[World], np.ndarray]:
    def read(world: World) -> np.ndarray:
        used = int(world.clock["compounds"][0])
        row = {int(lineage): n for n, lineage in enumerate(world.compounds["lineage"][:used])}
        values = world.compounds[column]
        return np.array([int(values[row[int(who)]]) if int(who) in row else -1 for who in slots(world)])

    return read


def _column(table: str, column: str, value: int | None = None) -> Callable[[World], np.ndarray]:
    def read(world: World) -> np.ndarray:
        values = np.asarray(getattr(world, table)[column])
        return values if value is None else values == value

    return read


DECISIONS = (  # those of a rule in the order in which it takes them
    Decision("feel", "incidents that it remembers", "INCIDENT", "states", _column("states", "incident"), ""),
    Decision("deal", "acts together with others", "JOIN", "states", _column("states", "joined")),
    Decision("deal", "changes its policy at home", "", "states", _column("states", "aim_home"), turn=True),
    Decision("deal", "changes its policy of raids for show", "", "states", _column("states", "aim_mock"), turn=True),
    Decision("deal", "changes its policy abroad", "", "states", _column("states", "aim_abroad"), turn=True),
    Decision("deal", "stance", "", "states", _column("states", "stance"), STANCES),
    Decision("choose_course", "course", "STANCE", "protectors", _column("protectors", "course"), COURSES),
    Decision("change_hands", "is held by", "OFFENSIVE", "territories", _column("territories", "protector"), "protectors"),
    Decision("change_hands", "is told to leave", "OFFENSIVE", "compounds", _column("compounds", "ask", EXPELLED)),
    Decision("plan_raids", "is to be raided", "RAID", "compounds", lambda world: _raid(world, 0)),
    Decision("plan_raids", "is to be raided for show", "STAGED", "compounds", lambda world: _raid(world, 1)),
    Decision("plan_raids", "hears of the raid beforehand", "LEAK", "compounds", _column("compounds", "warned")),
    Decision("carry_out_raids", "managers at large", "MANAGER_CAUGHT", "syndicates", _column("syndicates", "managers"), ""),
    Decision("carry_out_raids", "leaders at large", "LEADER_CAUGHT", "syndicates", _column("syndicates", "leaders"), ""),
    Decision("strike_elsewhere", "leaders handed over", "HANDED_OVER", "syndicates", _column("syndicates", "handed_over"), ""),
    Decision("strike_elsewhere", "leaders at large", "ARREST or BOUGHT_OUT", "syndicates", _column("syndicates", "leaders"), ""),
    Decision("scout", "knows the place", "SCOUT", "known", lambda world: world.known),
    Decision("close_broke", "closes", "", "compounds", _column("compounds", "status", CLOSED)),
    Decision("split", "sends half of itself off", "SPLIT", "compounds", _split),
    Decision("fragment", "pieces of the family", "FRAGMENT", "syndicates", _pieces, ""),
    Decision("fragment", "belongs to", "FRAGMENT", "compounds", _column("compounds", "syndicate"), "syndicates"),
    Decision("decide", "reviews its site unasked", "REVIEW", "compounds", _column("compounds", "ask", ROUTINE)),
    Decision("decide", "thinks about its site", "", "compounds", lambda world: world.compounds["ask"] != NOT_ASKED),
    Decision("decide", "what it chooses", "NEST", "compounds", _column("compounds", "wish"), NESTS),
    Decision("decide", "where it would go", "PLACE", "compounds", _column("compounds", "bound_for"), "territories"),
    Decision("act", "in which cell", "CELL, or PRIORITY where room is short", "compounds", _column("compounds", "cell"), "cells"),
    Decision("act", "week of its arrival", "DELAY", "compounds", _column("compounds", "arrives"), ""),
    Decision("enter", "is drawn in", "ENTRY", "slots", _drawn_in),
    Decision("enter", "founded by", "ENTRANT_SYNDICATE", "slots", _entrants("syndicate"), "syndicates"),
    Decision("enter", "where it starts", "PLACE", "slots", _entrants("territory"), "territories"),
    Decision("enter", "in which cell it starts", "CELL", "slots", _entrants("cell"), "cells"),
)


def first_outcome(worlds: list[World]) -> Outcome | None:
    """Step two worlds through the rules of a week until a decision comes out differently; None if none does."""
    for rule, call in steps():
        mine = [decision for decision in DECISIONS if decision.rule == rule]
        before = [[decision.read(world).copy() if decision.turn else None for world in worlds] for decision in mine]
        for world in worlds:
            call(world)
        for decision, were in zip(mine, before, strict=True):
            now = [decision.read(world) for world in worlds]
            if decision.turn:
                now = [is_now != was for is_now, was in zip(now, were, strict=True)]
            rows = min(map(len, now))
            first, second = (values[:rows] for values in now)
            differ = np.argwhere(np.abs(first.astype(float) - second) > 0.5)  # fading counts differ by one when an event does
            if len(differ):
                row = tuple(int(n) for n in differ[0])
                return Outcome(decision, row, len(differ), (first[row], second[row]))
    return None


def told(outcome: Outcome, worlds: list[World], names: list[str], scenario: Scenario) -> Iterator[str]:
    """A decision that came out differently, in three lines: what and by which draw, whose, and how in each world."""
    decision, row, differ, values = outcome
    more = f"  ({differ} differ)" if differ > 1 else ""
    by = f"draw {decision.draw}" if decision.draw else "by a threshold, without a draw"
    yield f"{decision.rule}: {decision.what} ({by})"
    yield f"  {_who(decision.who, row, worlds[0], scenario)}{_luck(decision, row, worlds)}{more}"
    for name, value in zip(names, values, strict=True):
        yield f"  {name}: {_words(decision.words, value, scenario)}"


def _who(table: str, row: tuple[int, ...], world: World, scenario: Scenario) -> str:
    if table == "slots":
        return f"the entrant of slot {row[0]}, {int(slots(world)[row[0]]):016x}"
    found = entity(table, row, world, scenario)
    if table != "compounds":
        return found
    place, group = (int(world.compounds[name][row]) for name in ("territory", "syndicate"))
    return f"{found} in {named('territories', place, scenario)}, of {named('syndicates', group, scenario)}"


def _luck(decision: Decision, row: tuple[int, ...], worlds: list[World]) -> str:
    """The uniform that decided, where it was one."""
    if decision.draw not in ONE_UNIFORM:
        return ""
    drawn = []
    for world in worlds:
        column = "lineage" if decision.who == "compounds" else "identity"
        who = slots(world)[row[0]] if decision.who == "slots" else np.uint64(getattr(world, decision.who)[column][row[0]])
        drawn.append(f"{uniform(chance_of(world), who, getattr(randomness, decision.draw)):.6g}")
    return f", draw {drawn[0]} in both" if drawn[0] == drawn[1] else f", draws {drawn[0]} and {drawn[1]}"


def _words(words: tuple[str, ...] | str, value, scenario: Scenario) -> str:
    if isinstance(words, tuple):
        return words[int(value)]
    return named(words, int(value), scenario) if words else f"{value:.6g}"

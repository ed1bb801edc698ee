"""What one world does, week by week: who holds which place, what states do, and what a few crews see, weigh and choose.

The world itself is stepped by the week, so it is the world of any other run, to the bit. Beside it a copy is stepped rule by
rule as far as the site choice: there a crew still has its question and its wish, and the tables are those it decides on.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.closeup.weighing import OPTIONS, weighed
from experiments.common.steps import copied, steps
from sim import model
from sim.agents import join_world
from sim.interventions import load_interventions, pull
from sim.scenario import Scenario
from sim.state import CAUSES, CLOSED, MOVING, NOT_ASKED, OPEN, OWN_COUNTRY, STANCES, STATES_ENDOGENOUS, World, real
from sim.world import enlarged, new_world

STATUS = {OPEN: "open", MOVING: "moving", CLOSED: "closed"}
COURSES = ("tolerate", "stage", "suppress")  # of a state that decides
POLICY = "policy"  # and of one that follows the policy it is given
HELD = ("protect", "expel", "stage", "raid", "realign")  # courses of a holder
NUMBERS = ("workers", "capital", "outlook", "earning", "hazard", "bribe_rate", "cover", "backup", "hidden", "moved")


def largest(scenario: Scenario, seed: int, week: int, count: int) -> list[int]:
    """Lineages of the largest crews that are open in the target as a week begins (anywhere, without a target), largest first."""
    world, interventions, joined = _new(scenario, seed)
    for number in range(week):
        world = enlarged(world)
        pull(world, interventions, number)
        _step(world, joined)
    crews, places = world.compounds, scenario.region.index("territories")
    there = crews["status"] == OPEN
    if scenario.target:
        there &= np.isin(crews["territory"], [places[name] for name in scenario.target])
    rows = np.flatnonzero(there)
    order = np.lexsort((crews["lineage"][rows], -crews["workers"][rows]))
    return [int(lineage) for lineage in crews["lineage"][rows[order[:count]]]]


def watch(scenario: Scenario, seed: int, lineages: Sequence[int], tell=lambda: None) -> dict[str, pd.DataFrame]:
    """One run from start to end, as tables by name; `date` is the first day of a week, values are those at its end.

    timeline   a row per week and territory: holder, its stance and course, terms, raids, people
    states     a row per week and state: what it does, at home and abroad
    effort     a row per week, state and territory in which it spends any (raids per compound-year)
    traces     a row per week and crew, until it closes
    options    a row for each thing that a crew could do, in each week in which it thinks about its site
    """
    world, interventions, joined = _new(scenario, seed)
    found = {name: [] for name in ("timeline", "states", "effort", "traces", "options")}
    wanted, ended = np.array(lineages, np.uint64), set()
    for number in range(scenario.weeks):
        world = enlarged(world)
        pull(world, interventions, number)
        decided = _decisions(world, wanted, scenario)
        logged = int(world.clock["moves"][0])
        _step(world, joined)
        date = {"date": np.datetime64(scenario.date(number))}
        found["timeline"].append(pd.DataFrame(date | _places(world, scenario)))
        found["states"].append(pd.DataFrame(date | _states(world, scenario)))
        found["effort"].append(pd.DataFrame(date | _efforts(world, scenario)))
        for row in _rows(world, wanted):
            lineage = int(world.compounds["lineage"][row])
            if lineage in ended:
                continue
            told, options = decided.get(lineage, ({}, []))
            found["traces"].append(date | _crew(world, row, logged, scenario) | told)
            found["options"] += [date | {"compound": f"{lineage:016x}"} | option for option in options]
            if world.compounds["status"][row] == CLOSED:
                ended.add(lineage)
        tell()
    return {name: _table(parts) for name, parts in found.items()}


def _new(scenario: Scenario, seed: int) -> tuple[World, list, dict]:
    world = new_world(scenario, seed)
    return world, load_interventions(scenario), join_world(world, scenario)


def _step(world: World, joined: dict) -> None:
    """A week of a world that is large enough and whose levers are written."""
    model.week(world)
    for kind in joined.values():
        kind.step(world)


def _rows(world: World, lineages: np.ndarray) -> list[int]:
    used = world.compounds["lineage"][: int(world.clock["compounds"][0])]
    return [int(row) for row in np.flatnonzero(np.isin(used, lineages))]


def _decisions(world: World, lineages: np.ndarray, scenario: Scenario) -> dict[int, tuple[dict, list]]:
    """Lineage -> (what befell it and what it chose this week, what it weighed), from a copy of a world about to be stepped."""
    if not any(world.compounds["status"][row] in (OPEN, MOVING) for row in _rows(world, lineages)):
        return {}
    world = copied(world)
    for name, call in steps():
        call(world)
        if name == "decide":
            break
    else:
        raise RuntimeError("the week has no step 'decide': see sim/model.py")
    places = scenario.region.names("territories")
    found = {}
    for row in _rows(world, lineages):
        crew = world.compounds[row]
        if crew["status"] != OPEN:
            continue
        here, bound = int(crew["territory"]), int(crew["bound_for"])
        struck = crew["raid_week"] == world.clock["week"][0] and crew["raid_territory"] == here
        told = {
            "from_territory": places[here],
            "raid": ("staged" if crew["raid_staged"] else "real") if struck else "",
            "ask": CAUSES[crew["ask"]],
        }
        if crew["ask"] == NOT_ASKED:
            found[int(crew["lineage"])] = told, []
            continue
        options = weighed(world, row)
        for option in options:
            option["taken"] = option["nest"] == crew["wish"] and (option["place"] < 0 or option["place"] == bound)
            option["option"] = OPTIONS[option.pop("nest")]
            option["place"] = places[option["place"]] if option["place"] >= 0 else ""
        told["wish"] = OPTIONS[crew["wish"]]
        told["bound_for"] = places[bound] if crew["wish"] >= OWN_COUNTRY else ""
        head = {"from_territory": told["from_territory"], "ask": told["ask"], "workers": float(crew["workers"])}
        found[int(crew["lineage"])] = told, [head | option for option in options]
    return found


def _places(world: World, scenario: Scenario) -> dict:
    """The territories at the end of a week. Raids are counts of the week, tax and shield shares, staged raids a year per crew."""
    places, region = world.territories, scenario.region
    holders = world.protectors
    return {
        "territory": region.names("territories"), "name": [_short(row) for row in region.territories],
        "country": [row.country for row in region.territories],
        "holder": np.array(region.names("protectors"), object)[places["protector"]],
        "holder_name": np.array([_short(row) for row in region.protectors], object)[places["protector"]],
        "stance": np.array(STANCES, object)[places["stance"]],
        "course": np.array(HELD, object)[holders["course"][places["protector"]]], "expels": places["expels"].astype(bool),
        "shield": places["shield"], "tax": places["tax"], "pressure": places["pressure"] + places["pursued"],
        "staged_rate": places["staged"], "raids": places["raids"], "staged_raids": places["mocks"],
        "compounds": places["compounds"], "workers": places["workers"], "losses_usd": real(places["losses"]),
    }  # fmt: skip


def _states(world: World, scenario: Scenario) -> dict:
    """The states in a week. Raids a year: what their effort comes to with the crews that are there."""
    states, places, effort = world.states, world.territories, world.effort
    own = places["host"][None, :] == np.arange(len(states))[:, None]
    raids = effort * places["compounds"][None, :]
    deciding = world.params["structure"]["states"][0] == STATES_ENDOGENOUS
    course = np.array(COURSES, object)[states["stance"]] if deciding else np.full(len(states), POLICY, object)
    numbers = {name: states[name] if deciding else np.nan for name in ("home", "mock", "abroad", "anger", "cover", "pressure")}
    return {
        "state": scenario.region.names("states"), "name": [_short(row) for row in scenario.region.states],
        "country": [row.country for row in scenario.region.states], "course": course,
        "raids_a_year_home": (raids * own).sum(1), "raids_a_year_abroad": (raids * ~own).sum(1),
        "staged_a_year_home": (own * (places["staged"] * places["compounds"])[None, :]).sum(1), **numbers,
        "strained": states["strained"], "joined": (states["joined"] if deciding else np.zeros(len(states))).astype(bool),
    }  # fmt: skip


def _efforts(world: World, scenario: Scenario) -> dict:
    states, places = np.nonzero(world.effort > 0.0)
    region = scenario.region
    return {
        "state": np.array(region.names("states"), object)[states],
        "territory": np.array(region.names("territories"), object)[places],
        "at_home": world.territories["host"][places] == states, "effort": world.effort[states, places],
    }  # fmt: skip


def _crew(world: World, row: int, logged: int, scenario: Scenario) -> dict:
    """A crew at the end of a week: `cause` of its move or end this week, `split` crews sent off, places are territories."""
    crew, region = world.compounds[row], scenario.region
    place = int(crew["territory"])
    lines = np.asarray(world.moves[logged : int(world.clock["moves"][0])])
    mine = lines[lines["lineage"] == crew["lineage"]]
    effort = dict.fromkeys([pool.bloc for pool in region.pools], 0.0)
    for pool, share in zip(region.pools, world.targets[row], strict=True):
        effort[pool.bloc] += float(share)
    status, others = int(crew["status"]), world.compounds[: int(world.clock["compounds"][0])]
    born = (others["parent"] == crew["lineage"]) & (others["founded"] == world.clock["week"][0] - 1)
    return {
        "compound": f"{int(crew['lineage']):016x}", "territory": region.names("territories")[place],
        "country": region.territories[place].country, "status": STATUS[status],
        **{name: float(crew[name]) if name != "hazard" or status == OPEN else np.nan for name in NUMBERS},
        "belief": float(world.belief[int(crew["syndicate"]), place]), "ask": CAUSES[NOT_ASKED], "wish": "", "bound_for": "",
        "raid": "", "split": int(born.sum()), "from_territory": region.names("territories")[place],
        "cause": CAUSES[mine["cause"][-1]] if len(mine) else "",
        **{f"effort_{bloc}": share for bloc, share in effort.items()},
    }  # fmt: skip


def _short(row) -> str:
    """A name without what stands in brackets after it."""
    return row.name.partition(" (")[0]


def _table(parts: list) -> pd.DataFrame:
    if parts and isinstance(parts[0], pd.DataFrame):
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame(parts)

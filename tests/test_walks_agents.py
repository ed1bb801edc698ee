"""The walk of CONTRIBUTING.md for a kind of agent, on the toy region: brokers, in two files and a scenario, do something."""

import dataclasses
import datetime as dt
import importlib
import sys

import numpy as np
import pytest
from running import columns, differences, scenario_on

import sim
import sim.agents
import sim.rules
from sim import load_scenario, simulate
from sim.agents import join_world, load_agents
from sim.checks import check_week, totals
from sim.ensemble import run_ensemble
from sim.model import week
from sim.region import ConfigError
from sim.scenario import Scenario
from sim.world import enlarged, new_world

BASELINE = scenario_on("toy")

BROKERS = """\
'''Brokers: each works one route, from the place where it recruits to where the money is.'''

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.agents.view import RowAgent
from sim.randomness import identity
from sim.rules.brokerage import broker
from sim.state import Column, new_columns

COLUMNS = {
    "identity": Column("u8", "", "hash of the name"),
    "labour_pool": Column("i4", "row", "where it finds people"),
    "territory": Column("i4", "row", "where it brings them"),
    "served": Column("f8", "USD", "revenue of the places that it has worked for, so far"),
}


class Settings(BaseModel):
    '''each: brokers in every labour pool; ease: share of what is hard about a route that one of them takes away.'''

    model_config = ConfigDict(extra="forbid", frozen=True)
    each: Annotated[int, Field(ge=1, le=100)] = 1
    ease: Annotated[float, Field(ge=0, le=1)]


class Broker(RowAgent):
    '''A broker as a Mesa agent (a view).'''

    table = "brokers"


class Brokers:
    '''The brokers of a world.'''

    view = Broker

    def __init__(self, world, scenario, settings):
        pools = scenario.region.names("labour_pools")
        self.ease, self.usual = settings.ease, world.route.copy()
        self.names = [f"broker {n} in {pool}" for pool in pools for n in range(settings.each)]
        self.table = new_columns(COLUMNS, len(self.names))
        self.table["identity"] = [identity("broker", name) for name in self.names]
        self.table["labour_pool"] = np.repeat(np.arange(len(pools)), settings.each)

    def step(self, world):
        broker(self.table, world.route, self.usual, world.territories, self.ease, world.clock[0])


join = Brokers
"""
BROKERAGE = """\
'''Brokers follow the money, and make recruiting easier on the route they work.'''

import numpy as np

from sim.compiled import rule
from sim.randomness import chance_of_week, gumbel_of
from sim.state import real

ROUTE = np.uint64(1001)  # a decision number of its own


@rule
def broker(brokers, route, usual, territories, ease, clock):
    '''Each picks a place in proportion to the revenue there this week, and works the route to it.

    Writes  brokers.territory, served (USD); route (P x T, 0..1): usual + ease x (1 - usual) for each broker on it.
    '''
    chance = chance_of_week(clock.seed, clock.week)
    route[:] = usual
    for b in range(len(brokers)):
        agent = brokers[b]
        best = -np.inf
        for t in range(len(territories)):
            place = territories[t]
            if place.revenue <= 0:
                continue
            taste = np.log(real(place.revenue)) + gumbel_of(chance, agent.identity, ROUTE, place.identity)
            if taste > best:
                best, agent.territory = taste, t
        if best == -np.inf:
            continue
        agent.served += real(territories[agent.territory].revenue)
        route[agent.labour_pool, agent.territory] += ease * (1.0 - route[agent.labour_pool, agent.territory])
"""
BROKERED = """\
title: Brokers who follow the money
source: invented for a test
relative_to: baseline
expected: where takings are high, recruits come more easily, and crews grow there
rival: routes were no bottleneck
interventions: []
agents:
  - {kind: brokers, each: 2, ease: 0.8}
"""


@pytest.fixture
def brokers(tmp_path, monkeypatch, own_configs) -> Scenario:
    """The toy world of a scenario with brokers: the two files of the kind beside the shipped ones, and the scenario's."""
    for package, name, text in ((sim.agents, "brokers", BROKERS), (sim.rules, "brokerage", BROKERAGE)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    (own_configs / "scenario" / "brokered.yaml").write_text(BROKERED, encoding="utf-8")
    importlib.invalidate_caches()
    yield load_scenario("brokered", region="toy", start=BASELINE.start, end=BASELINE.end)
    for package, name in ((sim.agents, "brokers"), (sim.rules, "brokerage")):
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


def test_a_new_kind_of_agent_is_two_files_and_a_scenario_and_acts_in_a_plain_run(brokers):
    mine, usual = simulate(brokers, 1), simulate(BASELINE, 1)
    table = mine.joined["brokers"].table
    assert len(table) == 2 * len(BASELINE.region.labour_pools)
    revenue = mine.records.revenue.sum(axis=0)
    assert (table["served"] > 0).all() and np.isin(table["territory"], np.flatnonzero(revenue)).all(), "they go where money is"
    assert np.array_equal(mine.records.workers[0], usual.records.workers[0]), "the first week was over when they began"
    assert not np.array_equal(mine.records.workers, usual.records.workers)
    assert not usual.joined


def test_the_new_kind_acts_the_same_under_mesa_and_can_be_asked_there(brokers):
    model, run = sim.ScamNetwork(brokers, seed=1).run(weeks=26), simulate(dataclasses.replace(brokers, end=after(26)), 1)
    agents = model.agents_by_type[sys.modules["sim.agents.brokers"].Broker]
    table = model.joined["brokers"].table
    assert table.tobytes() == run.joined["brokers"].table.tobytes()
    assert agents.agg("served", sum) == pytest.approx(table["served"].sum())
    first = agents.to_list()[0]
    first.served = 7.0
    assert table["served"][0] == 7.0 == first.served
    with pytest.raises(AttributeError, match="no attribute or column 'mood'"):
        _ = first.mood


def after(weeks: int) -> dt.date:
    """Last day of a run of so many weeks."""
    return BASELINE.start + dt.timedelta(weeks=weeks - 1)


def test_a_world_with_the_new_kind_adds_up_and_recruits_come_more_easily_where_it_works(brokers):
    world = new_world(brokers, 1)
    joined = join_world(world, brokers)["brokers"]
    for _ in range(26):
        world = enlarged(world)
        before = totals(world)
        week(world)
        assert not check_week(world, before)
        joined.step(world)
    worked = np.zeros(world.route.shape, bool)
    worked[joined.table["labour_pool"], joined.table["territory"]] = True
    assert (world.route[worked] >= joined.usual[worked]).all() and (world.route[worked] > joined.usual[worked]).any()
    assert np.array_equal(world.route[~worked], joined.usual[~worked]), "a route that is left is as it was"


def test_the_new_kind_without_effect_leaves_the_world_as_it_was_to_the_bit(brokers):
    idle = dataclasses.replace(brokers, agents=({"kind": "brokers", "ease": 0.0},))
    left, right = (sim.ScamNetwork(scenario, seed=1).run(weeks=8).world for scenario in (idle, BASELINE))
    assert not differences(columns(left), columns(right))


def test_the_new_kind_runs_in_an_ensemble_beside_the_baseline(brokers):
    worlds = [dataclasses.replace(scenario, end=after(20)) for scenario in (BASELINE, brokers)]
    weekly = run_ensemble(worlds, seeds=[1, 2], workers=2)["weekly"]
    workers = weekly.pivot_table(index=["seed", "date"], columns="scenario", values="workers", aggfunc="sum", observed=True)
    assert (workers["baseline"] != workers["brokered"]).groupby("seed").any().all()


@pytest.mark.parametrize(
    ("agents", "says"),
    [
        (({"kind": "brokers", "ease": 2},), r"agents\[0\].ease: is 2; allowed: .*less than or equal to 1"),
        (({"kind": "brokers", "ease": 0.5, "mood": 1},), r"agents\[0\].mood: unknown key; allowed: each, ease"),
        (({"kind": "broker", "ease": 0.5},), r"agents\[0\].kind: 'broker' does not exist; allowed: brokers"),
        (("brokers",), r"agents\[0\].kind: 'brokers' is no mapping"),
        (({"kind": "brokers", "ease": 0.5},) * 2, r"agents\[1\].kind: 'brokers' is asked for twice"),
    ],
)
def test_a_scenario_that_asks_wrongly_for_a_kind_is_refused_in_one_line(brokers, agents, says):
    with pytest.raises(ConfigError, match=rf"^configs/scenario/brokered.yaml: {says}[^\n]*$"):
        load_agents(dataclasses.replace(brokers, agents=agents))

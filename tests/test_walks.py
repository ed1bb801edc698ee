"""The walks of CONTRIBUTING.md on the toy region: a scenario, an intervention and a kind of agent that are added do something.

Territories, protectors and pools: test_walks_region.py.
"""

import dataclasses
import datetime as dt
import importlib
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from running import columns, differences, first_start, run, scenario_on

import sim
from sim import interventions, load_scenario
from sim.agents.view import RowAgent
from sim.checks import check_week, totals
from sim.compiled import rule
from sim.interventions import load_interventions, pull
from sim.model import week
from sim.randomness import chance_of_week, identity, uniform
from sim.region import ConfigError
from sim.scenario import CONFIGS, Scenario, available
from sim.state import Column, new_table, real
from sim.world import enlarged, new_world

WEEKS = 52
BASELINE = scenario_on("toy")


def checked_run(scenario: Scenario, weeks: int = WEEKS):
    """The world after some weeks of which every one added up."""
    world, active = new_world(scenario, 1), load_interventions(scenario)
    for number in range(weeks):
        world = enlarged(world)
        pull(world, active, number)
        before = totals(world)
        week(world)
        assert not check_week(world, before)
    return world


# --- A scenario ----------------------------------------------------------------------------------

PORT = """\
title: A cut of the lines to the port
source: invented for a test
relative_to: baseline
expected: crews of the port take less, and some leave
rival: generators make up for it
target: []
interventions: []
region:
  toy:
    target: [borin_port]
    interventions:
      - {lever: utility_cut, territories: [borin_port], share: 0.8, start: 2019-03-04}
"""


@pytest.fixture
def own_configs(tmp_path, monkeypatch) -> Path:
    """A copy of the configs, for a test to add to."""
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path / "configs")
    return Path(shutil.copytree(CONFIGS, tmp_path / "configs"))


def test_a_new_scenario_is_one_file(own_configs):
    (own_configs / "scenario" / "port_lines.yaml").write_text(PORT, encoding="utf-8")
    assert "port_lines" in available("scenario")
    scenario = load_scenario("port_lines", region="toy", start="2019-01-07", end="2019-12-30")
    assert scenario.target == ("borin_port",)
    assert first_start(scenario) == dt.date(2019, 3, 4)
    port = scenario.region.index("territories")["borin_port"]
    without = dataclasses.replace(scenario, interventions=())
    assert not differences(columns(run(scenario, 8)), columns(run(without, 8))), "nothing before the start"
    cut, usual = checked_run(scenario, 10), checked_run(without, 10)
    assert cut.territories["supply"][port] == pytest.approx(0.2)
    assert cut.territories["revenue"][port] < 0.5 * usual.territories["revenue"][port]


def test_a_new_scenario_that_names_an_unknown_place_is_refused_in_one_line(own_configs):
    (own_configs / "scenario" / "port_lines.yaml").write_text(PORT.replace("borin_port", "atlantis"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^configs/scenario/port_lines.yaml: target: 'atlantis' does not exist[^\n]*$"):
        load_scenario("port_lines", region="toy")


# --- An intervention -----------------------------------------------------------------------------

INSPECTION = '''\
"""Ships are inspected: fewer recruits and crews get through, and word of it does not travel."""

from sim.interventions.schedule import Schedule, Share, combine


class Settings(Schedule):
    """searched: ships searched, of those that land."""

    searched: Share


def write(levers, rows, settings, strength):
    """Write levers.territory.border_closure and secrecy."""
    combine(levers.territory["border_closure"], rows["territories"], settings.searched * strength)
    combine(levers.territory["secrecy"], rows["territories"], 0.5 * settings.searched * strength)
'''


@pytest.fixture
def inspection(tmp_path, monkeypatch) -> str:
    """The name of a lever whose file lies beside the shipped ones."""
    (tmp_path / "port_inspection.py").write_text(INSPECTION, encoding="utf-8")
    monkeypatch.setattr(interventions, "__path__", [*interventions.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield "port_inspection"
    sys.modules.pop("sim.interventions.port_inspection", None)
    vars(interventions).pop("port_inspection", None)


def inspected(**settings) -> Scenario:
    """The baseline with inspections in Borin from the third week on."""
    given = {"lever": "port_inspection", "countries": ["borin"], "start": "2019-01-21", **settings}
    return dataclasses.replace(BASELINE, name="inspected", interventions=(given,))


def test_a_new_intervention_is_one_file(inspection):
    assert inspection in interventions.names()
    scenario = inspected(searched=0.8)
    before, after, usual = run(scenario, 2), checked_run(scenario), run(BASELINE, WEEKS)
    assert not differences(columns(before), columns(run(BASELINE, 2)))
    borin = [row for row, place in enumerate(BASELINE.region.territories) if place.country == "borin"]
    assert after.lever.territory["border_closure"][borin] == pytest.approx(0.8)
    assert after.lever.territory["secrecy"][borin] == pytest.approx(0.4)
    assert np.count_nonzero(after.lever.territory["border_closure"]) == len(borin)
    assert (after.territories["recruit_ease"][borin] < 0.6 * usual.territories["recruit_ease"][borin]).all()
    assert after.territories["workers"][borin].sum() < usual.territories["workers"][borin].sum()


def test_a_new_intervention_at_no_strength_changes_nothing(inspection):
    idle = columns(run(inspected(searched=0.8, intensity=0.0), 12))
    assert not differences(idle, columns(run(BASELINE, 12)))


def test_a_key_that_a_new_intervention_does_not_have_is_refused(inspection):
    with pytest.raises(ConfigError, match=r"interventions\[0\].seized: unknown key; allowed: .*searched"):
        load_interventions(inspected(searched=0.8, seized=1))


# --- A kind of agent with a rule -----------------------------------------------------------------

BROKERS = {
    "identity": Column("u8", "", "hash of the name"),
    "labour_pool": Column("i4", "row", "where it works"),
    "passed_on": Column("f8", "person", "people it has put back on offer so far"),
}
BROKERAGE = np.uint64(1001)  # a decision number of its own


class Broker(RowAgent):
    """A broker as a Mesa agent: a view on a row of a table that the model keeps beside the world's."""

    def _data(self):
        model = self.__dict__.get("model")
        return None if model is None else model.brokers


@rule
def broker(brokers, labour_pools, share, clock):
    """Put people who got home from one compound back on offer to the next.

    Writes  brokers.passed_on; labour_pools.freed, market (fixed).
    A busy broker reaches `share` of them in a week, another none: a keyed draw decides.
    """
    chance = chance_of_week(clock.seed, clock.week)
    for b in range(len(brokers)):
        agent = brokers[b]
        if uniform(chance, agent.identity, BROKERAGE) < 0.5:
            continue
        origin = labour_pools[agent.labour_pool]
        people = np.int64(origin.freed * share)
        origin.freed -= people
        origin.market += people
        agent.passed_on += real(people)


class WithBrokers(sim.ScamNetwork):
    """ScamNetwork with a broker in each labour pool, who acts after the week."""

    share = 0.5

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        names = self.names["labour_pools"]
        self.brokers = new_table(BROKERS, len(names))
        for row, name in enumerate(names):
            self.brokers["identity"][row], self.brokers["labour_pool"][row] = identity("broker", name), row
            Broker(self, row, f"broker in {name}")

    def step(self):
        super().step()
        broker(self.brokers, self.world.labour_pools, self.share, self.world.clock[0])


def people(model) -> np.ndarray:
    """Everybody by origin, wherever they are."""
    return totals(model.world).people


def test_a_new_kind_of_agent_acts_in_a_subclass_of_the_model():
    mine, usual = WithBrokers(BASELINE, seed=1), sim.ScamNetwork(BASELINE, seed=1)
    started = people(mine)
    mine.run(weeks=26)
    usual.run(weeks=26)
    agents = mine.agents_by_type[Broker]
    assert len(agents) == len(mine.names["labour_pools"])
    assert agents.agg("passed_on", sum) == mine.brokers["passed_on"].sum() > 0
    assert people(mine) == pytest.approx(started), "nobody is made or lost"
    freed = [real(model.world.labour_pools["freed"].sum()) for model in (mine, usual)]
    assert freed[0] < freed[1]
    assert "workers" in differences_by_column(mine, usual)


def differences_by_column(left, right) -> set[str]:
    """Columns of the territories in which two models differ."""
    tables = (np.asarray(left.world.territories), np.asarray(right.world.territories))
    return {name for name in tables[0].dtype.names if tables[0][name].tobytes() != tables[1][name].tobytes()}


def test_the_new_kind_without_effect_leaves_the_world_as_it_was_to_the_bit():
    idle = WithBrokers(BASELINE, seed=1)
    idle.share = 0.0
    usual = sim.ScamNetwork(BASELINE, seed=1)
    assert not differences(columns(idle.run(weeks=8).world), columns(usual.run(weeks=8).world))


def test_the_view_of_the_new_kind_reads_and_writes_its_row():
    model = WithBrokers(BASELINE, seed=1)
    first = model.agents_by_type[Broker].to_list()[0]
    first.passed_on = 7.0
    assert model.brokers["passed_on"][0] == 7.0 == first.passed_on
    with pytest.raises(AttributeError, match="no attribute or column 'mood'"):
        _ = first.mood

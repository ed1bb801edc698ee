"""The walks of CONTRIBUTING.md on the toy region: a scenario and an intervention that are added do something.

Each test writes the files that the walk names, and no other. Kinds of agent: test_walks_agents.py; territories, protectors and
pools: test_walks_region.py.
"""

import dataclasses
import datetime as dt
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from running import columns, differences, first_start, run, scenario_on

from sim import interventions, load_scenario
from sim.checks import check_week, totals
from sim.interventions import load_interventions, pull
from sim.model import week
from sim.region import ConfigError
from sim.scenario import Scenario, available
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


@pytest.fixture
def lists():
    """The script that writes the lists in the pages (`make docs`)."""
    spec = importlib.util.spec_from_file_location("build_lists", Path(__file__).parent.parent / "scripts" / "build_lists.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- A scenario ----------------------------------------------------------------------------------

PORT = """\
# The lines to the port are cut. How much of that holds is assumed.
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


def test_a_new_scenario_is_listed_by_the_script_in_its_own_words(own_configs, lists, monkeypatch):
    (own_configs / "scenario" / "port_lines.yaml").write_text(PORT, encoding="utf-8")
    monkeypatch.setattr(lists, "CONFIGS", own_configs)
    assert "| `port_lines` | The lines to the port are cut | `baseline` |" in lists.scenarios()


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


def test_a_new_intervention_is_listed_by_the_script_in_its_own_words(inspection, lists):
    told = "Ships are inspected: fewer recruits and crews get through, and word of it does not travel"
    assert f"| `port_inspection` | {told} | `searched` |" in lists.interventions()


def test_a_new_intervention_at_no_strength_changes_nothing(inspection):
    idle = columns(run(inspected(searched=0.8, intensity=0.0), 12))
    assert not differences(idle, columns(run(BASELINE, 12)))


def test_a_key_that_a_new_intervention_does_not_have_is_refused(inspection):
    with pytest.raises(ConfigError, match=r"interventions\[0\].seized: unknown key; allowed: .*searched"):
        load_interventions(inspected(searched=0.8, seized=1))


# --- A title that names a place ------------------------------------------------------------------


def test_a_title_about_the_real_map_says_so_on_another_one():
    assert load_scenario("kokang_crackdown").title == "China's campaign in Kokang"
    assert load_scenario("kokang_crackdown", region="toy").title == "China's campaign in Kokang, restated for toy"
    assert load_scenario("baseline", region="toy").title == load_scenario("baseline").title

"""Every shipped config composes, runs, and says where its numbers come from."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from running import SCENARIOS, around_start

import sim
from sim.interventions import load_interventions
from sim.region import DATA, TABLES
from sim.scenario import (
    PARAMETER_KEYS,
    available,
    check_parameters,
    load_scenario,
    parameter_record,
    read_choice,
    shipped_parameters,
)

EXPECTED = {
    "baseline", "placebo", "kokang_crackdown", "staged_raids", "rebel_offensive", "sanctions", "regional_coordination",
    "global_coordination", "awareness_china", "relaxation", "crackdown_with_repatriation", "armed_conflict", "us_china_joint",
    "crackdown_sequential", "crackdown_simultaneous", "reference_world", "reference_waterbed", "reference_incapacitation",
}  # fmt: skip
PARAMETERS = [(group, name) for group, names in shipped_parameters().items() for name in names]


def test_the_scenarios_of_the_main_job_are_shipped():
    assert set(SCENARIOS) >= EXPECTED


@pytest.mark.parametrize("region", available("region"))
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_composes_and_runs_three_months_on_every_region(name, region):
    scenario = around_start(region, name, before=2, after=11)
    assert scenario.weeks >= 13
    run = sim.simulate(scenario, 1)
    for table, values in run.records._asdict().items():
        assert np.isfinite(values).all(), table
    assert (run.records.workers.sum(axis=1) > 0).all()
    assert (run.records.losses.sum(axis=1) > 0).all()
    assert run.records.workers.shape == (scenario.weeks, len(scenario.region.territories))
    if load_interventions(scenario):
        assert all(item.rows["territories"].size for item in load_interventions(scenario))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_says_what_it_is_where_it_comes_from_and_what_is_expected_of_it(name):
    given = read_choice("scenario", name)
    for key in ("title", "source", "expected", "rival"):
        assert isinstance(given.get(key), str) and len(given[key]) > 3, key
    assert given["relative_to"] in ({None} if name == "baseline" else set(SCENARIOS) - {name})
    assert given["title"] != name
    assert any(given.get(key) for key in ("interventions", "params", "agents")) == (name != "baseline")


def test_no_two_scenarios_bear_the_same_title():
    titles = [read_choice("scenario", name)["title"] for name in SCENARIOS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("group", "name"), PARAMETERS, ids=[f"{group}.{name}" for group, name in PARAMETERS])
def test_every_parameter_has_a_value_within_its_range_a_unit_a_source_and_a_grade(group, name):
    entry = shipped_parameters()[group][name]
    assert set(entry) <= set(PARAMETER_KEYS)
    if "choices" in entry:
        assert entry["value"] in entry["choices"] and len(set(entry["choices"])) > 1
    else:
        low, high = entry["range"]
        assert low <= entry["value"] <= high and math.isfinite(low) and math.isfinite(high)
    assert isinstance(entry["unit"], str) and entry["unit"]
    assert isinstance(entry["source"], str) and len(entry["source"]) > 3
    assert entry["grade"] in set("ABCD")
    assert isinstance(entry.get("note"), str) and entry["note"]


def test_a_parameter_file_holds_the_group_of_its_name():
    for group in available("params"):
        assert list(read_choice("params", group)) == [group]


def test_rates_are_turned_into_weeks_once():
    values = check_parameters(None)
    row = parameter_record(values)
    per_week = {"1/year": 7 / 365.25, "1/month": 12 * 7 / 365.25, "1/week": 1.0, "1/day": 7.0}
    tried = set()
    for group, name in PARAMETERS:
        entry = shipped_parameters()[group][name]
        if "choices" in entry:
            assert row[group][name][0] == entry["choices"].index(values[group][name])
            continue
        unit = entry["unit"]
        if unit in per_week or "/" not in unit:
            assert row[group][name][0] == pytest.approx(values[group][name] * per_week.get(unit, 1.0))
            tried.add(unit)
    assert {"1/year", "1/week"} <= tried


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "kokang_crakdown"}, ("kokang_crakdown", "kokang_crackdown")),
        ({"region": "atlantis"}, ("atlantis", "toy", "southeast_asia")),
        ({"start": "2020-01-06", "end": "2019-01-07"}, ("end", "2019-01-07", "2020-01-06")),
        ({"start": "sometime"}, ("start", "sometime", "YYYY-MM-DD")),
        ({"end": "2999-01-01"}, ("end", "60 years")),
        ({"params": {"growht": {"growth_rate": 1}}}, ("growht", "growth")),
        ({"params": {"growth": {"grwth_rate": 1}}}, ("grwth_rate", "growth_rate")),
        ({"params": {"growth": 3}}, ("growth", "3")),
        ({"params": {"enforcement": {"leak": 1.4}}}, ("leak", "1.4", "share", "enforcement.yaml")),
        ({"params": {"enforcement": {"leak": "often"}}}, ("leak", "often")),
        ({"params": {"enforcement": {"leak": float("nan")}}}, ("leak", "nan")),
        ({"params": {"enforcement": {"leak": True}}}, ("leak", "True")),
        ({"params": {"enforcement": {"leak": {"vale": 0.5}}}}, ("vale", "value")),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_with_its_place_and_what_is_allowed(asked, said):
    with pytest.raises(sim.ConfigError) as error:
        load_scenario(**asked)
    assert "\n" not in str(error.value)
    for word in said:
        assert word in str(error.value)


def test_a_parameter_may_be_overridden_by_a_bare_number_or_a_mapping():
    for given in (0.7, {"value": 0.7}):
        assert sim.load_scenario(params={"enforcement": {"leak": given}}).params["enforcement"]["leak"] == 0.7


def test_a_scenario_is_known_by_its_digest():
    one, same, other = (load_scenario(region="toy", params={"enforcement": {"leak": leak}}) for leak in (0.5, 0.5, 0.6))
    assert one.digest() == same.digest() != other.digest()
    assert load_scenario(region="toy", end=dt.date(2020, 1, 6)).digest() != load_scenario(region="toy").digest()


# --- regions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", available("region"))
def test_every_region_is_whole(name):
    region = sim.load_region(name)
    cells = {cell.cell: cell for cell in region.cells}
    territories = region.names("territories")
    assert set(TABLES) <= set(region.rows)
    for table in TABLES:
        if table not in ("leverage", "pool_languages", "labour_languages", "scheme_blocs"):
            assert len(set(region.names(table))) == len(region.names(table)), f"{table}: a name occurs twice"
    for cell in region.cells:
        assert all(cell.cell in cells[other].neighbours for other in cell.neighbours)
    order = [territories.index(cell.territory) for cell in region.cells]
    assert order == sorted(order), "cells of a territory must be contiguous"
    assert set(order) == set(range(len(territories))), "a territory without a cell"
    for site in region.sites:
        assert cells[site.cell].territory == site.territory, site.site


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_data_file_is_told_in_one_line(table, tmp_path):
    folder = tmp_path / "half"
    folder.mkdir()
    for other in TABLES:
        if other != table:
            (folder / f"{other}.csv").write_bytes((DATA / "toy" / f"{other}.csv").read_bytes())
    with pytest.raises(sim.ConfigError, match=rf"{table}\.csv: data file is missing") as error:
        sim.load_region("half", tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("territories", ",0.8,0.45,", ",1.8,0.45,", ("line 2", "governance", "1.8")),
        ("territories", ",arda_officials,", ",nobody,", ("controller", "nobody", "protectors.csv")),
    ],
)
def test_a_wrong_cell_of_a_table_is_told_with_its_line(table, old, new, said, tmp_path):
    folder = tmp_path / "wrong"
    folder.mkdir()
    for other in TABLES:
        text = (DATA / "toy" / f"{other}.csv").read_text(encoding="utf-8")
        if other == table:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / f"{other}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(sim.ConfigError) as error:
        sim.load_region("wrong", tmp_path)
    for word in (f"{table}.csv", *said):
        assert word in str(error.value)


def test_a_parameter_written_with_a_dot_is_answered_with_the_nested_form():
    with pytest.raises(sim.ConfigError, match=r"params: is .*; allowed: nested, \{'enforcement': \{'leak': …\}\}"):
        sim.load_scenario(params={"enforcement.leak": 0.3})


def test_an_intervention_that_ends_before_it_begins_is_told_without_a_dump():
    backwards = {"lever": "border_closure", "share": 0.5, "start": "2020-01-06", "end": "2019-01-07"}
    scenario = dataclasses.replace(sim.load_scenario(region="toy"), name="backwards", interventions=(backwards,))
    with pytest.raises(sim.ConfigError, match=r"interventions\[0\]: allowed: end after start \(2020-01-06\)$"):
        load_interventions(scenario)


def test_what_is_worked_out_once_for_many_worlds_follows_the_parameters_and_is_nobodys_to_change():
    scenario = load_scenario(region="toy")
    scenario.rates["enforcement"]["leak"] = 0.9
    assert scenario.rates["enforcement"]["leak"][0] == scenario.values.enforcement.leak != 0.9
    scenario.params["enforcement"]["leak"] = 0.9
    assert scenario.rates["enforcement"]["leak"][0] == scenario.values.enforcement.leak == 0.9

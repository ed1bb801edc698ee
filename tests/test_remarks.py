"""What is said of scenarios beside their numbers: levers that are never in force, no source, nobody in the target."""

import shutil

import pandas as pd
import pytest

import sim
from sim.comparing.remarks import of_scenarios, of_targets
from sim.scenario import CONFIGS, available, load_scenario

TITLE = "title: Mine\ntarget: [borin_port]\ninterventions: [{lever: secrecy, share: 0.1, start: 2019-07-01}]\n"


@pytest.fixture
def base():
    return load_scenario("baseline", "toy", "2019-01-07", "2021-01-04")


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    shutil.copytree(CONFIGS, tmp_path / "configs")
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path / "configs")
    return lambda text: (tmp_path / "configs" / "scenario" / "mine.yaml").write_text(text, encoding="utf-8")


def secrecy(base, *dates):
    levers = [{"lever": "secrecy", "share": 0.1, "start": start, "end": end} for start, end in dates]
    return sim.variant(base, "mine", interventions=levers, target=["borin_port"])


@pytest.mark.parametrize("dates", [("2015-01-01", "2016-01-01"), ("2022-01-01", None), ("2019-07-02", "2019-07-05")])
def test_a_lever_that_is_never_in_force_is_named(base, dates):
    (remark,) = of_scenarios([base, secrecy(base, dates, ("2019-07-01", None))])
    assert remark.startswith(f"mine: secrecy (interventions[0], from {dates[0]}") and "\n" not in remark
    assert "is never in force in a run from 2019-01-07 to 2021-01-04" in remark


def test_many_levers_that_are_never_in_force_take_one_line(base):
    (remark,) = of_scenarios([secrecy(base, *[("2015-01-01", "2016-01-01")] * 5)])
    assert "interventions[2]" in remark and "interventions[3]" not in remark and "and 2 more are never" in remark


def test_no_lever_that_is_shipped_goes_unused():
    assert of_scenarios([load_scenario(name, "toy") for name in available("scenario")]) == []


def test_a_scenario_made_in_memory_is_asked_for_no_source(base):
    assert of_scenarios([secrecy(base, ("2019-07-01", None))]) == []


def test_a_file_without_a_source_is_told(own_file):
    own_file(TITLE)
    (remark,) = of_scenarios([load_scenario("mine", "toy")])
    assert remark.startswith("configs/scenario/mine.yaml: gives no source;")
    own_file(TITLE + "source: judgement\n")
    assert of_scenarios([load_scenario("mine", "toy")]) == []


def tables(held):
    """Two worlds, whose target holds `held` people when the scenario begins, and two elsewhere."""
    rows = [
        {"scenario": scenario, "seed": seed, "date": date, "territory": place, "workers": held[seed] if place == "t" else 2.0}
        for scenario in ("baseline", "mine") for seed in held for place in ("t", "u")
        for date in pd.to_datetime(["2019-01-07", "2019-01-14"])
    ]  # fmt: skip
    start = pd.Timestamp("2019-01-09")
    about = {"scenario": "mine", "target": "Place", "start": start, "relative_to": "baseline"}
    zones = pd.DataFrame({"scenario": "mine", "territory": ["t", "u"], "zone": ["target", "own_country"]})
    return {"weekly": pd.DataFrame(rows), "zones": zones, "scenarios": pd.DataFrame([about])}


@pytest.mark.parametrize(("held", "worlds"), [({1: 0.0, 2: 0.0}, "all 2 worlds"), ({1: 5.0, 2: 0.0}, "1 of 2 worlds")])
def test_a_target_with_nobody_in_it_at_the_start_is_told(held, worlds):
    (remark,) = of_targets(tables(held))
    assert remark.startswith(f"mine: in {worlds} nobody is held in its target (Place) when it begins (2019-01-09)")


def test_a_target_that_holds_people_in_every_world_is_not():
    assert of_targets(tables({1: 5.0, 2: 3.0})) == []


def test_remarks_stand_in_what_is_printed_in_the_manifest_and_in_the_report(base, tmp_path):
    found = sim.compare(secrecy(base, ("2015-01-01", "2016-01-01")), pairs=1, window=(6, 12))
    assert "mine: secrecy (interventions[0], from 2015-01-01 to 2016-01-01) is never in force" in found.remark
    assert found.remark in str(found)
    place = found.save(tmp_path / "mine", figures=False)
    assert sim.load_results(place).manifest["remarks"] == found.remark.splitlines()
    limits = (place / "report.html").read_text(encoding="utf-8").partition('<section id="limits">')[2]
    assert "secrecy (interventions[0], from 2015-01-01" in limits

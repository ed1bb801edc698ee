"""The phase diagram: axes and ladder by hand, equal budgets, what is said of the points, and the whole job, small."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from made_up import phase as made_up_points

import sim
from experiments import phase as job
from experiments.common.console import launch
from experiments.phase_map.axes import Axis, at, check_axes, clipped, told_apart
from experiments.phase_map.ladder import joining, ladder, spread
from experiments.phase_map.words import grid_text, paragraph
from sim import ConfigError, load_scenario
from sim.agents.geography import distances
from sim.scenario import shipped_parameters

TINY = ["region=toy", "window=[3,12]", "ensemble.workers=2", "ensemble.pairs=2"]
SMALL = ["x.values=[0.5,1]", "y.values=[core,region,everywhere]"]
MOVES = ("site_choice.setup", "site_choice.border_cost")
FORCE = {group: {name: entry["value"] for name, entry in names.items()} for group, names in shipped_parameters().items()}


def run(*settings):
    return launch(job.phase, "phase", [*TINY, *settings])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small run: folder of results, and folder of runs."""
    folder = tmp_path_factory.mktemp("phase")
    assert run(*SMALL, f"out={folder / 'out'}", f"ensemble.runs={folder / 'runs'}") == 0
    return folder


@pytest.fixture(scope="module")
def kokang():
    return load_scenario("kokang_crackdown")


def people(scenario, **held):
    """People held in the places named; nobody elsewhere."""
    return pd.Series(held, dtype=float).reindex(scenario.region.names("territories"), fill_value=0.0)


# --- axes -----------------------------------------------------------------------------------------


def test_parameters_of_an_axis_move_by_one_factor_and_each_stops_at_its_own_range():
    axis = Axis(of=MOVES, values=(0.5, 2, 4))
    assert [at(axis, value, FORCE) for value in axis.values] == [
        {"site_choice.setup": 2000.0, "site_choice.border_cost": 1250.0},
        {"site_choice.setup": 8000.0, "site_choice.border_cost": 5000.0},
        {"site_choice.setup": 9000.0, "site_choice.border_cost": 10000.0},
    ]
    assert clipped(axis, FORCE) == ["site_choice.setup stops at 9000, where its range ends, instead of 4000 times 4."]


def test_a_factor_is_of_the_value_in_force_not_of_the_shipped_one():
    force = {"site_choice": {"setup": 3000.0}}
    assert at(Axis(of="site_choice.setup", values=(2,)), 2, force) == {"site_choice.setup": 6000.0}


def test_an_axis_of_one_parameter_may_give_its_value_and_names_its_unit():
    axis = Axis(of="enforcement.leak", scale="value", values=(0.1, 0.4))
    assert at(axis, 0.4, FORCE) == {"enforcement.leak": 0.4} and axis.words.endswith("(share)")


def test_values_that_the_ranges_make_equal_are_refused():
    with pytest.raises(ConfigError, match="4 and 5 give the same parameters"):
        told_apart(Axis(of="site_choice.setup", values=(1, 4, 5)), FORCE)


def test_one_thing_does_not_stand_on_both_axes():
    for x, y in ((("site_choice.setup",), "site_choice.setup"), ("intensity", "intensity")):
        with pytest.raises(ConfigError, match="is on both axes"):
            check_axes(Axis(of=x, values=(1,)), Axis(of=y, values=(1,)))


# --- the ladder -----------------------------------------------------------------------------------


def test_places_join_by_nearness_to_the_core_and_remote_hosts_come_last(kokang):
    order = joining(kokang, ["kokang"], "near", people(kokang))
    region = kokang.region
    remote = [row.territory for row in region.territories if row.remote]
    assert sorted(order) == sorted(region.names("territories")) and order[0] == "kokang"
    assert set(order[-len(remote) :]) == set(remote)
    index, far = region.index("territories"), distances(region)[region.index("territories")["kokang"]]
    away = [far[index[name]] for name in order[: -len(remote)]]
    assert away == sorted(away)


def test_places_join_by_the_people_that_they_hold(kokang):
    held = people(kokang, sihanoukville=50, muse=10, west_africa=90, kokang=20)
    order = joining(kokang, ["kokang"], "people", held)
    assert order[:3] == ["kokang", "sihanoukville", "muse"]
    assert order.index("west_africa") == next(k for k, name in enumerate(order) if name in remote_of(kokang))


def remote_of(scenario):
    return {row.territory for row in scenario.region.territories if row.remote}


@pytest.mark.parametrize("by", ["near", "people"])
def test_the_ladder_grows_holds_the_share_asked_for_and_ends_with_every_place(kokang, by):
    rng = np.random.default_rng(5)
    names = kokang.region.names("territories")
    held = pd.Series(rng.lognormal(4, 2, len(names)), names)
    rungs, left_out = ladder(("core", 0.5, 0.8, "region", "everywhere"), kokang, kokang.target, by, held)
    assert rungs[0].places == ("kokang",)
    for lower, upper in pairwise(rungs):
        assert set(lower.places) < set(upper.places) and lower.share < upper.share
    for rung in rungs:
        assert rung.share == pytest.approx(held[list(rung.places)].sum() / held.sum())
        if not isinstance(rung.value, str):  # no place too many
            assert rung.share >= rung.value > held[list(rung.places[:-1])].sum() / held.sum()
    assert set(rungs[-2].places) == set(names) - remote_of(kokang) and set(rungs[-1].places) == set(names) and not left_out


def test_a_rung_that_adds_no_place_is_left_out_aloud(kokang):
    held = people(kokang, kokang=60, muse=40)
    rungs, left_out = ladder(("core", 0.3, 0.6, 0.9), kokang, kokang.target, "near", held)
    assert [rung.value for rung in rungs] == ["core", 0.9]
    assert left_out == [f"Coverage {value}: the same places as core; left out." for value in (0.3, 0.6)]


def test_over_its_own_target_a_scenario_keeps_its_levers(kokang):
    for budget in ("each", "shared"):
        levers, effort = spread(kokang, ["kokang"], budget, 1.0, people(kokang, kokang=100))
        for given, lever in zip(kokang.interventions, levers, strict=True):
            assert {key: value for key, value in lever.items() if key != "territories"} == {
                key: value for key, value in given.items() if key != "territories"
            }
        assert effort == {"raids_asked": 1000.0, "raids_affordable": 150 * 12.0}


def test_a_place_takes_the_levers_of_the_nearest_place_of_the_target():
    scenario = load_scenario("crackdown_simultaneous")
    crews = people(scenario, **dict.fromkeys(scenario.region.names("territories"), 1.0))
    levers, _ = spread(scenario, [*scenario.target, "mae_sot", "dehong"], "each", 1.0, crews)
    north, moei, khmer = (lever["territories"] for lever in levers)
    assert "mae_sot" in moei and "mae_sot" not in north and "mae_sot" not in khmer
    assert "dehong" in north and "dehong" not in moei and "dehong" not in khmer
    alone, _ = spread(scenario, ["kokang", "muse"], "each", 1.0, crews)
    assert [lever["territories"] for lever in alone] == [["kokang", "muse"]]


def test_a_lever_that_names_no_place_stays_as_it_is():
    scenario = load_scenario("regional_coordination")
    levers, _ = spread(scenario, ["kokang"], "each", 1.0, people(scenario, kokang=1, shwe_kokko=9))
    (shared,) = [lever for lever in levers if lever["lever"] == "intelligence_sharing"]
    assert shared == next(lever for lever in scenario.interventions if lever["lever"] == "intelligence_sharing")


@pytest.mark.parametrize("name", ["kokang_crackdown", "crackdown_simultaneous"])
def test_a_shared_budget_adds_up_to_the_scenario_s_raids_and_one_for_each_grows_with_the_crews(name):
    scenario = load_scenario(name)
    names = scenario.region.names("territories")
    crews = pd.Series(np.arange(len(names), 0.0, -1.0), names)
    own = spread(scenario, scenario.target, "each", 1.0, crews)[1]
    for count in (1, 5, len(scenario.target), 40, len(names)):
        places = joining(scenario, scenario.target, "near", crews)[:count]
        shared, each = (spread(scenario, places, budget, 1.0, crews)[1] for budget in ("shared", "each"))
        assert shared["raids_asked"] == pytest.approx(own["raids_asked"])
        assert shared["raids_affordable"] == pytest.approx(own["raids_affordable"])
        assert each["raids_affordable"] / own["raids_affordable"] == pytest.approx(each["raids_asked"] / own["raids_asked"])
    assert each["raids_asked"] > 2 * own["raids_asked"]
    half = spread(scenario, places, "shared", 0.5, crews)[1]
    assert half["raids_asked"] == pytest.approx(own["raids_asked"] / 2)


def test_capacity_grows_with_the_raids_asked_for_where_levers_are_not_at_full_strength(kokang):
    interventions = tuple(lever | {"compliance": 0.4} for lever in kokang.interventions)
    half = dataclasses.replace(kokang, interventions=interventions)
    crews = people(kokang, kokang=10, muse=30)
    own = spread(half, ["kokang"], "each", 1.0, crews)[1]
    more = spread(half, ["kokang", "muse"], "each", 1.0, crews)[1]
    assert more["raids_asked"] == pytest.approx(4 * own["raids_asked"])
    assert more["raids_affordable"] == pytest.approx(4 * own["raids_affordable"])


# --- what is said ---------------------------------------------------------------------------------


def test_the_grid_stands_as_the_diagram_does_the_highest_row_first():
    lines = grid_text(made_up_points()).splitlines()
    assert lines[0].split()[:3] == ["×0.5", "×1", "×2"]
    assert lines[2].startswith("100%") and lines[2].count("NOT SPATIAL -") == 3
    assert lines[5].startswith("20%") and "PARTIAL 40" in lines[5] and "NO SUPPRESSION -" in lines[5]


def test_rungs_with_the_same_share_of_people_keep_rows_of_their_own():
    table = made_up_points().assign(y=1.0, y_tick="100%")
    assert sum(line.startswith("100%") for line in grid_text(table).splitlines()) == 4
    assert "upwards: PARTIAL at 100%, FULL at 100%, WORSE at 100%, NOT SPATIAL at 100%." in paragraph(table)


def test_the_paragraph_finds_the_borders_and_the_counts():
    said = paragraph(made_up_points())
    assert "12 points: 3 NOT SPATIAL" in said
    assert "In column ×0.5, upwards: PARTIAL at 20%, FULL at 50%, WORSE at 95%, NOT SPATIAL at 100%." in said
    assert "Western losses change by +3 to -30 %; they rise by more than 2 % at no points." in said
    assert "Of 100 people removed, -20 (at ×1, 95%) to 130 (at ×0.5, 95%) reappear" in said
    assert "their estimates alone are 1 PARTIAL" in said and "Up the diagram" not in said


def test_the_paragraph_tells_a_turn_only_where_the_interval_shows_it():
    table = made_up_points().iloc[[0, 3, 6]].assign(x_tick="×1", regime="PARTIAL", ndr=[0.3, 0.4, 0.2])
    clear = table.assign(ndr_low=[0.28, 0.38, 0.18], ndr_high=[0.32, 0.42, 0.22])
    said = paragraph(clear)
    assert "Up the diagram displacement is not monotone: in 1 of 1 lines it rises and falls again" in said
    assert "at ×1 (30 at 20%, 40 at 50%, 20 at 95%)" in said and "In column ×1, upwards: PARTIAL from 20% to 95%." in said
    assert "not monotone" not in paragraph(clear.assign(ndr_low=[0.1, 0.25, 0.1]))
    assert "not monotone" not in paragraph(clear.assign(ndr_high=[0.39, 0.42, 0.22]))  # its interval meets that of the first


# --- the job --------------------------------------------------------------------------------------


def test_the_job_writes_every_point_with_its_regime_pairs_effort_and_figure(made):
    out = made / "out"
    table, pairs = pd.read_csv(out / "phase.csv"), pd.read_csv(out / "pairs.csv")
    assert len(table) == 6 and len(pairs) == 12 and set(table["pairs"]) == {2}
    assert table["places"].tolist() == [1, 1, 6, 6, 7, 7] and table["usual"].tolist() == [False, True] + [False] * 4
    assert table["site_choice.setup"].tolist() == [2000.0, 4000.0] * 3
    everywhere = table[table["places"] == 7]
    assert set(everywhere["regime"]) == {"NOT SPATIAL"} and everywhere["ndr"].isna().all()
    assert everywhere["share_here"].tolist() == pytest.approx([1.0, 1.0])
    assert table["raids_asked"].is_monotonic_increasing and table["raids_asked"].nunique() == 3
    means = pairs.groupby(["y", "x"])[["people_change_target", "people_without_target"]].mean()
    suppression = table.set_index(["y", "x"])["suppression"].sort_index()
    np.testing.assert_allclose(means["people_change_target"] / means["people_without_target"], suppression)
    assert {path.suffix for path in (out / "figures").glob("phase_diagram.*")} == {".png", ".svg", ".csv", ".txt"}
    assert "6 points" in (out / "summary.txt").read_text() and json.loads((out / "manifest.json").read_text())["seeds"] == [1, 2]


def test_the_point_that_is_as_usual_is_what_a_comparison_of_the_scenario_finds(made):
    table = pd.read_csv(made / "out" / "phase.csv")
    point = table[table["usual"]].iloc[0]
    manifest = json.loads((made / "out" / "manifest.json").read_text())
    span = {"start": manifest["start"], "end": manifest["end"], "window": (3, 12)}
    found = sim.compare("kokang_crackdown", pairs=2, region="toy", workers=2, **span).table.iloc[0]
    for name in ("suppression", "ndr", "ndr_own_country", "loss_change", "western_loss_change"):
        assert point[name] == pytest.approx(found[name], nan_ok=True), name


def test_the_same_command_goes_on_from_the_runs_that_are_there(made, monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("a run was made again"))
    assert run(*SMALL, f"out={made / 'again'}", f"ensemble.runs={made / 'runs'}") == 0
    for name in ("phase", "pairs"):
        assert (made / "again" / f"{name}.csv").read_bytes() == (made / "out" / f"{name}.csv").read_bytes()


def test_a_placebo_is_no_suppression_at_every_point(tmp_path, capsys):
    settings = ["scenarios=[placebo]", "x.values=[1]", "y.values=[core,everywhere]", f"out={tmp_path / 'out'}"]
    assert run(*settings) == 0
    table = pd.read_csv(tmp_path / "out" / "phase.csv")
    assert set(table["regime"]) == {"NO SUPPRESSION"} and (table["suppression"] == 0).all() and (table["raids_asked"] == 0).all()
    assert "2 points: 2 NO SUPPRESSION." in capsys.readouterr().out


def test_intensity_may_be_an_axis_and_at_none_of_it_nothing_changes(tmp_path):
    settings = ["x.of=intensity", "x.values=[0,1]", "x.label=null", "y.values=[core]", f"out={tmp_path / 'out'}"]
    assert run(*settings) == 0
    table = pd.read_csv(tmp_path / "out" / "phase.csv")
    assert table["suppression"].iloc[0] == 0 and table["suppression"].iloc[1] < -0.1
    assert table["raids_asked"].iloc[0] == 0 and table["usual"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("x.of=site_choice.setupp", "did you mean site_choice.setup"),
        ("x.of=coverage", "x.values: is "),
        ("x.values=[2,1]", "numbers in increasing order"),
        ("x.values=[0,1]", "factors above 0"),
        ("x.scale=value", "factors, as several parameters move together"),
        ("y.values=[0.5,core]", "core, shares between 0 and 1, region, everywhere, in this order"),
        ("y.values=[]", "1 to 50 of them"),
        ("order=size", "order: is 'size'; allowed: 'near' or 'people'"),
        ("budget=half", "budget: is 'half'; allowed: 'each' or 'shared'"),
        ("core=[far_host]", "core: 'far_host' is no place of kokang_crackdown; allowed: north_enclave"),
        ("core=[]", "core: is []; allowed: places of the scenario's target, each once"),
        ("core=[north_enclave,north_enclave]", "each once"),
        ("ensemble.pairs=1", "at least 2 pairs"),
        ("ensemble.until=precision", "ensemble.until: is 'precision'; allowed: pairs"),
        ("scenarios=[kokang_crackdown,staged_raids]", "allowed: one"),
        ("scenarios=[awareness_china]", "has no target in space"),
    ],
)
def test_a_mistake_is_told_in_one_line_before_anything_runs(setting, said, tmp_path, capsys):
    assert run(setting, f"out={tmp_path / 'out'}") == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and len(told) < 400 and not (tmp_path / "out").exists()

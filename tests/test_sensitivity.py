"""The sensitivity job: factors, effects at the points of a design, and the whole of it, small, on the invented region."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments import sensitivity as job
from experiments.common.console import launch
from experiments.common.draws import in_range
from experiments.common.effects import ALWAYS, DEFINED, EMPTY, SHUT, at_points
from experiments.screening.factors import SEED, design_of, files, opened, problem, read_factors
from experiments.screening.stages import leaders
from sim import ConfigError, load_scenario, store
from sim.ensemble import run_ensemble
from sim.measures.comparison import estimates
from sim.scenario import shipped_parameters

TINY = ["region=toy", "span=0.8", "window=[3,12]", "ensemble.workers=2"]
TINY += ["trajectories=2", "open=1", "open_trajectories=2", "few=2", "base=4"]
FACTORS = "factors={raids: [enforcement.leak, enforcement.take_low], people: [labour.escape, labour.release]}"


def run(*settings):
    return launch(job.sensitivity, "sensitivity", [*TINY, *settings])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small run: folder of results, and folder of runs."""
    folder = tmp_path_factory.mktemp("sensitivity")
    assert run(FACTORS, f"out={folder / 'out'}", f"ensemble.runs={folder / 'runs'}") == 0
    return folder


def test_every_file_of_parameters_is_a_factor_and_every_range_is_in_one():
    factors = read_factors(None)
    assert [factor.name for factor in factors] == files()
    shipped = shipped_parameters()
    entries = {f"{group}.{name}": entry for group, names in shipped.items() for name, entry in names.items()}
    wide = [path for path, entry in entries.items() if "range" in entry and entry["range"][0] < entry["range"][1]]
    assert sorted(path for factor in factors for path in factor.paths) == sorted(wide)
    assert {factor.name: factor.label for factor in factors}["enforcement"] == "Raids"


def test_a_factor_is_a_file_a_parameter_each_of_a_file_or_a_list_of_them():
    found = read_factors(["ai.*", "enforcement.leak", "labour"])
    assert [factor.name for factor in found[-2:]] == ["enforcement.leak", "labour"]
    assert [factor.name for factor in found[:-2]] == [f"ai.{name}" for name in shipped_parameters()["ai"]]
    assert found[-2].label == "Chance that a crew hears of its raid in time (enforcement.leak)"
    named = read_factors({"speed_of_flight": ["site_choice.horizon", "ai"], "rest": ["labour"]})
    assert named[0].label == "Speed of flight" and named[0].paths[0] == "site_choice.horizon" and len(named[0].paths) > 3
    assert [factor.name for factor in opened(named[:1])] == list(named[0].paths)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["ai", "ai.speed"], "ai.speed stands in ai and in ai.speed"),
        ({"seed": ["ai"], "b": ["labour"]}, "not called seed"),
        (["ai"], "1 of them free to vary; allowed: at least two"),
        ("ai", "is 'ai'; allowed: a list"),
        ({"a": "ai"}, "is 'ai'; allowed: a list"),
        (["ai", "leaks"], "'leaks' has nothing to draw"),
    ],
)
def test_factors_that_cannot_be_are_told_in_one_line(asked, said):
    with pytest.raises(ConfigError) as told:
        read_factors(asked)
    assert said in str(told.value) and "\n" not in str(told.value)


def test_what_somebody_has_set_is_not_varied():
    found = read_factors(["ai", "labour"], fixed={"ai.speed"})
    assert "ai.speed" not in found[0].paths and found[0].paths


def test_a_point_of_the_cube_becomes_pairs_with_its_own_seeds():
    factors = read_factors(["enforcement.leak", "labour.escape"])
    unit = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.5, 0.5, 0.34]])
    design = design_of(unit, factors, ("baseline", "kokang_crackdown"), first=10, pairs=2, blocks=4)
    assert len(design) == 3 * 2 * 2 and design["scenario"].tolist()[:2] == ["baseline", "kokang_crackdown"]
    assert design.groupby("draw")["seed"].unique().map(list).tolist() == [[10, 11], [16, 17], [12, 13]]
    low, high = shipped_parameters()["enforcement"]["leak"]["range"]
    assert design.groupby("draw")["enforcement.leak"].first().tolist() == pytest.approx([low, high, (low + high) / 2])
    assert problem(factors)["names"] == ["enforcement.leak", "labour.escape", SEED]


def counted(rows):
    """Counts of pairs: draw, seed, people without and change in the target, change elsewhere; 100 people elsewhere without."""
    columns = ["draw", "seed", "workers_without target", "workers_change target", "workers_change cross_border"]
    table = pd.DataFrame(rows, columns=columns).assign(**{"workers_without cross_border": 100.0})
    losses = {f"losses_usd_{kind} {bloc}": 10.0 for kind in ("change", "without") for bloc in ("all", "western")}
    return table.assign(**losses)


def test_net_displacement_is_defined_where_every_pair_was_suppressed():
    rows = [(1, 1, 100, -50, 25), (1, 2, 100, -30, 15), (2, 1, 100, -50, 25), (2, 2, 100, -5, 5)]
    rows += [(3, 1, 0, 0, 0), (3, 2, 50, -50, 0)]
    found, by_pair = at_points(counted(rows), 3)
    assert found["state"].tolist() == [DEFINED, SHUT, EMPTY]
    assert found["ndr"].tolist() == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)
    assert found["elsewhere"].tolist() == pytest.approx([20 / 200, 15 / 200, 0.0])
    assert found["removed"].tolist() == pytest.approx([-40 / 200, -27.5 / 200, -25 / 125])
    assert by_pair["elsewhere"].tolist() == pytest.approx([25 / 200, 15 / 200, 25 / 200, 5 / 200, 0.0, 0.0])
    assert found["losses"].tolist() == [1.0] * 3


def test_where_nobody_is_held_nothing_changes_and_a_hole_in_the_design_is_an_error():
    nobody = counted([(1, 1, 0, 0, 0)]).assign(**{"workers_without cross_border": 0.0})
    found, _ = at_points(nobody, 1)
    assert found[list(ALWAYS)].notna().all(axis=None) and found["elsewhere"].tolist() == [0.0]
    with pytest.raises(RuntimeError, match="3 pairs at 2 points: some runs failed"):
        at_points(counted([(1, 1, 9, -1, 1), (1, 2, 9, -1, 1), (2, 1, 9, -1, 1)]), 2)


def test_leaders_are_the_factors_with_the_largest_effect_on_what_ranks_and_never_chance():
    factors = read_factors(["ai", "labour", "growth"])
    rows = [("losses", "ai", 9.0), ("elsewhere", SEED, 5.0), ("elsewhere", "labour", 2.0), ("elsewhere", "ai", 1.0)]
    rows.append(("elsewhere", "growth", 3.0))
    table = pd.DataFrame(rows, columns=["effect", "factor", "mu_star"])
    assert [factor.name for factor in leaders(table, factors, "elsewhere", 2)] == ["growth", "labour"]


def test_the_job_screens_opens_and_decomposes_and_writes_it_all(made):
    out = made / "out"
    table = pd.read_csv(out / "sensitivity.csv")
    assert table["stage"].unique().tolist() == ["factors", "parameters", "variance"]
    assert set(table.loc[table["stage"] == "factors", "factor"]) == {"raids", "people", SEED}
    first = table[(table["stage"] == "factors") & (table["effect"] == "elsewhere") & (table["factor"] != SEED)].iloc[0]["factor"]
    asked = json.loads((out / "manifest.json").read_text())["factors"]
    assert set(table.loc[table["stage"] == "parameters", "factor"]) == {*asked[first], SEED}
    variance = table[table["stage"] == "variance"]
    assert len(variance) == 3 * len(ALWAYS) and variance["ST_conf"].notna().all()
    points = pd.read_csv(out / "points.csv")
    assert points.groupby("stage").size().to_dict() == {"factors": 2 * 4, "parameters": 2 * 4, "variance": 4 * 5}
    assert points["elsewhere"].abs().max() > 0 and points[list(ALWAYS)].notna().all(axis=None)
    told = (out / "summary.txt").read_text()
    assert "small runs only rank" in told and "Net displacement, variance: undefined at" in told
    for name in ("tornado", "sobol"):
        assert {path.suffix for path in (out / "figures").glob(f"{name}.*")} == {".png", ".svg", ".csv", ".txt"}


def test_the_same_command_goes_on_from_the_runs_that_are_there(made, monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("a run was made again"))
    assert run(FACTORS, f"out={made / 'again'}", f"ensemble.runs={made / 'runs'}") == 0
    for name in ("sensitivity", "points", "ranks", "seeds"):
        assert (made / "again" / f"{name}.csv").read_bytes() == (made / "out" / f"{name}.csv").read_bytes()


def test_another_window_does_not_go_on_from_these_runs(made, capsys):
    assert run(FACTORS, "window=[3,11]", f"out={made / 'other'}", f"ensemble.runs={made / 'runs'}") == 2
    assert "was begun with" in capsys.readouterr().err and not (made / "other").exists()


def test_the_worlds_of_a_point_are_those_of_its_parameters(made):
    """One point of the screening, by hand: the same numbers from a comparison with the same parameters and seeds."""
    points = pd.read_csv(made / "out" / "points.csv").query("stage == 'factors'").iloc[[3]]
    manifest = json.loads((made / "out" / "manifest.json").read_text())
    paths = [path for paths in manifest["factors"].values() for path in paths]
    values = in_range(points[paths]).iloc[0]
    params = {}
    for path in paths:
        group, _, name = path.partition(".")
        params.setdefault(group, {})[name] = float(values[path])
    span = {"region": "toy", "start": manifest["start"], "end": manifest["end"]}
    scenarios = [load_scenario(name, params=params, **span) for name in ("baseline", "kokang_crackdown")]
    first = 1 + 2 * min(int(points[SEED].iloc[0] * 4), 3)
    tables = run_ensemble(scenarios, range(first, first + 2), 2)
    told = pd.DataFrame({"scenario": ["kokang_crackdown"], "target": [""], "start": ["2019-07-01"], "relative_to": ["baseline"]})
    targets = {"kokang_crackdown": scenarios[1].target}
    places = store.region_table("toy", "territories")
    found = estimates(tables["weekly"], tables["pools"], places, told, targets, (3, 12), draws=50).iloc[0]
    assert points["suppression"].iloc[0] == pytest.approx(found["suppression"])
    assert points["losses"].iloc[0] == pytest.approx(found["loss_change"])
    assert points["western_losses"].iloc[0] == pytest.approx(found["western_loss_change"])


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("scenarios=[kokang_crackdown,staged_raids]", "allowed: one"),
        ("ensemble.until=precision", "ensemble.until: is 'precision'; allowed: pairs"),
        ("rank_by=ndr", "rank_by: is 'ndr'; allowed: one of elsewhere, removed, losses, western_losses"),
        ("span=1.5", "span: is 1.5"),
        ("base=12", "base: is 12; allowed: 0, or a power of two"),
        ("trajectories=1", "trajectories: is 1"),
        ("scenarios=[awareness_china]", "has no target in space"),
        ("factors=[leaks]", "'leaks' has nothing to draw"),
    ],
)
def test_a_mistake_is_told_in_one_line_before_anything_runs(setting, said, tmp_path, capsys):
    assert run(setting, f"out={tmp_path / 'out'}") == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_scenario_s_own_parameters_are_not_varied(own_configs):
    path = own_configs / "scenario" / "kokang_crackdown.yaml"
    path.write_text(path.read_text() + "params: {enforcement: {leak: 0.2}}\n")
    asked = job.checked(job.Settings, settings(["params.labour.escape.value=0.0123"]))
    fixed = job._set_elsewhere(asked, load_scenario("kokang_crackdown", region="toy"), load_scenario("baseline", region="toy"))
    assert fixed == {"enforcement.leak", "labour.escape"}


def settings(changes):
    """The settings that configs/sensitivity.yaml composes with these changes."""
    found = []
    assert launch(found.append, "sensitivity", [*TINY, *changes]) == 0
    return found[0]

"""The calibration job, tiny, on the real region, whose places the anchors name; its kept draws through the claims; errors."""

import json

import pandas as pd
import pytest

from experiments import calibrate as job
from experiments.calibration.waves import cube
from experiments.claims import claims
from experiments.common.console import checked, launch
from experiments.common.draws import in_range, read_draws
from experiments.plausibility import compare
from experiments.verdicts.design import Asked, asked_points
from sim import ConfigError, load_scenario, store
from sim.scenario import CONFIGS, read_yaml

TINY = ["draws=5", "waves=2", "kept=4", "cutoff=500", "steps=3", "ensemble.pairs=1", "ensemble.workers=2", "window=[1,8]"]
TINY += ["start=2021-01-04", "end=2024-07-15", "parameters=[enforcement.leak,labour.escape,beliefs.spill_abroad]"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrate")
    assert launch(job.calibrate, "calibrate", [*TINY, f"out={folder / 'out'}", f"ensemble.runs={folder / 'runs'}"]) == 0
    return folder


def test_the_job_writes_its_tables_figures_words_and_manifest(made):
    names = {path.name for path in (made / "out").rglob("*")}
    tables = ["kept", "ledger", "estimands", "effects", "draws", "anchors", "waves", "recovery", "coverage", "rules", "moved"]
    assert names >= {*(f"{name}.csv" for name in tables), "summary.txt", "manifest.json", "predictive.png", "calibrated.png"}
    manifest = json.loads((made / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["anchors"]["workforce, Kokang, September 2023"][:2] == [50e3, 100e3] and len(manifest["parameters"]) == 3
    said = (made / "out" / "summary.txt").read_text(encoding="utf-8")
    assert "of calibrated worlds (of prior worlds) kokang_crackdown suppresses operations" in said


def test_the_shipped_model_stands_in_the_ledger_as_plausibility_prints_it(made):
    ours = pd.read_csv(made / "out" / "ledger.csv").set_index("anchor")["shipped"]
    theirs = {row[0].name: row[1] for row in compare(1, load_scenario("baseline", start="2021-01-04", end="2024-07-15"))}
    assert ours.to_dict() == pytest.approx(theirs, rel=1e-6)


def test_a_world_shows_the_same_anchors_whether_or_not_a_crackdown_is_asked_of_it(made):
    """The search runs worlds that end with the anchors; the pairs run on to the end of the window."""
    asked = store.load_results(made / "runs" / "kept")["anchors"].set_index(["draw", "seed"])
    searched = pd.concat([store.load_results(path)["anchors"] for path in sorted((made / "runs").glob("wave_2_*"))])
    pd.testing.assert_frame_equal(asked, searched.set_index(["draw", "seed"]).loc[asked.index], check_exact=True)


def test_the_same_command_finds_the_same_and_takes_its_runs_from_the_folder(made):
    out = made / "again"
    assert launch(job.calibrate, "calibrate", [*TINY, f"out={out}", f"ensemble.runs={made / 'runs'}"]) == 0
    for name in ("kept.csv", "estimands.csv", "recovery.csv", "ridges.csv"):
        assert (out / name).read_bytes() == (made / "out" / name).read_bytes()


def test_kept_draws_go_through_the_claims_to_the_bit(made):
    file = made / "out" / "kept.csv"
    draws = read_draws(str(file))
    drawn = pd.read_csv(made / "out" / "draws.csv").set_index("draw")
    assert draws.equals(drawn.loc[draws.index, draws.columns].astype(float)) and len(draws)
    out = made / "claims"
    settings = ["claims=[C007]", "ensemble.pairs=1", f"draws={file}", "structures=none", "ensemble.workers=2", f"out={out}"]
    assert launch(claims, "claims", settings) == 0
    assert f"Of {len(draws)} calibrated draws it" in (out / "cards.txt").read_text(encoding="utf-8").replace("\n  ", " ")
    points = pd.read_csv(out / "points.csv")
    assert sorted(points["draw"]) == sorted(draws.index)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"]["file"] == str(file) and len(manifest["draws"]["digest"]) == 16


def test_points_of_the_claims_have_the_parameters_of_the_kept_draws(made):
    given = read_yaml(CONFIGS / "claims.yaml")
    given = {name: given[name] for name in ("claims", "draw_pairs", "structures", "knockout_pairs", "maps", "start", "out")}
    some = {"pairs": 1, "seed": 1, "workers": 1, "until": "pairs", "runs": None, "retry_failed": False}
    some["precision"] = read_yaml(CONFIGS / "ensemble" / "default.yaml")["precision"]
    given |= {"region": {}, "params": {}, "ensemble": some, "structures": "none", "draws": str(made / "out" / "kept.csv")}
    points, draws = asked_points(checked(Asked, given))
    assert [point.draw for point in points] == [0, *draws.index]
    assert points[1].params == draws.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read as a table; allowed: a number, or the kept.csv of a calibration"),
        ("draw,enforcement.leak\n", "is no table of draws"),
        ("draw,enforcement.leak\n1,0.4\n1,0.3\n", "is no table of draws"),
        ("draw,enforcement.lea\n1,0.4\n", "'enforcement.lea' has nothing to draw"),
        ("draw,enforcement.leak\n1,7\n", "enforcement.leak is 7; allowed: "),
        ("draw,enforcement.leak\n1,\n", "enforcement.leak is nan; allowed: "),
    ],
)
def test_a_file_of_draws_that_cannot_be_used_is_told_in_one_line(content, said, tmp_path):
    path = tmp_path / "kept.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        read_draws(str(path))
    assert str(told.value).startswith(f"draws: {path}") and said in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["region=toy"], "region: is toy; allowed: southeast_asia"),
        (["scenarios=[sanctions,relaxation]"], "scenarios: is [sanctions, relaxation]; allowed: one"),
        (["scenarios=[awareness_china]"], "awareness_china has no target in space"),
        (["scenarios=[crackdown_with_repatriation]"], "is set against kokang_crackdown; allowed: against a world without levers"),
        (["end=2024-03-04"], "start, end: 2019-01-07 to 2024-03-04; allowed: 2021-01-04 to 2024-06-24"),
        (["parameters=[enforcement.leaks]"], "parameters: 'enforcement.leaks' has nothing to draw"),
        (["parameters=[enforcement.leak]"], "parameters: 1 free to vary; allowed: at least two"),
        (["forgiven=16"], "forgiven: is 16; allowed: less than 16"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line_and_nothing_is_written(settings, told, capsys, tmp_path):
    assert launch(job.calibrate, "calibrate", [*settings, f"out={tmp_path / 'out'}"]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1 and not list(tmp_path.iterdir())


def test_values_are_drawn_within_their_ranges():
    unit = cube(20, 1, ["enforcement.leak", "labour.escape"])
    assert unit.index.tolist() == list(range(1, 21)) and in_range(unit).notna().all(axis=None)

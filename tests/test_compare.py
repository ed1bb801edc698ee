"""The main job, from the command line to the last file, on the invented region."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.common.console import checked, launch
from experiments.common.design import Asked, fitted_window, read_scenarios
from experiments.common.runs import run_pairs, told_how_to_go_on
from experiments.compare import MOST_TOLD, _tell, compare
from sim import plots
from sim.comparing.figures import drawings
from sim.measures.pairing import pairing_text
from sim.scenario import CONFIGS, available, read_yaml, shipped_parameters
from sim.state import CAUSES
from sim.store import load_results

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "experiments.compare", "region=toy"]
SHORT = ["end=2021-01-04", "ensemble.pairs=2"]
SCENARIOS = ("placebo", "kokang_crackdown", "awareness_china")
COLUMNS = (
    "scenario,target,pairs,suppression,suppression_low,suppression_high,ndr,ndr_low,ndr_high,ndr_own_country,"
    "ndr_cross_border,ndr_out_of_region,worker_change,loss_change,loss_change_low,loss_change_high,chinese_loss_change,"
    "western_loss_change,western_loss_change_low,western_loss_change_high,western_share_change,forced_labour_change,"
    "worker_change_pairing,suppression_pairing,loss_change_pairing,western_loss_change_pairing,verdict"
)
TYPES = {
    "weekly": {
        "scenario": "category", "seed": "int32", "date": "datetime64[us]", "territory": "category", "country": "category",
        "zone": "category", "compounds": "int32", "workers": "float32", "revenue_usd": "float32", "losses_usd": "float32",
        "raids": "int16", "announced_raids": "int16",
    },
    "pools": {
        "scenario": "category", "seed": "int32", "date": "datetime64[us]", "pool": "category", "bloc": "category",
        "losses_usd": "float32", "reported_losses_usd": "float32", "victims": "float32", "effort_workers": "float32",
    },
    "moves": {
        "scenario": "category", "seed": "int32", "date": "datetime64[us]", "compound": "str",
        "origin_territory": "category", "origin_cell": "category", "destination_territory": "category",
        "destination_cell": "category", "cause": "category", "workers": "float32",
    },
    "cells": {
        "scenario": "category", "seed": "int32", "date": "datetime64[us]", "cell": "category", "territory": "category",
        "workers": "float32",
    },
}  # fmt: skip


def started(arguments, folder, **options):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    # A job started in the background of a shell ignores Ctrl-C, and so would its children: they get the usual answer back.
    answer = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        **answer | options,
    )  # fmt: skip


@pytest.fixture(scope="session")
def job(tmp_path_factory):
    """The main job as a user starts it: (folder it ran in, what it printed, its results)."""
    folder = tmp_path_factory.mktemp("main_job")
    process = started([f"scenarios=[{','.join(SCENARIOS)}]", *SHORT, "out=results"], folder)
    printed, complaints = process.communicate(timeout=240)
    assert process.returncode == 0, complaints
    return folder, printed, load_results(folder / "results")


@cache
def composed(*arguments):
    """The settings that a command line composes."""
    found = []
    assert launch(found.append, "compare", arguments) == 0
    return checked(Asked, found[0])


def test_it_says_what_it_runs_and_ends_with_where_the_results_are(job):
    said = " ".join(job[1].split())
    assert said.startswith("The baseline beside placebo, kokang_crackdown, awareness_china: 8 runs (2 of each) on toy")
    assert job[1].splitlines()[-1].startswith("results: tables, figures, report.html and manifest")


def test_it_says_that_short_runs_are_measured_in_a_shorter_window(job):
    assert "measured in months 6 to 18 instead of 6 to 36" in job[1]
    assert job[2].manifest["window_months"] == [6, 18]


def test_it_prints_a_row_and_a_sentence_for_each_scenario(job):
    for scenario in SCENARIOS:
        assert f"\n{scenario}" in job[1]
        assert f"months 6 to 18 after the start, {scenario} " in " ".join(job[1].split())
    assert job[1].count("Verdict: ") == len(SCENARIOS)


def test_every_table_that_it_prints_tells_what_pairing_is_worth(job, looked_at):
    row = next(line for line in job[1].splitlines() if line.startswith("kokang_crackdown"))
    assert " too few " in row and "people/losses; too few: under 3 pairs." in job[1]
    first, final = (line for line in looked_at["with"][0].splitlines() if line.startswith("kokang_crackdown"))
    known = looked_at["with"][1]["comparison"].iloc[0]
    assert " too few" in first and " too few" not in final
    assert 0 < known["worker_change_pairing"] < 1000 and f" {pairing_text(known)} " in final


def test_many_scenarios_are_told_what_pairing_is_worth_too(looked_at, capsys):
    found = pd.concat([looked_at["with"][1]["comparison"]] * (MOST_TOLD + 1), ignore_index=True)
    _tell(found, {"rule": "pairs"}, (6, 18), Path("out"))
    said = capsys.readouterr().out
    assert "Stopped" not in said
    assert said.count(f" {pairing_text(found.iloc[0])} ") == MOST_TOLD + 1 and "Worth of pairing: times as many runs" in said


def test_the_last_lines_say_why_it_stopped_and_how_wide_the_widest_intervals_are(looked_at, capsys):
    stopped = {"rule": "precision", "because": "the cap of 4 pairs", "pairs": 4, "widths": {"suppression": 0.04567, "ndr": 0.5}}
    _tell(looked_at["with"][1]["comparison"], stopped, (6, 18), Path("out"))
    last = "Stopped after 4 pairs: the cap of 4 pairs. Widest intervals: suppression 0.0457, ndr 0.5."
    assert capsys.readouterr().out.rstrip().splitlines()[-1] == last


@pytest.mark.parametrize(
    ("runs", "stop", "said"),
    [
        ("kept", KeyboardInterrupt(), "Interrupted; runs are kept in kept, the same command goes on from there."),
        ("kept", KeyboardInterrupt("Interrupted: 3 of 9"), "Interrupted: 3 of 9"),
    ],
)
def test_an_interruption_after_the_runs_says_where_they_are_kept(runs, stop, said):
    with pytest.raises(KeyboardInterrupt) as told, told_how_to_go_on(runs):
        raise stop
    assert str(told.value) == said


def test_it_writes_the_tables_and_nothing_else_and_nowhere_else(job):
    folder, _, results = job
    assert [path.name for path in folder.iterdir()] == ["results"]
    assert sorted(path.name for path in results.path.iterdir()) == [
        "cells.parquet", "comparison.csv", "estimands.csv", "figures", "manifest.json", "moves.parquet", "pools.parquet",
        "report.html", "scenarios.csv", "weekly.parquet", "zones.csv",
    ]  # fmt: skip


def test_the_comparison_has_exactly_the_columns_agreed(job):
    header, *rows = (job[2].path / "comparison.csv").read_text().splitlines()
    assert header == COLUMNS
    assert [row.split(",")[0] for row in rows] == list(SCENARIOS)


def test_the_estimands_agree_with_the_comparison(job):
    comparison, estimands = job[2]["comparison"], job[2]["estimands"]
    assert set(estimands["scenario"]) == set(SCENARIOS)
    wide = estimands[estimands["part"].isna()].pivot(index="scenario", columns="estimand", values="value")
    for name in ("suppression", "ndr", "western_loss_change"):
        there = wide[name].loc[comparison["scenario"]].to_numpy()
        np.testing.assert_allclose(there, comparison[name], rtol=1e-9)
    assert estimands[["unit", "definition", "from_month", "pairs"]].notna().all(axis=None)


@pytest.mark.parametrize("name", TYPES)
def test_tables_have_exactly_the_columns_and_types_agreed(job, name):
    assert {column: str(kind) for column, kind in job[2][name].dtypes.items()} == TYPES[name]
    assert len(job[2][name])


def test_zones_are_placed_for_scenarios_and_null_for_the_baseline(job):
    weekly = job[2]["weekly"]
    assert weekly.loc[weekly["scenario"] == "baseline", "zone"].isna().all()
    assert weekly.loc[weekly["scenario"] == "awareness_china", "zone"].isna().all()
    assert weekly.loc[weekly["scenario"] == "kokang_crackdown", "zone"].notna().all()
    assert set(job[2]["zones"]["scenario"]) == set(SCENARIOS)


def test_every_move_has_a_cause_and_goes_from_or_to_somewhere(job):
    moves = job[2]["moves"]
    assert set(moves["cause"]) <= set(CAUSES) - {"none"}
    assert (moves["origin_cell"].notna() | moves["destination_cell"].notna()).all()
    assert {"raided", "entry"} <= set(moves.loc[moves["scenario"] == "kokang_crackdown", "cause"])


def test_the_placebo_is_the_baseline_to_the_bit(job):
    for name in ("weekly", "pools", "moves", "cells"):
        table = job[2][name].drop(columns="zone", errors="ignore")
        placebo, baseline = (
            table[table["scenario"] == scenario].drop(columns="scenario").reset_index(drop=True)
            for scenario in ("placebo", "baseline")
        )
        pd.testing.assert_frame_equal(placebo, baseline, check_exact=True)


def test_worlds_of_a_pair_are_the_same_until_the_scenario_begins(job):
    weekly = job[2]["weekly"].drop(columns="zone")
    starts = job[2]["scenarios"].set_index("scenario")["start"]
    changed = 0
    for scenario in ("kokang_crackdown", "awareness_china"):
        with_it, without = (
            weekly[weekly["scenario"] == name].drop(columns="scenario").reset_index(drop=True) for name in (scenario, "baseline")
        )
        before = with_it["date"] < starts[scenario]
        pd.testing.assert_frame_equal(with_it[before], without[before], check_exact=True)
        changed += int((with_it["workers"] != without["workers"]).sum())
    assert changed > 0


def test_every_figure_is_there_as_picture_drawing_and_numbers(job):
    stems = {f"{name}_{scenario}" if scenario else name for name, scenario in drawings(job[2])}
    stems -= {f"{name}_awareness_china" for name in plots.names() if plots.needs_target(name)}  # victims are no place
    undrawn = {line.split(":")[0].removeprefix("figures/") for line in job[1].splitlines() if ": not drawn; " in line}
    assert not (job[2].path / "figures" / "horizons_awareness_china.png").exists()
    assert {"forest", "fan_kokang_crackdown", "dumbbell_kokang_crackdown", "operations_kokang_crackdown"} <= stems - undrawn
    placebo = {stem for stem in stems if stem.endswith("_placebo")}
    assert not any((job[2].path / "figures" / f"{stem}.png").exists() for stem in placebo)  # there is nothing to see
    for stem in stems - undrawn - placebo:
        for suffix in (".png", ".svg", ".csv", ".txt"):
            assert (job[2].path / "figures" / f"{stem}{suffix}").stat().st_size > 100


def test_the_manifest_says_what_made_the_results(job):
    manifest = job[2].manifest
    assert manifest["seeds"] == [1, 2]
    assert manifest["config"]["region"]["name"] == "toy" and manifest["config"]["end"] == "2021-01-04"
    assert manifest["config"]["params"]["enforcement"]["leak"] == shipped_parameters()["enforcement"]["leak"]["value"]
    assert set(manifest["scenarios"]) == {"baseline", *SCENARIOS}
    assert all(manifest["digests"][part] for part in ("parameters", "data", "source"))
    assert manifest["wall_seconds"]["total"] > 0


def test_ctrl_c_ends_with_one_line_and_leaves_nothing(tmp_path):
    process = started(["scenarios=[placebo]", "ensemble.pairs=2000", "out=deep/results"], tmp_path)
    assert process.stdout.readline().startswith("The baseline beside placebo")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=180)
    assert process.returncode == 130
    said = "nothing was written. With ensemble.runs=FOLDER runs are kept as they end, and the same command goes on from there."
    assert complaints.splitlines()[-1].endswith(f"Interrupted; {said}")
    assert "Traceback" not in complaints
    assert list(tmp_path.iterdir()) == []


def test_each_job_of_a_multirun_gets_a_folder_of_its_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.compare.draw_all", lambda *_: [])
    arguments = ["-m", "region=toy", "scenarios=[placebo]", "end=2019-10-07", "ensemble.pairs=1", "ensemble.seed=5,6", "out=both"]
    assert launch(compare, "compare", arguments) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["both"]
    seeds = [json.loads((tmp_path / "both" / job / "manifest.json").read_text())["seeds"] for job in ("0", "1")]
    assert seeds == [[5], [6]]


@pytest.mark.parametrize("key", ["params.enforcement.leak", "params.enforcement.leak.value"])
def test_a_parameter_is_set_by_its_name(key):
    scenarios, _ = read_scenarios(composed("region=toy", f"{key}=0.8"))
    assert {scenario.params["enforcement"]["leak"] for scenario in scenarios} == {0.8}


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    """The same comparison with a first look and without: what each printed, and its results."""
    folder, patch, found = tmp_path_factory.mktemp("first_look"), pytest.MonkeyPatch(), {}
    patch.setattr("experiments.compare.draw_all", lambda *_: [])
    try:
        for name, worth in (("with", -1.0), ("without", np.inf)):
            patch.setattr("experiments.common.runs.WORTH_A_LOOK", worth)
            printed = io.StringIO()
            with redirect_stdout(printed):
                arguments = ["region=toy", "scenarios=[kokang_crackdown]", "end=2021-01-04", "ensemble.pairs=3"]
                assert launch(compare, "compare", [*arguments, f"out={folder / name}"]) == 0
            found[name] = (printed.getvalue().replace(str(folder / name), "OUT"), load_results(folder / name))
    finally:
        patch.undo()
    return found


def test_a_long_comparison_shows_its_first_pairs_and_judges_nothing_by_them(looked_at):
    first, final = looked_at["with"][0].split("3 pairs per scenario.")[0].split("\nFirst look: 2 of 3 pairs.")[1].split("\n\n\n")
    assert "The table of all pairs follows and replaces this one." in " ".join(first.split())
    assert "2 pairs per scenario." in first
    row, judged = (next(line for line in table.splitlines() if line.startswith("kokang_crackdown")) for table in (first, final))
    assert not re.search("[A-Z]{4}", row) and re.search("[A-Z]{4}", judged)


def test_a_first_look_changes_nothing_that_follows_it_and_is_not_stored(looked_at):
    (printed, results), (other, unseen) = looked_at["with"], looked_at["without"]
    assert "First look" in printed and "First look" not in other
    final, unlooked = (re.sub(r"\(\d+ s\)", "", text[text.rindex("\nscenario ") :]) for text in (printed, other))
    assert final == unlooked
    assert sorted(path.name for path in results.path.iterdir()) == sorted(path.name for path in unseen.path.iterdir())
    for name in ("weekly", "pools", "moves", "cells", "comparison", "estimands"):
        suffix = ".csv" if name in ("comparison", "estimands") else ".parquet"
        assert (results.path / f"{name}{suffix}").read_bytes() == (unseen.path / f"{name}{suffix}").read_bytes()
    assert [results.manifest[key] for key in ("seeds", "stopped")] == [unseen.manifest[key] for key in ("seeds", "stopped")]


@pytest.mark.parametrize("more", [["ensemble.pairs=2"], ["executor=processes"], ["ensemble.runs=kept"]])
def test_runs_that_would_be_cut_into_other_parts_are_not_looked_at(more, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = composed("region=toy", "scenarios=[placebo]", "end=2019-04-01", "ensemble.pairs=3", *more)
    monkeypatch.setattr("experiments.common.runs.WORTH_A_LOOK", -1.0)
    monkeypatch.setattr("experiments.common.runs._Runs.of", lambda self, pairs: {})
    looks = []
    run_pairs(asked, read_scenarios(asked)[0], None, lambda: None, look=lambda *given: looks.append(given))
    assert looks == []


def test_a_parameter_that_nobody_sets_is_left_to_the_scenario(monkeypatch):
    asked = []
    monkeypatch.setattr("experiments.common.design.load_scenario", lambda *given: asked.append(given[-1]) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read_scenarios(composed("params.enforcement.leak=0.8"))
    assert asked == [{"enforcement": {"leak": 0.8}}]


def test_every_file_of_parameters_is_composed():
    assert composed().params == shipped_parameters()


def test_the_region_is_that_of_the_shipped_world():
    assert composed().region["name"] == read_yaml(CONFIGS / "world.yaml")["region"]


def test_all_scenarios_can_be_asked_for_at_once():
    assert {*composed("scenarios=all").scenarios, "baseline"} == set(available("scenario"))


def test_long_runs_are_measured_in_the_window_asked_for():
    asked = composed("scenarios=[kokang_crackdown]", "window=[3,24]")
    scenarios, table = read_scenarios(asked)
    assert fitted_window(asked, table, scenarios[0]) == ((3, 24), "")

"""Runs that failed are run once more, and only those; then the files are those of an ensemble in which nothing had failed."""

import warnings

import pytest
from mischief import WORLD, files, left_over

from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError
from sim.ensemble import jobs, monthly, run_ensemble
from sim.ensemble.folder import Folder
from sim.model import simulate
from sim.store import load_results

BROKEN = {("kokang_crackdown", 5), ("baseline", 6), ("kokang_crackdown", 9)}


@pytest.fixture
def ran(monkeypatch):
    """Runs by (scenario, seed) as they are begun; and those that fail, to be emptied."""
    begun = []

    def fragile(scenario, seed):
        begun.append((scenario.name, seed))
        if (scenario.name, seed) in broken:
            raise ZeroDivisionError("nobody is left")
        return simulate(scenario, seed)

    broken = set(BROKEN)
    monkeypatch.setattr(jobs, "simulate", fragile)
    return begun, broken


def fails(asked, out, **more):
    with pytest.warns(UserWarning, match="retry_failed=True runs them again"):
        return run_ensemble(asked, out=out, **WORLD | more)


@pytest.mark.parametrize("per_part", [1, 5, 24])
def test_only_the_failed_runs_are_run_again_and_nothing_shows_it(tmp_path, asked, undisturbed, ran, monkeypatch, per_part):
    monkeypatch.setattr("sim.ensemble.folder.PARTS", 24 // per_part)
    begun, broken = ran
    fails(asked, tmp_path / "runs")
    begun.clear()
    fails(asked, tmp_path / "runs")
    assert not begun  # not unless asked to
    broken.clear()
    results = run_ensemble(asked, out=tmp_path / "runs", retry_failed=True, **WORLD)
    assert sorted(begun) == sorted(BROKEN)
    assert results.manifest["state"] == "complete" and results["runs"]["error"].isna().all()
    for name in ("runs", "weekly", "pools", "moves", "cells"):
        assert results[name].equals(undisturbed[name]), name
    if per_part == 1:
        assert files(tmp_path / "runs") == files(undisturbed.path)
    again = run_ensemble(asked, out=tmp_path / "runs", retry_failed=True, **WORLD)
    assert len(begun) == 3 and again["weekly"].equals(undisturbed["weekly"]) and not left_over(tmp_path)


def test_the_mended_files_are_those_of_an_ensemble_without_failures(tmp_path, asked, ran, monkeypatch):
    monkeypatch.setattr("sim.ensemble.folder.PARTS", 5)
    _, broken = ran
    fails(asked, tmp_path / "mended")
    broken.clear()
    run_ensemble(asked, out=tmp_path / "mended", retry_failed=True, **WORLD)
    run_ensemble(asked, out=tmp_path / "whole", **WORLD)
    assert files(tmp_path / "mended") == files(tmp_path / "whole")


def test_what_fails_again_is_recorded_again_and_the_rest_is_mended(tmp_path, asked, ran):
    _, broken = ran
    fails(asked, tmp_path / "runs")
    broken.discard(("baseline", 6))
    results = fails(asked, tmp_path / "runs", retry_failed=True)
    failed = results["runs"].dropna(subset="error")
    assert set(zip(failed["scenario"], failed["seed"], strict=True)) == BROKEN - {("baseline", 6)}
    weekly = results["weekly"]
    assert len(weekly[(weekly["scenario"] == "baseline") & (weekly["seed"] == 6)])


def test_where_runs_are_reduced_their_whole_part_is_made_anew(tmp_path, asked, ran):
    begun, broken = ran
    fails(asked, tmp_path / "runs", reduce=monthly)
    begun.clear()
    broken.clear()
    results = run_ensemble(asked, out=tmp_path / "runs", reduce=monthly, retry_failed=True, **WORLD)
    assert set(begun) >= BROKEN and len(begun) == 2 * len({seed for _, seed in BROKEN})
    in_memory = run_ensemble(asked, reduce=monthly, **WORLD)
    assert results["weekly"].equals(in_memory["weekly"])


def silencing(tables):
    warnings.simplefilter("ignore")  # as pandas does for a moment; two threads at once can leave it so
    return tables["weekly"].iloc[:1]


def test_threads_that_silence_warnings_leave_those_of_the_ensemble_alone(tmp_path, asked, ran):
    before = list(warnings.filters)
    fails(asked, tmp_path / "runs", reduce=silencing)
    assert warnings.filters == before


def test_killed_while_mending_the_next_call_makes_the_part_anew(tmp_path, asked, undisturbed, ran, monkeypatch):
    _, broken = ran
    fails(asked, tmp_path / "runs")
    broken.clear()
    write = Folder.write

    def killed(folder, part, tables):
        (folder.out / "weekly" / f"{part.number:05d}.parquet").write_bytes(b"PAR1 and then the power went")
        raise KeyboardInterrupt

    monkeypatch.setattr(Folder, "write", killed)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from there"):
        run_ensemble(asked, out=tmp_path / "runs", retry_failed=True, **WORLD)
    monkeypatch.setattr(Folder, "write", write)
    assert load_results(tmp_path / "runs").manifest["state"] == "begun"
    run_ensemble(asked, out=tmp_path / "runs", retry_failed=True, **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)


def test_without_a_folder_there_is_nothing_to_retry(asked):
    with pytest.raises(ConfigError, match="retry_failed: is True; allowed: with out") as said:
        run_ensemble(asked, retry_failed=True, **WORLD)
    assert "\n" not in str(said.value)


@pytest.mark.slow
def test_the_command_line_runs_them_again_too(tmp_path, ran, capsys):
    begun, broken = ran
    command = ["region=toy", "scenarios=[kokang_crackdown]", "end=2024-12-02", "ensemble.pairs=5"]
    command.append(f"ensemble.runs={tmp_path / 'runs'}")
    with pytest.warns(UserWarning, match="1 of 10 runs failed"):
        assert launch(compare, "compare", [*command, f"out={tmp_path / 'one'}"]) == 0
    assert "the same command with ensemble.retry_failed=true, and another out, runs those again" in capsys.readouterr().out
    begun.clear()
    broken.clear()
    assert launch(compare, "compare", [*command, "ensemble.retry_failed=true", f"out={tmp_path / 'two'}"]) == 0
    assert begun == [("kokang_crackdown", 5)]
    results = load_results(tmp_path / "two")
    assert results["comparison"]["pairs"].tolist() == [5] and results.manifest["failed"] == 0


@pytest.mark.parametrize("value", ["true", "perhaps"])
def test_a_retry_of_nothing_is_answered_in_one_line(value, capsys):
    assert launch(compare, "compare", ["region=toy", f"ensemble.retry_failed={value}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("ensemble.retry_failed: is ") and said.count("\n") == 1

"""Disks and folders that fail: one line, and what was stored stays stored."""

import datetime as dt
import errno
import os
import re
import shutil
import signal
import time

import pytest
from mischief import RUN, SCENARIOS, WORLD, files, left_over, python

from experiments.compare import _dated
from sim import ConfigError, store
from sim.ensemble import design, run_ensemble
from sim.store import load_results, results_folder, write_csv, write_manifest, write_table

KEPT = re.compile(r"; \d+ of 24 runs are kept in \S+, the same command goes on from there\.$")


@pytest.fixture
def copied(undisturbed, tmp_path):
    """A copy of the results, to be spoilt."""
    return shutil.copytree(undisturbed.path, tmp_path / "runs")


@pytest.fixture
def fill_up(monkeypatch):
    """Lets some files be written and then fails as a full disk does, at the lowest level."""
    write, left = store.pq.write_table, []

    def full(content, path, **settings):
        if not left.pop(0):
            path.write_bytes(b"PAR1 half a ")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(content, path, **settings)

    def after(number):
        left[:] = [True] * number + [False] * 1000
        monkeypatch.setattr(store.pq, "write_table", full)

    return after


@pytest.mark.parametrize("files_written", [0, 1, 8, 11, 14, 15])
def test_a_disk_that_fills_up_costs_nothing_that_is_stored(tmp_path, asked, undisturbed, fill_up, monkeypatch, files_written):
    fill_up(files_written)
    with pytest.raises(ConfigError, match="cannot be written \\(No space left on device\\)") as said:
        run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert "\n" not in str(said.value)
    assert files_written == 0 or KEPT.search(str(said.value))
    monkeypatch.undo()
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)
    assert not left_over(tmp_path)


def test_so_it_is_with_a_limit_set_by_the_system(tmp_path, asked, undisturbed):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
    process = python(limit + RUN % "{}", tmp_path)
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "ConfigError: out: " in complaints and "cannot be written (File too large)" in complaints
    assert not left_over(tmp_path)
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_the_device_that_is_always_full_is_told_in_one_line(undisturbed, tmp_path):
    (tmp_path / ".weekly.parquet.part").symlink_to("/dev/full")
    with pytest.raises(ConfigError, match="No space left"), store.told_in_one_line(tmp_path):
        write_table(tmp_path, "weekly", undisturbed["weekly"])
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_on_a_full_disk_leaves_nothing(tmp_path, undisturbed, fill_up):
    fill_up(1)
    with pytest.raises(ConfigError, match="cannot be written"), results_folder(tmp_path / "results") as folder:
        write_table(folder, "weekly", undisturbed["weekly"])
        write_table(folder, "pools", undisturbed["pools"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("gone", ["all", "manifest"])
def test_a_folder_that_goes_away_is_not_begun_again_behind_your_back(tmp_path, asked, monkeypatch, gone):
    out, told = tmp_path / "runs", []

    def remove():
        told.append(1)
        if len(told) == 10:
            shutil.rmtree(out) if gone == "all" else (out / "manifest.json").unlink()

    with pytest.raises(ConfigError, match="was moved or removed while it was written") as said:
        run_ensemble(asked, workers=1, progress=remove, out=out, **WORLD)
    assert "\n" not in str(said.value)
    assert gone != "all" or not out.exists()


def test_a_comparison_whose_folder_goes_away_says_so(tmp_path, undisturbed):
    with pytest.raises(ConfigError, match="cannot be written"), results_folder(tmp_path / "results") as folder:
        shutil.rmtree(folder)
        write_csv(folder, "runs", undisturbed["runs"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", [0, 3, 4, 2000])
def test_a_truncated_file_is_named_and_made_anew(copied, asked, undisturbed, left):
    broken = copied / "weekly" / "00007.parquet"
    os.truncate(broken, left)
    with pytest.raises(ConfigError, match=r"weekly.00007\.parquet: is cut short or no Parquet file; run the same") as said:
        load_results(copied)["weekly"]
    assert "\n" not in str(said.value)
    run_ensemble(asked, out=copied, **WORLD)
    assert files(copied) == files(undisturbed.path)


def test_a_truncated_table_of_runs_or_design_loses_no_other_part(copied, asked, undisturbed):
    os.truncate(copied / "runs" / "00007.parquet", 100)
    run_ensemble(asked, out=copied, **WORLD)
    assert files(copied) == files(undisturbed.path)
    os.truncate(copied / "design.parquet", 100)
    with pytest.raises(ConfigError, match=r"design\.parquet: is cut short"):
        run_ensemble(asked, out=copied, **WORLD)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": 2}', "manifest.json: format is 2; allowed: up to 1, or a newer version of the code"),
        ('{"format": "one"}', "format is 'one'"),
        ("[1, 2]", "format is None"),
        ('{"format": 1', "no results here"),
        ("", "no results here"),
    ],
)
def test_a_manifest_of_another_version_is_not_guessed_at(copied, asked, text, words):
    (copied / "manifest.json").write_text(text)
    for use in (lambda: load_results(copied), lambda: run_ensemble(asked, out=copied, **WORLD)):
        with pytest.raises(ConfigError) as said:
            use()
        assert words in str(said.value) and "\n" not in str(said.value)


def test_results_of_the_version_before_can_be_read(tmp_path):
    write_manifest(tmp_path, {"experiment": "compare"})
    assert load_results(tmp_path).manifest == {"experiment": "compare"}


def test_two_processes_do_not_write_to_one_folder(tmp_path, asked, undisturbed):
    process = python(RUN % "{}", tmp_path)
    while not (tmp_path / "runs" / "runs").is_dir():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)  # it holds the folder and does nothing
    try:
        before = files(tmp_path / "runs")
        with pytest.raises(ConfigError, match=r"another process is writing to \S+; allowed: one at a time"):
            run_ensemble(asked, out=tmp_path / "runs", **WORLD)
        assert files(tmp_path / "runs") == before
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=120)
    assert files(tmp_path / "runs") == files(undisturbed.path)


def test_a_clock_that_is_set_back_changes_nothing(tmp_path, asked, undisturbed, monkeypatch):
    clock = iter(range(2_000_000_000, 0, -3600))
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    run_ensemble(asked.iloc[:12], out=tmp_path / "runs", progress=True, **WORLD)
    run_ensemble(asked.iloc[:12], out=tmp_path / "runs", progress=True, **WORLD)
    for name in ("weekly", "runs"):
        assert load_results(tmp_path / "runs")[name].equals(undisturbed[name].iloc[: len(undisturbed[name]) // 2]), name


def test_a_date_that_comes_twice_names_a_new_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.compare.datetime", type("Stopped", (), {"now": lambda: dt.datetime(2024, 1, 1)}))
    first = _dated()
    assert first.startswith("results/compare/2024-01-01")
    for expected in (first, f"{first}_2", f"{first}_3"):
        assert _dated() == expected
        os.makedirs(expected)


def test_a_folder_that_may_not_be_written_is_found_before_the_first_run(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("it ran"))
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        run_ensemble(design(SCENARIOS, [1]), out=tmp_path / "file" / "runs", **WORLD)

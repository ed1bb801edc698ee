"""An ensemble that is stopped at any moment goes on where it was: nothing lost, nothing twice."""

import signal
import time

import pytest
from mischief import RUN, SMALL_PARTS, WORLD, files, left_over, python

from sim import ConfigError
from sim.ensemble import design, run_ensemble
from sim.store import load_results

pytestmark = pytest.mark.slow


def wait_for_parts(folder, process, parts):
    """Until so many parts are stored."""
    until = time.monotonic() + 120
    while len(list((folder / "runs" / "runs").glob("[0-9]*.parquet"))) < parts:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.parametrize(("executor", "parts"), [("{}", 3), ("{}", 11), ("{'executor': 'processes', 'workers': 2}", 5)])
def test_after_kill_9_the_same_call_ends_with_the_same_files(tmp_path, asked, undisturbed, executor, parts):
    process = python(RUN % executor, tmp_path, start_new_session=True)
    wait_for_parts(tmp_path, process, parts)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    before = {name: content for name, content in files(tmp_path / "runs").items() if name.startswith("runs/")}
    assert parts <= len(before) < len(asked)
    assert load_results(tmp_path / "runs").manifest["state"] == "begun"
    ran = []
    results = run_ensemble(asked, progress=lambda: ran.append(1), out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)
    assert before.items() <= files(tmp_path / "runs").items()
    assert not left_over(tmp_path)
    assert results.manifest["state"] == "complete"
    assert results["runs"]["run"].tolist() == list(range(len(asked)))


def test_what_is_stored_is_not_run_again(tmp_path, undisturbed, asked, monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: pytest.fail("it ran"))
    again = run_ensemble(asked, out=undisturbed.path, **WORLD)
    assert again["weekly"].equals(undisturbed["weekly"])


def test_half_a_part_left_by_a_crash_is_made_anew(tmp_path, asked, undisturbed):
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    (tmp_path / "runs" / "runs" / "00004.parquet").unlink()  # written last: without it the part does not count
    (tmp_path / "runs" / "weekly" / "00004.parquet").write_bytes(b"PAR1 and then the power went")
    (tmp_path / "runs" / "weekly" / ".00004.parquet.part").write_bytes(b"PAR1")
    assert 4 not in load_results(tmp_path / "runs")["runs"]["run"].tolist()
    assert len(load_results(tmp_path / "runs")["weekly"]) == len(undisturbed["weekly"]) * 23 / 24
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)
    assert not left_over(tmp_path)


@pytest.mark.parametrize("executor", ["{}", "{'executor': 'processes', 'workers': 2}"])
def test_ctrl_c_says_in_one_line_how_to_go_on(tmp_path, asked, undisturbed, executor):
    answer = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    process = python(RUN % executor, tmp_path, **answer)
    wait_for_parts(tmp_path, process, 4)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=120)
    last = complaints.strip().splitlines()[-1]
    kept = len(list((tmp_path / "runs" / "runs").glob("[0-9]*.parquet")))
    assert last == (
        f"KeyboardInterrupt: Interrupted: {kept} of 24 runs are kept in {tmp_path / 'runs'}, the same command goes on from there."
    )
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)


@pytest.mark.parametrize("at", [5, 23])
def test_ctrl_c_while_python_clears_something_away_is_heard(tmp_path, asked, undisturbed, at):
    class Interrupted:
        def __del__(self):
            raise KeyboardInterrupt

    done = iter(range(100))
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from there"):
        run_ensemble(asked, out=tmp_path / "runs", progress=lambda: next(done) == at and Interrupted() and None, **WORLD)
    assert at < next(done) <= 24
    run_ensemble(asked, out=tmp_path / "runs", **WORLD)
    assert files(tmp_path / "runs") == files(undisturbed.path)


def test_ctrl_c_in_a_comparison_that_keeps_its_runs_says_where_they_are(tmp_path):
    answer = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    asked = ["region=toy", "scenarios=[placebo]", "end=2020-12-28", "ensemble.pairs=60", "ensemble.runs=runs", "out=results"]
    code = f"{SMALL_PARTS}; import sys; from experiments.compare import *; sys.exit(launch(compare, 'compare', {asked}))"
    process = python(code, tmp_path, **answer)
    wait_for_parts(tmp_path, process, 2)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=120)
    kept = len(load_results(tmp_path / "runs")["runs"])
    said = f"Interrupted: {kept} of 120 runs are kept in {tmp_path / 'runs'}, the same command goes on from there."
    assert process.returncode == 130 and complaints.strip().splitlines()[-1].endswith(said)
    assert "Traceback" not in complaints and not (tmp_path / "results").exists() and not left_over(tmp_path)


def test_a_longer_design_continues_a_shorter_one(tmp_path, asked):
    run_ensemble(asked.iloc[:6], out=tmp_path / "runs", **WORLD)
    first = files(tmp_path / "runs")
    results = run_ensemble(asked.iloc[:10], out=tmp_path / "runs", **WORLD)
    now = files(tmp_path / "runs")
    assert all(now[name] == content for name, content in first.items() if name != "design.parquet")
    assert results["runs"]["run"].tolist() == list(range(10))
    in_memory = run_ensemble(asked.iloc[:10], **WORLD)
    for name in ("weekly", "pools", "moves", "cells"):
        assert results[name].equals(in_memory[name]), name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"design": design(["baseline"], range(1, 25))}, "begun with other settings"),
        ({"design": design(["baseline", "kokang_crackdown"], range(2, 14))}, "runs of another design"),
        ({"end": "2019-10-07"}, "begun with other settings"),
        ({"params": {"enforcement": {"leak": 0.3}}}, "begun with other settings"),
        ({"tables": ["weekly"]}, "begun with other tables"),
    ],
)
def test_another_ensemble_is_not_mixed_into_it(undisturbed, asked, change, words):
    before = files(undisturbed.path)
    with pytest.raises(ConfigError, match=words) as said:
        run_ensemble(**{"design": asked, "out": undisturbed.path} | WORLD | change)
    assert "\n" not in str(said.value)
    assert files(undisturbed.path) == before


def test_other_code_does_not_go_on_with_it(undisturbed, asked, monkeypatch):
    monkeypatch.setattr("sim.ensemble.folder.model_digest", lambda: "another")
    with pytest.raises(ConfigError, match="begun with other code or data; allowed: the same, or a new folder"):
        run_ensemble(asked, out=undisturbed.path, **WORLD)


def test_results_of_something_else_are_left_alone(tmp_path, asked):
    (tmp_path / "mine.txt").write_text("dear")
    with pytest.raises(ConfigError, match="exists and is not empty"):
        run_ensemble(asked, out=tmp_path, **WORLD)
    assert (tmp_path / "mine.txt").read_text() == "dear"

"""`experiments.claims` goes on where it was stopped: the same tables as if nobody had disturbed it, and nothing left over."""

import re
import signal
import time

import pandas as pd
import pytest
from mischief import left_over, python

from experiments.common.kept import Kept, kept_steps
from experiments.verdicts import points
from sim import ConfigError

SETTINGS = ["claims=[C007]", "ensemble.pairs=6", "draws=2", "structures=none", "start=2020-09-07"]
CODE = "import sys; from experiments.claims import *; sys.exit(launch(claims, 'claims', {settings}))"
KEYS = ["seed", "draw", "structure"]


def begin(folder, **options):
    return python(CODE.format(settings=[*SETTINGS, "out=results"]), folder, **options)


def wait_for_steps(folder, process, steps):
    until = time.monotonic() + 300
    while len(list((folder / "results.begun").glob("[!.]*.parquet"))) < steps:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def tables(folder):
    """The tables that people read, byte for byte."""
    return {path.name: path.read_bytes() for path in sorted((folder / "results").glob("*.csv"))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    process = begin(folder)
    _, complaints = process.communicate(timeout=600)
    assert process.returncode == 0, complaints
    assert sorted(path.name for path in folder.iterdir()) == ["results"]
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 3])
def test_after_kill_9_the_same_command_ends_with_the_same_tables(tmp_path, undisturbed, steps):
    process = begin(tmp_path, start_new_session=True)
    wait_for_steps(tmp_path, process, steps)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results.begun").glob("[!.]*.parquet")}
    assert len(before) >= steps and not (tmp_path / "results").exists()
    again = begin(tmp_path)
    said, complaints = again.communicate(timeout=600)
    assert again.returncode == 0, complaints
    assert f"Going on with what {tmp_path / 'results.begun'} keeps of them." in said
    assert tables(tmp_path) == tables(undisturbed)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results"] and not left_over(tmp_path)


@pytest.mark.slow
def test_ctrl_c_says_in_one_line_how_to_go_on(tmp_path, undisturbed):
    answer = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    process = begin(tmp_path, **answer)
    wait_for_steps(tmp_path, process, 2)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in complaints
    last = complaints.replace("\r", "\n").strip().splitlines()[-1]
    begun, out = re.escape(str(tmp_path / "results.begun")), re.escape(str(tmp_path / "results"))
    told = rf"Interrupted: at least \d+ of 16 runs are kept in {begun}, the same command with out={out} goes on from there\."
    assert re.search(told, last)
    again = begin(tmp_path)
    assert again.wait(timeout=600) == 0 and tables(tmp_path) == tables(undisturbed)


# --- the steps themselves, without runs -----------------------------------------------------------


def counts(value=1.0):
    index = pd.MultiIndex.from_tuples([(1, 0, ""), (2, 0, "")], names=KEYS)
    rows = pd.DataFrame({"workers": [value, 0.1], "back": [True, False]}, index).astype({"workers": "float32"})
    return {"C001": rows, "H1": rows[["back"]].astype("int64")}


def test_a_step_is_made_once_and_read_back_as_it_was(tmp_path):
    told = []
    with pytest.raises(ZeroDivisionError), kept_steps(tmp_path / "out", 4) as kept:
        kept.step("a", 2, lambda: (counts(), True), lambda: told.append(1))
        raise ZeroDivisionError
    with kept_steps(tmp_path / "out", 4) as kept:
        assert kept.begun() == 1 and not told
        found = kept.step("a", 2, lambda: pytest.fail("it ran"), lambda: told.append(1))
        assert len(told) == 2
    for claim, rows in counts().items():
        pd.testing.assert_frame_equal(found[claim], rows, check_exact=True)
    assert not list(tmp_path.iterdir())


def test_a_step_with_a_failed_run_is_not_kept(tmp_path):
    with pytest.raises(ZeroDivisionError), kept_steps(tmp_path / "out", 4) as kept:
        kept.step("a", 2, lambda: (counts(), False), list)
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_a_damaged_step_is_made_anew(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then the power went")
    found = Kept(tmp_path, 2).step("a", 2, lambda: (counts(7.0), True), list)
    assert found["C001"]["workers"].iloc[0] == 7.0


def test_results_that_are_there_and_another_process_are_left_alone(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("dear")
    with pytest.raises(ConfigError, match="exists and is not empty"), kept_steps(tmp_path / "full", 1):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    second = kept_steps(tmp_path / "out", 1)
    with kept_steps(tmp_path / "out", 1), pytest.raises(ConfigError, match="another process is writing"), second:
        pass


def test_ctrl_c_before_anything_is_kept_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt) as said, kept_steps(tmp_path / "deep" / "out", 1):
        raise KeyboardInterrupt
    assert not said.value.args and not list(tmp_path.iterdir())


def test_a_step_is_another_under_another_seed_parameter_rule_or_code(monkeypatch):
    from sim.claims.claim import load_claims

    base = {"region": "southeast_asia", "start": None, "end": None, "params": {}}
    asked = []

    class Asked:
        def step(self, key, runs, make, told):
            asked.append(key)
            return {claim: pd.DataFrame() for claim in names}

    names = ("C007",)
    one = points.Point(0, "", {}, range(1, 3))
    points_asked = [one, one, one._replace(seeds=range(2, 4)), one._replace(params={"enforcement.leak": 0.3})]
    for point in points_asked:
        points.run_point(point, load_claims(names), base, {}, None, list, Asked())
    points.run_point(one, load_claims(names), base | {"end": "2027-01-04"}, {}, None, list, Asked())
    names = ("C007", "C008")
    points.run_point(one, load_claims(names), base, {}, None, list, Asked())
    names = ("C007",)
    monkeypatch.setattr(points, "source_digest", lambda: "another")
    points.run_point(one, load_claims(names), base, {}, None, list, Asked())
    assert asked[0] == asked[1] and len(set(asked)) == len(asked) - 1 == 6

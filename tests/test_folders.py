"""A results folder is made by one process at a time; what is finished is never lost, what a killed process left is cleared."""

import signal
import subprocess
import sys

import pytest
from running import ROOT

from sim import ConfigError
from sim.store import results_folder, write_manifest

HOLD = """
import sys, time
from sim.store import results_folder
with results_folder(sys.argv[1]):
    print("begun", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def another(tmp_path):
    """Another process that has begun to write to tmp_path/results."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "results")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_process_to_start_on_a_folder_gets_one_line_at_once_and_disturbs_nothing(tmp_path, another):
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ConfigError, match="out: another process is writing to") as said, results_folder(tmp_path / "results"):
        pytest.fail("it must not be entered")
    assert "\n" not in str(said.value) and sorted(tmp_path.iterdir()) == before


def test_two_that_share_a_process_do_not_mix_either(tmp_path):
    with results_folder(tmp_path / "results") as folder:
        with pytest.raises(ConfigError, match="another process is writing"), results_folder(tmp_path / "results"):
            pytest.fail("it must not be entered")
        write_manifest(folder, {})
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_what_a_killed_process_left_is_gone_after_the_next_run(tmp_path, another):
    for name in (".results.more.17.part", ".results.1.kept", "results.9.part"):
        (tmp_path / name).mkdir()  # of somebody else
    another.send_signal(signal.SIGKILL)
    another.wait()
    assert (tmp_path / f".results.{another.pid}.part").is_dir()
    with results_folder(tmp_path / "results") as folder:
        write_manifest(folder, {})
    assert {path.name for path in tmp_path.iterdir()} == {"results", ".results.more.17.part", ".results.1.kept", "results.9.part"}


def test_finished_work_that_cannot_take_its_place_is_kept_and_the_line_says_where(tmp_path):
    with pytest.raises(ConfigError, match="all is done and lies in") as said, results_folder(tmp_path / "results") as folder:
        write_manifest(folder, {"seeds": [1]})
        (tmp_path / "results").mkdir()
        (tmp_path / "results" / "theirs.txt").write_text("dear")
    kept = tmp_path / ".results.1.kept"
    assert str(kept) in str(said.value) and "\n" not in str(said.value)
    assert (kept / "manifest.json").is_file() and (tmp_path / "results" / "theirs.txt").read_text() == "dear"
    (tmp_path / "results" / "theirs.txt").unlink()
    with results_folder(tmp_path / "results") as folder:
        write_manifest(folder, {})
    assert (kept / "manifest.json").is_file()

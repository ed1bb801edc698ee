"""A real Slurm of one node: its jobs give the bytes of a local run, jobs that end are followed by others, mistakes are told."""

import subprocess
import threading
import time

import pytest
from mischief import ROOT, WORLD, files
from small_slurm import missing, small_slurm

from sim import ConfigError
from sim.ensemble import run_ensemble

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing())]
SETTINGS = {"kind": "slurm", "cores": 1, "memory": "2GB", "walltime": "00:10:00", "queue": "short", "interface": "lo"}


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Asks Slurm for the jobs that are waiting or running; a list of their numbers."""
    pytest.importorskip("dask_jobqueue")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)  # jobs write their logs where they were submitted
    with small_slurm(tmp_path / "slurm") as conf:
        monkeypatch.setenv("SLURM_CONF", str(conf))
        yield lambda: _asked("squeue", "-h", "-o", "%i").split()


def test_jobs_of_slurm_give_the_same_bytes(tmp_path, asked, undisturbed, slurm):
    results = run_ensemble(asked, executor=SETTINGS | {"jobs": 2}, out=tmp_path / "runs", **WORLD)
    assert results["runs"]["error"].isna().all()
    assert files(tmp_path / "runs") == files(undisturbed.path)


def test_jobs_that_end_before_the_work_does_are_followed_by_others(tmp_path, asked, undisturbed, slurm):
    """As at the end of their walltime: all of them are gone, and nobody is left to wait for."""
    ended = []

    def end_all():
        while not (started := list((tmp_path / "runs" / "runs").glob("*.parquet"))):
            time.sleep(0.1)
        ended.extend([*slurm(), len(started)])
        _asked("scancel", "--user", _asked("whoami").strip())

    threading.Thread(target=end_all, daemon=True).start()
    results = run_ensemble(asked, executor=SETTINGS | {"jobs": 1}, out=tmp_path / "runs", **WORLD)
    assert len(ended) == 2 and ended[1] < len(asked)  # one job, ended with work left
    assert results["runs"]["error"].isna().all()
    assert files(tmp_path / "runs") == files(undisturbed.path)


def test_a_job_that_slurm_would_not_take_is_answered_in_one_line(asked, slurm):
    with pytest.raises(ConfigError, match=r"executor=slurm: Slurm would not take the job: .*nowhere") as said:
        run_ensemble(asked, executor=SETTINGS | {"queue": "nowhere"}, **WORLD)
    assert "\n" not in str(said.value)
    assert slurm() == []


def test_without_slurm_it_is_said_where_to_start(asked, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="executor=slurm: no sbatch here; allowed: ") as said:
        run_ensemble(asked, executor=SETTINGS, **WORLD)
    assert "\n" not in str(said.value)


def _asked(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout

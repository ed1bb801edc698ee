"""Workers that fail, die or are other than expected: the rest goes on, and the tables are those of an undisturbed run."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from mischief import ROOT, WORLD, files

from experiments.common.console import launch
from experiments.compare import compare
from sim import ConfigError, simulate
from sim.ensemble import monthly, run_ensemble
from sim.ensemble.design import checked_plan, restored
from sim.ensemble.executors import Slurm, opened, slurm_cluster
from sim.ensemble.jobs import Job, run_job


def fragile(scenario, seed):
    """A simulation with a bug that one run meets."""
    if (scenario.name, seed) == ("kokang_crackdown", 5):
        raise ZeroDivisionError("nobody\nis left")
    return simulate(scenario, seed)


def deadly(tables):
    """A reduction that kills its process for one seed, and is `monthly` for the others."""
    if (tables["weekly"]["seed"] == 5).any():
        os.kill(os.getpid(), signal.SIGKILL)
    return monthly(tables)


@pytest.mark.parametrize("out", [None, "runs"])
def test_a_run_that_fails_is_recorded_and_the_others_go_on(tmp_path, asked, undisturbed, monkeypatch, out):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", fragile)
    with pytest.warns(UserWarning, match="1 of 24 runs failed, the first kokang_crackdown, seed 5: ZeroDivisionError: nobody is"):
        tables = run_ensemble(asked, out=out and tmp_path / out, **WORLD)
    failed = tables["runs"].dropna(subset="error")
    assert failed[["run", "scenario", "seed"]].to_numpy().tolist() == [[9, "kokang_crackdown", 5]]
    assert failed["error"].iloc[0] == "ZeroDivisionError: nobody is left"
    assert "in fragile" in failed["traceback"].iloc[0]
    again = simulate(restored(json.loads(failed["config"].iloc[0])), 5)  # the config is enough to find the bug with
    for name in ("weekly", "pools", "moves", "cells"):
        whole = undisturbed[name]
        mine = (whole["scenario"] == "kokang_crackdown") & (whole["seed"] == 5)
        assert mine.any() and tables[name].equals(whole[~mine].reset_index(drop=True)), name
    mine = undisturbed["weekly"].query("scenario == 'kokang_crackdown' and seed == 5")
    assert (again.records.workers.T.ravel() == mine["workers"]).all()


def test_a_reduction_that_fails_is_recorded_for_its_whole_group(asked):
    def broken(tables):
        return tables["weekly"].iloc[: 1 // int((tables["weekly"]["seed"] != 5).all())]

    with pytest.warns(UserWarning, match="2 of 24 runs failed"):
        tables = run_ensemble(asked, reduce=broken, **WORLD)
    assert tables["runs"].dropna(subset="error")["seed"].tolist() == [5, 5]
    assert tables["summary"]["seed"].tolist() == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]


def test_if_every_run_fails_that_is_an_error_with_its_traceback(asked, monkeypatch):
    monkeypatch.setattr("sim.ensemble.jobs.simulate", lambda *_: 1 / 0)
    with pytest.raises(RuntimeError, match=r"every run failed; the first of them:\nTraceback(.|\n)*ZeroDivisionError"):
        run_ensemble(asked, **WORLD)


def kill_one(found):
    """Kill the first process that `found` gives, as soon as there is one."""

    def wait():
        until = time.monotonic() + 60
        while not (there := found()) and time.monotonic() < until:
            time.sleep(0.01)
        there[0].kill()
        killed.append(there[0].pid)

    killed = []
    thread = threading.Thread(target=wait)
    thread.start()
    return thread, killed


def is_worker(child):
    """Whether a process is one of a pool's; helpers with compiling are not, nor has one that has ended a command line."""
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except psutil.Error:
        return False


@pytest.mark.slow
def test_a_worker_process_that_is_killed_is_replaced(tmp_path, asked, undisturbed):
    out = tmp_path / "runs"

    def busy():
        begun = len(list(out.glob("runs/[0-9]*.parquet"))) >= 2
        return [child for child in psutil.Process().children() if begun and is_worker(child)]

    thread, killed = kill_one(busy)
    results = run_ensemble(asked, executor="processes", workers=2, out=out, **WORLD)
    thread.join()
    assert killed and results["runs"]["error"].isna().all()
    assert files(out) == files(undisturbed.path)


@pytest.mark.slow
def test_a_job_that_kills_its_process_every_time_is_given_up_and_no_other(asked):
    with pytest.warns(UserWarning, match="2 of 24 runs failed, the first baseline, seed 5: RuntimeError: its worker process"):
        tables = run_ensemble(asked, executor="processes", workers=2, tables=["weekly"], reduce=deadly, **WORLD)
    left = asked[asked["seed"] != 5]
    assert tables["weekly"].equals(run_ensemble(left, tables=["weekly"], reduce=monthly, **WORLD)["weekly"])
    assert tables["runs"].dropna(subset="error")["seed"].tolist() == [5, 5]


def dask(tool, folder, *arguments):
    """A scheduler or a worker, started as on a machine of a cluster."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", f"distributed.cli.dask_{tool}", "--scheduler-file", str(folder / "scheduler.json")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, *arguments], cwd=folder, env=environment, **quiet)


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers, each a process: (address, scheduler, workers)."""
    pytest.importorskip("distributed")
    scheduler = dask("scheduler", tmp_path, "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
    while not (tmp_path / "scheduler.json").is_file():
        assert scheduler.poll() is None
        time.sleep(0.05)
    workers = [dask("worker", tmp_path, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    yield json.loads((tmp_path / "scheduler.json").read_text())["address"], scheduler, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_dask_worker_killed_in_the_middle_changes_no_byte(tmp_path, asked, undisturbed, cluster):
    address, _, workers = cluster
    out, killed = tmp_path / "runs", []

    def kill():
        if len(list(out.glob("runs/[0-9]*.parquet"))) >= 4 and not killed:
            workers[0].kill()
            killed.append(workers[0].wait())

    results = run_ensemble(asked, executor={"kind": "dask", "address": address}, progress=kill, out=out, **WORLD)
    assert killed == [-signal.SIGKILL]
    assert results["runs"]["error"].isna().all()
    assert files(out) == files(undisturbed.path)


@pytest.mark.slow
def test_a_cluster_that_goes_away_leaves_what_is_stored(tmp_path, asked, undisturbed, cluster):
    address, scheduler, workers = cluster
    out = tmp_path / "runs"

    def kill():
        if len(list(out.glob("runs/[0-9]*.parquet"))) >= 4:
            for process in (scheduler, *workers):
                process.kill()

    with pytest.raises(ConfigError, match=r"the cluster is gone.*; \d+ of 24 runs are kept in") as said:
        run_ensemble(asked, executor={"kind": "dask", "address": address}, progress=kill, out=out, **WORLD)
    assert "\n" not in str(said.value)
    run_ensemble(asked, out=out, **WORLD)
    assert files(out) == files(undisturbed.path)


def test_a_job_script_holds_what_the_settings_say():
    pytest.importorskip("dask_jobqueue")
    cluster = slurm_cluster(Slurm(kind="slurm", cores=8, memory="16GB", account="abc", interface="lo", more=("--constraint=ib",)))
    try:
        script = cluster.job_script()
        assert "--cpus-per-task=8" in script and "#SBATCH -A abc" in script and "#SBATCH --constraint=ib" in script
        assert sys.executable in script
    finally:
        cluster.close()


def test_a_worker_with_other_code_is_refused(asked):
    plan = checked_plan(asked, **WORLD)
    job = Job(plan.slice(0, 1), 0, ("weekly",), None, code="another")
    with pytest.raises(ConfigError, match=r"a worker runs other code \(digest \w+, here another\); allowed: the same"):
        run_job(job)


def test_an_executor_of_ones_own_will_do(asked, undisturbed):
    with ThreadPoolExecutor(2) as pool:
        assert run_ensemble(asked, executor=pool, **WORLD)["weekly"].equals(undisturbed["weekly"])
        assert pool.submit(lambda: 1).result() == 1  # it is left open


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("theads", "executor.kind: is 'theads'; allowed: threads, processes, dask, slurm"),
        ({"kind": "dask", "adr": "tcp://a"}, "executor.adr: unknown key; allowed for dask: kind, address"),
        ({"kind": "slurm", "cores": 0}, "executor.cores: is 0; allowed: "),
        ({"kind": "dask", "address": "tcp://127.0.0.1:1"}, "no Dask scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_a_wrong_executor_is_answered_in_one_line(asked, settings, words, monkeypatch):
    monkeypatch.setattr("sim.ensemble.executors.ANSWERS", "1s")
    with pytest.raises(ConfigError) as said:
        run_ensemble(asked, executor=settings, **WORLD)
    assert words in str(said.value) and "\n" not in str(said.value)


@pytest.mark.slow
def test_the_command_line_chooses_the_executor(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("experiments.compare.draw_all", lambda *_: [])
    asked = ["region=toy", "scenarios=[kokang_crackdown]", "end=2019-10-07", "ensemble.pairs=2", "window=[1,2]"]
    for executor in ("threads", "processes"):
        assert launch(compare, "compare", [*asked, f"executor={executor}", f"out={tmp_path / executor}"]) == 0
    left, right = files(tmp_path / "threads"), files(tmp_path / "processes")
    assert left and left == right
    capsys.readouterr()
    assert launch(compare, "compare", [*asked, "executor=prozesses", f"out={tmp_path / 'none'}"]) == 2
    said = capsys.readouterr().err
    assert "executor: 'prozesses' does not exist; did you mean processes? allowed: dask, processes, slurm, threads" in said
    assert len(said.splitlines()) == 1


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"executor=dask: needs Dask; pip install 'scam-disp.*\[cluster\]'"), opened("dask"):
        pytest.fail("it must not open")


def test_importing_the_package_imports_no_cluster():
    code = "import sys, sim.ensemble; sys.exit(bool({'dask', 'distributed', 'dask_jobqueue'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode == 0

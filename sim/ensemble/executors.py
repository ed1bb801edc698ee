"""Who runs: threads, processes, or the machines of a Dask cluster, all through `concurrent.futures.Executor`.

    with opened({"kind": "dask", "address": "tcp://10.0.0.1:8786"}) as crew:
        crew.executor.submit(...)

The kinds and their settings are the files of configs/executor. Threads do on one machine, because a compiled week holds no
interpreter lock. Dask and dask-jobqueue are imported only when asked for (`pip install 'scam-displacement[cluster]'`).
"""

import copyreg
import multiprocessing
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.compiled import cores
from sim.ensemble.design import region_by_name
from sim.files import shown
from sim.region import ConfigError, Region

ANSWERS = "15s"  # is how long a scheduler may take
WORKER = """
import logging, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as `leave_interrupts_to_the_parent`
logging.getLogger("distributed.worker").setLevel("CRITICAL")  # told to stop, it writes pages about heartbeats nobody answers
logging.getLogger("distributed.worker.memory").setLevel("WARNING")
"""  # for Dask's workers on this machine, at their start
Count = Annotated[int, Field(ge=1, le=100_000)]

# A region travels between processes as its name and digest: every worker has the files.
copyreg.pickle(Region, lambda region: (region_by_name, (region.name, region.digest)))


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Threads(_Settings):
    """Threads of this process."""

    kind: Literal["threads"]


class Processes(_Settings):
    """Processes of this machine, started afresh (a fork would inherit locks)."""

    kind: Literal["processes"]


class Dask(_Settings):
    """A Dask scheduler that is already there; None starts one with its workers on this machine."""

    kind: Literal["dask"]
    address: str | None = None


class Slurm(_Settings):
    """Jobs of a Slurm cluster, through dask-jobqueue. memory, walltime: as Slurm writes them; more: further #SBATCH lines."""

    kind: Literal["slurm"]
    jobs: Count = 1
    cores: Count = 1
    memory: str = "4GB"
    walltime: str = "01:00:00"
    queue: str | None = None
    account: str | None = None
    interface: str | None = None
    more: tuple[str, ...] = ()


KINDS: dict[str, type[_Settings]] = {"threads": Threads, "processes": Processes, "dask": Dask, "slurm": Slurm}


@dataclass
class Crew:
    """An executor and what has to be known of it.

    slots    runs at once
    afar     jobs travel to other processes: they should be slices of several runs
    again    makes the executor anew after its processes died; None where it looks after itself
    """

    executor: Executor
    slots: int
    afar: bool
    again: Callable[[], Executor] | None = None


def checked_executor(asked: str | Mapping[str, Any]) -> _Settings:
    """Settings of an executor, by kind or in full. Raises ConfigError (one line)."""
    given = {"kind": asked} if isinstance(asked, str) else dict(asked)
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError(f"executor.kind: is {shown(kind)}; allowed: {', '.join(KINDS)}, or an Executor of your own")
    try:
        return KINDS[given["kind"]].model_validate(given)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, ("executor", *problem["loc"])))
        if problem["type"] == "extra_forbidden":
            known = ", ".join(KINDS[given["kind"]].model_fields)
            others = [f"executor={kind}" for kind, settings in KINDS.items() if problem["loc"][-1] in settings.model_fields]
            told = f"belongs to {' or '.join(others)}" if others else "unknown key"
            raise ConfigError(f"{key}: {told}; allowed for {given['kind']}: {known}") from None
        raise ConfigError(f"{key}: is {shown(problem['input'])}; allowed: {problem['msg']}") from None


@contextmanager
def opened(asked: str | Mapping[str, Any] | Executor, workers: int | None = None) -> Iterator[Crew]:
    """An executor to work with; closed on leaving unless it was given. workers: runs at once on this machine."""
    if isinstance(asked, Executor):
        slots = workers or getattr(asked, "_max_workers", None) or cores()
        yield Crew(asked, slots, afar=not isinstance(asked, ThreadPoolExecutor))
        return
    settings = checked_executor(asked)
    slots = workers or cores()
    if isinstance(settings, Threads):
        # pandas silences warnings of the whole process while it looks at some columns: in two threads at once, for good
        with warnings.catch_warnings(), ThreadPoolExecutor(slots) as pool, _short_turns():
            yield Crew(pool, slots, afar=False)
    elif isinstance(settings, Processes):
        crew = Crew(_processes(slots), slots, afar=True, again=lambda: _processes(slots))
        try:
            yield crew
        finally:
            crew.executor.shutdown(wait=True, cancel_futures=True)
    else:
        with _cluster(settings, slots) as client:
            threads = sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
            slots = max(threads, settings.jobs * settings.cores if isinstance(settings, Slurm) else 1)
            yield Crew(client.get_executor(pure=False), slots, afar=True)


def _processes(slots: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(slots, multiprocessing.get_context("spawn"), leave_interrupts_to_the_parent)


def leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; the one that keeps the results answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _cluster(settings: Dask | Slurm, slots: int) -> Iterator[Any]:
    """A Dask client with at least one worker."""
    try:
        from distributed import Client, LocalCluster
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise ConfigError(f"executor={settings.kind}: needs Dask; pip install 'scam-displacement[cluster]'") from None
    cluster = None
    try:
        if isinstance(settings, Slurm):
            cluster = slurm_cluster(settings)
            _check_with_slurm(cluster.job_script())
            cluster.adapt(minimum_jobs=settings.jobs, maximum_jobs=settings.jobs)  # jobs that end are submitted again
        elif settings.address is None:
            cluster = LocalCluster(n_workers=slots, threads_per_worker=1, dashboard_address=None, preload=WORKER)
        try:
            client = Client(cluster or settings.address, timeout=ANSWERS, set_as_default=False)
        except (OSError, TimeoutError, ValueError, CommClosedError):
            raise ConfigError(
                f"executor.address: no Dask scheduler answers at {settings.address}; allowed: what `dask scheduler` printed"
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=None if isinstance(settings, Slurm) else 60)
            except TimeoutError:
                raise ConfigError(f"executor.address: {settings.address} has no workers; start some with `dask worker`") from None
            yield client
    finally:
        if cluster is not None:
            cluster.close()


def slurm_cluster(settings: Slurm) -> Any:
    """A cluster whose jobs run `cores` workers of one thread each; dask-jobqueue writes and submits the script."""
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise ConfigError("executor=slurm: needs dask-jobqueue; pip install 'scam-displacement[cluster]'") from None
    return SLURMCluster(
        cores=settings.cores, processes=settings.cores, memory=settings.memory, walltime=settings.walltime, queue=settings.queue,
        account=settings.account, interface=settings.interface, job_extra_directives=list(settings.more), python=sys.executable,
        scheduler_options={"dashboard_address": None},
    )  # fmt: skip


def _check_with_slurm(script: str) -> None:
    """Ask Slurm whether it would take the job. Raises ConfigError (one line) where it would not, or is not here."""
    try:
        said = subprocess.run(["sbatch", "--test-only"], input=script, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        raise ConfigError("executor=slurm: no sbatch here; allowed: on a machine of the cluster that may submit jobs") from None
    except subprocess.TimeoutExpired:
        raise ConfigError("executor=slurm: Slurm's controller does not answer") from None
    if said.returncode:
        reason = " ".join(said.stderr.split()).removeprefix("sbatch: error: ")
        raise ConfigError(f"executor=slurm: Slurm would not take the job: {reason}")


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads pass the interpreter lock on quickly.

    A week takes about a millisecond. With Python's usual turn of five, a thread that comes back from one may wait for
    several weeks' worth of time while another does its bookkeeping.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(2e-4)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


@contextmanager
def unheard_interrupts() -> Iterator[Callable[[], None]]:
    """What to call now and then: it raises a KeyboardInterrupt that was lost, for it came while Python cleared something away."""
    usual, lost, watching = sys.unraisablehook, [], True

    def note(told):
        if watching and told.exc_type is KeyboardInterrupt:
            lost.append(True)
        else:
            usual(told)

    def raise_again():
        if lost:
            raise KeyboardInterrupt

    sys.unraisablehook = note
    try:
        yield raise_again
    finally:
        watching = False  # for another ensemble, in another thread, may have put its own in place meanwhile
        if sys.unraisablehook is note:
            sys.unraisablehook = usual

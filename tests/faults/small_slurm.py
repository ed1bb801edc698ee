"""A Slurm of one node for the tests: the real controller and the real daemon, on free ports of this machine, without its /etc."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "scancel", "squeue", "sinfo")
CONF = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/daemon
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/daemon.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
KillWait=2
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """What a Slurm would need and this machine lacks; empty if nothing."""
    where = "/usr/sbin:/sbin:" + os.environ["PATH"]
    lacking = [program for program in PROGRAMS if not shutil.which(program, path=where)]
    return f"no {', '.join(lacking)}: apt-get install slurmctld slurmd slurm-client" if lacking else ""


@contextmanager
def small_slurm(folder: Path, cores: int = 2, memory_mb: int = 8000) -> Iterator[Path]:
    """A Slurm with one partition, `short`; yields its slurm.conf, which SLURM_CONF should name. It ends on leaving."""
    for name in ("controller", "daemon"):
        (folder / name).mkdir(parents=True)
    conf = folder / "slurm.conf"
    said = {"host": socket.gethostname().partition(".")[0], "user": _user(), "ports": _free_ports(2), "folder": folder}
    conf.write_text(CONF.format(**said, cores=cores, memory=memory_mb))
    with ExitStack() as stack:
        for program in ("slurmctld", "slurmd"):
            stack.enter_context(_running(program, conf, folder))
        _ready(conf, folder)
        yield conf


@contextmanager
def _running(program: str, conf: Path, folder: Path) -> Iterator[None]:
    path = shutil.which(program, path="/usr/sbin:/sbin:" + os.environ["PATH"])
    with (folder / f"{program}.log").open("w") as log:
        process = subprocess.Popen([path, "-D", "-f", str(conf)], stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ready(conf: Path, folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        asked = ["sinfo", "-h", "-o", "%T"]
        state = subprocess.run(asked, env=os.environ | {"SLURM_CONF": str(conf)}, capture_output=True, text=True, check=False)
        if state.stdout.strip() == "idle":
            return
        time.sleep(0.3)
    logs = "\n".join((folder / f"{name}.log").read_text()[-1500:] for name in ("slurmctld", "slurmd"))
    raise RuntimeError(f"Slurm does not come up: {state.stdout} {state.stderr}\n{logs}")


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]

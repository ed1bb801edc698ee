"""A small ensemble to do mischief to: two scenarios, some seeds, five months on the invented region. And the mischief."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WORLD = {"region": "toy", "start": "2019-05-06", "end": "2019-09-30"}
SCENARIOS = ["baseline", "kokang_crackdown"]
SEEDS = range(1, 13)


def files(folder: Path) -> dict[str, bytes]:
    """Every table on disk, byte for byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def left_over(folder: Path) -> list[Path]:
    """What an accident may not leave: half-written files."""
    return list(folder.rglob("*.part"))


def python(code: str, folder: Path, **options) -> subprocess.Popen:
    """A Python process with this code, in a folder."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "faults")))
    environment = os.environ | {"PYTHONPATH": paths}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=environment, **pipes | options)


SMALL_PARTS = "import sim.ensemble.folder; sim.ensemble.folder.PART_WORK = 0"  # see conftest
RUN = f"""
import time
import sim.ensemble as e
{SMALL_PARTS}
if __name__ == "__main__":
    slowly = lambda: time.sleep(0.03)  # after each run: else all are done before anybody can stop them
    e.run_ensemble(e.design({SCENARIOS}, range({SEEDS.start}, {SEEDS.stop})), out="runs", progress=slowly, **{WORLD}, **%s)
"""

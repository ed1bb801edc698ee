"""Half a week instead of a week: the same rules, every rate and duration restated by its unit, come to much the same world.

Where this fails, something in a rule is meant by the week but said to be something else (a share, a number), or a lag of one step
matters. It has found one such lag: crews replaced those who leave out of those who were left.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SEEDS, WEEKS = 150, 104
SCRIPT = Path(__file__).with_name("half_weeks.py")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Totals of the second year by run, {steps in a week: {total: values}}."""
    running = {}
    for parts in (1, 2):
        home = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path_factory.mktemp(f"steps_{parts}"))}
        home |= {"PYTHONPATH": str(SCRIPT.parents[2])}
        command = [sys.executable, str(SCRIPT), str(parts), "baseline", "1", str(SEEDS), str(WEEKS)]
        running[parts] = subprocess.Popen(command, env=home, stdout=subprocess.PIPE, text=True)
    runs = {parts: json.loads(process.communicate()[0]) for parts, process in running.items()}
    return {parts: {key: np.array([run[key] for run in rows]) for key in rows[0]} for parts, rows in runs.items()}


@pytest.mark.slow
@pytest.mark.parametrize("total", ["workers", "losses"])
def test_half_a_week_at_a_time_the_world_is_the_same_within_three_per_cent(told, total):
    whole, half = told[1][total], told[2][total]
    error = np.sqrt((whole.var() + half.var()) / SEEDS) / whole.mean()
    assert error < 0.015  # else the runs are too few to tell
    assert abs(half.mean() / whole.mean() - 1) < 0.03

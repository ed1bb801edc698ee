"""Ctrl-C in a terminal reaches every process of the group, the workers, too: the one that keeps the results answers it, alone."""

import os
import signal
import time

import pytest
from mischief import RUN, left_over, python

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("executor", ["dask", "processes"])
def test_ctrl_c_for_the_whole_group_is_answered_by_no_worker(tmp_path, executor):
    answer = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler), "start_new_session": True}
    process = python(RUN % f"{{'executor': '{executor}', 'workers': 2}}", tmp_path, **answer)
    until = time.monotonic() + 150
    while len(list((tmp_path / "runs" / "runs").glob("[0-9]*.parquet"))) < 4:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, complaints = process.communicate(timeout=120)
    last = complaints.strip().splitlines()[-1]
    assert last.startswith("KeyboardInterrupt: Interrupted: ") and last.endswith("the same command goes on from there.")
    assert complaints.count("Traceback (most recent call last)") == 1, complaints  # its own: here no terminal's door tells it
    assert not left_over(tmp_path)

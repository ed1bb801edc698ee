"""Verification is numbers, not branches: thousands of crews for hundreds of weeks, an hour's work without the compiler."""

from sim.compiled import INTERPRETED

collect_ignore_glob = ["test_*.py"] if INTERPRETED else []

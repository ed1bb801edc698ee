"""The benchmark measures and says what its page says it does. No test here asks how fast anything is."""

import ast
import json
import math
import re
import sys

import pytest
from running import ROOT

from experiments import benchmark
from experiments.timing import peers
from experiments.timing.own_process import Failed, in_own_process

TINY = ["region=toy", "sizes=[20]", "blocks=1", "weeks=1", "profile=20", "cells=[2]", "interpreted=10", "runs=1"]
QUICK = [*TINY, "start_up=false", "peers=false"]


def leaves(found, path=""):
    """Every value in nested dicts and lists, with the keys that lead to it."""
    if isinstance(found, dict | list):
        for key, inside in found.items() if isinstance(found, dict) else enumerate(found):
            yield from leaves(inside, f"{path}.{key}")
    else:
        yield path, found


def documented() -> set[str]:
    """The keys that docs/benchmarks.md explains."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    told = page.split("## The keys\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| [^|]+ \|", told, flags=re.M))))


@pytest.mark.slow
def test_a_tiny_benchmark_gives_finite_numbers_under_documented_keys_and_writes_what_it_prints(capsys, tmp_path):
    assert benchmark.main([*QUICK, f"out={tmp_path / 'out'}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "out" / "benchmark.json").read_text()) == found
    numbers = {path: value for path, value in leaves(found) if isinstance(value, int | float)}
    assert len(numbers) > 40 and not [path for path, value in numbers.items() if not math.isfinite(value)]
    keys = set(found) | {key for part in (found["machine"], found["ensemble"], found["interpreted"]) for key in part}
    keys |= {key for rows in (found["sizes"], found["maps"]) for row in rows for key in row}
    assert keys <= documented(), keys - documented()
    assert found["sizes"][0]["compounds"] > 0 and found["maps"][0]["cells"] == 2 * 38
    assert 0 < found["ensemble"]["share_inside_rules"] <= 1


def test_a_start_is_counted_from_the_interpreter_to_the_end_of_the_first_week():
    found = in_own_process([sys.executable, "-m", "experiments.timing.start_up", "toy"])
    assert list(found) == ["import", "set_up", "first_week", "total"] and set(found) <= documented()
    parts = [found[part]["seconds"] for part in ("import", "set_up", "first_week")]
    assert all(seconds > 0 for seconds in parts) and found["total"]["seconds"] == pytest.approx(sum(parts), rel=1e-2)


@pytest.mark.parametrize("wrong", ["sizes=[]", "sizes=[3]", "blocks=0", "cells=[0]", "size=[9]", "region=nowhere", "runs=often"])
def test_a_mistake_is_one_line_before_anything_is_measured(wrong, capsys, monkeypatch):
    monkeypatch.setattr(benchmark, "measured", lambda *given: pytest.fail("it began to measure"))
    assert benchmark.main([*QUICK, wrong]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_peer_that_cannot_be_installed_is_absent_with_the_reason_and_holds_nobody_up(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def no_network(command):
        raise Failed("ERROR: no network")

    monkeypatch.setattr(peers, "_run", no_network)
    found = peers.peers()
    assert set(found) == {model for models in peers.PEERS.values() for model in models}
    assert {told["absent"] for told in found.values()} == {"ERROR: no network"}


def test_outside_a_checkout_the_peers_are_absent(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "PINS", tmp_path / "peers.txt")
    assert all("checkout" in told["absent"] for told in peers.peers().values())


def test_every_peer_has_a_model_and_an_exact_version():
    body = ast.parse(peers.MODELS.read_text(encoding="utf-8")).body
    models = next(ast.unparse(node.value) for node in body if isinstance(node, ast.Assign) and node.targets[0].id == "MODELS")
    assert set(re.findall(r"\w+_\w+", models)) == {model for known in peers.PEERS.values() for model in known}
    pinned = re.findall(r"^([\w.-]+)==[\w.]+$", peers.PINS.read_text(encoding="utf-8").lower(), flags=re.M)
    assert set(peers.PEERS) <= set(pinned)


def test_a_measurement_that_fails_says_why_in_one_line():
    with pytest.raises(Failed, match=r"^ValueError: no such thing$"):
        in_own_process([sys.executable, "-c", "raise ValueError('no such thing')"])
    with pytest.raises(Failed):
        in_own_process([sys.executable, "-c", "print('not JSON')"])

"""The factorial as a job, on the invented region."""

import sys

import pandas as pd
import pytest

from experiments.common.console import launch
from experiments.factorial import factorial
from sim.measures.factorial import CELLS
from sim.store import load_results


@pytest.fixture
def asked(monkeypatch):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["factorial", "region=toy", "end=2020-12-28", "ensemble.pairs=2", *arguments])
        return launch(factorial, "factorial")

    return run


def test_the_cells_are_compared_and_their_contrasts_written_beside(asked, tmp_path, capsys):
    assert asked(f"out={tmp_path / 'out'}") in (0, None)
    results = load_results(tmp_path / "out")
    effects = pd.read_csv(tmp_path / "out" / "factorial.csv")
    assert set(CELLS) < set(results["comparison"]["scenario"]) and set(effects["pairs"]) == {2}
    losses = effects.query("effect == 'together less alone' and instrument == 'awareness'").set_index("outcome")["value"]
    assert losses["Chinese losses"] > 0.05 > -0.05 > losses["Western losses"], "one pool is warned alone: the Chinese one"
    assert "together less alone" in capsys.readouterr().out


def test_settings_that_are_not_heeded_are_refused_before_any_run(asked, tmp_path, capsys):
    assert asked(f"out={tmp_path / 'out'}", "ensemble.until=precision") == 2
    assert "ensemble: until and runs are not heeded here" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

"""Can the model return every answer? A small version of `python -m experiments.reachability` on the invented region."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import reachability
from experiments.reachability import REGIMES, acts_elsewhere, draw_parameters, hypercube, main, structures_of
from sim import load_scenario
from sim.scenario import check_parameters, shipped_parameters

SMALL = ["region=toy", "confirm=0", "window=3,18", "workers=2"]


def test_a_hypercube_has_one_point_in_every_slice():
    points = hypercube(50, 7, seed=3)
    assert (np.sort(np.floor(points * 50), axis=0) == np.arange(50)[:, None]).all()
    assert np.array_equal(points, hypercube(50, 7, seed=3))


def test_draws_stay_in_their_ranges_and_cover_wide_ones_evenly_in_the_logarithm():
    draws = draw_parameters(40, seed=1)
    for draw in draws:
        check_parameters(draw)
    low, high = shipped_parameters()["growth"]["growth_rate"]["range"]
    values = np.array([draw["growth"]["growth_rate"] for draw in draws])
    assert high > 10 * low
    assert np.sum(values < np.sqrt(low * high)) == 20


def test_every_draw_can_be_crossed_with_the_alternatives_of_a_switch():
    assert [label for label, _ in structures_of("mobility,choice", 0, 1)] == [
        "shipped", "mobility=off", "choice=satisficing", "choice=gravity", "choice=random"
    ]  # fmt: skip
    assert set(dict(structures_of("drawn", 3, 1)).popitem()[1]) == set(shipped_parameters()["structure"])


def test_levers_that_act_outside_the_target_are_seen():
    assert not acts_elsewhere(load_scenario("kokang_crackdown"))
    assert acts_elsewhere(replace(load_scenario("kokang_crackdown"), target=("muse",)))


def test_several_regimes_occur_on_the_invented_region(capsys, tmp_path):
    names = "kokang_crackdown,global_coordination,rebel_offensive"
    code = main([*SMALL, "draws=10", f"scenarios={names}", f"out={tmp_path / 'reach'}"])
    table = pd.read_csv(tmp_path / "reach" / "reachability.csv")
    assert len(table) == 30
    assert {"draw", "scenario", "regime", "suppression", "ndr", "loss_change", "growth.growth_rate"} <= set(table.columns)
    found = set(table["regime"]) & set(REGIMES)
    assert len(found) >= 4
    printed = capsys.readouterr().out
    missing = [regime for regime in REGIMES if regime not in found]
    assert code == (1 if missing else 0)
    assert (f"not falsifiable under these settings: {', '.join(missing)}" in printed) == bool(missing)


def made_up(regimes):
    """A table of points as `explore` returns it."""
    same = {"structure": "shipped", "scenario": "kokang_crackdown", "switches": None, "params": None}
    return pd.DataFrame({"draw": range(len(regimes)), "regime": regimes} | same)


def test_an_unreached_regime_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(reachability, "explore", lambda settings: made_up([name for name in REGIMES if name != "DIFFUSION"]))
    assert main(SMALL) == 1
    assert "claim not falsifiable under these settings: DIFFUSION not reached" in capsys.readouterr().out


def test_all_regimes_reached_is_a_success(monkeypatch):
    monkeypatch.setattr(reachability, "explore", lambda settings: made_up(list(REGIMES)))
    assert main(SMALL) == 0


def test_a_regime_of_too_few_points_does_not_count(monkeypatch, capsys):
    monkeypatch.setattr(reachability, "explore", lambda settings: made_up([*REGIMES, *["PARTIAL"] * 93]))
    assert main([*SMALL, "least=0.02"]) == 1
    assert "PARTIAL" not in capsys.readouterr().out.split("settings:")[1]


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("draw=3", "unknown key; allowed: draws"), ("draws=many", "draws: is 'many'"), ("pairs=1", "pairs: is 1; allowed: 2 to"),
        ("region=moon", "configs/region: 'moon' does not exist"), ("scenarios=none", "'none' does not exist"),
        ("scenarios=awareness_china", "no target in space"), ("structures=wings", "'wings' is not a switch"),
        ("window=9", "window: is '9'"), ("seed=-1", "seed: is -1"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_told_in_one_line(argument, says, capsys):
    assert main([argument]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1

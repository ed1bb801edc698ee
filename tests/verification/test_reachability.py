"""Can the model return every answer? A small version of `python -m experiments.reachability` on the invented region."""

from dataclasses import replace

import pandas as pd
import pytest

from experiments import reachability
from experiments.common.draws import cross_structures, draw_parameters, overrides
from experiments.common.regimes import REGIMES, acts_elsewhere, clearest
from experiments.reachability import main
from sim import load_scenario
from sim.scenario import check_parameters, shipped_parameters

SMALL = ["region=toy", "confirm=0", "window=[3,18]", "ensemble.workers=2"]


def test_every_draw_can_be_crossed_with_the_alternatives_of_a_switch():
    draws = draw_parameters(2, seed=1, groups=["ai"])
    crossed = cross_structures(draws, ["mobility", "choice"], seed=1)
    labels = ["", "mobility=off", "choice=satisficing", "choice=gravity", "choice=random"]
    assert crossed["structure"].tolist() == labels * 2
    assert crossed["draw"].tolist() == [1] * 5 + [2] * 5
    assert overrides(crossed.iloc[1])["structure"] == {"mobility": "off"}
    assert len(cross_structures(draws, "all", seed=1)) > len(crossed)


def test_switches_by_lot_differ_between_draws_and_are_the_same_each_time():
    draws = draw_parameters(12, seed=1, groups=["ai"])
    by_lot = cross_structures(draws, "drawn", seed=1)
    assert len(by_lot) == 12 and by_lot["structure"].nunique() > 6
    assert by_lot.equals(cross_structures(draws, "drawn", seed=1))
    for row in by_lot.to_dict("records"):
        check_parameters(overrides(row))
    assert {f"structure.{name}" for name in shipped_parameters()["structure"]} >= set(by_lot.filter(like="structure."))


def test_levers_that_act_outside_the_target_are_seen():
    assert not acts_elsewhere(load_scenario("kokang_crackdown"))
    assert acts_elsewhere(replace(load_scenario("kokang_crackdown"), target=("muse",)))


def test_several_regimes_occur_on_the_invented_region(capsys, tmp_path):
    names = "[kokang_crackdown,global_coordination,rebel_offensive]"
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
    same = {"structure": "", "scenario": "kokang_crackdown"}
    return pd.DataFrame({"draw": range(len(regimes)), "regime": regimes} | same)


def test_an_unreached_regime_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(reachability, "explore", lambda *asked: made_up([name for name in REGIMES if name != "DIFFUSION"]))
    assert main(SMALL) == 1
    assert "claim not falsifiable under these settings: DIFFUSION not reached" in capsys.readouterr().out


def test_all_regimes_reached_is_a_success(monkeypatch):
    monkeypatch.setattr(reachability, "explore", lambda *asked: made_up(list(REGIMES)))
    assert main(SMALL) == 0


def test_a_regime_of_too_few_points_does_not_count(monkeypatch, capsys):
    monkeypatch.setattr(reachability, "explore", lambda *asked: made_up([*REGIMES, *["PARTIAL"] * 93]))
    assert main([*SMALL, "least=0.02"]) == 1
    assert "PARTIAL" not in capsys.readouterr().out.split("settings:")[1]


def test_the_clearest_case_of_a_regime_is_the_one_far_from_its_borders():
    points = {"suppression": [-0.2, -0.9, -0.9], "ndr": [0.5, 0.85, 0.5], "loss_change": 0.0}
    assert clearest(made_up(["PARTIAL"] * 3).assign(**points), "PARTIAL")["draw"].tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("draw=3", "unknown key 'draw'; did you mean draws?"), ("draws=many", "draws: is 'many'"),
        ("ensemble.pairs=1", "ensemble.pairs: is 1; allowed: at least 2"), ("confirm=1", "confirm: is 1; allowed: at least 2"),
        ("region=moon", "region: 'moon' does not exist"), ("scenarios=[none]", "'none' does not exist"),
        ("scenarios=[awareness_china]", "no target in space"), ("structures=[wings]", "'wings' is not a switch"),
        ("window=[9]", "window: is [9]"), ("ensemble.seed=-1", "seed: is -1"), ("groups=[moon]", "'moon' has nothing to draw"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_told_in_one_line(argument, says, capsys):
    assert main([argument]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1

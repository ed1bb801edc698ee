"""Sensitivity indices through the house's own layer, on functions whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.screening import indices
from experiments.screening.factors import SEED, Factor, problem


def cube(*names):
    """A problem of single parameters, and chance."""
    return problem([Factor(name, name, (name,)) for name in names])


def ishigami(unit):
    """Ishigami & Homma 1990, with a = 7 and b = 0.1, of the first three coordinates."""
    x, y, z = (2 * np.pi * unit[:, :3] - np.pi).T
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def g_function(unit, weights):
    """Sobol's g-function: the larger a weight, the less its coordinate matters."""
    return np.prod((np.abs(4 * unit[:, : len(weights)] - 2) + weights) / (1 + np.asarray(weights)), axis=1)


def test_sobol_indices_of_the_ishigami_function_are_the_known_ones():
    asked = cube("x", "y", "z")
    found = indices.sobol(asked, ishigami(indices.saltelli(asked, 4096, seed=1)), seed=1).set_index("factor")
    assert found["S1"].to_dict() == pytest.approx({"x": 0.314, "y": 0.442, "z": 0.0, SEED: 0.0}, abs=0.03)
    assert found["ST"].to_dict() == pytest.approx({"x": 0.558, "y": 0.442, "z": 0.244, SEED: 0.0}, abs=0.03)
    assert found["ST_conf"].drop(SEED).between(0.005, 0.1).all()


def test_sobol_indices_of_the_g_function_are_the_known_ones_alone_and_in_a_group():
    weights = np.array([0.0, 1.0, 9.0])
    parts = 1 / (3 * (1 + weights) ** 2)
    whole = np.prod(1 + parts) - 1
    asked = cube("a", "b", "c")
    found = indices.sobol(asked, g_function(indices.saltelli(asked, 4096, seed=1), weights), seed=1).set_index("factor")
    assert found.loc[["a", "b", "c"], "S1"].to_numpy() == pytest.approx(parts / whole, abs=0.03)
    grouped = problem([Factor("ab", "", ("a", "b")), Factor("c", "", ("c",))])
    found = indices.sobol(grouped, g_function(indices.saltelli(grouped, 4096, seed=1), weights), seed=1).set_index("factor")
    both = (1 + parts[0]) * (1 + parts[1]) - 1
    assert found["S1"].to_dict() == pytest.approx({"ab": both / whole, "c": parts[2] / whole, SEED: 0.0}, abs=0.03)


def test_morris_of_a_linear_function_gives_its_slopes_without_spread():
    asked = cube("x", "y", "z")
    unit = indices.trajectories(asked, 10, seed=1)
    assert unit.shape == (10 * 5, 4)
    found = indices.morris(asked, unit, 5 * unit[:, 0] - 2 * unit[:, 1], seed=1)
    assert found["factor"].tolist()[:2] == ["x", "y"]
    found = found.set_index("factor")
    assert found["mu_star"].to_dict() == pytest.approx({"x": 5.0, "y": 2.0, "z": 0.0, SEED: 0.0})
    assert found.loc["y", "mu"] == pytest.approx(-2.0)
    assert found.loc[["x", "y", "z"], "sigma"].to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)


def test_another_set_of_seeds_is_not_drawn_out_to_a_range():
    asked = cube("x", "y")
    unit = indices.trajectories(asked, 20, seed=1)
    luck = 1.0 * (unit[:, -1] > 0.5)  # the sets of seeds are of two kinds, and a step goes from one to the other
    found = indices.morris(asked, unit, luck, seed=1).set_index("factor")
    assert found.loc[SEED, "mu_star"] == pytest.approx(1.0)


def test_a_factor_of_several_parameters_has_a_size_and_no_direction():
    asked = problem([Factor("both", "", ("x", "y")), Factor("z", "", ("z",))])
    unit = indices.trajectories(asked, 20, seed=1)
    assert unit.shape == (20 * 4, 4)
    found = indices.morris(asked, unit, unit[:, 0] + unit[:, 1] + 0.1 * unit[:, 2], seed=1).set_index("factor")
    assert np.isnan(found.loc["both", "mu"]) and 0.5 < found.loc["both", "mu_star"] <= 2.0
    assert found.loc["z", "mu"] == pytest.approx(0.1)


def test_where_nothing_varies_there_are_no_shares():
    asked = cube("x", "y")
    unit = indices.saltelli(asked, 8, seed=1)
    found = indices.sobol(asked, np.ones(len(unit)), seed=1)
    assert found[["S1", "ST"]].isna().all(axis=None) and len(found) == 3


def test_a_partial_rank_correlation_is_freed_of_the_other_parameters_and_keeps_its_sign():
    rng = np.random.default_rng(1)
    unit = pd.DataFrame(rng.random((400, 3)), columns=["a", "b", "c"])
    y = pd.Series(np.exp(3 * unit["a"]) * (1 - 0.3 * unit["b"]) + 0.01 * rng.normal(size=400))
    y[:50] = np.nan
    found = indices.rank_correlations(unit, y, np.arange(400) // 4, seed=1).set_index("parameter")
    assert (found["points"] == 350).all()
    assert found.loc["a", "prcc"] > 0.95 and found.loc["b", "prcc_high"] < -0.5
    assert found.loc["c", "prcc_low"] < 0 < found.loc["c", "prcc_high"]
    few = indices.rank_correlations(unit[:20], y[380:].set_axis(range(20)), np.arange(20), seed=1)
    assert few.empty


def test_the_share_of_seeds_is_what_lies_between_pairs_of_a_point():
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([range(1, 401), range(5)], names=["draw", "seed"])
    level = np.repeat(rng.normal(0, 2.0, 400), 5)
    by_pair = pd.DataFrame({"both": level + rng.normal(0, 1.0, 2000), "alike": level, "luck": rng.normal(0, 1.0, 2000)}, index)
    found = indices.share_of_seeds(by_pair, ["both", "alike", "luck"])
    assert found["both"] == pytest.approx(0.2, abs=0.04)  # 1 / (1 + 4)
    assert found["alike"] == 0.0 and found["luck"] > 0.9
    assert np.isnan(indices.share_of_seeds(by_pair.xs(0, level="seed", drop_level=False), ["both"])["both"])

import numpy as np
import pytest
from scipy import stats

from sim.measures.intervals import fieller, fieller_text, interval, of_means, ratio

# The spatial perception test of Efron & Tibshirani 1993, An Introduction to the Bootstrap, table 14.1 (A values).
SPATIAL = np.array([48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41.0])


def mean(name):
    return of_means(lambda means: means[name])


def test_the_interval_of_a_published_example_is_found():
    found = interval({"a": SPATIAL}, lambda sample: sample["a"].var(axis=-1), draws=20_000, level=0.90)
    assert found["value"] == pytest.approx(171.5, abs=0.1)
    assert [found["low"], found["high"]] == pytest.approx([115.8, 259.6], rel=0.02)  # BCa; percentile: 100.8, 233.9


def test_intervals_cover_the_mean_about_as_often_as_they_say():
    luck = np.random.default_rng(11)
    covered = 0
    for trial in range(200):
        found = interval({"x": luck.normal(3.0, 1.0, 40)}, mean("x"), draws=300, seed=trial)
        covered += found["low"] < 3.0 < found["high"]
    assert 0.89 < covered / 200 < 0.99


def test_a_ratio_is_one_of_means_and_never_a_mean_of_ratios():
    sample = {"part": np.array([1.0, 9.0]), "whole": np.array([1.0, 3.0])}
    found = interval(sample, of_means(lambda means: ratio(means["part"], means["whole"])), draws=50)
    assert found["value"] == 2.5  # (1 + 9) / (1 + 3), not (1 + 3) / 2 = 2


def test_pairs_that_all_agree_have_an_interval_without_width():
    found = interval({"x": np.full(5, 2.0)}, mean("x"))
    assert (found["value"], found["low"], found["high"], found["se"]) == (2.0, 2.0, 2.0, 0.0)


def test_one_pair_has_a_value_and_no_interval():
    found = interval({"x": np.array([2.0])}, mean("x"))
    assert found["value"] == 2.0 and np.isnan([found["low"], found["high"], found["se"]]).all()


def test_what_is_undefined_stays_undefined():
    sample = {"part": np.array([1.0, 2.0]), "whole": np.zeros(2)}
    assert np.isnan(interval(sample, of_means(lambda means: ratio(means["part"], means["whole"])))["value"])
    assert np.isnan(interval({}, mean("x"))["value"])


def test_the_bounds_of_fieller_are_where_a_t_test_has_its_level():
    luck = np.random.default_rng(3)
    whole = luck.normal(10.0, 2.0, 30)
    part = 0.6 * whole + luck.normal(0.0, 1.0, 30)
    low, high = fieller(part, whole)
    assert low < part.mean() / whole.mean() < high
    for bound in (low, high):
        assert stats.ttest_1samp(part - bound * whole, 0.0).pvalue == pytest.approx(0.05, abs=1e-9)


def test_bca_and_fieller_agree_where_both_are_at_home():
    luck = np.random.default_rng(4)
    whole = luck.normal(100.0, 5.0, 200)
    part = 0.4 * whole + luck.normal(0.0, 4.0, 200)
    found = interval({"part": part, "whole": whole}, of_means(lambda means: ratio(means["part"], means["whole"])))
    assert [found["low"], found["high"]] == pytest.approx(fieller(part, whole), abs=0.003)


def test_a_ratio_to_what_may_be_nothing_is_not_identified():
    low, high = fieller(np.array([1.0, 2.0, 3.0]), np.array([-5.0, 0.1, 5.0]))
    assert np.isnan(low) and np.isnan(high)
    assert fieller_text(low, high) == "not identified" and fieller_text(0.5, 0.75) == "[0.50, 0.75]"

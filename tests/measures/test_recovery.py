import numpy as np
import pandas as pd
import pytest

from sim.measures.recovery import half_life, kaplan_meier, median_time, recovery, recovery_times

# Weeks of remission under 6-MP (Freireich et al. 1963, Blood 21:699; the textbook example of censored times).
REMISSION = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35.0])
RELAPSED = np.arange(21) < 9
MONTHS = np.arange(-4, 40) * 0.5


def world(share, seed=1):
    """A target that without intervention holds 1000 people; `share` gives what is left as a function of months."""
    left = np.array([share(month) if month >= 0 else 1.0 for month in MONTHS])
    return pd.DataFrame(
        {"scenario": "pulse", "seed": seed, "zone": "target", "months": MONTHS, "workers": 1000 * left, "workers_without": 1000.0}
    )


def emptied_until(month, left=0.2):
    return lambda at: left if at < month else 1.0


def test_the_kaplan_meier_curve_of_the_textbook_is_found():
    curve = kaplan_meier(REMISSION, RELAPSED).set_index("months")["share"]
    assert [curve[week] for week in (6, 7, 10, 13, 16, 22, 23)] == pytest.approx(
        [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=0.001
    )
    assert median_time(REMISSION, RELAPSED) == 23


def test_the_median_is_not_that_of_those_who_came_back():
    months, back = np.array([3.0, 4.0, 20.0, 20.0, 20.0]), np.array([True, True, False, False, False])
    assert median_time(months, back) == np.inf
    assert median_time(np.array([5.0]), np.array([False])) == np.inf and np.isnan(median_time(np.array([]), np.array([])))


def test_a_target_is_back_when_it_stays_back():
    def flickers(month):
        return 0.9 if month == 2 else emptied_until(6)(month)

    row = recovery_times(world(flickers), level=0.5).iloc[0]
    assert row["fell"] and row["back"] and row["months"] == 6.0


def test_a_world_that_never_fell_has_nothing_to_recover_from():
    row = recovery_times(world(lambda month: 0.8), level=0.5).iloc[0]
    assert not row["fell"] and np.isnan(row["months"])


def test_a_world_that_stays_empty_is_censored_at_the_end():
    row = recovery_times(world(lambda month: 0.1), level=0.5).iloc[0]
    assert row["fell"] and not row["back"] and row["months"] == MONTHS[-1]


def test_recovery_counts_censored_worlds_in_the_median():
    table = pd.concat([world(emptied_until(end), seed) for seed, end in enumerate((4, 8, 12, 99, 99))])
    row = recovery(table, levels=(0.5,)).iloc[0]
    assert (row["pairs"], row["fell"], row["back"], row["median"]) == (5, 1.0, 0.6, 12.0)


def test_time_is_counted_from_the_end_of_a_pulse_if_asked():
    row = recovery_times(world(emptied_until(8)), level=0.5, since=6.0).iloc[0]
    assert row["months"] == 2.0


def test_half_life_runs_from_the_trough_until_half_is_made_good():
    row = half_life(world(lambda month: min(1.0, 0.05 * month))).iloc[0]  # empty at once, refills in twenty months
    assert row["trough"] == pytest.approx(-1.0) and row["residual"] > -0.2
    assert 10 < row["half_life"] < 16  # 10 months by the line, later by the moving mean over thirteen rows


def test_suppression_that_never_heals_has_no_half_life():
    assert half_life(world(lambda month: 0.3)).iloc[0]["half_life"] == np.inf
    assert np.isnan(half_life(world(lambda month: 1.0)).iloc[0]["half_life"])

import numpy as np
import pandas as pd
import pytest

from sim.measures.harm import harm_leakage, person_weeks
from sim.measures.paired import paired_blocs, paired_pools, paired_zones, window_means
from sim.measures.victims import entropy, externalities, scheme_displacement, share_decomposition, target_displacement
from sim.measures.zones import zones

from . import worlds

BLOCS = {
    "mainland": "chinese_speaking", "diaspora": "chinese_speaking", "usa": "western", "uk": "western", "india": "regional_asian",
}  # fmt: skip
WITHOUT = {"mainland": 200.0, "diaspora": 100.0, "usa": 80.0, "uk": 20.0, "india": 50.0}


def by_zone(changes, richer=1.0):
    """Four zones; elsewhere each person takes `richer` times as much as in the target."""
    weekly = worlds.weekly(changes)
    away = weekly["territory"] != "hill"
    weekly.loc[away, "losses_usd"] *= richer
    return paired_zones(weekly, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)


def by_pool(changes):
    """Means of a window, by pool, of two pairs of different size whose mean is the number given."""
    return pd.DataFrame(
        {
            "scenario": "crackdown", "seed": seed, "pool": pool,
            "losses_usd": (lost + changes.get(pool, 0.0)) * size, "losses_usd_without": lost * size,
        }
        for seed, size in ((1, 0.9), (2, 1.1))
        for pool, lost in WITHOUT.items()
    )  # fmt: skip


def test_harm_leaks_more_than_workers_do_where_displaced_workers_take_more():
    means = window_means(by_zone({"hill": -500.0, "coast": 200.0}, richer=3.0))
    row = harm_leakage(means, draws=50).iloc[0]
    assert row["rho"] == pytest.approx(3.0)
    assert row["ndr_losses"] == pytest.approx(0.4 * 3.0)  # NDR times rho: worse than doing nothing


def test_harm_leakage_is_undefined_without_suppression():
    row = harm_leakage(window_means(by_zone({"hill": -20.0, "coast": 200.0})), draws=50).iloc[0]
    assert np.isnan(row["ndr_losses"]) and np.isnan(row["rho"])


def test_person_weeks_are_people_times_weeks_from_the_start():
    row = person_weeks(by_zone({"hill": -500.0, "coast": 100.0}), window=(0, 12), draws=50).iloc[0]
    weeks = ((worlds.WEEKS >= worlds.START) & ((worlds.WEEKS - worlds.START).days < 365.25)).sum()
    assert row["person_weeks_without"] == pytest.approx(2200 * weeks)
    assert row["change"] == pytest.approx(-400 * weeks)


def test_target_displacement_adds_up_by_bloc_and_pool():
    found = target_displacement(by_pool({"mainland": -100.0, "usa": 30.0, "uk": 10.0, "india": -15.0}), BLOCS, draws=50)
    tdr = found.set_index(["level", "name"])["tdr"]
    assert tdr["all", "all"] == pytest.approx(0.25)
    assert tdr["bloc", "western"] == pytest.approx(0.40) and tdr["bloc", "regional_asian"] == pytest.approx(-0.15)
    assert tdr["pool", "usa"] == pytest.approx(0.30) and ("pool", "mainland") not in tdr.index


def test_nothing_is_shifted_where_chinese_losses_do_not_fall():
    assert target_displacement(by_pool({"usa": 30.0}), BLOCS, draws=50)["tdr"].isna().all()


def test_the_externality_matrix_has_a_row_for_each_policy_and_pool():
    found = externalities(by_pool({"mainland": -100.0, "usa": 20.0}), draws=50).set_index("pool")
    assert found.loc["mainland", "change"] == pytest.approx(-0.5) and found.loc["usa", "change"] == pytest.approx(0.25)
    assert found.loc["uk", "change"] == 0.0 and len(found) == 5


def test_a_share_that_rises_because_others_lose_less_owes_nothing_to_own_losses():
    means = window_means(paired_blocs(worlds.pools({"chinese_speaking": -1e6}), worlds.SCENARIOS))
    row = share_decomposition(means).iloc[0]  # 1 of 4 million without, 1 of 3 with
    assert row["share_change"] == pytest.approx(1 / 3 - 1 / 4)
    assert row["from_own_losses"] == 0.0 and row["from_the_total"] == pytest.approx(1 / 12)


def test_pools_are_paired_like_blocs():
    table = worlds.pools({"western": 5e5}).rename(columns={"bloc": "pool"})
    means = window_means(paired_pools(table, worlds.SCENARIOS, ("losses_usd",)))
    assert set(means["pool"]) == set(worlds.BLOCS)
    assert externalities(means, draws=50).set_index("pool").loc["western", "change"] == pytest.approx(0.5)


def test_the_mix_of_schemes_moves_by_total_variation():
    mixes = pd.DataFrame({"scenario": "x", "scheme": list("abc"), "effort": [50, 50, 0], "effort_without": [100, 0, 100]})
    row = scheme_displacement(mixes).iloc[0]
    assert row["total_variation"] == pytest.approx(0.5)
    assert row["entropy"] == 1.0 and row["entropy_without"] == 1.0
    assert entropy([0.25, 0.25, 0.25, 0.25]) == 2.0

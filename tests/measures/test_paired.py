import pandas as pd
import pytest

from sim.measures.paired import paired_blocs, paired_zones, per_pair, window_means
from sim.measures.zones import zones

from . import worlds

CHANGES = {"hill": -500.0, "valley": 100.0, "coast": 150.0, "island": 50.0}


@pytest.fixture
def paired():
    return paired_zones(worlds.weekly(CHANGES), zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)


def test_the_window_means_are_those_counted_by_hand(paired):
    means = window_means(paired, (6, 36)).set_index(["seed", "zone"])
    assert means.loc[(1, "target"), "workers_without"] == pytest.approx(900)
    assert means.loc[(1, "target"), "workers"] == pytest.approx(450)
    assert means.loc[(3, "cross_border"), "workers"] == pytest.approx(825)
    assert means.loc[(2, "target"), "compounds"] == pytest.approx(5)
    assert means.loc[(2, "out_of_region"), "losses_usd"] == pytest.approx(250_000)


def test_before_the_start_the_two_worlds_are_the_same(paired):
    before = paired[paired["months"] < 0]
    assert len(before) == 13 * 4 * 3
    assert (before["workers"] == before["workers_without"]).all()


def test_the_window_begins_with_its_first_month_and_stops_short_of_its_last(paired):
    first_quarter = window_means(paired, (0, 3))
    week = paired[(paired["months"] >= 0) & (paired["months"] < 3)]["date"]
    assert week.min() == worlds.START
    assert week.nunique() == 14
    assert len(first_quarter) == 12


def test_a_window_that_the_runs_do_not_reach_has_no_rows(paired):
    assert len(window_means(paired, (36, 47)))
    assert window_means(paired, (36, 60)).empty


def test_the_order_of_rows_does_not_matter(paired):
    shuffled = worlds.weekly(CHANGES).sample(frac=1, random_state=0)
    again = paired_zones(shuffled, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)
    pd.testing.assert_frame_equal(paired, again)


def test_a_scenario_without_a_target_keeps_its_totals():
    placed = zones(worlds.TERRITORIES, {"crackdown": []})
    means = window_means(paired_zones(worlds.weekly(CHANGES), placed, worlds.SCENARIOS))
    assert set(means["zone"]) == {"everywhere"}
    assert means.set_index("seed").loc[2, "workers"] == pytest.approx(2000)


def test_a_seed_without_its_twin_is_no_pair(paired):
    table = worlds.weekly(CHANGES)
    table = table[~((table["scenario"] == "baseline") & (table["seed"] == 3))]
    alone = paired_zones(table, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)
    assert set(alone["seed"]) == {1, 2}


def test_a_run_that_lacks_a_week_is_refused():
    table = worlds.weekly(CHANGES).drop(index=100)
    with pytest.raises(ValueError, match="baseline, seed 1 lacks rows in the week of"):
        paired_zones(table, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)


def test_a_territory_without_a_zone_is_refused():
    placed = zones(worlds.TERRITORIES.head(3), worlds.TARGETS)
    with pytest.raises(ValueError, match="crackdown does not place island"):
        paired_zones(worlds.weekly(CHANGES), placed, worlds.SCENARIOS)


def test_a_scenario_without_rows_is_refused():
    scenarios = worlds.SCENARIOS.replace("crackdown", "sanctions")
    with pytest.raises(ValueError, match="no rows of scenario sanctions; found: baseline, crackdown"):
        paired_zones(worlds.weekly(CHANGES), zones(worlds.TERRITORIES, {"sanctions": ["hill"]}), scenarios)


def test_losses_are_summed_by_bloc():
    means = window_means(paired_blocs(worlds.pools({"western": 1e5}), worlds.SCENARIOS)).set_index(["seed", "bloc"])
    assert means.loc[(1, "western"), "losses_usd"] == pytest.approx(0.9 * 1.1e6)
    assert means.loc[(1, "chinese_speaking"), "losses_usd_without"] == pytest.approx(0.9 * 3e6)


def test_worlds_are_paired_within_seed_draw_and_structure():
    """A draw of its own size on each side: mixing draws would give differences where there is none."""
    small, large = worlds.weekly({}), worlds.weekly({})
    large["workers"] *= 10
    table = pd.concat([small.assign(draw=0, structure=""), large.assign(draw=1, structure="entry=off")])
    paired = paired_zones(table, zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)
    assert (paired["workers"] == paired["workers_without"]).all()
    assert set(zip(paired["draw"], paired["structure"], strict=True)) == {(0, ""), (1, "entry=off")}
    assert len(per_pair(window_means(paired))) == 2 * len(worlds.SEEDS)


def test_a_run_without_its_counterpart_in_the_same_draw_is_no_pair():
    both = worlds.weekly({}).assign(draw=0)
    alone = worlds.weekly({}).query("scenario == 'crackdown'").assign(draw=1)
    paired = paired_zones(pd.concat([both, alone]), zones(worlds.TERRITORIES, worlds.TARGETS), worlds.SCENARIOS)
    assert set(paired["draw"]) == {0}

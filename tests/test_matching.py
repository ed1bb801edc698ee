"""History matching: the rule by hand, the search on a problem whose answer is known, synthetic truth, what is told of it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.calibration import matching
from experiments.calibration.anchors import ANCHORS, Anchor
from experiments.calibration.matching import (
    Rule,
    at_draws,
    distances,
    implausibility,
    not_ruled_out,
    share,
    spread,
    stated,
    worst,
)
from experiments.calibration.subset import chosen, descend, worth
from experiments.calibration.subset import moved as step
from experiments.calibration.synthetic import FEWEST, coverage, recover
from experiments.calibration.tables import NOBODY, UNTOUCHED, before_and_after, ledger, moved, outcome, ridges
from experiments.calibration.waves import cube
from experiments.common.effects import DEFINED, EMPTY, SHUT
from sim.claims import verdict as rules

TWO = [Anchor("people", 50.0, 200.0, "people", "a count", None), Anchor("ratio", 1.0, 4.0, "ratio", "a series", None)]
RULE = Rule(cutoff=3.0, forgiven=0, discrepancy=1.5)


def seen(rows):
    """Anchors by draw and seed: (draw, seed, people, ratio)."""
    return pd.DataFrame(rows, columns=["draw", "seed", "people", "ratio"]).set_index(["draw", "seed"])


def test_implausibility_by_hand():
    evidence = stated(TWO)
    assert np.exp(evidence.centre).tolist() == pytest.approx([100.0, 2.0])
    error, discrepancy = np.log(4) / 2 / 1.959964, np.log(1.5) / 1.959964
    width = spread(evidence, pd.Series({"people": 0.04, "ratio": 0.0}), 2, RULE)
    assert width["people"] == pytest.approx(np.sqrt(error**2 + discrepancy**2 + 0.04 * 1.5), rel=1e-6)
    assert width["ratio"] == pytest.approx(np.hypot(error, discrepancy), rel=1e-6)
    values = at_draws(seen([(1, 1, 300, 1.0), (1, 2, 500, 3.0)]), evidence)  # the mean over seeds is 400, and 2
    found = implausibility(distances(values, evidence, width))
    assert found.loc[1].tolist() == pytest.approx([np.log(4) / width["people"], 0.0])


def test_nobody_is_far_off_but_what_is_undefined_rules_out():
    evidence = stated(TWO)
    width = spread(evidence, pd.Series(0.0, ["people", "ratio"]), 1, RULE)
    found = implausibility(distances(at_draws(seen([(1, 1, 0.0, 2.0), (2, 1, 100.0, np.nan)]), evidence), evidence, width))
    assert 10 < found.loc[1, "people"] < 100 and found.loc[2, "ratio"] == np.inf
    assert not_ruled_out(found, RULE).tolist() == [False, False]
    assert not_ruled_out(found, RULE._replace(forgiven=1)).tolist() == [True, True]


def test_the_worst_is_the_largest_but_for_those_forgiven():
    assert worst(pd.DataFrame([[1.0, 5.0, 3.0], [2.0, np.inf, 0.0]]), 0).tolist() == [5.0, np.inf]
    assert worst(pd.DataFrame([[1.0, 5.0, 3.0], [2.0, np.inf, 0.0]]), 1).tolist() == [3.0, 2.0]


def test_the_spread_of_seeds_is_that_of_draws_near_the_evidence():
    luck, rows = np.random.default_rng(1), []
    for draw in range(1, 401):
        middle, noise = (100.0, 0.2) if draw <= 200 else (1e-9, 0.0)  # the other half has nobody, and no spread
        rows += [(draw, seed, middle * np.exp(noise * luck.normal()), 2.0) for seed in (1, 2)]
    found = matching.seed_variance(seen(rows), stated(TWO))
    assert found["people"] == pytest.approx(0.04, rel=0.3) and found["ratio"] == 0.0
    assert matching.seed_variance(seen(rows).xs(1, level="seed", drop_level=False), stated(TWO)).tolist() == [0.0, 0.0]


def test_a_range_that_reaches_zero_has_no_place_on_a_log_scale():
    with pytest.raises(ValueError, match="people: range 0 to 9; it must lie above zero"):
        stated([TWO[0]._replace(low=0, high=9)])


def test_every_anchor_has_a_range_a_unit_and_a_source():
    assert len(stated(ANCHORS).centre) == len({anchor.name for anchor in ANCHORS}) == 16
    assert all(anchor.unit and anchor.source for anchor in ANCHORS)


# --- The search ------------------------------------------------------------------------------------


def far_from_three(wave, number, points):
    """Off by the distance of the first of many coordinates from 3 standard deviations: a part of 0.0024 lies below 1."""
    return pd.Series(np.abs(stats.norm.ppf(points.iloc[:, 0]) - 3.0) / 0.25, points.index)


def test_the_search_finds_a_small_part_its_size_and_all_of_it():
    points = cube(400, 3, [f"p{k}" for k in range(100)])
    levels, visited = descend(points, far_from_three(1, 0, points), 1.0, far_from_three, 0.1, 10, 8, seed=3)
    last = levels[-1]
    assert last.bar == 1.0 and (last.states < 1.0).all() and [level.bar for level in levels] == sorted(
        (level.bar for level in levels), reverse=True
    )
    truth = stats.norm.cdf(3.25) - stats.norm.cdf(2.75)
    assert truth / 2.5 < last.volume < 2.5 * truth
    inside = visited.loc[last.states.index]
    assert stats.norm.ppf(inside["p0"]).min() < 2.85 and stats.norm.ppf(inside["p0"]).max() > 3.05
    assert inside["p50"].mean() == pytest.approx(0.5, abs=0.2)  # what does not matter stays where it was
    again, _ = descend(points, far_from_three(1, 0, points), 1.0, far_from_three, 0.1, 10, 8, seed=3)
    assert again[-1].states.equals(last.states)


def test_a_search_that_cannot_get_there_stops_above_the_cutoff():
    points = cube(50, 1, ["p0", "p1"])
    alike = lambda wave, number, tried: pd.Series(7.0, tried.index)  # noqa: E731
    levels, visited = descend(points, alike(1, 0, points), 1.0, alike, 0.1, 10, 8, seed=1)
    assert len(levels) == 1 and levels[0].bar == np.inf and visited is points
    levels, _ = descend(points, far_from_three(1, 0, points), 1.0, far_from_three, 0.1, 2, 8, seed=1)
    assert len(levels) == 2 and levels[-1].bar > 1.0


def test_the_search_goes_on_where_most_of_the_prior_is_infinitely_far_off():
    def edge(wave, number, points):
        return points["p0"].where(points["p0"] < 0.3, np.inf)

    points = cube(200, 1, ["p0", "p1"])
    levels, _ = descend(points, edge(1, 0, points), 0.05, edge, 0.5, 10, 8, seed=1)
    assert levels[-1].bar == 0.05 and levels[1].volume == pytest.approx(0.3, abs=0.01)
    assert levels[-1].volume == pytest.approx(0.05, rel=0.4)


def test_draws_that_failed_are_steps_not_taken():
    points = cube(60, 1, ["p0", "p1"])
    half = lambda wave, number, tried: far_from_three(wave, number, tried).iloc[::2]  # noqa: E731
    levels, _ = descend(points, far_from_three(1, 0, points), 1.0, half, 0.2, 3, 8, seed=1)
    assert all(level.states.notna().all() for level in levels)


@pytest.mark.parametrize("length", [0.05, 0.5, 1.0])
def test_a_step_leaves_the_prior_as_it_is(length):
    there = step(cube(4000, 1, ["p0", "p1"]), length, np.random.default_rng(2))
    assert all(stats.kstest(there[name], "uniform").pvalue > 0.001 for name in there)
    assert there.to_numpy().min() >= 0 and there.to_numpy().max() <= 1


def test_repeats_of_a_few_draws_are_worth_those_few():
    many = pd.DataFrame(np.random.default_rng(1).random((50, 200)))
    few = pd.DataFrame(np.random.default_rng(2).random((5, 200)))
    assert worth(many) == pytest.approx(50, rel=0.35) and worth(few.loc[few.index.repeat(10)]) == pytest.approx(5, rel=0.35)
    assert worth(many.iloc[:0]) == 0.0 and worth(many.iloc[:1]) <= 1.0


def test_states_are_chosen_without_replacement():
    points = cube(50, 1, ["p0"])
    levels, _ = descend(points, far_from_three(1, 0, points), 10.0, far_from_three, 0.1, 5, 8, seed=1)
    later = levels[-1].states.index[len(levels[-1].states) // 2 :]
    assert sorted(chosen(levels[-1], 999, 1)) == sorted(later) and len(chosen(levels[-1], 7, 1)) == 7


# --- Synthetic truth -------------------------------------------------------------------------------


def linear(draws=600, seed=5):
    """Two anchors and two effects of three parameters: one effect is told by the anchors, the other is not."""
    unit = cube(draws, seed, ["a", "b", "c"])
    values = pd.DataFrame({"people": 3 * unit["a"] + unit["b"], "ratio": 3 * unit["b"]})
    return unit, values, pd.DataFrame({"told": unit["a"] - unit["b"], "untold": unit["c"]})


def test_synthetic_truth_is_recovered_where_the_anchors_tell_and_only_there():
    unit, values, effects = linear()
    found = recover(values, effects, unit.index[:200], unit.index, pd.Series({"people": 0.1, "ratio": 0.1}), RULE, seed=1)
    table = coverage(found.assign(group="prior"), 1).set_index("effect")
    assert (table["recovered"] > 150).all()
    assert table["inside"].between(0.85, 1.0).all()
    assert table.loc["told", "narrower"] < 0.5 and table.loc["untold", "narrower"] > 0.8
    ranks = found.loc[found["effect"] == "untold", "rank"].dropna()
    assert stats.kstest(ranks, "uniform").pvalue > 0.001  # nothing is learned of it, so its ranks are those of the prior


def test_an_interval_of_draws_matched_to_the_wrong_evidence_misses_the_truth():
    unit, values, effects = linear()
    narrow = pd.Series({"people": 0.1, "ratio": 0.1})
    wrong = values.copy()
    wrong.loc[unit.index[:100], "people"] += 0.8  # what the truths show is not what such draws show
    found = recover(wrong, effects, unit.index[:100], unit.index[100:], narrow, RULE, seed=1)
    assert coverage(found.assign(group="prior"), 1).set_index("effect").loc["told", "inside"] < 0.6


@pytest.mark.parametrize("draws", [11, 21])
def test_nine_in_ten_truths_lie_inside_of_few_draws_that_are_just_like_them(draws):
    luck, seen = np.random.default_rng(4), []
    for number in range(120):  # anchors that are all alike: every other draw is kept
        values = pd.DataFrame(0.0, range(draws), ["people"])
        effects = pd.DataFrame({"untold": luck.random(draws)})
        seen.append(recover(values, effects, range(draws), range(draws), pd.Series({"people": 1e-9}), RULE, seed=number))
    found = pd.concat(seen)
    assert (found["kept"] == draws - 1).mean() > 0.98
    assert found["inside"].dropna().astype(float).mean() == pytest.approx(0.9, abs=0.03)


def test_truths_that_the_evidence_has_chosen_are_no_measure_of_what_there_is_without_it():
    luck = np.random.default_rng(2)
    rows = [("prior", value, 20, *np.quantile(luck.normal(size=20), [0.05, 0.95])) for value in luck.normal(size=300)]
    rows += [("calibrated", 0.0, 20, *np.quantile(luck.normal(size=20) / 4, [0.05, 0.95])) for _ in range(50)]
    found = pd.DataFrame(rows, columns=["group", "value", "kept", "low", "high"]).assign(effect="ndr", rank=0.5, inside=True)
    narrower = coverage(found, 1).set_index("group")["narrower"]
    assert narrower["prior"] == pytest.approx(1.0, abs=0.1) and narrower["calibrated"] == pytest.approx(0.25, abs=0.05)


def test_a_truth_that_keeps_few_draws_is_counted_and_not_read():
    unit, values, effects = linear(draws=12)
    found = recover(values, effects, unit.index, unit.index, pd.Series({"people": 1e-3, "ratio": 1e-3}), RULE, seed=1)
    assert (found["kept"] < FEWEST).all() and found["rank"].isna().all()
    table = coverage(found.assign(group="prior"), 1)
    assert table["recovered"].tolist() == [0, 0] and table["truths"].tolist() == [12, 12] and table["inside"].isna().all()


def test_shares_have_exact_intervals():
    assert share(0, 300) == pytest.approx((0.0, 0.0, 1 - 0.025 ** (1 / 300)))
    assert np.isnan(share(0, 0)).all()


# --- Tables ----------------------------------------------------------------------------------------


def test_the_ledger_shows_every_anchor_with_the_shipped_value_inside_or_outside():
    values = pd.DataFrame({"people": [100.0, 10.0, 60.0, 90.0], "ratio": [9.0, 1.0, 2.0, 3.0]}, index=[0, 1, 2, 3])
    off = pd.DataFrame({"people": [0.0, 5.0, 1.0, 0.2], "ratio": [4.0, 1.0, 0.0, 1.0]}, index=[0, 1, 2, 3])
    table = ledger(TWO, values, off, pd.Index([1, 2]), pd.Index([2, 2, 3]), 3.0).set_index("anchor")
    assert table["shipped_is"].to_dict() == {"people": "inside", "ratio": "outside"}
    assert table.loc["people", "ruled_out"] == 0.5 and table.loc["people", "prior_inside"] == 0.5
    assert table.loc["people", "calibrated_50"] == 60.0 and table.loc["people", "source"] == "a count"  # draw 2 counts twice
    none = ledger(TWO, values, off, pd.Index([1, 2]), pd.Index([], dtype=int), 3.0)
    assert none[["calibrated_05", "calibrated_50", "calibrated_95"]].isna().all(axis=None)


def test_a_draw_says_of_the_claim_what_its_estimates_say():
    row = {"state": DEFINED, "ndr": 0.5, "western_losses": 0.05, "people": -0.1}
    assert outcome(row) == rules.HOLDS and outcome(row | {"western_losses": -0.01}) == rules.IN_SPACE_ONLY
    assert outcome(row | {"ndr": 0.05}) == rules.FAILS and outcome(row | {"ndr": -0.5}) == rules.REVERSES
    assert outcome(row | {"people": -0.99}) == rules.FAILS  # it ended
    assert outcome(row | {"state": SHUT}) == UNTOUCHED and outcome(row | {"state": EMPTY}) == NOBODY


def test_effects_are_told_over_draws_where_they_are_defined():
    columns = ["suppression", "ndr", "losses", "western_losses", "ndr_own_country", "ndr_cross_border", "ndr_out_of_region"]
    effects = pd.DataFrame(0.5, pd.Index([0, 1, 2, 3], name="draw"), columns).assign(state=[DEFINED, DEFINED, EMPTY, DEFINED])
    effects.loc[3, columns] = 1.5
    table = before_and_after(effects, pd.Index([1, 2]), pd.Index([1, 3, 3])).set_index(["effect", "group"])
    assert table.loc[("ndr", "prior"), ["draws", "defined", "q50"]].tolist() == [2, 1, 0.5]
    assert table.loc[("ndr", "calibrated"), ["draws", "defined", "q50"]].tolist() == [3, 3, 1.5]


def test_what_the_kept_draws_have_in_common_is_told_and_chance_is_not():
    luck = np.random.default_rng(3)
    unit = pd.DataFrame(luck.random((80, 6)), columns=["ai.speed", *(f"labour.{n}" for n in ("escape", "release", "hardship")),
                                                       "enforcement.leak", "enforcement.take_low"])  # fmt: skip
    unit["labour.release"] = (unit["labour.escape"] + 0.05 * luck.normal(size=80)).clip(0, 1)
    unit["ai.speed"] = 0.8 + 0.2 * unit["ai.speed"]
    far = moved(unit, 80)
    assert far["parameter"].iloc[0] == "ai.speed" and far["p_holm"].iloc[0] < 1e-6 and (far["p_holm"].iloc[1:] > 0.01).all()
    tied = ridges(unit, 80, seed=1)
    assert set(tied.loc[0, ["one", "other"]]) == {"labour.escape", "labour.release"}
    assert tied["beyond_chance"].tolist() == [True] + [False] * (len(tied) - 1)
    assert (moved(unit, 2)["p_holm"] > 0.05).all() and not ridges(unit, 4, seed=1)["beyond_chance"].any()  # worth too little
    assert moved(unit.iloc[:0], 0).empty and ridges(unit.iloc[:2], 2, seed=1).empty

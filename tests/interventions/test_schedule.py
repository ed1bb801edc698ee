"""When, where and how strongly an intervention is in force, and what is said of one that cannot be."""

import dataclasses

import numpy as np
import pytest

import sim
from interventions.test_levers import HOLDERS, ORIGINS, PLACES, POOLS, STATES, TOY, active, levers_after
from sim.interventions import load_interventions, next_change

# --- when ----------------------------------------------------------------------------------------


def strengths(**schedule) -> list:
    """Strength by week, for the first fourteen weeks."""
    (item,) = active({"lever": "utility_cut", "share": 1.0} | schedule)
    return [item.strength(week) for week in range(14)]


def test_an_intervention_starts_at_full_strength_on_its_day():
    assert strengths() == [None] * 8 + [1.0] * 6


def test_a_ramp_rises_in_equal_steps():
    assert strengths(ramp_weeks=4)[7:13] == [None, 0.25, 0.5, 0.75, 1.0, 1.0]


def test_the_end_is_the_first_day_without_it():
    assert strengths(end="2019-03-18")[7:12] == [None, 1.0, 1.0, None, None]


def test_a_start_in_the_middle_of_a_week_counts_from_the_next():
    assert strengths(start="2019-03-06")[7:11] == [None, None, 1.0, 1.0]


@pytest.mark.parametrize("ramp_weeks", [0, 1, 2, 5])
@pytest.mark.parametrize("start", ["2018-12-20", "2019-01-07", "2019-01-09", "2019-02-01"])
@pytest.mark.parametrize("end", [None, "2019-02-04", "2019-02-06", "2019-03-01"])
def test_the_next_change_is_the_next_week_of_another_strength(start, end, ramp_weeks):
    (item,) = active({"lever": "utility_cut", "share": 1.0, "start": start, "end": end, "ramp_weeks": ramp_weeks})
    for week in range(20):
        others = [later for later in range(week + 1, 60) if item.strength(later) != item.strength(week)]
        assert item.next_change(week) == (others[0] if others else np.inf)


def test_levers_change_when_the_first_of_several_interventions_does():
    first, second = active({"lever": "utility_cut", "share": 1.0}, {"lever": "secrecy", "share": 1.0, "start": "2019-02-11"})
    assert [next_change([first, second], week) for week in (0, 5, 8)] == [5, 8, np.inf]
    assert next_change([], 3) == np.inf


def test_intensity_and_compliance_multiply():
    assert strengths(intensity=0.5, compliance=0.4, ramp_weeks=2)[8:10] == pytest.approx([0.1, 0.2])


# --- where ---------------------------------------------------------------------------------------


def test_an_intervention_bears_on_the_territories_and_countries_that_it_names():
    only = levers_after(10, {"lever": "utility_cut", "share": 1.0, "territories": [PLACES[1]]})
    assert np.flatnonzero(only.territory["utility_cut"]).tolist() == [1]
    country = TOY.region.territories[0].country
    all_there = [row for row, place in enumerate(TOY.region.territories) if place.country == country]
    whole = levers_after(10, {"lever": "utility_cut", "share": 1.0, "countries": [country]})
    assert np.flatnonzero(whole.territory["utility_cut"]).tolist() == all_there


def test_an_intervention_that_names_no_place_bears_on_all():
    assert (levers_after(10, {"lever": "utility_cut", "share": 1.0}).territory["utility_cut"] == 1).all()


def test_a_bloc_stands_for_its_pools():
    bloc = TOY.region.pools[0].bloc
    wanted = [row for row, pool in enumerate(TOY.region.pools) if pool.bloc == bloc]
    assert 0 < len(wanted) < len(POOLS)
    lever = levers_after(10, {"lever": "awareness_campaign", "reach": 0.2, "blocs": [bloc]})
    assert np.flatnonzero(lever.pool["awareness"]).tolist() == wanted


def test_pools_and_origins_can_be_named_one_by_one():
    lever = levers_after(10, {"lever": "victim_protection", "friction": 0.2, "pools": [POOLS[-1]]})
    assert np.flatnonzero(lever.pool["friction"]).tolist() == [len(POOLS) - 1]
    lever = levers_after(10, {"lever": "labour_programme", "poverty": 0.2, "labour_pools": [ORIGINS[1]]})
    assert np.flatnonzero(lever.labour["programme"]).tolist() == [1]


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lever": "utility_cut", "share": 0.5, "territories": ["atlantis"]}, ("territories", "atlantis", PLACES[0])),
        ({"lever": "utility_cut", "share": 0.5, "countries": ["atlantis"]}, ("countries", "atlantis")),
        ({"lever": "raid_campaign", "actors": ["atlantis"], "effort": 1}, ("actors", "atlantis", STATES[0])),
        ({"lever": "armed_offensive", "by": "atlantis", "rate": 1}, ("by", "atlantis", HOLDERS[0])),
        ({"lever": "awareness_campaign", "reach": 0.1, "pools": ["atlantis"]}, ("pools", "atlantis", POOLS[0])),
        ({"lever": "awareness_campaign", "reach": 0.1, "blocs": ["wstern"]}, ("blocs", "wstern", "western")),
        ({"lever": "sanctions", "laundering": 0.1}, ("syndicates", "protectors")),
        ({"lever": "utility_kut", "share": 0.5}, ("lever", "utility_kut", "utility_cut")),
        ({"lever": "schedule", "share": 0.5}, ("lever", "schedule")),
        ({"lever": "utility_cut", "sahre": 0.5}, ("sahre", "share")),
        ({"lever": "utility_cut", "share": 1.4}, ("share", "1.4", "1")),
        ({"lever": "utility_cut", "share": "much"}, ("share", "much")),
        ({"lever": "utility_cut", "share": float("nan")}, ("share", "nan")),
        ({"lever": "utility_cut"}, ("share",)),
        ({"lever": "raid_campaign", "actors": [STATES[0]], "effort": -1}, ("effort", "-1")),
        ({"lever": "utility_cut", "share": 0.5, "end": "2018-01-01"}, ("end", "2019-03-04")),
        ({"lever": "exchange_controls", "laundering": 0.5, "leakage": 0.2}, ("leakage", "laundering")),
        ({"lever": "armed_conflict", "share": 0.5, "labour_pools": ["atlantis"]}, ("labour_pools", "atlantis", ORIGINS[0])),
        ({"lever": "repatriation", "share": 1.2}, ("share", "1.2")),
        ({"lever": "utility_cut", "share": 0.5, "start": "soon"}, ("start", "soon")),
        ({"lever": "utility_cut", "share": 0.5, "intensity": 2}, ("intensity", "2")),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_with_its_place_and_what_is_allowed(given, said):
    with pytest.raises(sim.ConfigError) as error:
        active({"lever": "kyc_controls", "laundering": 0.1}, given)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith("scenario made_up: interventions[1]")  # it has no file
    for word in said:
        assert word in message


def test_something_that_is_no_mapping_is_told_too():
    with pytest.raises(sim.ConfigError, match=r"interventions\[0\].*utility_cut"):
        load_interventions(dataclasses.replace(TOY, interventions=("utility_cut",)))

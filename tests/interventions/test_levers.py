"""Interventions write the lever layer, each its own columns, and nothing at no strength."""

import dataclasses
import datetime as dt
import importlib

import numpy as np
import pytest
from running import scenario_on

from sim.interventions import load_interventions, names, pull
from sim.levers import SCOPES, reset
from sim.world import new_world

TOY = scenario_on("toy")
PLACES, HOLDERS, SYNDICATES = (TOY.region.names(table) for table in ("territories", "protectors", "syndicates"))
STATES, POOLS, ORIGINS = (TOY.region.names(table) for table in ("states", "pools", "labour_pools"))
START = dt.date(2019, 3, 4)  # week 8 of the run

# what a scenario may ask, at full strength, and what it must write where
FACTORS = ("state.budget", "state.surge", "territory.standing", "everywhere.intelligence", "everywhere.ai_offence")
NEUTRAL = dict.fromkeys(FACTORS, 1.0)
CASES = [
    ("raid_campaign", {"actors": [STATES[0]], "effort": 4.0, "budget": 3.0}, {"effort": 4.0, "state.surge": 3.0}),
    ("staged_raids", {"rate": 2.0}, {"territory.staged": 2.0}),
    ("secrecy", {"share": 0.4}, {"territory.secrecy": 0.4}),
    ("utility_cut", {"share": 0.4}, {"territory.utility_cut": 0.4}),
    ("border_closure", {"share": 0.4}, {"territory.border_closure": 0.4}),
    ("shield_removal", {"share": 0.4}, {"territory.shield_removed": 0.4}),
    ("shield_removal", {"share": 0.4, "protectors": [HOLDERS[0]]}, {"protector.shield_removed": 0.4}),
    ("anti_corruption", {"share": 0.4}, {"territory.corruption_removed": 0.4}),
    ("harsher_sentences", {"severity": 1e6, "celerity": 0.4}, {"territory.severity": 1e6, "territory.celerity": 0.4}),
    ("armed_offensive", {"rate": 2.0, "by": HOLDERS[1]}, {"territory.offensive": 2.0, "territory.offensive_by": 1.0}),
    ("leader_arrests", {"rate": 2.0}, {"territory.leader_arrests": 2.0}),
    ("standing_effort", {"withdrawn": 0.4}, {"territory.standing": 0.6}),
    ("victim_protection", {"friction": 0.4}, {"pool.friction": 0.4}),
    ("awareness_campaign", {"reach": 0.4}, {"pool.awareness": 0.4}),
    ("asset_seizure", {"rate": 2.0, "syndicates": [SYNDICATES[0]]}, {"syndicate.seizure": 2.0}),
    ("sanctions", {"laundering": 0.4, "syndicates": [SYNDICATES[0]]}, {"syndicate.sanction": 0.4}),
    ("sanctions", {"tax": 0.4, "protectors": [HOLDERS[0]]}, {"protector.sanction": 0.4}),
    ("labour_programme", {"poverty": 0.4, "awareness": 0.3}, {"labour.programme": 0.4, "labour.awareness": 0.3}),
    ("intelligence_sharing", {"factor": 3.0}, {"everywhere.intelligence": 3.0}),
    ("kyc_controls", {"laundering": 0.4}, {"everywhere.kyc": 0.4}),
    ("ai_tools", {"factor": 3.0}, {"everywhere.ai_offence": 3.0}),
    ("ai_detection", {"stopped": 0.4}, {"pool.friction": 0.4}),
    ("lobbying", {"actors": [STATES[0]], "share": 0.4}, {"state.lobbying": 0.4}),
    ("aid_conditionality", {"states": [STATES[1]], "stake": 0.4, "withheld": 0.3}, {"state.aid": 0.4, "state.budget": 0.7}),
    ("coordination", {"states": [STATES[0]], "gain": 0.4}, {"state.coordinate": 0.4}),
    ("extradition", {"share": 0.4}, {"territory.extradition": 0.4}),
    ("exchange_controls", {"laundering": 0.4}, {"territory.kyc": 0.4}),
    ("repatriation", {"share": 0.4}, {"territory.repatriation": 0.4}),
    ("armed_conflict", {"share": 0.4}, {"territory.conflict": 0.4}),
    ("armed_conflict", {"share": 0.4, "labour_pools": [ORIGINS[1]]}, {"territory.conflict": 0.4, "labour.conflict": 0.4}),
]  # fmt: skip
each_case = pytest.mark.parametrize(
    ("lever", "asked", "written"), CASES, ids=[f"{lever}-{'-'.join(out)}" for lever, _, out in CASES]
)


def active(*given: dict, region=TOY):
    """Interventions of a made-up scenario, checked and bound."""
    given = tuple({"start": str(START)} | item for item in given)
    return load_interventions(dataclasses.replace(region, name="made_up", interventions=given))


def levers_after(week: int, *given: dict):
    """The lever layer of a week."""
    world = new_world(TOY, 1)
    pull(world, active(*given), week)
    return world.lever


def changed(lever) -> dict[str, np.ndarray]:
    """Columns that are not neutral, by name."""
    columns = {
        f"{scope}.{name}": (getattr(lever, scope)[name], entry.neutral)
        for scope, table in SCOPES.items()
        for name, entry in table.items()
    }
    columns["effort"] = (lever.effort, 0.0)
    return {name: values for name, (values, neutral) in columns.items() if (values != neutral).any()}


def test_every_lever_is_tried_here():
    assert {lever for lever, _, _ in CASES} == set(names())


@each_case
def test_an_intervention_writes_its_documented_columns_and_no_other(lever, asked, written):
    found = changed(levers_after(10, {"lever": lever} | asked))
    assert found.keys() == written.keys()
    for name, value in written.items():
        strongest = found[name].flat[np.argmax(np.abs(found[name] - NEUTRAL.get(name, 0.0)))]
        assert strongest == pytest.approx(value)
    write = importlib.import_module(f"sim.interventions.{lever}").write
    for name in written:
        assert name.split(".")[-1] in write.__doc__


@each_case
def test_an_intervention_changes_nothing_but_the_levers(lever, asked, written):
    before, after = new_world(TOY, 1), new_world(TOY, 1)
    pull(after, active({"lever": lever} | asked), 10)
    for name in before._fields:
        if name != "lever":
            assert getattr(before, name).tobytes() == getattr(after, name).tobytes(), name


@each_case
@pytest.mark.parametrize("switch", ["intensity", "compliance"])
def test_an_intervention_at_strength_zero_is_neutral(lever, asked, written, switch):
    assert set(changed(levers_after(10, {"lever": lever} | asked | {switch: 0.0}))) <= {"territory.offensive_by"}


@each_case
def test_levers_go_back_to_neutral_when_an_intervention_ends(lever, asked, written):
    world, acting = new_world(TOY, 1), active({"lever": lever, "end": str(START + dt.timedelta(weeks=4))} | asked)
    pull(world, acting, 11)
    assert changed(world.lever)
    pull(world, acting, 12)
    assert not changed(world.lever)


@each_case
def test_half_the_strength_lies_between_nothing_and_all(lever, asked, written):
    half = changed(levers_after(10, {"lever": lever} | asked | {"intensity": 0.5}))
    for name in written:
        if name != "territory.offensive_by":
            neutral = NEUTRAL.get(name, 0.0)
            most = half[name].flat[np.argmax(np.abs(half[name] - neutral))]
            assert most == pytest.approx(neutral + 0.5 * (written[name] - neutral))


def test_a_reset_lever_layer_is_neutral():
    lever = levers_after(10, {"lever": "utility_cut", "share": 0.5}, {"lever": "kyc_controls", "laundering": 0.5})
    assert changed(lever)
    reset(lever)
    assert not changed(lever)


def test_shares_of_two_interventions_compose():
    lever = levers_after(10, {"lever": "utility_cut", "share": 0.5}, {"lever": "utility_cut", "share": 0.5})
    assert lever.territory["utility_cut"] == pytest.approx(0.75)


@each_case
def test_a_second_intervention_of_no_strength_does_not_undo_the_first(lever, asked, written):
    first = {"lever": lever} | asked
    once, again = changed(levers_after(10, first)), changed(levers_after(10, first, first | {"intensity": 0.0}))
    assert once.keys() == again.keys()
    assert all(np.array_equal(once[name], again[name]) for name in once)


@each_case
def test_shares_that_overlap_stay_shares(lever, asked, written):
    found = changed(levers_after(10, *[{"lever": lever} | asked] * 3))
    for scope, table in SCOPES.items():
        for name in [name for name, entry in table.items() if entry.unit == "share"]:
            values = found.get(f"{scope}.{name}", np.zeros(1))
            assert values.min() >= 0 and values.max() <= 1


@each_case
def test_factors_that_overlap_stay_within_the_bounds_of_their_levers(lever, asked, written):
    found = changed(levers_after(10, *[{"lever": lever} | asked] * 12))
    for scope, table in SCOPES.items():
        for name, entry in [(name, entry) for name, entry in table.items() if entry.unit == "factor"]:
            values = found.get(f"{scope}.{name}", np.ones(1))
            assert values.min() >= entry.low and values.max() <= entry.high, name


def campaign(budget: float, **more) -> dict:
    """A raid campaign of one state in one place."""
    return {"lever": "raid_campaign", "actors": [STATES[0]], "territories": [PLACES[1]], "effort": 4.0, "budget": budget} | more


@pytest.mark.parametrize("budgets", [(3.0, 2.0), (2.0, 3.0), (3.0, 3.0, 3.0)])
def test_raid_campaigns_that_overlap_add_effort_but_draw_on_the_same_surge(budgets):
    lever = levers_after(10, *[campaign(budget) for budget in budgets])
    assert lever.state["surge"].tolist() == [3.0] + [1.0] * (len(STATES) - 1)
    assert lever.effort[0, 1] == pytest.approx(4.0 * len(budgets)) and lever.effort.sum() == pytest.approx(lever.effort[0, 1])


def test_a_campaign_that_is_only_ramping_up_does_not_lower_the_surge_of_another():
    lever = levers_after(8, campaign(3.0), campaign(9.0, ramp_weeks=8))
    assert lever.state["surge"][0] == 3.0
    assert levers_after(16, campaign(3.0), campaign(9.0, ramp_weeks=8)).state["surge"][0] == 9.0


def test_conflict_drives_out_the_people_of_the_origins_named_and_of_no_other():
    conflict = {"lever": "armed_conflict", "share": 0.5, "territories": [PLACES[1]]}
    lever = levers_after(10, conflict | {"labour_pools": [ORIGINS[1]]})
    assert np.flatnonzero(lever.labour["conflict"]).tolist() == [1]
    assert np.flatnonzero(lever.territory["conflict"]).tolist() == [1]
    assert not levers_after(10, conflict).labour["conflict"].any()

"""Scenarios that are told together: what they share is the same to the letter, so that they differ in one thing."""

import datetime as dt

from sim.scenario import read_choice


def levers_of(name, leave_out=("note",)):
    """Interventions of a scenario on its own region without some keys."""
    given = read_choice("scenario", name)["interventions"]
    return [{key: value for key, value in item.items() if key not in leave_out} for item in given]


def test_one_after_the_other_or_all_at_once_each_area_sees_the_same_year_of_raids():
    after, together = (read_choice("scenario", f"crackdown_{order}") for order in ("sequential", "simultaneous"))
    assert after["target"] == together["target"]
    dates = {"start", "end"}
    for one, other in zip(after["interventions"], together["interventions"], strict=True):
        assert {key: one[key] for key in one if key not in dates} == {key: other[key] for key in other if key not in dates}
        assert one["end"] - one["start"] == other["end"] - other["start"] == dt.timedelta(weeks=52)
    assert [item["start"] for item in after["interventions"][1:]] == [item["end"] for item in after["interventions"][:-1]]
    assert len({item["start"] for item in together["interventions"]}) == 1
    raided = [place for item in after["interventions"] for place in item["territories"]]
    assert sorted(raided) == sorted(after["target"])


def test_repatriation_adds_one_lever_to_the_campaign_that_it_is_compared_with():
    extra = [item for item in levers_of("crackdown_with_repatriation") if item not in levers_of("kokang_crackdown")]
    assert [item["lever"] for item in extra] == ["repatriation"]
    assert len(levers_of("crackdown_with_repatriation")) == len(levers_of("kokang_crackdown")) + 1


def test_hosts_that_answer_face_the_same_sanctions_on_holders_and_families():
    of_sanctions = [item for item in levers_of("sanctions") if item["lever"] == "sanctions"]
    assert levers_of("sanctions_on_hosts") == of_sanctions
    assert read_choice("scenario", "sanctions_on_hosts")["params"] == read_choice("scenario", "states_endogenous")["params"]


def test_the_united_states_and_china_act_in_the_same_places_at_equal_effort_and_alone():
    (campaign,) = read_choice("scenario", "us_china_joint")["interventions"]
    assert campaign["actors"] == ["china", "usa"]
    assert campaign["territories"] == read_choice("scenario", "us_china_joint")["target"]


def test_the_reference_nulls_differ_in_what_becomes_of_those_taken_alone():
    waterbed, removed, world = (read_choice("scenario", f"reference_{name}") for name in ("waterbed", "incapacitation", "world"))
    assert waterbed["interventions"] == removed["interventions"] and world["interventions"] == []
    assert removed["params"] == world["params"]
    taken = waterbed["params"]["structure"].pop("taken")
    assert taken == "elsewhere" and waterbed["params"] == world["params"]

"""The lock-step debugger names where two worlds part: the week, the rule, the entity, the column."""

import pytest

from experiments import diverge
from sim import model

TOY = ["region=toy", "end=2019-12-30"]


def told(capsys, *arguments):
    assert diverge.main([*arguments, *TOY]) == 0
    return capsys.readouterr().out


def test_it_names_the_week_the_lever_and_the_first_rule_that_parts_a_crackdown_from_its_baseline(capsys):
    out = told(capsys, "baseline", "kokang_crackdown")
    assert "are the same to the bit for 25 weeks. They part in week 25, 2019-07-01." in out
    assert "  effort: arda / north_enclave 0 -> 1.25" in out
    first = out[out.index("First to part them: ") :].splitlines()
    assert first[0] == "First to part them: spend"
    assert first[1].startswith("  effort: arda / north_enclave 0 -> ")


def test_it_finds_a_change_in_one_rule_that_only_part_of_the_crews_meet(capsys):
    out = told(capsys, "kokang_crackdown", "crackdown_with_repatriation")
    assert "First to part them: carry_out_raids\n  labour_pools.market: arda_workers" in out


def test_worlds_that_never_part_are_said_to_be_the_same(capsys):
    assert "are the same to the bit in all 52 weeks" in told(capsys, "baseline", "placebo")


def test_other_seeds_differ_on_the_first_day_already(capsys):
    assert "differ on the first day, before any week:" in told(capsys, "baseline", "baseline", "second_seed=2")


def test_the_rules_called_one_by_one_make_the_same_week(monkeypatch):
    scenario = diverge.load_scenario("kokang_crackdown", "toy")
    together, apart = diverge.new_world(scenario, 1), diverge.new_world(scenario, 1)
    model.week(together)
    for _, call in diverge.steps():
        call(apart)
    apart.clock["week"] += 1
    apart.clock["year"] += 1.0 / model.WEEKS_PER_YEAR
    assert list(diverge.differences(together, apart, scenario)) == []


@pytest.mark.parametrize("wrong", [["nowhere", "baseline"], ["baseline", "placebo", "seed=often"]])
def test_a_mistake_is_one_line(capsys, wrong):
    assert diverge.main([*wrong, *TOY]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

"""The lock-step debugger names where two worlds part: the week, the rule, the entity, the column, and the first decision."""

import subprocess
import sys

import numpy as np
import pytest
from running import ROOT

from experiments import diverge
from experiments.closeup.decisions import DECISIONS
from experiments.closeup.differing import both
from sim import model, randomness

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


@pytest.mark.parametrize(
    ("scenario", "week", "decision", "who", "outcomes"),
    [
        ("kokang_crackdown", 35, "plan_raids: is to be raided (draw RAID)", "of north_tenants, draw 0.0234161 in both", "no yes"),
        ("rebel_offensive", 30, "change_hands: is held by (draw OFFENSIVE)", "north_enclave, draw 0.122019 in both",
         "north_guard arda_officials"),
        ("anti_corruption", 26, "enter: where it starts (draw PLACE)", "the entrant of slot 7, 0f25b089f51b7f0c",
         "borin_port cela_islands"),
    ],
)  # fmt: skip
def test_the_first_decision_that_comes_out_differently_is_named_with_its_draw(capsys, scenario, week, decision, who, outcomes):
    lines = told(capsys, "baseline", scenario).rstrip().splitlines()[-5:]
    without, with_it = outcomes.split()
    assert lines[0].startswith(f"First decision that comes out differently, in week {week}, 20")
    assert lines[1] == f"  {decision}" and lines[2].endswith(who)
    assert lines[3:] == [f"    baseline (seed 1): {without}", f"    {scenario} (seed 1): {with_it}"]


def test_worlds_that_part_in_amounts_alone_are_said_to(capsys):
    assert diverge.main(["baseline", "kokang_crackdown", "region=toy", "end=2019-07-15"]) == 0
    assert "No decision comes out differently until week 27, the last: they differ in amounts alone." in capsys.readouterr().out


def test_every_keyed_draw_that_decides_is_among_the_decisions_and_each_is_of_a_rule_of_the_week():
    named = {word for decision in DECISIONS for word in decision.draw.replace(",", " ").split() if word.isupper()}
    amounts = {"TAKE", "STAFF_LOST", "TAKINGS", "ENTRANT_SIZE"}
    elsewhere = {"RAID_BY", "CHILD", "INITIAL_SIZE", "INITIAL_STATE"}  # not drawn any more; identities; before the first week
    numbered = {name for name, value in vars(randomness).items() if isinstance(value, np.uint64) and not name.startswith("_")}
    assert named == numbered - amounts - elsewhere
    assert {decision.rule for decision in DECISIONS} <= {name for name, _ in diverge.steps()}


def test_amounts_are_in_natural_units_and_rows_by_their_names(toy):
    assert both("territories", "losses", 3 * 2**20, 2**19, toy) == "3 -> 0.5 USD"
    assert both("flows", "rescued", 2**20, 0, toy) == both("seen", "official_freed", 2**20, 0, toy) == "1 -> 0 person"
    assert both("harm", "", 2**20, 2**21, toy) == "1 -> 2 USD"
    assert both("compounds", "bound_for", -1, 0, toy) == f"none -> {toy.region.names('territories')[0]}"
    assert both("clock", "margin", 0.1, np.nextafter(0.1, 1), toy) == "0.10000000000000001 -> 0.10000000000000002 USD/person/week"


def test_a_zero_with_another_sign_is_a_difference_and_the_same_nan_is_none(toy):
    first, second = diverge.new_world(toy, 1), diverge.new_world(toy, 1)
    first.belief[0, 0], second.belief[0, 0] = 0.0, -0.0
    first.burnt[0, 0] = second.burnt[0, 0] = np.nan
    (line,) = diverge.differences(first, second, toy)
    assert line.startswith("belief: ") and line.endswith(" 0 -> -0 raids/compound-year")


def test_a_reader_that_has_seen_enough_is_no_accident():
    command = [sys.executable, "-m", "experiments.diverge", "baseline", "kokang_crackdown", *TOY]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    assert process.wait(timeout=170) == 0 and process.stderr.read() == ""


@pytest.mark.parametrize(("given", "missing"), [([], "first"), (["baseline"], "second"), (["second=placebo"], "first")])
def test_without_two_names_the_line_says_how_to_ask(capsys, given, missing):
    assert diverge.main([*given, *TOY]) == 2
    said = f"{missing}: no scenario is named; allowed: two, as in python -m experiments.diverge baseline kokang_crackdown seed=3"
    assert capsys.readouterr().err.splitlines() == [said]


@pytest.mark.parametrize("wrong", [["nowhere", "baseline"], ["baseline", "placebo", "seed=often"]])
def test_a_mistake_is_one_line(capsys, wrong):
    assert diverge.main([*wrong, *TOY]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

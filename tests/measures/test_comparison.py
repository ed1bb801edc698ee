import pandas as pd
import pytest

from sim.claims.verdict import verdict
from sim.measures.comparison import COLUMNS, comparison, estimates, format_table, percent

from . import worlds

ALL_GONE = {territory: -held for territory, held in worlds.WITHOUT.items()}


def compare(workers, losses, targets=worlds.TARGETS, **options):
    return comparison(
        worlds.weekly(workers), worlds.pools(losses), worlds.TERRITORIES, worlds.SCENARIOS, targets,
        judge=verdict, **options,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("workers", "losses", "expected"),
    [
        ({"hill": -500.0, "valley": 100.0, "coast": 400.0}, {}, "FULL"),
        ({"hill": -500.0, "valley": 100.0, "coast": 400.0}, {"western": 5e5}, "WORSE"),
        ({"hill": -500.0, "coast": 250.0}, {}, "PARTIAL"),
        ({"hill": -500.0}, {"chinese_speaking": -1e6}, "NO DISPLACEMENT"),
        ({"hill": -500.0, "valley": -200.0}, {"chinese_speaking": -1e6}, "DIFFUSION"),
        ({}, {}, "NO SUPPRESSION"),
        (ALL_GONE, {"chinese_speaking": -3e6, "western": -1e6}, "ENDS"),
    ],
)
def test_hand_made_worlds_are_given_the_verdict_they_were_made_for(workers, losses, expected):
    table = compare(workers, losses)
    assert tuple(table.columns) == COLUMNS
    assert list(table["verdict"]) == [expected]
    assert list(table["pairs"]) == [3]


def test_a_scenario_without_a_target_in_space_is_not_judged_in_space():
    row = compare({"hill": -500.0}, {"chinese_speaking": -1e6}, targets={"crackdown": []}).iloc[0]
    assert row["verdict"] == "NOT SPATIAL"
    assert pd.isna(row["suppression"]) and pd.isna(row["ndr"])
    assert row["loss_change"] == pytest.approx(-0.25)


def test_months_before_the_window_count_as_forced_labour_all_the_same():
    weekly = worlds.weekly({"hill": -500.0})
    early = (weekly["scenario"] == "crackdown") & (weekly["date"] < "2020-07-06") & (weekly["territory"] == "hill")
    weekly.loc[early, "workers"] *= 2  # as many as before: the lever bites only after half a year
    row = estimates(weekly, worlds.pools({}), worlds.TERRITORIES, worlds.SCENARIOS, worlds.TARGETS).iloc[0]
    assert row["worker_change"] == pytest.approx(-500 / 2200)
    assert row["forced_labour_change"] == pytest.approx(-500 / 2200 * 131 / 157, rel=0.01)


def test_runs_that_end_before_the_window_are_refused():
    with pytest.raises(ValueError, match="the runs of crackdown end on 2024-01-01, before month 60"):
        compare({"hill": -500.0}, {}, window=(6, 60))


def test_without_a_judge_the_verdict_is_left_open():
    table = comparison(worlds.weekly({}), worlds.pools({}), worlds.TERRITORIES, worlds.SCENARIOS, worlds.TARGETS, draws=50)
    assert table["verdict"].isna().all()


def test_the_printed_table_fits_the_terminal_and_marks_what_is_undefined():
    table = compare({"hill": -500.0, "coast": 250.0}, {"western": -1e5})
    longest = table.assign(
        scenario="regional_coordination", target="Every special zone on the river Moei", verdict="NO DISPLACEMENT",
        suppression=-1.0, suppression_low=-1.0, suppression_high=-1.0,
    )  # fmt: skip
    undefined = compare({}, {}).assign(scenario="placebo")
    lines = format_table(pd.concat([longest, undefined])).split("\n")
    above, heading, _, full, _, empty = lines[:6]
    assert all(len(line) <= 140 for line in lines)
    assert "regional_coordination" in full and "-100 [-100, -100]" in full and "50 [50, 50]" in full and "0/50/0" in full
    assert above.index("people in") + len("people in") == heading.index("target", 20) + len("target") == full.index("-100 [") + 17
    assert full.index("NO DISPLACEMENT") == empty.index("NO SUPPRESSION") == heading.index("verdict")
    assert " - " in empty and "nan" not in "".join(lines)
    assert "3 pairs per scenario." in lines


def test_every_table_tells_what_pairing_is_worth():
    found = compare({"hill": -500.0, "valley": 100.0}, {"western": 1e6})
    above, heading, _, row, *_ = lines = format_table(found).split("\n")
    people, losses = (2200**2 + 1800**2) / 400**2, (4e6**2 + 5e6**2) / 1e6**2
    at = row.index(f"{people:.0f}/{losses:.0f}")
    assert above.index("worth of") == heading.index("pairing") - 1 <= at
    told = next(line for line in lines if line.startswith("Worth of pairing: "))
    assert told.endswith("people/losses.") and len(told) <= 140


def test_from_too_few_pairs_the_worth_of_pairing_is_said_to_be_unknown():
    weekly, pools = (table[table["seed"] < 3] for table in (worlds.weekly({"hill": -500.0}), worlds.pools({})))
    found = comparison(weekly, pools, worlds.TERRITORIES, worlds.SCENARIOS, worlds.TARGETS, judge=verdict, draws=50)
    text = format_table(found)
    assert " too few " in text.split("\n")[3] and "people/losses; too few: under 3 pairs." in text


def test_the_target_stands_in_full_below_its_scenario():
    long = "Shwe Kokko, Myawaddy and the parks south of it and 1 more"
    lines = format_table(compare({"hill": -500.0}, {}).assign(target=long)).split("\n")
    assert lines[3].startswith("crackdown") and lines[4] == f"  {long}"


def test_a_scenario_without_a_target_takes_one_line():
    lines = format_table(compare({"hill": -500.0}, {}).assign(target="")).split("\n")
    assert lines[3].startswith("crackdown") and lines[4] == lines[2]


def test_a_narrow_terminal_shortens_names_and_loses_no_number():
    found = compare({"hill": -500.0, "coast": 250.0}, {}).assign(scenario="a_scenario_with_a_long_name")
    lines = format_table(found, width=110).split("\n")
    assert "…" in lines[3] and "-50 [-50, -50]" in lines[3] and "PARTIAL" in lines[3]
    assert len(lines[3]) <= 110


@pytest.mark.parametrize(("value", "text"), [(0.124, "+12"), (-0.124, "-12"), (-0.001, "0"), (0.0, "0"), (float("nan"), "-")])
def test_per_cent_carry_their_sign_and_nothing_is_not_negative(value, text):
    assert percent(value) == text

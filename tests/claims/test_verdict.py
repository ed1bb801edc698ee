import pytest

from sim.claims.verdict import Rope, headline, pairs_needed, pairs_to_decide, sentence, verdict

ROW = {
    "scenario": "crackdown", "target": "Hill", "spatial": True, "pairs": 50,
    "suppression": -0.45, "suppression_low": -0.5, "suppression_high": -0.4,
    "ndr": 0.6, "ndr_low": 0.5, "ndr_high": 0.7,
    "ndr_own_country": 0.2, "ndr_cross_border": 0.3, "ndr_out_of_region": 0.1,
    "loss_change": -0.04, "loss_change_low": -0.06, "loss_change_high": -0.01,
    "western_loss_change": 0.06, "western_loss_change_low": 0.04, "western_loss_change_high": 0.08,
    "western_share_change": 0.021, "end_ratio_high": 0.9, "extinct": 0.0,
}  # fmt: skip
UNDEFINED = dict.fromkeys((name for name in ROW if name.startswith("ndr")), float("nan"))


def row(**changes):
    return ROW | changes


def around(name, low, high):
    return {name: (low + high) / 2, f"{name}_low": low, f"{name}_high": high}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"end_ratio_high": 0.04, "extinct": 0.95}, "ENDS"),
        ({"end_ratio_high": 0.04, "extinct": 0.85}, "PARTIAL"),
        ({"spatial": False, **around("suppression", float("nan"), float("nan")), **UNDEFINED}, "NOT SPATIAL"),
        ({**around("suppression", -0.3, -0.05), **UNDEFINED}, "NO SUPPRESSION"),
        ({**around("suppression", 0.0, 0.0), **UNDEFINED}, "NO SUPPRESSION"),
        ({**around("suppression", -0.3, -0.05), **UNDEFINED, **around("loss_change", 0.1, 0.2)}, "NO SUPPRESSION"),
        (around("loss_change", 0.03, 0.1), "WORSE"),
        (around("ndr", -0.5, -0.2), "DIFFUSION"),
        (around("ndr", -0.05, 0.05), "NO DISPLACEMENT"),
        (around("ndr", 0.2, 0.8), "PARTIAL"),
        (around("ndr", 0.95, 1.4), "FULL"),
        (around("ndr", 0.05, 0.5), "INDETERMINATE"),
        (around("ndr", 0.7, 1.1), "INDETERMINATE"),
        (around("ndr", -0.3, 0.0), "INDETERMINATE"),
        ({"suppression_low": float("nan"), "suppression_high": float("nan"), **UNDEFINED}, "INDETERMINATE"),
    ],
)
def test_every_verdict_is_reached_by_its_rule(changes, expected):
    assert verdict(row(**changes)) == expected


def test_a_border_belongs_to_the_side_that_claims_less():
    assert verdict(row(**around("suppression", -0.5, -0.10))) == "NO SUPPRESSION"
    assert verdict(row(**around("ndr", -0.10, 0.10))) == "NO DISPLACEMENT"
    assert verdict(row(**around("ndr", 0.10, 0.5))) == "INDETERMINATE"
    assert verdict(row(**around("loss_change", 0.02, 0.1))) != "WORSE"


def test_a_wider_region_of_equivalence_forgives_a_small_rise_of_losses():
    risen = row(**around("loss_change", 0.03, 0.04))
    assert verdict(risen) == "WORSE"
    assert verdict(risen, Rope(losses=0.05)) == "PARTIAL"


def test_nobody_to_remove_is_no_suppression():
    empty = row(**around("suppression", float("nan"), float("nan")), **UNDEFINED)
    assert verdict(empty) == "NO SUPPRESSION"
    assert "finds no one held in Hill" in sentence(empty)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "holds"),
        (around("western_loss_change", -0.05, 0.01), "holds in space but not in target"),
        (around("western_loss_change", -0.05, 0.05), "is not decided"),
        (around("ndr", 0.0, 0.08), "fails"),
        ({"end_ratio_high": 0.01, "extinct": 1.0}, "fails"),
        ({"verdict": "ENDS"}, "fails"),
        (around("ndr", -0.4, -0.2), "reverses"),
        (around("ndr", 0.05, 0.6), "is not decided"),
        ({**around("suppression", -0.05, 0.0), **UNDEFINED}, "is not decided"),
    ],
)
def test_the_headline_claim_needs_all_its_parts(changes, expected):
    assert headline(row(**changes)) == expected


def test_a_western_share_that_rises_alone_does_not_carry_the_claim():
    only_the_share = row(**around("western_loss_change", 0.0, 0.0), western_share_change=0.2)
    assert headline(only_the_share) == "holds in space but not in target"


def test_pairs_needed_follow_the_square_of_the_spread():
    assert pairs_needed(spread=1.0, half_width=0.196) == 100
    assert pairs_needed(spread=2.0, half_width=0.196) == 400
    with pytest.raises(ValueError, match="half_width is 0"):
        pairs_needed(1.0, 0)


def test_twice_too_wide_an_interval_needs_four_times_the_pairs():
    assert pairs_to_decide(row(pairs=20, **around("ndr", 0.0, 0.4))) == pytest.approx(80, abs=1)
    assert pairs_to_decide(row(**UNDEFINED)) is None


def test_the_sentence_says_what_the_row_says():
    said = sentence(ROW)
    assert "In 50 paired worlds, months 6 to 36 after the start, crackdown suppresses operations in Hill" in said
    assert "people held there: -45 % [-50, -40]" in said
    assert "of each 100 people removed, 60 [50, 70] reappear elsewhere" in said
    assert "(20 in the country, 30 across a border, 10 out of the region)" in said
    assert "losses change by -4 % [-6, -1], Western losses by +6 % [+4, +8] (Western share: +2.1 points)" in said
    assert said.endswith("Verdict: PARTIAL. The claim of displacement toward the West holds.")


NO_TARGET = dict.fromkeys(("suppression", "suppression_low", "suppression_high"), float("nan"))


def test_of_a_target_that_grows_it_says_so_and_that_displacement_is_not_defined():
    grown = row(**around("suppression", 0.10, 0.194), **UNDEFINED)
    said = sentence(grown)
    assert "lets operations in Hill grow (people held there: +15 % [+10, +19]); nobody is removed there" in said
    assert "displacement is not defined, as in every relaxation" in said and "Verdict: NO SUPPRESSION" in said
    assert "nobody is removed" not in sentence(row(**around("suppression", -0.05, 0.02), **UNDEFINED))


@pytest.mark.parametrize(
    ("place", "why", "where"),
    [
        ({"spatial": False, **NO_TARGET}, "no target in space; displacement is therefore undefined", "no place is aimed at"),
        ({"spatial": False}, "there is no elsewhere, and displacement is undefined", "nothing lies outside the target"),
        (around("suppression", -0.05, 0.02), "displacement is therefore undefined", "no place loses a tenth"),
    ],
)
def test_an_undefined_displacement_is_called_undefined_with_the_reason_and_given_no_number(place, why, where):
    said = sentence(row(**place, **UNDEFINED))
    assert why in said
    assert "of each 100" not in said and "nan" not in said
    assert said.endswith(f"The claim of displacement toward the West does not apply where {where}.")


def test_an_undecided_sentence_says_how_many_pairs_would_decide():
    assert "about 80 pairs would be needed" in sentence(row(pairs=20, **around("ndr", 0.0, 0.4)))


def test_a_sentence_keeps_the_verdict_that_stands_in_the_row():
    assert "Verdict: ENDS." in sentence(row(verdict="ENDS"))


def test_diffusion_is_told_as_fewer_elsewhere():
    said = sentence(row(**around("ndr", -0.4, -0.2)))
    assert "for each 100 people removed, 30 fewer are held elsewhere, too" in said
    assert "reverses" in said


def test_one_pair_is_too_few_to_speak_of_suppression():
    said = sentence(row(pairs=1, suppression_low=float("nan"), suppression_high=float("nan"), **UNDEFINED))
    assert "has too few pairs to show suppression in Hill (people held there: -45 %)" in said
    assert "Verdict: INDETERMINATE" in said

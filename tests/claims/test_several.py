from dataclasses import replace

import numpy as np
import pytest

from sim.claims.claim import Asked, Claim
from sim.claims.reading import Reading
from sim.claims.several import conjunction, corrected, intersection_union
from sim.claims.verdict import FAILS, HOLDS, IN_SPACE_ONLY, REVERSES

ASKED = Asked(scenario="sanctions", estimand="suppression", window=(6, 36), rope=(-0.1, 0.1), direction="below")


def reading(number, p, family="exploratory"):
    claim = Claim(id=f"C{number:03}", article="000", paraphrase="it works", asked=ASKED, fails_when="it does not", family=family)
    return replace(Reading(claim, HOLDS), p=p)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((HOLDS, HOLDS, HOLDS), HOLDS),
        ((HOLDS, FAILS, HOLDS), IN_SPACE_ONLY),
        ((HOLDS, REVERSES, HOLDS), IN_SPACE_ONLY),
        ((FAILS, HOLDS, HOLDS), FAILS),
        ((REVERSES, HOLDS, HOLDS), REVERSES),
        ((HOLDS, HOLDS, FAILS), FAILS),
        ((HOLDS, "not decided", HOLDS), "not decided"),
        (("undefined", HOLDS, HOLDS), "undefined"),
    ],
)
def test_the_headline_holds_only_if_each_part_does(parts, expected):
    assert conjunction(parts) == expected


def test_the_p_of_a_conjunction_is_the_largest_of_its_parts():
    assert intersection_union([0.001, 0.04, 0.02]) == 0.04
    assert np.isnan(intersection_union([0.001, np.nan]))


def test_confirmatory_claims_are_corrected_by_holm_together_with_the_headline():
    """Holm: 0.01 x 3, 0.02 x 2, 0.04 x 1, each at least as large as the one before."""
    made, headline = corrected([reading(1, 0.01, "confirmatory"), reading(2, 0.04, "confirmatory")], headline_p=0.02)
    assert [r.adjusted for r in made] == pytest.approx([0.03, 0.04]) and headline == pytest.approx(0.04)
    assert all(r.survives for r in made)


def test_all_others_are_corrected_by_benjamini_and_hochberg():
    """The first five p of Benjamini & Hochberg 1995 (section 3.2, fifteen hypotheses): four survive at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    made, _ = corrected([reading(k, value) for k, value in enumerate(p, start=1)])
    assert sum(r.survives for r in made) == 4
    assert made[0].adjusted == pytest.approx(0.0001 * 15) and made[3].adjusted == pytest.approx(0.0095 * 15 / 4)


def test_what_has_no_p_is_in_no_family():
    made, headline = corrected([reading(1, float("nan")), reading(2, 0.03)])
    assert made[0].survives is None and made[1].adjusted == pytest.approx(0.03) and np.isnan(headline)

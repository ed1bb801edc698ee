"""Site choice in its limits: shares of a logit, and the displacement ratio that a logit implies by its form alone.

Three places of one country: crews work in the first, the second is under pressure, the third is left alone. With alternatives
{exit, stay, hide, second, third} and shares s, pressure on the second lowers its value V. What it loses goes elsewhere or out of
the business, and the net displacement ratio is NDR = (sum of gains but exit's) / (loss of the second).

plain logit (dissimilarity 1): every alternative gains in proportion to its share, so NDR = 1 - s_exit / (1 - s_second), whatever
the pressure. Nested (dissimilarity l, second with share q within its nest of share P): dlog s_second / dV = 1/l - (1/l - 1) q -
s_second, while exit still gains s_exit s_second, so for a small pressure NDR = 1 - s_exit / (1/l - (1/l - 1) q - s_second).
(McFadden 1978; Train 2009, Discrete Choice Methods with Simulation, ch. 4.)
"""

import numpy as np
import pytest

from sim.rules.site_choice import decide, value_places
from sim.rules.worth import worth_of_place
from sim.state import EXIT, HIDE, OWN_COUNTRY, STAY
from verification.small import do, small

CREWS = 60_000
NOISE = 8000.0


def crowd(similar: float, fear: float = 0.0):
    """Crews that all review; `fear` is the raids per compound-year expected in the second place."""
    w = small(
        CREWS, 3,
        site_choice={"noise": NOISE, "review_rate": 1.0, "similar_own": similar, "outside": 20_000.0, "setup": 3000.0,
                     "agglomeration": 0.0},
    )  # fmt: skip
    w.compounds["capital"] = 0.0
    w.territories["rent"] = [40.0, 20.0, 30.0]
    w.belief[:, 1] = fear
    return w


def drawn(w) -> np.ndarray:
    """Shares of (exit, stay, hide, second place, third place) among the decisions of all crews."""
    do(decide, w)
    wish, place = w.compounds["wish"], w.compounds["bound_for"]
    picks = [wish == EXIT, wish == STAY, wish == HIDE, (wish == OWN_COUNTRY) & (place == 1), (wish == OWN_COUNTRY) & (place == 2)]
    return np.array([pick.mean() for pick in picks])


def formula(w) -> np.ndarray:
    """The same shares by the nested-logit formula, from the values of the alternatives."""
    crew, here, p = w.compounds[0], w.territories[0], w.p["site_choice"]
    lever = w.lever.territory[0]
    simple = [p["outside"] / NOISE] + [
        worth_of_place(crew, here, here, w.belief[0, 0], lever, hidden, w.p) / NOISE for hidden in (False, True)
    ]
    do(value_places, w, crew=crew)
    inside = np.exp(w.values[1:] / p["similar_own"])
    weights = np.exp([*simple, p["similar_own"] * np.log(inside.sum())])
    nests = weights / weights.sum()
    return np.array([*nests[:3], *(nests[3] * inside / inside.sum())])


def ndr(before: np.ndarray, after: np.ndarray) -> float:
    """Of what the second place loses, the part that is found in another place of work."""
    change = after - before
    return float((change[1] + change[2] + change[4]) / -change[3])


@pytest.mark.parametrize("similar", [1.0, 0.4])
def test_decisions_have_the_shares_of_the_nested_logit(similar):
    w = crowd(similar, fear=1.0)
    expected = formula(w)
    assert expected.min() > 0.02, "every alternative must be seen often enough for the test to say something"
    error = np.sqrt(expected * (1 - expected) / CREWS)
    assert np.abs(drawn(w) - expected).max() < 4.5 * error.max()


def test_a_plain_logit_fixes_the_displacement_ratio_whatever_the_pressure():
    before = formula(crowd(1.0))
    implied = 1 - before[0] / (1 - before[3])
    for fear in (0.05, 0.5, 5.0):
        assert ndr(before, formula(crowd(1.0, fear))) == pytest.approx(implied, rel=1e-9)


@pytest.mark.parametrize("similar", [1.0, 0.6, 0.3])
def test_a_nest_displaces_more_than_a_plain_logit_as_its_formula_says(similar):
    before = formula(crowd(similar))
    q = before[3] / (before[3] + before[4])
    implied = 1 - before[0] / (1 / similar - (1 / similar - 1) * q - before[3])
    assert ndr(before, formula(crowd(similar, 1e-6))) == pytest.approx(implied, rel=1e-3)
    plain = 1 - before[0] / (1 - before[3])
    assert implied == plain if similar == 1.0 else implied > plain


def test_in_a_nest_the_displacement_ratio_depends_on_the_pressure():
    before = formula(crowd(0.3))
    ratios = [ndr(before, formula(crowd(0.3, fear))) for fear in (0.05, 5.0)]
    assert abs(ratios[0] - ratios[1]) > 0.01


def test_drawn_decisions_show_the_displacement_ratio_of_the_plain_logit():
    before, after = crowd(1.0), crowd(1.0, fear=20.0)
    expected = 1 - formula(before)[0] / (1 - formula(before)[3])
    shares = []
    for w in (before, after):
        weeks = []
        for w.clock["week"] in range(10, 14):
            weeks.append(drawn(w))
        shares.append(np.mean(weeks, axis=0))
    assert ndr(*shares) == pytest.approx(expected, abs=0.045)

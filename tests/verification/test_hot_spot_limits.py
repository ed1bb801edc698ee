"""Hot spots: subcritical ones are eradicated by a crackdown, supercritical ones come back elsewhere.

Short, Brantingham, Bertozzi & Tita 2010 (PNAS 107:3961) find both in a reaction-diffusion model of burglary: where the even
state is stable but a large bump sustains itself (bistable), suppression removes the bump for good; where the even state is
unstable, suppression only moves it. This model has no diffusing attractiveness of cells. What makes crews seek each other here is
that a seat costs less to set up where others have set up before (`agglomeration`), so the same two regimes are looked for in site
choice.

n equal places, W people, all crews review at the same rate. In units of noise the value of a place rises with the people there by
J per unit share near the even state: J = W d/dw [setup agglomeration w / (w + cluster)] / noise at w = W / n. Write p for the
probability to move at a review and l for the dissimilarity of places. Linearising inflow (a logit over the other places) and
outflow (less where the rest of the world is dearer) about shares of 1 / n, a small bump grows if

    (J / n) [ (n - 2) / (l (n - 1)) + (1 - p) / (n - 1) ] > 1.

Where moving is dear the even state is stable (nobody gains enough by joining the crowd) and so is a crowd (nobody gains enough by
leaving it): the subcritical case. Where moving is cheap and seats are much cheaper in company, the even state is unstable: the
supercritical case. What differs from the burglars: crews pay for a seat only when they move, so that company draws newcomers
but holds nobody back, and a bump that is held together by company alone has no bistable range.
"""

import numpy as np
import pytest

from sim.rules.growth import count_people
from sim.rules.site_choice import act, decide, value_places
from sim.rules.worth import worth_of_place
from verification.small import do, small

PLACES, CREWS, PEOPLE = 10, 2000, 10.0
CLUSTER, NOISE = 40_000.0, 1000.0
TOTAL = CREWS * PEOPLE
SIMILAR = 1.0


def town(setup: float, first: float, tie: float):
    """Crews over equal places, a share `first` of them in the first place and the rest evenly spread.

    tie    USD a person; with the cost of a seat, it makes up for what moving costs, and crews move at every second review
    """
    w = small(
        CREWS, PLACES, workers=PEOPLE,
        site_choice={"setup": setup, "agglomeration": 0.9, "cluster": CLUSTER, "noise": NOISE, "review_rate": 0.5,
                     "similar_own": SIMILAR, "outside": -1e9, "hidden_output": -1e3, "crowding_cost": 0.0,
                     "lost_planned": 0.0, "lost_low": 0.0, "lost_high": 0.0, "paid_in_cash": 0.0, "weeks_own": 1.0,
                     "tie": tie},
    )  # fmt: skip
    w.ties[:] = 1.0
    place = np.repeat(np.arange(PLACES), np.diff(np.round(np.linspace(0, CREWS, PLACES + 1)).astype(int)))
    if first > 1 / PLACES:
        here = int(first * CREWS)
        place = np.concatenate([np.zeros(here, int), 1 + np.arange(CREWS - here) % (PLACES - 1)])
    w.compounds["territory"], w.compounds["cell"] = place, place
    do(count_people, w)
    return w


def growth_of_a_bump(setup: float, tie: float) -> float:
    """Left side of the criterion; above 1 the even state is unstable."""
    w = town(setup, 1 / PLACES, tie)
    crew, here = w.compounds[0], w.territories[0]
    stay = worth_of_place(crew, here, here, 0.0, w.lever.territory[0], False, w.p) / NOISE
    do(value_places, w, crew=crew)
    inside = SIMILAR * np.log(np.exp(w.values[1:] / SIMILAR).sum())
    p, n, w_even = 1 / (1 + np.exp(stay - inside)), PLACES, TOTAL / PLACES
    J = TOTAL * setup * 0.9 * CLUSTER / (w_even + CLUSTER) ** 2 / NOISE
    return J / n * ((n - 2) / (SIMILAR * (n - 1)) + (1 - p) / (n - 1))


def live(w, weeks: int, closed: int | None = None) -> np.ndarray:
    """Shares of places after some weeks, in which the holder of one place may tell every crew to leave."""
    for _ in range(weeks):
        w.territories["expels"] = 0
        if closed is not None:
            w.territories["expels"][closed] = 1
            inside = (w.compounds["territory"] == closed) & (w.compounds["status"] == 1)
            w.compounds["ask"][inside] = 3  # EXPELLED
        for rule in (decide, act, count_people):
            do(rule, w)
        w.clock["week"] += 1
        w.clock["moves"] = 0
    return w.territories["workers"] / w.territories["workers"].sum()


def crackdown(setup: float, tie: float) -> tuple[np.ndarray, np.ndarray]:
    """Shares of places with a hot spot in the first: left alone for four years; and two years after a half year of pressure."""
    alone = live(town(setup, 0.6, tie), 200)
    w = town(setup, 0.6, tie)
    live(w, 26, closed=0)
    return alone, live(w, 200)


SUBCRITICAL, SUPERCRITICAL = (12_000.0, 0.0), (36_000.0, 36_000.0)


def test_a_subcritical_hot_spot_is_eradicated_and_comes_back_nowhere():
    assert growth_of_a_bump(*SUBCRITICAL) < 0.8
    alone, after = crackdown(*SUBCRITICAL)
    assert alone[0] > 0.5, "left alone it sustains itself"
    assert after[0] < 0.05
    assert after[1:] == pytest.approx(np.full(PLACES - 1, 1 / (PLACES - 1)), abs=0.05)


def test_a_supercritical_hot_spot_comes_back_elsewhere():
    assert growth_of_a_bump(*SUPERCRITICAL) > 1.2
    alone, after = crackdown(*SUPERCRITICAL)
    assert alone.max() > 0.35
    assert after[0] < 0.15
    assert after[1:].max() > 0.35, "another place has become the hot spot"


@pytest.mark.parametrize(("part_of_critical", "stays_even"), [(0.8, True), (1.35, False)])
def test_an_even_spread_breaks_up_where_the_criterion_says(part_of_critical, stays_even):
    critical = 27_500.0
    assert growth_of_a_bump(critical, critical) == pytest.approx(1.0, rel=0.02)
    shares = live(town(part_of_critical * critical, 1 / PLACES, part_of_critical * critical), 300)
    assert (shares.max() < 0.15) == stays_even


def test_the_shipped_cost_of_a_seat_in_company_is_far_from_critical():
    p, territories = small().p["site_choice"], 60
    saved = p["setup"] * p["agglomeration"] / 4.0  # W d/dw of the saving is largest at w = cluster
    assert saved / p["noise"] / p["similar_own"] * (territories - 2) / (territories - 1) < 1.0

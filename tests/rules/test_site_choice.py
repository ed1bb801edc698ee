"""Site choice: a nested logit over exit, stay, hide and three kinds of move."""

import numpy as np
import pytest
from scipy import stats

from rules.by_hand import MANY, chance, clock, crews, levers, params, places
from sim.compiled import INTERPRETED
from sim.rules.site_choice import decide
from sim.rules.worth import sanction_cost, sanction_if_raided, setup_cost, worth_of_place
from sim.state import (
    ABROAD,
    EXIT,
    EXPELLED,
    HIDE,
    NOT_ASKED,
    OUT_OF_REGION,
    OWN_COUNTRY,
    RAIDED,
    ROUTINE,
    STAY,
    TIPPED_OFF,
    WEEKS_PER_YEAR,
)

SIMILAR = {"similar_own": 0.6, "similar_abroad": 0.4, "similar_remote": 0.8}
CHOICE = SIMILAR | {
    "noise": 4000.0, "tie": 2000.0, "border_cost": 1500.0, "closed_border": 2.0, "remote_cost": 2500.0, "distance_cost": 100.0,
    "outside": 2000.0, "salvage": 0.5, "review_rate": 0.0, "setup": 2000.0,
    "lost_planned": 0.1, "lost_low": 0.2, "lost_high": 0.6, "paid_in_cash": 0.5, "weeks_own": 4.0, "weeks_abroad": 20.0,
    "weeks_remote": 40.0,
}  # fmt: skip
# territory 0 is home; 1 in the country, 2 and 3 across a border, 4 out of the region
CROSSING = np.array([[0, 0, 1, 1, 2]] * 5, np.int8)
DISTANCE = np.tile(np.array([0.0, 200.0, 100.0, 500.0, 3000.0]), (5, 1)) / 10


def choose(compounds, place=None, known=(1, 1, 1, 1, 1), belief=(1.0,) * 5, ties=(0.0,) * 5, lever=None, **settings):
    """One week of decisions of crews at home in territory 0; returns the places and the settings used."""
    place = places(5, rent=[30.0, 20.0, 50.0, 10.0, 40.0], tax=0.1) if place is None else place
    rule_settings = params(site_choice=CHOICE | settings, enforcement={"usual_size": 100.0})
    decide(
        compounds, place, np.array([belief], float), np.array([known], np.int8), np.array([ties], float), DISTANCE, CROSSING,
        np.zeros(5), lever or levers(T=5), rule_settings, clock(compounds=len(compounds)), chance(),
    )  # fmt: skip
    return place, rule_settings


def values_of(crew, place, belief, ties, settings, asked):
    """Worth of every alternative in units of noise, put together from the parts that the rule is made of."""
    p, lever = settings["site_choice"], levers(T=5)

    def worth(t, risk, hidden=False):
        return worth_of_place(crew, place[0], place[t], risk, lever.territory[t], hidden, settings)

    at_home = belief[0] + (p["alarm"] if asked == TIPPED_OFF else 0.0)
    exit_value = p["outside"] - (1 - p["salvage"]) * crew["capital"] / crew["workers"]
    simple = {EXIT: exit_value, STAY: worth(0, at_home), HIDE: worth(0, at_home, True)}
    cost = {0: 0.0, 1: p["border_cost"], 2: p["remote_cost"]}
    moves = {}
    for t in range(1, 5):
        way = DISTANCE[0, t] * p["distance_cost"] / 100 + cost[int(CROSSING[0, t])]
        moves[t] = worth(t, belief[t]) - setup_cost(place[t], settings) - way + p["tie"] * ties[t]
    return {k: v / p["noise"] for k, v in simple.items()}, {k: v / p["noise"] for k, v in moves.items()}


@pytest.mark.parametrize("asked", [ROUTINE, TIPPED_OFF])
def test_crews_choose_by_the_shares_of_a_nested_logit(asked):
    belief, ties, rows = [1.0, 0.2, 0.1, 0.8, 0.0], [0.0, 0.0, 0.6, 0.4, 0.0], MANY  # places 2 and 3 are nearly alike
    compounds = crews(rows, ask=asked)
    place, settings = choose(compounds, belief=belief, ties=ties)
    simple, moves = values_of(compounds[0], place, belief, ties, settings, asked)

    nests = {OWN_COUNTRY: ([1], "similar_own"), ABROAD: ([2, 3], "similar_abroad"), OUT_OF_REGION: ([4], "similar_remote")}
    inclusive, within = dict(simple), {}
    for nest, (members, name) in nests.items():
        scaled = np.array([moves[t] for t in members]) / SIMILAR[name]
        inclusive[nest] = SIMILAR[name] * np.log(np.exp(scaled).sum())
        within[nest] = np.exp(scaled) / np.exp(scaled).sum()
    total = sum(np.exp(value) for value in inclusive.values())
    expected = {("nest", nest): np.exp(inclusive[nest]) / total for nest in (EXIT, STAY, HIDE, OWN_COUNTRY, OUT_OF_REGION)}
    expected |= {
        ("abroad", t): np.exp(inclusive[ABROAD]) / total * share for t, share in zip((2, 3), within[ABROAD], strict=True)
    }

    seen = {("nest", nest): int((compounds["wish"] == nest).sum()) for nest in (EXIT, STAY, HIDE, OWN_COUNTRY, OUT_OF_REGION)}
    seen |= {("abroad", t): int(((compounds["wish"] == ABROAD) & (compounds["bound_for"] == t)).sum()) for t in (2, 3)}
    assert sum(seen.values()) == rows and min(expected.values()) * rows > (0 if INTERPRETED else 5)
    assert stats.chisquare(list(seen.values()), [expected[key] * rows for key in seen]).pvalue > 1e-4


def test_a_crew_that_nobody_asks_stays():
    compounds = crews(1000)
    choose(compounds)
    assert (compounds["wish"] == STAY).all() and (compounds["ask"] == NOT_ASKED).all()


def test_crews_review_at_their_rate_without_any_cause():
    compounds = crews(MANY // 2)
    choose(compounds, review_rate=0.05)
    assert stats.binomtest(int((compounds["ask"] == ROUTINE).sum()), MANY // 2, 0.05).pvalue > 1e-4


def test_a_crew_told_to_leave_never_stays_nor_hides():
    compounds = crews(MANY // 4, ask=EXPELLED)
    choose(compounds, setup=1e6)  # however dear the move
    assert set(compounds["wish"].tolist()) <= {EXIT, OWN_COUNTRY, ABROAD, OUT_OF_REGION}
    compounds = crews(MANY // 4, ask=EXPELLED)
    choose(compounds, known=(1, 0, 0, 0, 0))
    assert (compounds["wish"] == EXIT).all()


def test_nobody_goes_where_the_holder_tells_crews_to_leave_nor_where_nothing_is_known_or_built():
    place = places(5, expels=[0, 1, 0, 0, 0], capacity=[1e4, 1e4, 1e4, 0.0, 1e4])
    compounds = crews(MANY // 4, ask=RAIDED)
    choose(compounds, place, known=(1, 1, 1, 1, 0), outside=-1e6)
    moving = np.isin(compounds["wish"], (OWN_COUNTRY, ABROAD, OUT_OF_REGION))
    assert moving.sum() > 20
    assert set(compounds["bound_for"][moving].tolist()) == {2}


def test_a_threat_at_home_drives_crews_out_and_one_abroad_keeps_them_off():
    calm, home, away = crews(MANY // 4, ask=ROUTINE), crews(MANY // 4, ask=ROUTINE), crews(MANY // 4, ask=ROUTINE)
    choose(calm), choose(home, belief=(20.0, 1, 1, 1, 1)), choose(away, belief=(1.0, 1, 20, 20, 1))
    left = lambda compounds, nest: int((compounds["wish"] == nest).sum())  # noqa: E731
    assert left(home, STAY) < left(calm, STAY) and left(home, ABROAD) > left(calm, ABROAD)
    assert left(away, ABROAD) < left(calm, ABROAD)


def test_a_closed_border_keeps_crews_from_crossing_it():
    lever, free, shut = levers(T=5), crews(MANY // 4, ask=RAIDED), crews(MANY // 4, ask=RAIDED)
    lever.territory["border_closure"][0] = 1.0
    choose(free), choose(shut, lever=lever, closed_border=50.0)
    assert (shut["wish"] == ABROAD).sum() < 0.1 * (free["wish"] == ABROAD).sum()


def test_a_sanction_is_certainty_times_severity_to_the_power_gamma_and_sooner_is_worse():
    s = {"gamma": 0.5, "scale": 1e6, "caught": 0.1, "prison": 2e6, "delay_years": 2.0, "impatience": 0.3, "people_lost": 0.5}
    rules = params(
        sanction=s, site_choice={"horizon": WEEKS_PER_YEAR}, enforcement={"capital_taken": 0.5}, labour={"price": 1000.0}
    )
    lever = levers(T=2)
    lever.territory["severity"], lever.territory["celerity"] = [0.0, 1e6], [0.0, 1.0]
    plain = sanction_cost(2.0, 1e5, 100.0, lever.territory[0], rules)
    loss = 0.5 * 1e5 + 0.5 * 100 * 1000 + 0.1 * 2e6 * np.exp(-0.6)
    assert plain == pytest.approx((1 - np.exp(-2)) * 1e6 * np.sqrt(loss / 1e6))
    harsher = sanction_cost(2.0, 1e5, 100.0, lever.territory[1], rules)
    assert harsher == pytest.approx((1 - np.exp(-2)) * 1e6 * np.sqrt((1e5 + 0.1 * 3e6) / 1e6))
    assert sanction_cost(0.0, 1e5, 100.0, lever.territory[1], rules) == 0


def test_what_a_raid_would_cost_times_its_chance_is_the_sanction_expected():
    rules, lever = params(site_choice={"horizon": WEEKS_PER_YEAR / 2}), levers().territory[0]
    if_raided = sanction_if_raided(1e5, 100.0, lever, rules)
    for raids in (0.1, 1.0, 10.0):
        assert sanction_cost(raids, 1e5, 100.0, lever, rules) == pytest.approx((1 - np.exp(-raids / 2)) * if_raided)


def worth(crew=None, here=None, there=None, risk=0.0, hidden=False, lever=None, **groups) -> float:
    """Worth of a place to a crew, over a planning horizon of ten weeks."""
    made = crews(1, **crew or {})[0]
    one, other = places(1, **here or {})[0], places(1, **there or here or {})[0]
    lever = levers().territory[0] if lever is None else lever
    rules = {"site_choice": {"horizon": 10.0, "crowding_cost": 0.0}}
    rules |= {"enforcement": {"usual_size": 100.0, "visibility_power": 0.5}}
    return float(worth_of_place(made, one, other, risk, lever, hidden, params(**rules | groups)))


def test_a_place_where_laundering_is_dearer_is_worth_less_by_what_it_costs():
    same = worth(crew={"laundering": 0.2}, here={"laundering": 0.15})
    dearer = worth(crew={"laundering": 0.2}, here={"laundering": 0.15}, there={"laundering": 0.25})
    assert same - dearer == pytest.approx(10 * 700.0 * 0.1)


def test_where_war_helps_people_escape_a_place_is_worth_less_by_those_to_be_replaced():
    lever = levers()
    lever.territory["conflict"] = 0.5
    labour = {"labour": {"escape": 0.01, "conflict_escape": 2.0, "price": 4000.0}}
    assert worth(**labour) - worth(lever=lever.territory[0], **labour) == pytest.approx(10 * 0.01 * 2.0 * 0.5 * 4000.0)


def test_a_crew_that_shows_less_fears_raids_less_but_no_crew_more_for_the_size_of_others():
    fear = lambda **crew: worth(crew=crew) - worth(crew=crew, risk=0.2)  # noqa: E731
    assert fear(shows=0.5) < fear(shows=1.0) < fear(shows=2.0)
    assert fear(cover=0.8) < fear()
    rules = params(site_choice={"horizon": 10.0}, enforcement={"usual_size": 100.0, "visibility_power": 0.5})
    expected = sanction_cost(0.2 * 2.0, 300_000.0, 400.0, levers().territory[0], rules) / 400
    assert fear(workers=400.0) == pytest.approx(expected)


def test_a_seat_costs_less_where_others_have_set_up():
    rules, place = (
        params(site_choice={"setup": 2000.0, "agglomeration": 0.5, "cluster": 1000.0}),
        places(2, workers=[0.0, 1000.0]),
    )
    assert [setup_cost(place[t], rules) for t in (0, 1)] == pytest.approx([2000.0, 1500.0])

"""Victim pools: people move between groups, losses come to be reported."""

import numpy as np
import pytest

from rules.by_hand import clock, in_fixed, levers, params, victims
from sim.rules.pools import renew_pools

RATES = {"approaches": 10.0, "judged": 0.2, "taught": 0.25, "realise": 0.1, "forget": 0.05, "report": 0.5, "growth_break": 2020.0}
GROUPS = ("susceptible", "exposed", "victim", "aware")


def renew(pool, lever=None, year=2019.5):
    """One week of a pool."""
    renew_pools(pool, lever or levers(K=len(pool)), params(pools=RATES), clock(year=year))


def test_every_group_moves_by_its_rate():
    pool = victims(1, at_risk=1000.0, susceptible=600.0, exposed=200.0, victim=100.0, aware=100.0, victims=in_fixed(10))
    renew(pool)
    approached, learned, unmoved, realised, forgot = 100.0, 200 * 0.2 * 0.25, 200 * 0.2 * 0.75, 10.0, 5.0
    assert pool["susceptible"][0] == pytest.approx(600 - 10 - approached + unmoved + forgot)
    assert pool["exposed"][0] == pytest.approx(200 + approached - learned - unmoved)
    assert pool["victim"][0] == pytest.approx(100 + 10 - realised)
    assert pool["aware"][0] == pytest.approx(100 + learned + realised - forgot)


@pytest.mark.parametrize("struck", [0.0, 50.0, 5000.0])
def test_people_of_a_pool_are_conserved_and_never_negative(struck):
    pool, lever = (
        victims(1, at_risk=1000.0, susceptible=400.0, exposed=300.0, victim=200.0, aware=100.0, growth_early=0.01),
        levers(),
    )
    lever.pool["awareness"] = 0.9
    for _ in range(50):
        pool["victims"] = in_fixed(struck)
        renew(pool, lever)
        assert sum(pool[group][0] for group in GROUPS) == pytest.approx(pool["at_risk"][0])
        assert all(pool[group][0] >= -1e-9 for group in GROUPS)
    assert pool["at_risk"][0] == pytest.approx(1000 * 1.01**50)


def test_a_campaign_teaches_its_share_of_those_who_are_left_alone():
    pool, lever = victims(2, at_risk=1000.0, susceptible=1000.0), levers(K=2)
    lever.pool["awareness"] = [0.0, 0.3]
    renew(pool, lever)
    assert pool["aware"] == pytest.approx([0.0, 300.0])


def test_growth_changes_at_the_break():
    early, late = (victims(1, growth_early=0.01, growth_late=0.002) for _ in range(2))
    renew(early, year=2019.9), renew(late, year=2020.1)
    assert early["at_risk"][0] == pytest.approx(1e6 * 1.01)
    assert late["at_risk"][0] == pytest.approx(1e6 * 1.002)


def test_losses_are_reported_late_and_never_more_than_the_reporting_rate():
    pool = victims(1, reporting_rate=0.2, losses=in_fixed(1e6))
    reported = []
    for _ in range(40):
        renew(pool)
        reported.append(float(pool["reported"][0]))
        pool["losses"] = 0
    assert reported[:3] == pytest.approx([1e5, 5e4, 2.5e4])
    assert np.sum(reported) == pytest.approx(0.2e6, rel=1e-6) and np.sum(reported) < 0.2e6

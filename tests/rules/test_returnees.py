"""Those who came home and defraud others in small cells of their own."""

import numpy as np
import pytest

from rules.by_hand import flow, flows, in_fixed, origins, params, people_outside, victims
from sim.rules.returnees import work_at_home

YIELD = {"labour": {"home_yield": 0.5}, "targeting": {"conversion": 0.02}}


def work(labour, pool, usable, **given):
    """A week in small cells; returns (pools, flows)."""
    money = flows()
    work_at_home(labour, pool, np.array(usable, float), money, params(**YIELD | given))
    return pool, money


def two_pools(**given):
    """A poor pool and a rich one, of which a fifth is recovered."""
    start = {"openness": [1.0, 0.5], "ticket": [1000.0, 4000.0], "worth": [20.0, 32.0], "recovered_share": [0.0, 0.2]}
    return victims(2, **start | given)


def test_small_cells_work_on_the_pool_that_pays_those_of_their_languages_best():
    pool, _ = work(origins(2, at_home=[100.0, 50.0]), two_pools(), [[1.0, 1.0], [1.0, 0.1]])
    assert pool["effort"] / 2**20 == pytest.approx([50.0, 100.0])  # few of the second origin can speak to the rich
    assert pool["victims"] / 2**20 == pytest.approx([50 * 0.5 * 0.02, 100 * 0.5 * 0.02 * 0.5], abs=1e-5)
    assert pool["losses"] / 2**20 == pytest.approx([50 * 0.5 * 0.02 * 1000, 100 * 0.5 * 0.02 * 0.5 * 4000])


def test_what_they_take_is_money_that_is_accounted_for():
    pool, money = work(origins(1, at_home=100.0), two_pools(), [[0.8, 0.8]])
    lost = 100 * 0.8 * 0.5 * 0.02 * 0.5 * 4000
    assert flow(money, "losses") == pytest.approx(lost) == pool["losses"].sum() / 2**20
    assert flow(money, "recovered") == pytest.approx(0.2 * lost) and flow(money, "at_home") == pytest.approx(0.8 * lost)
    assert flow(money, "revenue") == 0


def test_they_add_to_what_crews_in_compounds_do_and_move_nobody():
    labour, pool = origins(1, at_home=100.0), two_pools(victims=in_fixed(3.0), losses=in_fixed(500.0), effort=in_fixed(9.0))
    before = people_outside(labour)
    work(labour, pool, [[1.0, 0.0]])
    assert pool["victims"] / 2**20 == pytest.approx([3.0 + 1.0, 3.0])
    assert pool["losses"] / 2**20 == pytest.approx([500.0 + 1000.0, 500.0])
    assert pool["effort"] / 2**20 == pytest.approx([109.0, 9.0])
    assert people_outside(labour) == before and labour["at_home"][0] == in_fixed(100.0)


@pytest.mark.parametrize("given", [{"at_home": 0.0}, {"at_home": 100.0}], ids=["nobody_home", "no_language"])
def test_without_people_or_a_language_nothing_is_taken(given):
    pool, money = work(origins(1, **given), two_pools(), [[1.0, 1.0]] if given["at_home"] == 0 else [[0.0, 0.0]])
    assert pool["losses"].sum() == 0 and pool["victims"].sum() == 0
    assert flow(money, "losses") == flow(money, "at_home") == flow(money, "recovered") == 0

"""What the tables are made of."""

import numpy as np
import pytest

from sim import levers, state
from sim.agents import compounds, pools, protectors, states, syndicates, territories
from sim.scenario import shipped_parameters
from sim.state import fixed, real

TABLES = {
    "compounds": compounds.COLUMNS, "protectors": protectors.COLUMNS, "states": states.COLUMNS, "syndicates": syndicates.COLUMNS,
    "cells": territories.CELLS, "territories": territories.TERRITORIES, "pools": pools.POOLS, "labour_pools": pools.LABOUR_POOLS,
    "schemes": pools.SCHEMES, "clock": state.CLOCK, "flows": state.FLOWS, "order": state.ORDER, "moves": state.MOVES,
    "seen": state.SEEN,
}  # fmt: skip


def test_no_column_or_parameter_hides_behind_an_attribute_of_numpys_records():
    """Interpreted rules read ``row.size`` from NumPy's record itself before they look for a column of that name."""
    names = {name for table in (*TABLES.values(), *levers.SCOPES.values()) for name in table}
    names |= {name for group in shipped_parameters().values() for name in group} | set(shipped_parameters())
    assert sorted(name for name in names if hasattr(np.record, name)) == []


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_type_and_all_that_is_measured_has_a_unit(table):
    for name, column in TABLES[table].items():
        np.dtype(column.kind)
        assert column.unit or column.meaning, f"{table}.{name} says nothing about itself"
        if column.kind.startswith("f"):
            assert column.unit or name == "priority", f"{table}.{name} has no unit"


def test_fixed_point_sums_do_not_depend_on_their_order():
    amounts = np.random.default_rng(1).lognormal(8, 4, 500)
    there = sum(int(fixed(amount)) for amount in amounts)
    back = sum(int(fixed(amount)) for amount in amounts[::-1])
    assert there == back
    assert real(there) == pytest.approx(amounts.sum(), rel=1e-9)


def test_fixed_point_holds_a_millionth_of_a_person_and_all_the_money_there_is():
    assert real(fixed(1e-6)) == pytest.approx(1e-6, rel=0.1)
    assert real(fixed(8e12)) == 8e12 and real(fixed(-8e12)) == -8e12


def test_neutral_levers_lie_within_their_bounds():
    for scope in levers.SCOPES.values():
        for name, lever in scope.items():
            assert lever.low <= lever.neutral <= lever.high, name
            assert lever.unit and lever.meaning, name

"""A slip in a keyword, a setting of another executor, a reduction that gives no table: one line, with what was perhaps meant."""

import pandas as pd
import pytest
from mischief import WORLD

import sim
from experiments import compare
from experiments.common.console import launch
from sim.ensemble import run_ensemble


@pytest.mark.parametrize(
    ("ask", "where", "meant"),
    [
        (lambda: sim.load_scenario("baseline", regionn="toy"), "load_scenario: regionn", "region"),
        (lambda: sim.ScamNetwork("baseline", regionn="toy"), "load_scenario: regionn", "region"),
        (lambda: sim.run_ensemble(["baseline"], [1], regionn="toy"), "run_ensemble: regionn", "region"),
        (lambda: sim.run_ensemble([sim.load_scenario(**WORLD)], [1], worker=1), "run_ensemble: worker", "workers"),
        (lambda: sim.compare("placebo", regionn="toy"), "compare: regionn", "region"),
    ],
)
def test_an_unknown_keyword_is_answered_by_the_one_that_was_meant(ask, where, meant):
    with pytest.raises(sim.ConfigError) as said:
        ask()
    assert str(said.value).startswith(f"{where}: unknown keyword; did you mean {meant}")
    assert "allowed: " in str(said.value) and "\n" not in str(said.value)


def nothing(tables):
    """A reduction whose author forgot to return what it makes."""


def numbers(tables):
    return {"rows": len(tables["weekly"])}


def none_of_them(tables):
    return {}


@pytest.mark.parametrize("executor", ["threads", pytest.param("processes", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("reduce", "kind"), [(nothing, "NoneType"), (numbers, "int"), (none_of_them, "dict")])
def test_a_reduction_that_gives_no_table_is_told_in_one_line(reduce, kind, executor):
    with pytest.raises(sim.ConfigError) as said:
        run_ensemble(["baseline"], [1, 2], executor=executor, workers=1, reduce=reduce, **WORLD)
    name = reduce.__name__
    assert str(said.value) == f"reduce: {name} gives {kind}; allowed: a DataFrame, or DataFrames by name"


def test_a_reduction_may_give_several_tables():
    found = run_ensemble(["baseline"], [1], reduce=lambda tables: {"one": pd.DataFrame({"a": [1]})}, **WORLD)
    assert found["one"]["a"].tolist() == [1]


def test_a_setting_of_another_executor_says_whose_it_is(capsys):
    with pytest.raises(sim.ConfigError, match=r"executor\.address: belongs to executor=dask; allowed for threads: kind"):
        run_ensemble(["baseline"], [1], executor={"kind": "threads", "address": "tcp://a"}, **WORLD)
    assert launch(compare.compare, "compare", ["executor.address=tcp://a"]) == 2
    assert capsys.readouterr().err.strip() == "executor.address: belongs to executor=dask; allowed here: kind"

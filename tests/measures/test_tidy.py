"""The tidy table holds every number of the book, each once, with its unit and definition."""

import numpy as np
import pandas as pd
import pytest

from sim.measures.tidy import COLUMNS, estimands, tidy

from . import worlds
from .test_book import told  # noqa: F401 -- a fixture

NAMES = ("suppression", "ndr", "ndr_own_country", "ndr_cross_border", "ndr_out_of_region", "worker_change", "loss_change",
         "chinese_loss_change", "western_loss_change")  # fmt: skip
COMPARISON = pd.DataFrame({"scenario": ["crackdown"], "pairs": [len(worlds.SEEDS)]} | {name: [0.1] for name in NAMES})


@pytest.fixture(scope="module")
def table(told):  # noqa: F811
    return tidy(told | {"comparison": COMPARISON}, (6, 36))


def test_every_table_of_the_book_and_every_estimand_is_in_it(told, table):  # noqa: F811
    assert tuple(table.columns) == COLUMNS
    assert list(dict.fromkeys(table["estimand"])) == list(estimands()["estimand"])
    assert set(estimands()["table"]) == {"comparison", *told}


def test_every_number_of_the_book_is_named(told):  # noqa: F811
    known = estimands()
    for name, values in told.items():
        here = known[known["table"] == name]
        parts = {part for text in here["part"] for part in text.split()}
        ends = {f"{column}_{end}" for column in here["column"] for end in ("low", "high")} | {"low", "high"}
        beside = {"scenario", "seed", "pairs", "person_weeks", "person_weeks_without"}
        beside |= {"ndr_own_country", "ndr_cross_border", "ndr_out_of_region"} if name == "horizons" else set()
        assert set(values.columns) - parts - ends - beside == set(here["column"]) - beside


def test_no_number_stands_there_twice(table):
    assert not table.duplicated(["scenario", "estimand", "part"]).any()


def test_numbers_and_months_are_those_of_the_book(told, table):  # noqa: F811
    curve = table[table["estimand"] == "ndr_by_horizon"].set_index("part")
    np.testing.assert_allclose(curve["value"], told["horizons"]["ndr"])
    np.testing.assert_allclose(curve["low"], told["horizons"]["ndr_low"])
    assert (curve.loc["24", "from_month"], curve.loc["24", "to_month"]) == (21, 24)
    ledger = table[table["estimand"] == "ledger"].set_index("part")
    assert ledger.loc["relocation", "high"] == told["ledger"].set_index("channel")["high"]["relocation"]
    rows = table.set_index("estimand")
    assert (rows.loc["forced_labour", "from_month"], rows.loc["forced_labour", "to_month"]) == (0, 36)
    assert np.isnan(rows.loc["residual_deterrence", "to_month"])
    assert rows.loc["countries", "value"] == told["footprint"]["countries"].mean()


def test_every_row_has_a_unit_and_a_definition_that_is_a_phrase(table):
    assert (table["unit"].str.len() > 1).all() and (table["definition"].str.split().str.len() > 3).all()

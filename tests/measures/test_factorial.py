"""Effects of the factorial, on made-up cells whose every change is known."""

import numpy as np
import pandas as pd
import pytest

from sim.measures.factorial import CELLS, LEGEND, factorial_effects, format_effects, named
from sim.scenario import available

SEEDS = (1, 2, 3, 4)


def means(changes, part, stock, place):
    """Window means of all cells; changes: {cell: relative change}, the same in every world; others do not change."""
    table = pd.DataFrame([(cell, seed, place) for cell in CELLS for seed in SEEDS], columns=["scenario", "seed", part])
    table[f"{stock}_without"] = 100.0 * table["seed"]
    table[stock] = table[f"{stock}_without"] * (1 + table["scenario"].map(changes).fillna(0.0))
    return table


def effects(changes):
    """{(effect, instrument): value} for people."""
    zones, blocs = means(changes, "zone", "workers", "target"), means(changes, "bloc", "losses_usd", "western")
    chinese = means({}, "bloc", "losses_usd", "chinese_speaking")
    table = factorial_effects(zones, pd.concat([blocs, chinese]), draws=50)
    assert (table["pairs"] == len(SEEDS)).all()
    return table.set_index(["effect", "instrument", "outcome"])["value"]


def test_the_cells_are_the_shipped_ones():
    assert set(CELLS) == {name for name in available("scenario") if name.startswith("factorial_")}


def test_what_acting_together_adds_is_counted_within_its_instrument_and_averaged_over_tools():
    found = effects({named("coordinated", "certainty", "off"): -0.10, named("coordinated", "certainty", "on"): -0.20})
    assert found["together less alone", "certainty", "people"] == pytest.approx(-0.15)
    assert found["together less alone", "severity", "people"] == 0
    assert found["with tools less without", "certainty", "people"] == pytest.approx(-0.05)
    assert found["interaction of the two", "certainty", "people"] == pytest.approx(-0.10)
    assert found["certainty less severity", "supply", "people"] == pytest.approx(-0.30 / 4)


def test_losses_of_one_bloc_are_that_blocs_own():
    found = effects({named("unilateral", "friction", "off"): -0.40})
    assert found["together less alone", "friction", "Western losses"] == pytest.approx(0.20)
    assert found["together less alone", "friction", "Chinese losses"] == 0
    assert found["together less alone", "friction", "losses"] == pytest.approx(0.10)


def test_a_missing_cell_is_named():
    zones = means({}, "zone", "workers", "target")
    with pytest.raises(ValueError, match=f"no runs of {CELLS[3]}; allowed: all 16 cells"):
        factorial_effects(zones[zones["scenario"] != CELLS[3]], means({}, "bloc", "losses_usd", "western"))


def test_the_text_has_a_line_for_each_contrast():
    zones, blocs = means({}, "zone", "workers", "target"), means({}, "bloc", "losses_usd", "western")
    text = format_effects(factorial_effects(zones, pd.concat([blocs, blocs.assign(bloc="chinese_speaking")]), draws=50))
    assert len(text.splitlines()) == 2 + 13 + 1 + len(LEGEND) + 1 and "0.0 [0.0, 0.0]" in text
    assert np.all([len(line) <= 140 for line in text.splitlines()])

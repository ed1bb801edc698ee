"""The phase diagram: what is hatched, what is written in a cell, what is framed."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from experiments.common.regimes import DIRECT, EMPTY
from sim import plots
from sim.claims import verdict
from sim.plots.phase_diagram import REGIMES


@pytest.fixture(scope="module")
def drawn(tables):
    table = plots.table("phase_diagram", tables)
    return table, plots.figure("phase_diagram").draw(table, "Manifest 3fa9c2.")


def cells(ax):
    """(column, row) -> the rectangle of that cell; a frame is none."""
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_fill()]
    return {(round(patch.get_x() + 0.5), round(patch.get_y() + 0.5)): patch for patch in found}


def written(ax):
    """(column, row) -> the number in that cell."""
    return {tuple(int(at) for at in text.get_position()): text.get_text() for text in ax.texts}


def test_every_regime_has_a_look_of_its_own():
    words = {value for name, value in vars(verdict).items() if name.isupper() and isinstance(value, str) and value.isupper()}
    assert words | {EMPTY, DIRECT} == set(REGIMES)
    assert len(set(REGIMES.values())) == len(REGIMES)


def test_points_lie_where_they_say_whatever_the_order_of_their_rows(tables):
    shuffled = tables["phase"].sample(frac=1, random_state=np.random.RandomState(3))
    table = plots.table("phase_diagram", {"phase": shuffled})
    pd.testing.assert_frame_equal(table, plots.table("phase_diagram", tables))
    assert table["row"].tolist() == sorted([0, 1, 2, 3] * 3) and table["column"].tolist() == [0, 1, 2] * 4


def test_where_displacement_is_undefined_the_cell_is_hatched_and_has_a_dash(drawn):
    table, figure = drawn
    left = figure.axes[0]
    for row in table.to_dict("records"):
        at = row["column"], row["row"]
        undefined = bool(np.isnan(row["ndr"]))
        assert bool(cells(left)[at].get_hatch()) == undefined
        assert (written(left)[at] == "–") == undefined


def test_a_cell_has_the_colour_of_its_regime_and_of_100_removed_how_many_reappear(drawn):
    table, figure = drawn
    left = figure.axes[0]
    for row in table.to_dict("records"):
        assert to_hex(cells(left)[row["column"], row["row"]].get_facecolor()).upper() == REGIMES[row["regime"]][0].upper()
    assert [written(left)[at] for at in ((0, 0), (1, 0), (1, 2), (2, 2))] == ["40", "11", "−20", "0"]


def test_the_legend_names_the_regimes_that_occur_and_the_usual_point_is_framed_in_both_panels(drawn):
    table, figure = drawn
    assert len(figure.legends[0].get_texts()) == table["regime"].nunique()
    for ax in figure.axes:
        (frame,) = [patch for patch in ax.patches if not patch.get_fill()]
        assert (frame.get_x(), frame.get_y()) == (0.5, -0.5)


def test_western_losses_are_written_with_their_sign(drawn):
    right = drawn[1].axes[1]
    assert written(right)[0, 2] == "+3" and written(right)[1, 3] == "−30" and written(right)[0, 0] == "0"


def test_a_diagram_without_points_is_refused_in_words(tables):
    with pytest.raises(ValueError, match=r"^phase: has no points"):
        plots.table("phase_diagram", {"phase": tables["phase"].iloc[:0]})

"""Figures of a calibration: what is drawn, what is beyond the frame, what has nothing to show."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from sim import plots
from sim.plots import style
from sim.plots.predictive import FRAME


def drawn(name, tables):
    table = plots.table(name, tables)
    return table, plots.figure(name).draw(table)


def test_an_anchor_is_drawn_against_the_middle_of_its_stated_range(tables):
    table, figure = drawn("predictive", tables)
    (ax,) = figure.axes
    stated = ax.patches[0]
    middle = np.sqrt(50e3 * 100e3)
    assert (stated.get_x(), stated.get_width()) == pytest.approx((50e3 / middle, 50e3 / middle))
    assert ax.get_xlim() == FRAME and ax.get_xscale() == "log"
    shipped = [line for line in ax.lines if line.get_marker() == "D"]
    ratios = table["shipped"] / np.sqrt(table["low"] * table["high"])
    assert [float(line.get_xdata()[0]) for line in shipped] == pytest.approx(ratios)


def test_what_lies_beyond_the_frame_ends_in_an_arrowhead_and_no_kept_draw_has_no_bar(tables):
    lines = drawn("predictive", tables)[1].axes[0].lines
    arrows = [(line.get_marker(), round(float(line.get_ydata()[0]))) for line in lines if line.get_marker() in "<>"]
    assert sorted(arrows) == [("<", 0), ("<", 1), (">", 1)]
    bars = [line for line in lines if to_hex(line.get_color()).upper() == style.BLUE and len(line.get_xdata()) == 2]
    assert len(bars) == 2  # of three anchors: the third has no calibrated draw


def test_the_label_of_an_anchor_has_its_stated_range(tables):
    figure = drawn("predictive", tables)[1]
    assert "50–100 thousand people" in figure.axes[0].get_yticklabels()[0].get_text()


def test_effects_are_drawn_draw_by_draw_and_none_is_said_in_words(tables):
    table, figure = drawn("calibrated", tables)
    assert table.loc[table["effect"] == "losses", "shipped"].iloc[0] == pytest.approx(-4.0)  # per cent
    prior, calibrated = ([len(c.get_offsets()) for c in figure.axes[0].collections][k : k + 3] for k in (0, 3))
    assert sum(prior) == 60 and sum(calibrated) == 25
    assert [text.get_text() for text in figure.axes[1].texts] == ["none"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["Prior\n60 of 300", "Calibrated\n25 of 30"]


def test_ranks_are_counted_and_truths_without_enough_draws_are_left_out(tables):
    table, figure = drawn("ranks", tables)
    assert table.groupby("effect")["count"].sum().tolist() == [35, 35] and set(table["truths"]) == {40}
    assert [bar.get_height() for bar in figure.axes[0].patches[-10:]] == table["count"].head(10).tolist()


@pytest.mark.parametrize("name", ["predictive", "calibrated", "recovered"])
def test_a_table_without_anything_to_show_is_refused_in_words(tables, name):
    figure = "ranks" if name == "recovered" else name
    table = tables[name].iloc[:0] if name != "recovered" else tables[name].assign(rank=np.nan)
    with pytest.raises(ValueError, match=f"^{name}: no"):
        plots.table(figure, {name: table})

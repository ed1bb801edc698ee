"""Figures of sensitivity and of scenario discovery: order, what is left out, what is drawn beyond the frame."""

import pytest
from matplotlib.colors import to_hex

from sim import plots
from sim.plots import style
from sim.plots.sobol import FRAME
from sim.plots.tornado import SHOWN


def test_the_tornado_is_sorted_and_says_how_many_bars_it_leaves_out(tables):
    table = plots.table("tornado", tables)
    factors = table[(table["stage"] == "factors") & (table["factor"] != "seed")]
    assert factors["factor"].tolist() == [f"file_{k}" for k in range(19, 19 - SHOWN, -1)]
    assert set(factors["left_out"]) == {20 - SHOWN}
    figure = plots.figure("tornado").draw(table)
    assert f"first {SHOWN} of 20" in figure.axes[0].get_title(loc="right")


def test_a_bar_that_cannot_be_told_from_another_set_of_seeds_is_grey(tables):
    ax = plots.figure("tornado").draw(plots.table("tornado", tables)).axes[1]
    colours = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert colours == [style.BLUE, style.BLUE, style.GREY]  # 0.2 and 0.1 less 0.05 lie above the seeds' 0.04; 0 does not


def test_sobol_indices_are_in_the_order_of_the_first_effect_and_chance_is_last(tables):
    table = plots.table("sobol", tables)
    for _, mine in table.groupby("effect"):
        assert mine["factor"].tolist() == ["a.2", "a.1", "a.3", "seed"]


def test_an_interval_beyond_the_frame_ends_in_an_arrowhead(tables):
    ax = plots.figure("sobol").draw(plots.table("sobol", tables)).axes[0]
    arrows = [line for line in ax.lines if line.get_marker() in "<>"]
    # 0.6, 0.2, 0 and 0.5, each ± 1.2, leave the frame at the left; all but 0 at the right, too
    assert len(arrows) == 7 and {float(line.get_xdata()[0]) for line in arrows} == set(FRAME)


def test_boxes_are_drawn_between_their_limits_the_headline_first(tables):
    table = plots.table("boxes", tables)
    assert table["claim"].tolist() == ["headline", "headline", "C001"] and table["limits"].tolist() == [2, 2, 1]
    figure = plots.figure("boxes").draw(table)
    assert [len(ax.patches) for ax in figure.axes] == [4, 2]
    limited = figure.axes[0].patches[3]
    assert (limited.get_x(), limited.get_width()) == pytest.approx((0.4, 0.6))


@pytest.mark.parametrize("name", ["boxes", "screening", "indices"])
def test_a_table_without_rows_is_refused_in_words(tables, name):
    figure = {"boxes": "boxes", "screening": "tornado", "indices": "sobol"}[name]
    with pytest.raises(ValueError, match=f"^{name}: no"):
        plots.table(figure, {name: tables[name].iloc[:0]})

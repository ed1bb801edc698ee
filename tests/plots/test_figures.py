import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim import plots
from sim.plots import labels, style
from sim.plots.fan import QUANTILES

SCENARIO = "kokang_crackdown"
UNITS = {
    "boxes": "Place on the range",
    "calibrated": "change, % of all losses",
    "change_map": "people per hexagon",
    "choices": "thousand USD per person",
    "dumbbell": "billion USD a year",
    "fan": "people, with minus without",
    "forest": "change, %",
    "horizons": "of 100 removed (people)",
    "operations": "(people)",
    "phase_diagram": "Change in Western losses (%)",
    "predictive": "Ratio to the middle of the stated range",
    "ranks": "Rank of the truth",
    "recovery": "Worlds not yet back (%)",
    "regimes": "Share of parameter draws (%)",
    "sobol": "Share of variance",
    "specification": "People of part H1 (estimate, %)",
    "timeline": "Places (people held)",
    "tornado": "% of all people held",
    "traces": "raids a year",
    "tradeoff": "Western victims (%)",
    "waterfall": "(people, mean over the window)",
}
OF_MANY_POINTS = {"regimes", "specification", "boxes", "tornado", "sobol", "phase_diagram"}  # what made them names their worlds
OF_MANY_POINTS |= {"calibrated", "predictive", "ranks"}
OF_ONE_PAIR = ("choices", "timeline", "traces")


@pytest.fixture(scope="module")
def made(tables):
    """{name: (table, figure)} for every figure in the folder."""
    found = {}
    for name in plots.names():
        table = plots.table(name, tables, SCENARIO if plots.per_scenario(name) else None)
        found[name] = table, plots.figure(name).draw(table, "Manifest 3fa9c2.")
    return found


def texts(fig):
    return [text for text in fig.findobj(Text) if text.get_text().strip() and text.get_visible()]


def test_the_file_name_is_the_registry():
    assert plots.names() == sorted(UNITS)
    with pytest.raises(ValueError, match=r"no figure 'pie'; there are boxes"):
        plots.figure("pie")


def test_a_figure_says_which_table_it_lacks():
    with pytest.raises(ValueError, match=r"figure fan: needs the table 'weekly'; given: zones"):
        plots.table("fan", {"zones": pd.DataFrame()}, SCENARIO)


@pytest.mark.parametrize("name", UNITS)
def test_every_figure_draws_from_its_table_and_labels_its_units(made, name):
    table, fig = made[name]
    assert isinstance(fig, Figure) and len(table)
    words = " ".join(text.get_text() for text in texts(fig)).replace("\n", " ")
    assert UNITS[name] in words and "Model output" in words and "Manifest 3fa9c2" in words


@pytest.mark.parametrize("name", UNITS)
def test_nothing_printed_is_smaller_than_eight_points_or_cut_off(made, name):
    _, fig = made[name]
    for text in texts(fig):
        assert text.get_fontsize() >= style.FONT_SIZE, text.get_text()
    everything = fig.get_tightbbox(fig.canvas.get_renderer())  # in inches
    width, height = fig.get_size_inches()
    assert everything.x0 >= -0.01 and everything.y0 >= -0.01
    assert everything.x1 <= width + 0.01 and everything.y1 <= height + 0.01


@pytest.mark.parametrize("name", OF_ONE_PAIR)
def test_the_foot_of_a_figure_of_one_pair_says_so(made, name):
    assert "One pair of worlds (seed 1)" in style.foot(made[name][1])


@pytest.mark.parametrize("name", sorted(UNITS.keys() - {*OF_MANY_POINTS, *OF_ONE_PAIR}))
def test_the_foot_says_of_how_many_worlds_and_when(made, name):
    foot = style.foot(made[name][1])
    assert "12 pairs" in foot or "12 worlds" in foot
    told = {"change_map": "pairs of worlds", "fan": "Monthly means", "operations": "Week by week"}
    told |= {"recovery": "to the end of the runs", "horizons": "three months that end there"}
    assert told.get(name, "months 6 to 36 after the start") in foot


@pytest.mark.parametrize("width", [3.0, 4.1, 5.7, 7.0])
def test_no_word_stands_alone_on_the_last_line_of_the_foot(width):
    fig = style.figure(width, 3.0)
    style.stamp(fig, "Means over 12 pairs of worlds, months 6 to 36 after the start. Run 33423ea1a256ce21.")
    (text,) = fig.texts
    assert text.get_text().splitlines()[-1].split()[-2:] == ["Run", "33423ea1a256ce21."]


@pytest.mark.parametrize("name", UNITS)
def test_a_figure_can_be_drawn_again_from_the_csv_beside_it(made, name, tmp_path):
    table, fig = made[name]
    paths = plots.write(fig, table, tmp_path, name, plots.figure(name).CAPTION, "3fa9c2")
    assert sorted(path.suffix for path in paths) == [".csv", ".png", ".svg", ".txt"]
    assert not list(tmp_path.glob(".*"))
    again = pd.read_csv(tmp_path / f"{name}.csv")
    pd.testing.assert_frame_equal(again.select_dtypes("number"), table.reset_index(drop=True)[again.columns]
                                  .select_dtypes("number"), check_dtype=False, check_column_type=False)  # fmt: skip
    assert image(plots.figure(name).draw(again, "Manifest 3fa9c2.")) == image(fig)
    caption, foot, manifest = (tmp_path / f"{name}.txt").read_text().split("\n\n")
    assert caption == plots.figure(name).CAPTION and manifest == "Manifest: 3fa9c2\n"
    assert foot == style.foot(fig) and foot.startswith("Model output, not observation. ") and "\n" not in foot


def image(fig):
    file = io.BytesIO()
    with style.context():
        fig.savefig(file, format="png", dpi=60)
    return file.getvalue()


def test_the_same_figure_gives_the_same_bytes(made, tmp_path):
    table, fig = made["forest"]
    one = [path.read_bytes() for path in plots.write(fig, table, tmp_path, "one", "c", "d")]
    two = [path.read_bytes() for path in plots.write(fig, table, tmp_path, "two", "c", "d")]
    assert one == two


def test_the_fan_is_flat_at_zero_before_the_start(made):
    table, fig = made["fan"]
    before = table[table["month"] <= 0]
    assert before["month"].min() == -24 and table["month"].max() == 60
    assert (before["change_workers"] == 0).all()
    assert (table.loc[table["month"] == 12, "change_workers"] != 0).any()
    for ax, zone in zip(fig.axes, style.ZONES, strict=False):
        lines = {to_hex(line.get_color()): line for line in ax.lines if len(line.get_xdata()) > 2}
        drawn = lines[style.ZONES[zone].lower()]
        wanted = table[(table["zone"] == zone) & (table["series"] == "median")].sort_values("month")
        np.testing.assert_allclose(drawn.get_ydata(), wanted["change_workers"])


def test_the_fan_shows_at_most_as_many_pairs_as_asked(tables):
    fan = plots.figure("fan")
    table = fan.data(tables["weekly"], tables["zones"], tables["scenarios"], SCENARIO, shown_pairs=3)
    assert set(table["series"]) == {*QUANTILES, "pair 1", "pair 2", "pair 3"}
    assert (table["pairs"] == 12).all()


def test_a_scenario_without_a_target_has_one_panel_everywhere(tables):
    zones = tables["zones"].assign(zone=None)
    table = plots.figure("fan").data(tables["weekly"], zones, tables["scenarios"], SCENARIO)
    assert set(table["zone"]) == {"everywhere"}
    fig = plots.figure("fan").draw(table)
    assert len(fig.axes) == 1
    everything = fig.get_tightbbox(fig.canvas.get_renderer())
    assert everything.y0 >= -0.01 and everything.y1 <= fig.get_figheight() + 0.01  # the label of one low row, too


def test_a_territory_without_a_zone_is_named(tables):
    zones = tables["zones"][tables["zones"]["territory"] != "gulf"]
    with pytest.raises(ValueError, match="no zone for territory 'gulf'"):
        plots.figure("fan").data(tables["weekly"], zones, tables["scenarios"], SCENARIO)


def test_a_scenario_without_pairs_is_refused(tables):
    with pytest.raises(ValueError, match="staged_raids: no seed in common with the baseline"):
        plots.table("fan", tables, "staged_raids")


def test_shares_add_up_and_blocs_are_the_sums_of_their_pools(made):
    table, _ = made["dumbbell"]
    pools, blocs = table[table["pool"] != ""], table[table["pool"] == ""]
    for rows in (pools, blocs):
        assert rows["share_with"].sum() == pytest.approx(1) and rows["share_without"].sum() == pytest.approx(1)
    sums = pools.groupby("bloc")["with_usd_year"].sum()
    np.testing.assert_allclose(sums, blocs.set_index("bloc")["with_usd_year"].loc[sums.index])
    usa = table.set_index("pool").loc["usa", "without_usd_year"]
    assert usa == pytest.approx(8.2e9, rel=0.1)


def test_the_forest_says_undefined_and_prints_every_verdict(made):
    _, fig = made["forest"]
    words = [text.get_text() for text in texts(fig)]
    assert words.count("undefined") == 3
    assert {"Partial", "No suppression", "Indeterminate"} <= set(words)


def test_operations_follow_the_median_of_the_worlds(made, tables):
    table, _ = made["operations"]
    weekly = tables["weekly"]
    date = pd.Timestamp(weekly["date"].max())
    here = weekly[(weekly["scenario"] == "baseline") & (weekly["country"] == "khm") & (weekly["date"] == date)]
    median = here.groupby("seed", observed=True)["workers"].sum().median()
    row = table[(table["place"] == "Cambodia") & (table["world"] == "without") & (table["date"] == date)]
    assert row["median"].item() == pytest.approx(median, rel=1e-5)
    by_zone = plots.table("operations", tables, SCENARIO, by="zone")
    assert set(by_zone["place"]) == {style.ZONE_NAMES[zone] for zone in list(style.ZONES)[:4]}
    with pytest.raises(ValueError, match="by is 'continent'"):
        plots.table("operations", tables, SCENARIO, by="continent")


def test_colours_come_from_the_palette(made):
    palette = {to_hex(colour) for colour in style.PALETTE}
    for named in (style.ZONES, style.BLOCS, style.SCENARIOS):
        assert {to_hex(colour) for colour in named.values()} <= palette
    for zones_or_blocs in (style.ZONES, style.BLOCS):
        assert len(set(zones_or_blocs.values())) == len(zones_or_blocs)
    assert style.scenario_colour("a new one") == style.scenario_colour("a new one") in style.PALETTE
    for name in ("fan", "forest", "dumbbell", "operations"):
        lines = {to_hex(line.get_color()) for ax in made[name][1].axes for line in ax.lines}
        assert lines <= palette, name


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (style.thousands, 12345.6, "12,346"),
        (style.thousands, -0.2, "0"),
        (style.compact, 1234, "1.2k"),
        (style.compact, -5000, "−5k"),
        (style.usd_bn, 3.21e9, "3.2"),
        (style.percent, -0.123, "−12%"),
        (style.points, 0.012, "+1.2"),
    ],
)
def test_numbers_are_written_for_people(form, value, text):
    assert form(value) == text


def test_names_that_fit_nowhere_are_left_out_rather_than_overlapped():
    fig = style.figure(2, 1, layout=None)
    ax = fig.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, 1), ylim=(0, 1))
    crowd = [(f"Crowded place {i}", 0.5, 0.5) for i in range(40)]
    written = labels.place(ax, crowd, ax.get_window_extent())
    assert 1 <= len(written) < 40
    assert written[0].get_text() == "Crowded place 0"

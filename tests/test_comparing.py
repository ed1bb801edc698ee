"""Comparisons from Python, on the invented region: what `sim.compare` gives is what the command line would."""

import subprocess
import sys

import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

import sim
from sim import plots
from sim.comparing import Comparison
from sim.comparing.folder import recipe

SHORT = {"region": "toy", "end": "2021-01-04"}


@pytest.fixture(scope="session")
def found():
    return sim.compare("kokang_crackdown", pairs=2, **SHORT)


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def test_a_comparison_of_one_scenario_has_one_row_and_one_verdict(found):
    assert isinstance(found, Comparison)
    assert list(found.table["scenario"]) == ["kokang_crackdown"] == found.names
    assert found.verdict == found.table["verdict"].iloc[0]
    assert found.window == (6, 18)  # the toy campaign begins in July 2019 and the runs end in January 2021
    assert "months 6 to 18 instead of 6 to 36" in found.remark


def test_it_holds_both_worlds_of_every_pair(found):
    for table in (found.weekly, found.pools, found.moves, found.cells):
        assert set(table["scenario"]) == {"baseline", "kokang_crackdown"}
        assert set(table["seed"]) == {1, 2}


def test_it_reads_as_text_and_as_html(found):
    assert found.remark in str(found) and found.sentence in str(found) and "Model output" in str(found)
    assert "Worth of pairing: times as many runs" in str(found) and " too few " in str(found)
    assert repr(found) == "<Comparison of kokang_crackdown: 2 pairs, months 6 to 18>"
    page = found._repr_html_()
    assert "too few" in page and "<table" in page and "kokang_crackdown" in page and "Model output" in page


def test_displacement_by_horizon_adds_up_where_it_is_defined(found):
    curve = found.ndr((6, 12))
    assert list(curve["horizon"]) == [6, 12]
    parts = curve[["ndr_own_country", "ndr_cross_border", "ndr_out_of_region"]].sum(axis=1, skipna=False)
    pd.testing.assert_series_equal(parts, curve["ndr"], check_names=False)
    assert (curve["suppression"] < 0).all()


def test_every_figure_is_a_method_that_returns_axes(found):
    drawn = set()
    for name in dir(found.plot):
        if name == "table_of":
            continue
        try:
            axes = getattr(found.plot, name)()
        except sim.ConfigError:  # nothing to show in so few months
            continue
        assert isinstance(axes, Axes)
        assert "Model output" in " ".join(text.get_text() for text in axes.figure.texts), name
        drawn.add(name)
    assert {"map", "change_map", "fan", "dumbbell", "forest", "ndr", "horizons", "waterfall", "operations"} <= drawn
    assert drawn <= {*plots.names(), "map", "ndr"}


def test_a_figure_shows_in_pyplot_and_takes_the_options_of_its_file(found):
    axes = found.plot.map(months=(12,))
    assert axes.figure.number in pyplot.get_fignums()
    assert set(found.plot.table_of("map", months=(12,))["months"].dropna()) == {12}


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda found: found.plot.fan(colour="red"), "no option 'colour'"),
        (lambda found: found.plot.fan("sanctions"), "allowed: kokang_crackdown"),
        (lambda found: found.plot.map(months=(600,)), "no snapshot"),
    ],
)
def test_a_figure_that_cannot_be_drawn_says_why_in_one_line(found, ask, says):
    with pytest.raises(sim.ConfigError, match=says) as error:
        ask(found)
    assert "\n" not in str(error.value)


def test_an_unknown_figure_is_an_attribute_error_that_lists_the_figures(found):
    with pytest.raises(AttributeError, match="dumbbell, fan"):
        found.plot.pie()


def test_what_is_saved_is_read_again_and_can_be_run_again(found, tmp_path):
    folder = found.save(tmp_path / "mine", figures=False)
    results = sim.load_results(folder)
    read = results["comparison"].drop(columns=["target", "verdict"])
    pd.testing.assert_frame_equal(read, found.table.drop(columns=["target", "verdict"]), check_dtype=False)
    assert results.manifest["experiment"] == "compare" and results.manifest["seeds"] == [1, 2]
    assert "kokang_crackdown" in (folder / "report.html").read_text(encoding="utf-8")
    pd.testing.assert_frame_equal(results["estimands"].fillna({"part": ""}), found.estimands, check_dtype=False)
    with pytest.raises(sim.ConfigError, match="exists and is not empty"):
        found.save(folder)


def test_the_report_is_one_page(found, tmp_path):
    page = found.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "kokang_crackdown" in page and page.count("<img") > 3
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_several_scenarios_give_series_and_a_figure_needs_to_be_told_which():
    found = sim.compare(["placebo", "kokang_crackdown"], pairs=1, **SHORT | {"end": "2020-03-02"})
    assert list(found.verdict.index) == ["placebo", "kokang_crackdown"] == list(found.claim.index)
    assert found.sentence.count("Verdict") == 2
    assert isinstance(found.plot.forest(), Axes)
    with pytest.raises(sim.ConfigError, match="allowed: placebo, kokang_crackdown"):
        found.plot.fan()


def test_a_scenario_of_ones_own_is_compared_like_a_shipped_one(found):
    like = sim.load_scenario("kokang_crackdown", **SHORT)
    same = sim.variant(like, "same_again")
    again = sim.compare(same, pairs=2)
    columns = [name for name in found.table if name not in ("scenario", "target", "verdict")]
    pd.testing.assert_frame_equal(again.table[columns], found.table[columns], check_exact=True)
    milder = sim.variant(like, "milder", interventions=[dict(like.interventions[0], effort=1)])
    assert sim.compare(milder, pairs=2).table["suppression"].iloc[0] > found.table["suppression"].iloc[0]


def test_parameters_change_every_world_of_a_comparison(found):
    params = {"enforcement": {"leak": 0.1}}
    other = sim.compare(sim.variant(sim.load_scenario("kokang_crackdown", **SHORT), "mine"), pairs=2, params=params)
    shipped = sim.compare("kokang_crackdown", pairs=2, params=params, **SHORT)
    assert other.table["suppression"].iloc[0] == shipped.table["suppression"].iloc[0] != found.table["suppression"].iloc[0]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda: sim.compare("kokang_crakdown", **SHORT), "did you mean kokang_crackdown"),
        (lambda: sim.compare("baseline", **SHORT), "to set beside the baseline"),
        (lambda: sim.compare([], **SHORT), "to set beside the baseline"),
        (lambda: sim.compare("placebo", pairs=0, **SHORT), "pairs: is 0"),
        (lambda: sim.compare("placebo", window=(36, 6), **SHORT), "window: is"),
        (lambda: sim.compare("placebo", region="toy", end="2019-07-29"), "at least two months after"),
        (lambda: sim.compare("placebo", params={"enforcement": {"leak": 9}}, **SHORT), "enforcement.leak is 9"),
        (lambda: sim.variant(sim.load_scenario("placebo", **SHORT), "placebo"), "not the name of a shipped scenario"),
        (lambda: sim.variant(sim.load_scenario("placebo", **SHORT), "mine", target=["kokang"]), "north_enclave"),
        (lambda: sim.variant(sim.load_scenario("placebo", **SHORT), "mine", interventions=[{"lever": "bribe"}]), "bribe"),
    ],
)
def test_a_mistake_ends_in_one_line_that_says_what_is_allowed(asked, says):
    with pytest.raises(sim.ConfigError, match=says) as error:
        asked()
    assert "\n" not in str(error.value)


def test_importing_the_package_brings_neither_figures_nor_statistics():
    code = "import sys, sim; print([name for name in ('matplotlib', 'scipy.stats', 'sim.comparing') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_where_a_comparison_is_written_and_by_how_many_hands_is_not_part_of_its_digest(toy):
    def digest(**settings):
        return recipe(settings, [toy], range(1, 3), {"rule": "pairs", "pairs": 2}, (6, 36))["digest"]

    usual = digest(out="here", executor={"kind": "threads"}, ensemble={"workers": 1}, start="2019-01-07")
    assert digest(out="there", executor={"kind": "dask"}, ensemble={"workers": 2}, start="2019-01-07") == usual
    assert digest(out="here", start="2020-01-06") != usual

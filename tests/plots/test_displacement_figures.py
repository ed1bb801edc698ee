"""What the figures of displacement, recovery and robustness show, held against the tables that they are made from."""

from itertools import pairwise

import made_up
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from sim import plots
from sim.measures.displacement import displacement
from sim.measures.paired import window_means
from sim.plots import film, pairs, style

SCENARIO = "kokang_crackdown"


@pytest.fixture(scope="module")
def curve(tables):
    return plots.table("horizons", tables, SCENARIO)


@pytest.fixture(scope="module")
def steps(tables):
    return plots.table("waterfall", tables, SCENARIO).set_index("step")


def test_at_each_horizon_the_parts_add_up_to_the_whole(curve):
    wide = curve.pivot(index="horizon", columns="measure", values="value")
    parts = wide[["own_country", "cross_border", "out_of_region"]].sum(axis=1, skipna=False)
    assert list(wide.index) == [3, 6, 12, 24, 36, 60]
    pd.testing.assert_series_equal(parts, wide["ndr"], check_names=False)


def test_where_nothing_is_removed_at_one_horizon_it_says_undefined_and_draws_no_bar(curve):
    early = curve["horizon"] == 3
    table = curve.assign(value=curve["value"].mask(early & (curve["measure"] != "suppression")))
    ax = plots.figure("horizons").draw(table).axes[0]
    assert [text.get_text() for text in ax.texts].count("undefined") == 1
    bars = [bar for bar in ax.patches if hasattr(bar, "get_height") and bar.get_width() < 1]
    assert [bar.get_height() for bar in bars if bar.get_x() < 0] == [0, 0, 0] and any(bar.get_height() for bar in bars)


def test_where_nothing_is_removed_at_any_horizon_no_empty_frame_is_drawn_and_it_says_why(tables):
    baseline = tables["weekly"][tables["weekly"]["scenario"] == "baseline"]
    same = pd.concat([baseline, baseline.assign(scenario=SCENARIO)])
    with pytest.raises(ValueError, match="kokang_crackdown: at no horizon is a tenth of the target shown to be removed"):
        plots.table("horizons", {**tables, "weekly": same}, SCENARIO)


@pytest.mark.parametrize("name", ["horizons", "waterfall"])
def test_where_everything_is_target_nothing_is_drawn_and_it_says_why(tables, name):
    everywhere = {**tables, "zones": tables["zones"].assign(zone="target")}
    with pytest.raises(ValueError, match="kokang_crackdown: every place is target, so there is no elsewhere"):
        plots.table(name, everywhere, SCENARIO)


def test_the_steps_of_the_waterfall_lead_from_the_removed_to_the_net_change(steps):
    channels = steps.loc[["relocation", "deflection", "entry", "competitive_release"], "people"]
    assert steps.loc["removed", "people"] < 0
    assert steps.loc["removed", "people"] + channels.sum() == pytest.approx(steps.loc["net", "people"])
    assert steps.loc["relocation", "people"] > 0  # the made-up moves carry people out of the target


def test_the_waterfall_divides_by_those_removed_as_the_ratio_does(tables, steps):
    weeks = pairs.of_zones(tables["weekly"], tables["zones"], tables["scenarios"], SCENARIO)
    ndr = displacement(window_means(weeks, (6, 36)), draws=99)["ndr"].item()
    assert steps.loc["net", "per_removed"] == pytest.approx(ndr - 1)


def test_each_bar_of_the_waterfall_begins_where_the_one_before_ended(tables):
    table = plots.table("waterfall", tables, SCENARIO)
    bars = [bar for bar in plots.figure("waterfall").draw(table).axes[0].patches if bar.get_height() == pytest.approx(0.62)]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    for (_, end), (begin, _) in pairwise(ends[:5]):
        assert begin == pytest.approx(end)
    assert ends[-1][1] == pytest.approx(ends[-2][1])


@pytest.mark.parametrize("name", ["horizons", "waterfall", "recovery"])
def test_displacement_is_not_asked_of_a_scenario_without_a_target(tables, name):
    assert plots.needs_target(name) and not plots.needs_target("fan")
    with pytest.raises(ValueError, match="kokang_crackdown: has no target in space"):
        plots.table(name, {**tables, "zones": tables["zones"].assign(zone=None)}, SCENARIO)


def test_the_trade_off_stands_where_the_losses_went(tables):
    row = plots.table("tradeoff", tables).iloc[0]
    weights = {pool: level for pool, (bloc, level, _) in made_up.POOLS.items() if bloc == "western"}
    expected = sum(level * made_up.POOLS[pool][2] for pool, level in weights.items()) / sum(weights.values())
    assert row["western"] == pytest.approx(expected, abs=0.03)
    assert row["chinese_low"] < row["chinese"] < row["chinese_high"] < 0 < row["western"]


def test_a_world_that_never_comes_back_is_censored_and_not_averaged(tables):
    table = plots.table("recovery", tables, SCENARIO)
    half = table[table["level"] == 0.5]
    assert np.isinf(half["median"]).all()  # four fifths of the target's people stay away
    assert (half["kind"] == "censored").sum() == half["fell"].iloc[0]
    assert half.loc[half["kind"] == "curve", "share"].eq(1).all()


def test_the_recovery_curve_steps_down_as_worlds_come_back(tables):
    weekly = tables["weekly"].copy()
    months = (weekly["date"] - made_up.START).dt.days / 30.4375
    back = (weekly["scenario"] == SCENARIO) & (weekly["seed"] <= 6) & (months > 18)
    baseline = weekly[weekly["scenario"] == "baseline"].set_index(["seed", "date", "territory"])["workers"]
    keys = pd.MultiIndex.from_frame(weekly.loc[back, ["seed", "date", "territory"]])
    weekly.loc[back, "workers"] = baseline.reindex(keys).to_numpy()
    table = plots.table("recovery", {**tables, "weekly": weekly}, SCENARIO, levels=(0.5,))
    curve = table[table["kind"] == "curve"]
    fell, came = table["fell"].iloc[0], table["fell"].iloc[0] - (table["kind"] == "censored").sum()
    assert 1 <= came <= 6
    assert curve["share"].min() == pytest.approx(1 - came / fell)
    assert curve.loc[curve["share"] < 1, "months"].min() == pytest.approx(18, abs=1)
    risk = table[table["kind"] == "at_risk"].set_index("months")["worlds"]
    assert risk[0] == fell and risk[24] == fell - came


def test_the_bars_of_regimes_add_up_to_all_points(tables):
    table = plots.table("regimes", tables)
    assert table.groupby(["claim", "over"])["share"].sum().to_numpy() == pytest.approx(1)
    headline = table[(table["claim"] == "headline") & (table["outcome"] == "holds")]
    assert headline["share"].item() == pytest.approx(0.5)


def test_the_specification_curve_rises_and_ends_with_what_is_undefined(tables):
    table = plots.table("specification", tables)
    for _, rows in table.groupby("claim"):
        values = rows.sort_values("rank")["value"]
        assert values.dropna().is_monotonic_increasing and values.isna().to_numpy()[-1]
    colours = {to_hex(line.get_color()) for ax in plots.figure("specification").draw(table).axes for line in ax.lines}
    assert colours <= {to_hex(colour) for colour in style.PALETTE}


def test_a_film_has_a_picture_for_every_quarter_and_stays_small(tables, tmp_path):
    wanted = (tables[name] for name in ("cells", "cells_geo", "territories", "zones", "scenarios"))
    table = film.data(*wanted, SCENARIO, seed=3)
    paths = film.write(table, tmp_path, "film", "3fa9c2")
    assert [path.suffix for path in paths] == [".gif", ".csv", ".txt"] and not list(tmp_path.glob(".*"))
    with Image.open(paths[0]) as picture:
        assert picture.n_frames == tables["cells"]["date"].nunique()
        first = picture.convert("RGB").tobytes()
        picture.seek(picture.n_frames - 1)
        assert picture.convert("RGB").tobytes() != first
    assert paths[0].stat().st_size < 5_000_000
    assert "Model output" in paths[2].read_text() and "3fa9c2" in paths[2].read_text()
    kokang = table[(table["kind"] == "cell") & (table["date"] == table["date"].min())]
    assert (kokang["change"] == 0).all() or kokang["change"].abs().max() < 1  # at the start the worlds are one


def test_a_film_of_a_pair_that_was_not_run_says_which_there_are(tables):
    wanted = [tables[name] for name in ("cells", "cells_geo", "territories", "zones", "scenarios")]
    with pytest.raises(ValueError, match="no pair with seed 99; there are 1, 2, 3"):
        film.data(*wanted, SCENARIO, seed=99)


def test_one_odd_draw_does_not_flatten_the_specification_curve_and_is_named_at_its_edge(tables):
    table = plots.table("specification", tables)
    odd = table[np.isfinite(table["value"]) & (table["draw"] > 0)].index[0]
    table.loc[odd, "value"] = -1e4
    ax = plots.figure("specification").draw(table).axes[0]
    assert ax.get_ylim()[0] > -1e5, "the axis follows the others"
    assert any(text.get_text().endswith("1,000,000") for text in ax.texts)


def spread(*changes):
    """A table of the trade-off: a scenario for each (Chinese, Western) change."""
    rows = [
        {"scenario": f"s{n}", "title": f"Scenario {n}", "pairs": 3, "from_month": 6, "to_month": 36}
        | {f"{short}{end}": value + off for short, value in zip(("chinese", "western"), change, strict=True)
           for end, off in (("", 0.0), ("_low", -0.002), ("_high", 0.002))}
        for n, change in enumerate(changes)
    ]  # fmt: skip
    return pd.DataFrame(rows)


CROWD = ((0.0, 0.0), (-0.004, -0.006), (0.003, 0.004))


def test_scenarios_that_crowd_near_no_change_are_shown_enlarged_with_their_names():
    ax = plots.figure("tradeoff").draw(spread((-0.6, -0.6), (-0.5, 0.05), *CROWD)).axes[0]
    (inset,) = ax.child_axes
    named = [{text.get_text() for text in one.texts if text.get_gid() == "scenario"} for one in (ax, inset)]
    assert named == [{"Scenario 0", "Scenario 1"}, {"Scenario 2", "Scenario 3", "Scenario 4"}]
    assert np.ptp(inset.get_xlim()) < 0.1 * np.ptp(ax.get_xlim())


def test_a_long_name_beside_the_inset_is_broken_and_not_left_out():
    table = spread((-0.63, -0.67), (-0.53, 0.05), (-0.16, -0.12), *CROWD)
    table.loc[0, "title"] = "Global coordination with victim protection"
    ax = plots.figure("tradeoff").draw(table).axes[0]
    assert "Global coordination with\nvictim protection" in {text.get_text() for text in ax.texts}


@pytest.mark.parametrize("others", [[(-0.6, -0.6)], [(-0.6, -0.6), (-0.01, -0.3), *CROWD]], ids=["no crowd", "no room"])
def test_without_a_crowd_or_without_room_nothing_is_enlarged(others):
    assert plots.figure("tradeoff").draw(spread(*others)).axes[0].child_axes == []


def test_the_ends_of_an_interval_stand_out_beyond_its_point(tables):
    table = plots.table("forest", tables)
    ax = plots.figure("forest").draw(table).axes[0]
    ends = [np.ptp(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) == 2 and 0 < np.ptp(line.get_ydata()) < 0.9]
    shown = table[(table["measure"] == "loss_change") & table["low"].notna()]
    assert len(ends) >= len(shown) and min(ends) > 0.4  # of a row


@pytest.mark.parametrize(("back", "told"), [(0, "in none of the 3 worlds that fell"), (2, "in 2 of the 3 worlds that fell; ha")])
def test_the_legend_of_recovery_says_in_how_many_worlds_the_target_is_back(back, told):
    kinds = ["curve"] * 2 + ["censored"] * (3 - back) + ["at_risk"]
    months = [0.0, 20.0, *[30.0] * (3 - back), 0.0]
    table = pd.DataFrame({"kind": kinds, "months": months})
    table = table.assign(scenario="a", title="A", pairs=4, level=0.5, fell=3, median=20.0 if back else np.inf, share=1.0, low=1.0,
                         high=1.0, worlds=3)  # fmt: skip
    legend = plots.figure("recovery").draw(table).axes[0].get_legend()
    assert told in legend.get_texts()[0].get_text()

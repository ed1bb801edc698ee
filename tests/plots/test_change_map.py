import subprocess
import sys
from itertools import combinations
from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.patches import FancyArrowPatch

from sim import plots
from sim.plots import background, labels

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = "kokang_crackdown"


@pytest.fixture(scope="module")
def table(tables):
    return plots.table("change_map", tables, SCENARIO)


@pytest.fixture(scope="module")
def fig(table):
    return plots.figure("change_map").draw(table)


def targets_drawn(fig):
    """How large the marks of targets on the first map are, in points; 0 where there are none."""
    return next((line.get_markersize() for line in fig.axes[0].lines if line.get_gid() == "target"), 0)


def foot(fig):
    return next(text.get_text().replace("\n", " ") for text in fig.texts if text.get_gid() == "stamp")


def test_few_targets_get_rings_many_get_dots_and_all_get_none(table, tables, monkeypatch):
    few = plots.figure("change_map").draw(table, months=[12])
    everywhere = plots.table("change_map", {**tables, "zones": tables["zones"].assign(zone="target")}, SCENARIO)
    every = plots.figure("change_map").draw(everywhere, months=[12])
    monkeypatch.setattr(plots.figure("change_map").map_panel, "MANY", 0)
    many = plots.figure("change_map").draw(table, months=[12])
    assert targets_drawn(few) > 2 * targets_drawn(many) > 0 == targets_drawn(every)
    assert "Ring: target." in foot(few) and "Dots: targets." in foot(many) and "Nearly every place is target" in foot(every)


def test_a_target_out_of_the_map_is_not_marked_on_it(tables):
    everywhere = plots.table("change_map", {**tables, "zones": tables["zones"].assign(zone="target")}, SCENARIO)
    places, _ = plots.figure("change_map").map_panel.targets_on_map(everywhere)
    assert len(places) and not places["remote"].astype(bool).any()
    assert (everywhere["kind"] == "place").sum() > len(places)


def test_the_change_is_the_mean_over_all_pairs_cells_without_rows_counting_as_zero(tables, table):
    row = table[(table["kind"] == "cell") & (table["months"] == 12)].nlargest(1, "without").iloc[0]
    cells = tables["cells"]
    here = cells[(cells["cell"] == row["cell"]) & (cells["date"] == row["date"])]
    means = here.groupby("scenario")["workers"].sum() / 12
    assert row["change"] == pytest.approx(means[SCENARIO] - means["baseline"])
    one_gone = cells[~((cells["cell"] == row["cell"]) & (cells["seed"] == 3) & (cells["scenario"] == SCENARIO))]
    again = plots.table("change_map", {**tables, "cells": one_gone}, SCENARIO)
    fewer = again[(again["cell"] == row["cell"]) & (again["months"] == 12)]["with"].item()
    assert fewer < row["with"]


def test_flows_are_extra_people_per_year_across_a_border(tables, table):
    flows = table[table["kind"] == "flow"]
    pairs_of_places = set(zip(flows["territory"], flows["to_territory"], strict=True))
    assert ("kokang", "sihanoukville") in pairs_of_places and ("kokang", "wa") not in pairs_of_places
    row = flows[(flows["territory"] == "kokang") & (flows["to_territory"] == "sihanoukville") & (flows["months"] == 12)]
    since = table.loc[table["months"] == 6, "date"].iloc[0]
    moves = tables["moves"]
    here = moves[(moves["origin_territory"] == "kokang") & (moves["destination_territory"] == "sihanoukville")]
    here = here[(here["date"] >= since) & (here["date"] < row["date"].item())]
    people = here.groupby("scenario")["workers"].sum() / 12 / ((row["date"].item() - since).days / 365.25)
    assert row["change"].item() == pytest.approx(people[SCENARIO] - people["baseline"])


def test_months_without_a_snapshot_are_left_out_and_none_at_all_is_an_error(tables):
    late = plots.table("change_map", tables, SCENARIO, months=(6, 200))
    assert set(late["months"].dropna()) == {6}
    with pytest.raises(ValueError, match="no snapshot within 50 days"):
        plots.table("change_map", tables, SCENARIO, months=(200,))


def test_hexagons_are_the_real_cells():
    cell = h3.latlng_to_cell(23.7, 98.8, 4)
    (polygon,) = background.hexagons([cell])
    assert polygon.shape == (6, 2)
    np.testing.assert_allclose(polygon.mean(axis=0), h3.cell_to_latlng(cell)[::-1], atol=0.02)


def test_every_map_names_the_target_and_no_name_covers_another(fig):
    maps = [ax for ax in fig.axes if any(text.get_gid() == "host" for text in ax.texts)]
    assert len(maps) == 4
    for ax in maps:
        named = [text for text in ax.texts if text.get_gid() in ("place", "country", "host")]
        assert "Kokang" in {text.get_text() for text in named}
        assert sum(text.get_gid() == "host" for text in named) == 10
        for one, other in combinations(named, 2):
            assert not labels.extent(one).overlaps(labels.extent(other)), (one.get_text(), other.get_text())


def test_arrows_are_few_and_above_the_threshold(table):
    few = plots.figure("change_map").draw(table, smallest_flow=100, most_flows=3)
    for ax in few.axes[:4]:
        assert len([patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]) <= 3
    none = plots.figure("change_map").draw(table, smallest_flow=1e9)
    assert not [patch for ax in none.axes for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def test_one_month_and_a_part_of_the_region_can_be_drawn_alone(table):
    one = plots.figure("change_map").draw(table, months=[24], columns=1, extent=(92.5, 7.5, 110, 28))
    assert len([ax for ax in one.axes if any(isinstance(c, PolyCollection) for c in ax.collections)]) >= 1
    words = " ".join(text.get_text() for ax in one.axes for text in ax.texts)
    assert "+24 months (Oct 2025)" in words and "+12 months" not in words


def test_a_world_in_which_nothing_changes_still_draws(table):
    still = table[table["kind"] != "flow"].assign(change=0.0)
    assert plots.figure("change_map").draw(still).axes


def test_the_caption_speaks_of_model_output_and_de_facto_borders():
    caption = plots.figure("change_map").CAPTION
    assert "Model output" in caption and "de facto" in caption


def test_the_outlines_are_small_and_come_out_of_their_source():
    shipped = ROOT / "sim/data/southeast_asia/outlines.geojson"
    assert shipped.stat().st_size < 250_000
    raw = ROOT / "data/raw/geodata"
    if not raw.is_dir():
        pytest.fail("data/raw/geodata is part of the repository and is missing")
    script = ROOT / "scripts/build_outlines.py"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_remote_hosts_follow_the_grid(table):
    hosts = table[table["kind"] == "host"]
    assert hosts.groupby("months")["territory"].nunique().eq(10).all()
    assert pd.notna(hosts["name"]).all()

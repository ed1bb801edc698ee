"""What the report says, and that it needs nothing from elsewhere."""

import base64
import json
import re
import shutil
from html.parser import HTMLParser

import pandas as pd
import pytest
from PIL import Image

from experiments.report import main, write_report
from sim import ConfigError, store
from sim.report import parameters_table, pictures
from sim.report.atlas import atlas
from sim.report.page import percent, typeset

SCENARIO = "kokang_crackdown"


class Page(HTMLParser):
    """Tags with their attributes, and the text outside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self._inside = [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text += data


@pytest.fixture(scope="module")
def read(page):
    return Page(page)


@pytest.fixture(scope="module")
def data(page):
    return json.loads(re.search(r'<script type="application/json" id="atlas">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_asks_for_nothing_from_elsewhere(read):
    asked = [attrs[key] for tag, attrs in read.tags for key in ("src", "href") if key in attrs and tag != "a"]
    assert asked and all(one.startswith("data:") for one in asked)
    links = [attrs["href"] for tag, attrs in read.tags if tag == "a"]
    assert links and all(link.startswith("#") for link in links)


def test_the_table_tells_what_pairing_is_worth(read):
    assert "22 / 3.2" in read.text and "times as many runs that worlds without shared draws need" in read.text


def test_the_caption_of_a_figure_is_printed_once_and_pointed_at_where_it_comes_again(folder, tables, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for file in (folder / "figures").glob(f"fan_{SCENARIO}.*"):
        shutil.copy(file, tmp_path / "figures" / file.name.replace(SCENARIO, "again"))
    for name in ("comparison", "scenarios", "zones", "pools", "cells"):
        table = tables[name].astype({"scenario": str})
        again = pd.concat([table, table[table["scenario"] == SCENARIO].assign(scenario="again")], ignore_index=True)
        (store.write_table if name in ("pools", "cells") else store.write_csv)(tmp_path, name, again)
    page = write_report(tmp_path).read_text(encoding="utf-8")
    caption = (folder / "figures" / f"fan_{SCENARIO}.txt").read_text(encoding="utf-8").partition("\n\n")[0]
    assert Page(page).text.count(caption) == 1
    assert f'<a href="#figure-fan_{SCENARIO}">' in page and 'id="figure-fan_again"' in page


def test_every_link_within_the_page_leads_somewhere(read):
    places = {attrs.get("id") for _, attrs in read.tags}
    assert {attrs["href"][1:] for tag, attrs in read.tags if tag == "a"} <= places


def test_the_page_is_light_enough_to_open(folder):
    assert (folder / "report.html").stat().st_size < 8_000_000


def test_it_shows_verdict_sentence_and_expectation_of_each_scenario(read):
    words = " ".join(read.text.split())
    assert "Crackdown on Kokang suppresses operations in Kokang" in words
    assert "PARTIAL" in words and "Expected beforehand: crews move on." in words and "Rival: they end." in words


def test_it_says_what_it_is_and_what_it_cannot_say(read):
    for said in ("Model output", "Dual use", "People held in compounds are victims", "Limits", "Methods", "3fa9c2d4e5f60718"):
        assert said in read.text


def test_it_holds_every_figure_with_its_caption(folder, read):
    drawn = {path.stem for path in (folder / "figures").glob("*.png")}
    shown = {attrs["id"].removeprefix("figure-") for tag, attrs in read.tags if tag == "figure" and "id" in attrs}
    assert shown == drawn and len(drawn) == 9
    assert all(attrs["alt"] for tag, attrs in read.tags if tag == "img" and "src" in attrs)


def test_the_map_adds_up_to_the_people_in_the_table(tables, data):
    cells = tables["cells"]
    for world, rows in data["worlds"].items():
        mine = cells[cells["scenario"] == world]
        expected = mine.groupby("date")["workers"].sum() / mine["seed"].nunique()
        for quarter, people in enumerate(expected):
            assert sum(row[1 + quarter] for row in rows) == pytest.approx(people, rel=0.01)


def test_hosts_out_of_the_region_are_listed_and_not_drawn(tables, data):
    hosts = {one["name"] for one in data["hexagons"] if one["shape"] is None}
    assert hosts == set(tables["territories"].query("remote == 1")["name"])


def test_without_cells_there_is_no_map(tables):
    empty = tables["cells"].iloc[:0]
    rest = (tables[name] for name in ("cells_geo", "territories", "scenarios", "zones"))
    assert atlas(empty, *rest, "southeast_asia") is None


def test_what_is_undefined_has_a_dash_and_no_number():
    assert percent(float("nan")) == {"shown": "–", "value": None}
    assert percent(-0.123, -0.2, -0.1) == {"shown": "−12 [−20, −10]", "value": -0.123}
    assert percent(-0.0004)["shown"] == "0"


def test_a_sentence_is_set_as_print():
    assert typeset("by -20 % [-21, +3] in kokang-area, 6-36") == "by −20\u00a0% [−21, +3] in kokang-area, 6-36"


def test_text_from_results_cannot_become_markup(folder, tmp_path):
    place = shutil.copytree(folder, tmp_path / "results")
    scenarios = pd.read_csv(place / "scenarios.csv")
    store.write_csv(place, "scenarios", scenarios.assign(title="<script>alert(1)</script>&"))
    text = write_report(place).read_text()
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text and "\\u003cscript" in text


def test_the_same_results_give_the_same_page(folder, page):
    assert write_report(folder).read_text(encoding="utf-8") == page


def test_figures_beyond_the_budget_are_left_out_the_last_first(folder):
    stems = ["forest", f"fan_{SCENARIO}", f"change_map_{SCENARIO}", "not_drawn"]
    everything = pictures.embedded(folder / "figures", stems)
    assert list(everything) == stems[:3]
    first = len(everything["forest"]["source"])
    assert list(pictures.embedded(folder / "figures", stems, budget=first)) == ["forest"]


def test_a_large_drawing_is_shown_as_a_picture_with_fewer_colours(folder, tmp_path):
    (tmp_path / "big.svg").write_text("<svg/>" + " " * pictures.LARGEST_DRAWING)
    Image.radial_gradient("L").convert("RGB").save(tmp_path / "big.png")
    (tmp_path / "small.svg").write_text('<svg><path d="M 1.23456 7.8" transform="scale(0.015625)"/></svg>')
    Image.new("RGB", (4, 4)).save(tmp_path / "small.png")
    found = pictures.embedded(tmp_path, ["big", "small"])
    assert found["big"]["source"].startswith("data:image/png") and found["small"]["source"].startswith("data:image/svg")
    drawing = base64.b64decode(found["small"]["source"].partition(",")[2])
    assert b'd="M 1.23 7.8"' in drawing and b"scale(0.015625)" in drawing


def test_a_parameter_that_was_changed_says_what_is_shipped():
    shipped = {"growth": {"rate": {"value": 0.1, "unit": "1/week", "range": [0, 1], "grade": "D", "source": "judgement"}}}
    (row,) = parameters_table({"growth": {"rate": 0.2}}, shipped)["rows"]
    assert row["value"]["shown"] == "0.2 (shipped: 0.1)" and row["range"]["shown"] == "0 to 1"
    (row,) = parameters_table({"growth": {"rate": {"value": 0.1}}}, shipped)["rows"]
    assert row["value"]["shown"] == "0.1"


def test_a_folder_without_results_is_told_in_one_line(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main([]) == 2 and "usage" in capsys.readouterr().err


def test_results_of_another_kind_and_missing_tables_are_told(folder, tmp_path):
    store.write_manifest(tmp_path, {"experiment": "plausibility"})
    with pytest.raises(ConfigError, match="'plausibility'; allowed: of compare or claims"):
        write_report(tmp_path)
    place = shutil.copytree(folder, tmp_path / "results")
    (place / "pools.parquet").unlink()
    before = (place / "report.html").read_bytes()
    with pytest.raises(ConfigError, match="no table pools; a report of compare needs"):
        write_report(place)
    assert (place / "report.html").read_bytes() == before

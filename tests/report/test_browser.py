"""The report in a real browser: it loads without complaint, the slider moves the map, tables sort, figures open, it prints."""

import base64
import os
import re
import shutil
from itertools import pairwise

import pytest

pytest.importorskip("selenium", reason="selenium is not installed: pip install -e '.[dev]'")
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from experiments.report import write_report
from sim import store
from sim.report.page import fill, write

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no Chromium with chromedriver here: make browser, or apt install chromium chromium-driver"
)
FILLS = "return [...document.querySelectorAll('[data-map=\"%s\"] .cell')].map((one) => one.getAttribute('%s'))"


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1000"):
        options.add_argument(argument)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium refuses to run as root with it, and containers do
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def report(browser, folder):
    browser.set_window_size(1280, 1000)
    browser.get((folder / "report.html").as_uri())
    return browser


def column(report, table, number):
    """The cells of a column of a table, from top to bottom: what each is sorted by, or None where undefined."""
    return report.execute_script(
        "const rows = document.getElementById(arguments[0]).tBodies[0].rows;"
        "return [...rows].map((row) => row.cells[arguments[1]].dataset.value ?? null)",
        table,
        number,
    )


def onto(report, element):
    """Scroll so that an element can be clicked."""
    report.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    return element


def move(report, key):
    slider = report.find_element(By.ID, "map-time")
    slider.send_keys(key)
    return report.find_element(By.ID, "map-date").text


def test_it_loads_without_a_complaint_and_asks_for_nothing(report):
    assert report.get_log("browser") == []
    asked = report.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in asked if not name.startswith("data:")] == []
    assert "Crackdowns" in report.title


def test_the_slider_moves_the_map(report):
    first = move(report, Keys.HOME)
    assert "October 2023" in first and "0 months after the start" in first
    assert set(report.execute_script(FILLS % ("change", "visibility"))) == {"hidden"}  # the worlds are still one
    held = report.execute_script(FILLS % ("with", "fill"))
    last = move(report, Keys.END)
    assert last != first
    assert "visible" in report.execute_script(FILLS % ("change", "visibility"))
    assert report.execute_script(FILLS % ("with", "fill")) != held
    assert move(report, Keys.ARROW_LEFT) not in (first, last)


def test_the_words_beside_the_map_are_those_of_the_table(report, tables):
    move(report, Keys.END)
    cells = tables["cells"]
    last = cells[cells["date"] == cells["date"].max()]
    people = last.groupby("scenario")["workers"].sum() / cells["seed"].nunique()
    said = report.find_element(By.ID, "map-told").text
    without, with_it = (int(number.replace(",", "")) for number in re.findall(r"([\d,]+) (?:people|with)", said)[:2])
    assert without == pytest.approx(people["baseline"], rel=0.01)
    assert with_it == pytest.approx(people["kokang_crackdown"], rel=0.01)


@pytest.mark.parametrize("times", [1, 10, 1000])
def test_the_numbers_below_the_colours_of_a_map_do_not_touch(browser, folder, tables, tmp_path, times):
    shutil.copytree(folder, tmp_path / "results")
    store.write_table(tmp_path / "results", "cells", tables["cells"].assign(workers=tables["cells"]["workers"] * times))
    browser.get(write_report(tmp_path / "results").as_uri())
    edges = browser.execute_script(
        "return [...document.querySelectorAll('.legend .ticks')].map((ticks) => [...ticks.children].map((tick) =>"
        "{ const box = tick.getBoundingClientRect(); return [box.left, box.right]; }))"
    )
    assert len(edges) == 3 and all(len(ticks) >= 3 for ticks in edges)
    assert all(one[1] < other[0] for ticks in edges for one, other in pairwise(ticks))


def test_the_map_plays_and_stops(report):
    first = move(report, Keys.HOME)
    play = onto(report, report.find_element(By.ID, "map-play"))
    play.click()
    WebDriverWait(report, 10).until(lambda driver: driver.find_element(By.ID, "map-date").text != first)
    play.click()
    assert play.text == "Play" and play.get_attribute("aria-pressed") == "false"


def test_the_map_shows_the_scenario_chosen(report):
    choice = Select(report.find_element(By.ID, "map-scenario"))
    assert [option.text for option in choice.options] == ["Crackdown on Kokang"]
    rings = "return document.querySelectorAll('[data-map=\"with\"] .ring').length"
    assert report.execute_script(rings) == 1


def test_tables_sort_by_a_click_and_by_the_keyboard(report):
    heads = report.find_elements(By.CSS_SELECTOR, "#gains thead th")
    before = column(report, "gains", 2)
    button = heads[2].find_element(By.TAG_NAME, "button")
    onto(report, button).click()
    falling = [float(value) for value in column(report, "gains", 2)]
    assert falling == sorted(map(float, before), reverse=True)
    assert heads[2].get_attribute("aria-sort") == "descending"
    button.send_keys(Keys.ENTER)
    assert [float(value) for value in column(report, "gains", 2)] == falling[::-1]
    heads[0].find_element(By.TAG_NAME, "button").send_keys(Keys.SPACE)
    names = column(report, "gains", 0)
    assert names == sorted(names, key=str.lower)
    assert heads[2].get_attribute("aria-sort") is None


def test_figures_open_and_close(report):
    button = report.find_element(By.CSS_SELECTOR, "#figure-forest .zoomable")
    onto(report, button).click()
    dialog = report.find_element(By.ID, "zoom")
    assert dialog.get_attribute("open") is not None
    assert report.execute_script("return document.querySelector('#zoom img').naturalWidth") > 300
    dialog.send_keys(Keys.ESCAPE)
    WebDriverWait(report, 10).until(lambda driver: dialog.get_attribute("open") is None)


def test_every_picture_can_be_shown(report):
    broken = "return [...document.querySelectorAll('.zoomable img')].filter((one) => !one.naturalWidth).length"
    assert report.execute_script(broken) == 0


def test_a_narrow_screen_needs_no_sideways_scrolling(report):
    report.set_window_size(500, 900)
    assert report.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_it_prints_on_several_pages_with_what_is_folded_away(report):
    assert not report.execute_script("return document.querySelector('details').open")
    printed = base64.b64decode(report.print_page())
    assert printed.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page[^s]", printed)) > 1
    assert report.execute_script("return document.querySelector('details').open")


def test_the_cards_of_one_verdict_can_be_picked_out(browser, tmp_path):
    cards = [{"id": f"C{i}", "article": "1", "said": f"Claim {i}", "verdict": verdict, "lines": []}
             for i, verdict in enumerate(["holds", "fails", "holds"])]  # fmt: skip
    nothing = {"columns": [], "rows": []}
    page = fill(
        "claims.html.j2", title="Claims", manifest={"digest": "x"}, numbers=[], headline=None, verdict=None, cards=cards,
        counts=[("holds", 2), ("fails", 1)], columns=[], rows=[], figures=[], parameters=nothing, knockout=nothing, maps=nothing,
        boxes=nothing,
    )  # fmt: skip
    browser.get(write(page, tmp_path / "claims.html").as_uri())
    seen = "return [...document.querySelectorAll('.card')].filter((one) => one.offsetHeight).map((one) => one.dataset.verdict)"
    assert browser.execute_script(seen) == ["holds", "fails", "holds"]
    browser.find_element(By.CSS_SELECTOR, "[data-show='fails']").click()
    assert browser.execute_script(seen) == ["fails"]
    browser.find_element(By.CSS_SELECTOR, "[data-show='']").click()
    assert len(browser.execute_script(seen)) == 3
    assert browser.get_log("browser") == []

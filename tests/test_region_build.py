"""The shipped regions: rebuilt to the byte, linked without loose ends, graded in every row."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import build_region  # noqa: E402
from region.schema import BLOCS, COLUMNS, LINKS, SHARES  # noqa: E402

SHIPPED = ROOT / "sim" / "data"
REGIONS = ("southeast_asia", "toy")


def read(region):
    tables = {}
    for name in COLUMNS:
        with (SHIPPED / region / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return tables


@pytest.fixture(scope="module", params=REGIONS)
def tables(request):
    return read(request.param)


@pytest.fixture(scope="module")
def real():
    return read("southeast_asia")


@pytest.fixture(scope="module")
def toy():
    return read("toy")


def test_the_rebuilt_region_equals_the_shipped_one(tmp_path):
    build_region.build_all(tmp_path)
    for name in REGIONS:
        built = {p.name: p.read_bytes() for p in (tmp_path / name).glob("*.csv")}
        shipped = {p.name: p.read_bytes() for p in (SHIPPED / name).glob("*.csv")}
        assert built.keys() == shipped.keys()
        assert [n for n in built if built[n] != shipped[n]] == []


def test_check_names_the_file_that_differs(tmp_path, capsys):
    for name in REGIONS:
        shutil.copytree(SHIPPED / name, tmp_path / name)
    assert build_region.main(["--check", "--out", str(tmp_path)]) == 0
    (tmp_path / "toy" / "sites.csv").write_text("changed\n")
    assert build_region.main(["--check", "--out", str(tmp_path)]) == 1
    assert "toy/sites.csv" in capsys.readouterr().err


def test_a_missing_input_ends_in_one_line_and_exit_code_two(tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copytree(ROOT / "data" / "raw" / "judgement", tmp_path / "data" / "raw" / "judgement")
    script = tmp_path / "scripts" / "build_region.py"
    done = subprocess.run([sys.executable, script, "--out", tmp_path / "out"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "data/raw/evidence/governance.csv is missing" in done.stderr


def test_every_table_has_the_columns_of_the_schema(tables):
    for name, rows in tables.items():
        assert rows, name
        assert list(rows[0]) == COLUMNS[name]


def test_every_identifier_is_unique(tables):
    for name in (
        "countries",
        "cells",
        "territories",
        "protectors",
        "states",
        "syndicates",
        "sites",
        "pools",
        "labour_pools",
        "schemes",
    ):
        ids = [row[COLUMNS[name][0]] for row in tables[name]]
        assert len(ids) == len(set(ids)), name
    for name in ("leverage", "pool_languages", "labour_languages", "scheme_blocs"):
        pairs = [tuple(row.values())[:2] for row in tables[name]]
        assert len(pairs) == len(set(pairs)), name


def test_every_link_points_at_a_row(tables):
    loose = []
    for name, column, target, key, may_be_empty in LINKS:
        known = {row[key] for row in tables[target]}
        for row in tables[name]:
            found = row[column].split()
            loose += [(name, column, value) for value in found if value not in known]
            if not found and not may_be_empty:
                loose.append((name, column, "empty"))
    assert loose == []


def test_neighbours_are_symmetric(tables):
    ring = {row["cell"]: set(row["neighbours"].split()) for row in tables["cells"]}
    assert [(a, b) for a, around in ring.items() for b in around if a not in ring[b]] == []


def test_every_share_lies_between_zero_and_one(tables):
    wrong = [
        (name, column, row[column])
        for name, columns in SHARES.items()
        for column in columns
        for row in tables[name]
        if not 0 <= float(row[column]) <= 1
    ]
    assert wrong == []


def test_every_row_has_a_source_and_a_grade(tables):
    for name, rows in tables.items():
        assert [row for row in rows if not row["source"] or row["grade"] not in set("ABCD")] == [], name


def test_every_site_stands_in_a_cell_of_its_territory(tables):
    territory_of = {row["cell"]: row["territory"] for row in tables["cells"]}
    assert [s["site"] for s in tables["sites"] if territory_of[s["cell"]] != s["territory"]] == []


def test_every_territory_has_a_cell_of_its_own_country(tables):
    country_of = {row["territory"]: row["country"] for row in tables["territories"]}
    assert {row["territory"] for row in tables["cells"]} == set(country_of)
    assert all(row["country"] == country_of[row["territory"]] for row in tables["cells"])


def test_low_is_never_above_high(tables):
    for site in tables["sites"]:
        for what in ("workers", "compounds"):
            low, high = site[f"{what}_low"], site[f"{what}_high"]
            assert not (low and high) or float(low) <= float(high), site["site"]


def test_a_territory_can_house_the_sites_that_stood_at_the_start(tables):
    room = {}
    for cell in tables["cells"]:
        room[cell["territory"]] = room.get(cell["territory"], 0) + float(cell["capacity_workers"])
    housed = {}
    for site in tables["sites"]:
        begun = site["active_from"] and site["active_from"] <= "2019-01-01"
        standing = begun and (not site["active_to"] or site["active_to"] >= "2019-01-01")
        if standing and not site["aggregate_of"]:
            housed[site["territory"]] = housed.get(site["territory"], 0) + float(site["workers_high"] or 0)
    assert [name for name, people in housed.items() if people > room[name]] == []


def test_every_victim_language_list_includes_only_known_pools_and_blocs(tables):
    assert {pool["bloc"] for pool in tables["pools"]} == set(BLOCS)
    assert {row["pool"] for row in tables["pool_languages"]} == {pool["pool"] for pool in tables["pools"]}
    assert {row["labour_pool"] for row in tables["labour_languages"]} == {p["labour_pool"] for p in tables["labour_pools"]}


def test_the_languages_of_victims_are_spoken_by_some_workers(tables):
    spoken = {row["language"] for row in tables["labour_languages"]}
    assert {row["language"] for row in tables["pool_languages"]} <= spoken


def test_every_scheme_has_a_weight_in_every_bloc(tables):
    assert len(tables["schemes"]) == 8
    assert {(r["scheme"], r["bloc"]) for r in tables["scheme_blocs"]} == {
        (s["scheme"], b) for s in tables["schemes"] for b in BLOCS
    }


def test_the_real_region_has_the_intended_size(real):
    in_grid = [cell for cell in real["cells"] if cell["remote"] == "0"]
    assert 1_500 <= len(in_grid) <= 1_800
    assert 60 <= len(real["territories"]) <= 120
    assert sum(row["remote"] == "1" for row in real["territories"]) >= 8
    assert len(real["pools"]) >= 20
    assert 2e6 <= sum(float(cell["capacity_workers"]) for cell in in_grid) <= 4e6


def test_kokang_lies_at_the_chinese_border(real):
    kokang = next(row for row in real["territories"] if row["territory"] == "kokang")
    cells = [cell for cell in real["cells"] if cell["territory"] == "kokang"]
    assert kokang["china_border"] == "1"
    assert all(23.2 < float(cell["lat"]) < 24.2 and 98.3 < float(cell["lon"]) < 99.2 for cell in cells)


def test_sites_that_are_only_possible_destinations_carry_no_dates(real):
    by_id = {row["site"]: row for row in real["sites"]}
    for site in ("s014", "s028", "s031", "s032", "s033", "s058", "s073", "s082"):
        assert by_id[site]["active_from"] == "" and by_id[site]["workers_high"] == ""


def test_no_site_starts_or_ends_after_the_evidence_ends(real):
    assert all(site["active_from"] <= "2024-06-30" for site in real["sites"])


def test_counted_rows_hold_each_place_once(real):
    marked = {row["site"] for row in real["sites"] if row["aggregate_of"] == "yes"}
    assert marked == {"s002", "s003", "s004", "s016", "s036", "s037", "s038"}


def test_the_toy_region_is_small_and_plainly_invented(toy):
    assert 30 <= len(toy["cells"]) <= 45
    assert len(toy["territories"]) == 7 and "north_enclave" in {row["territory"] for row in toy["territories"]}
    assert (
        4_000
        <= sum(float(s["workers_low"]) for s in toy["sites"])
        <= sum(float(s["workers_high"]) for s in toy["sites"])
        <= 8_000
    )
    assert all(row["grade"] == "D" for rows in toy.values() for row in rows)

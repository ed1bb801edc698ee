"""The walks of CONTRIBUTING.md on the toy region: a territory, a protector and a pool that are added do something.

First the rows that the walk names are built into a region, as `make region` does; then rows are appended to the built tables.
"""

import csv
import dataclasses
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from running import run, scenario_on
from test_walks import WEEKS, checked_run

from sim.region import DATA, ConfigError, Region, load_region
from sim.scenario import Scenario
from sim.state import HOSTS, OPEN, STANCES, real
from sim.world import new_world

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from region import raw, southeast_asia, toy

BASELINE = scenario_on("toy")
BY_HAND = {"source": "invented for a test", "grade": "D"}
BAY = {
    "territory": "cela_bay", "name": "Cela bay", "country": "cela", "controller": "cela_officials", "remote": "0", "sez": "0",
    "lat": "-0.16", "lon": "-24.17", "governance": "0.1", "corruption": "0.9", "conflict": "0.05",
    "rent_usd_per_worker_week": "20",
}  # fmt: skip
YARD = {
    "site": "t009", "name": "Bay yard", "territory": "cela_bay", "cell": "847c2b1ffffffff", "kind": "city", "lat": "-0.1591",
    "lon": "-24.169", "active_from": "2015-01-01", "workers_low": "300", "workers_high": "600",
}  # fmt: skip
GUARD = {
    "protector": "bay_guard", "name": "Bay guard", "kind": "militia", "patron": "cela", "stance": "host", "shield": "0.9",
    "tax_rate": "0.05", "strength": "3", "dependence": "0.8", "china_access": "0.2",
}  # fmt: skip
SOUTH = {
    "pool": "south_people", "name": "South", "bloc": "western", "state": "", "users_2015_m": "40", "users_2020_m": "50",
    "users_2025_m": "60", "wealth_usd": "90000", "reporting_rate": "0.2", "recovered_share": "0.05", "friction": "0.3",
}  # fmt: skip


def table_of(home: Path, table: str) -> list[dict]:
    with (home / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(home: Path, table: str, rows: list[dict]) -> None:
    with (home / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, table_of(DATA / "toy", table)[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def append(home: Path, table: str, *rows: dict) -> None:
    """Add rows to a table; columns that are not given stay empty."""
    write_table(home, table, [*table_of(home, table), *({**BY_HAND, **row} for row in rows)])


def change(home: Path, table: str, key: str, names: set[str], **values: str) -> None:
    """Write values into the rows whose `key` is among the names."""
    rows = table_of(home, table)
    write_table(home, table, [row | values if row[key] in names else row for row in rows])


@pytest.fixture
def home(tmp_path) -> Path:
    """A copy of the toy region, for a test to add to."""
    return Path(shutil.copytree(DATA / "toy", tmp_path / "mine"))


def on(home: Path) -> tuple[Scenario, Region]:
    """The baseline on a region from a folder."""
    region = load_region(home.name, home.parent)
    return dataclasses.replace(BASELINE, region=region), region


def test_rows_written_into_the_script_of_the_toy_region_are_built_into_it_and_run(tmp_path, monkeypatch):
    rows = {
        "pools": "south_people,South,western,,100,40,50,60,90000,0.9,0.2,0.05,0.3",
        "pool_languages": "south_people,malay,0.3",
        "protectors": "bay_guard,Bay guard,militia,cela,cela,,,host,0.9,0.05,3,0.8,0.2",
    }
    for name, row in rows.items():
        monkeypatch.setitem(toy.ROWS, name, f"{toy.ROWS[name]}\n{row}")
    held = toy.ROWS["territories"].replace("Cela city,cela,cela_officials", "Cela city,cela,bay_guard")
    monkeypatch.setitem(toy.ROWS, "territories", held)
    raw.write_tables(toy.build(), tmp_path / "mine")
    scenario, region = on(tmp_path / "mine")
    city, guard = region.index("territories")["cela_city"], region.index("protectors")["bay_guard"]
    world = checked_run(scenario, 13)
    assert world.territories["protector"][city] == guard
    assert world.pools["losses"][region.index("pools")["south_people"]] > 0


def test_a_pool_of_the_real_region_is_three_rows_of_which_one_is_evidence(tmp_path, monkeypatch):
    monkeypatch.setattr(raw, "RAW", Path(shutil.copytree(raw.RAW, tmp_path / "raw")))
    people = {"pool": "Atlantis", "bloc": "Western", "population_m_2024": "10", "english_proficient_share_pct": "60"}
    people |= {f"pen_{year}_pct": "80" for year in (2015, 2020, 2025)}
    people |= {"internet_users_m_2025": "8", "median_wealth_per_adult_usd": "90000"}
    judged = {"evidence_pool": "Atlantis", "pool": "atlantis", "name": "Atlantis", "state": "", "reporting_rate": "0.2"}
    judged |= {"recovered_share": "0.05", "friction": "0.3"}
    append_raw(tmp_path, "judgement/pools.csv", judged)
    append_raw(tmp_path, "judgement/pool_languages.csv", {"pool": "atlantis", "language": "greek", "share": "0.9"})
    with pytest.raises(raw.MissingInput, match=r"^evidence/victim_pools.csv has no row 'Atlantis'$"):
        southeast_asia.build()
    append_raw(tmp_path, "evidence/victim_pools.csv", people)
    raw.write_tables(southeast_asia.build(), tmp_path / "mine")
    region = load_region("mine", tmp_path)
    pool = region.pools[region.index("pools")["atlantis"]]
    assert (pool.bloc, pool.users_2025_m, pool.friction) == ("western", 8.0, 0.3)
    assert {row.language for row in region.pool_languages if row.pool == "atlantis"} == {"greek", "english"}


def append_raw(folder: Path, name: str, row: dict) -> None:
    """Add a row to a raw table; columns that are not given stay empty."""
    path = folder / "raw" / name
    with path.open(newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, columns, restval="", extrasaction="ignore").writerow(BY_HAND | row)


def add_bay(home: Path) -> None:
    """A territory of its own, out of two cells of the islands with room for crews."""
    append(home, "territories", BAY)
    cells = {"847c2b1ffffffff", "847c2b5ffffffff"}
    change(home, "cells", "cell", cells, territory="cela_bay", capacity_workers="2000", connectivity="0.9")


def test_a_new_territory_with_room_draws_crews(home):
    add_bay(home)
    scenario, region = on(home)
    bay = region.index("territories")["cela_bay"]
    assert new_world(scenario, 1).territories["compounds"][bay] == 0, "no site stands there on the first day"
    world = checked_run(scenario, 2 * WEEKS)
    assert world.territories["compounds"][bay] > 0
    assert world.territories["workers"][bay] > 0
    arrivals = world.moves[: world.clock["moves"][0]]["destination"]
    assert np.isin(arrivals, np.flatnonzero(world.cells["territory"] == bay)).any(), "they moved or entered there"


def test_a_new_territory_with_a_site_has_crews_from_the_first_day(home):
    add_bay(home)
    append(home, "sites", YARD)
    scenario, region = on(home)
    bay = region.index("territories")["cela_bay"]
    assert new_world(scenario, 1).territories["workers"][bay] > 100


def test_a_new_site_changes_none_of_the_other_first_crews(home):
    add_bay(home)
    without, _ = on(Path(shutil.copytree(home, home.parent / "without")))
    append(home, "sites", YARD)
    crews = [new_world(scenario, 1).compounds for scenario in (without, on(home)[0])]
    fewer, more = ({int(crew["lineage"]): float(crew["workers"]) for crew in table if crew["status"] == OPEN} for table in crews)
    assert len(more) > len(fewer)
    assert fewer.items() <= more.items()


def test_a_new_protector_shields_its_ground_and_lives_off_it(home):
    append(home, "protectors", GUARD)
    change(home, "territories", "territory", {"cela_city"}, controller="bay_guard")
    scenario, region = on(home)
    city, guard = region.index("territories")["cela_city"], region.index("protectors")["bay_guard"]
    held, usual = checked_run(scenario), run(BASELINE, WEEKS)
    assert held.territories["protector"][city] == guard
    assert held.territories["stance"][city] == HOSTS != usual.territories["stance"][city] == STANCES.index("tolerate")
    assert held.territories["shield"][city] == pytest.approx(0.9)
    assert held.protectors["takings"][guard] > 0
    assert real(held.protectors["income"][guard]) == pytest.approx(0.05 * real(held.territories["revenue"][city]))
    hazard = [
        world.compounds["hazard"][(world.compounds["status"] == OPEN) & (world.compounds["territory"] == city)].mean()
        for world in (held, usual)
    ]
    assert hazard[0] < hazard[1]


def test_a_new_pool_is_defrauded_in_a_language_that_workers_speak(home):
    append(home, "pools", SOUTH)
    append(home, "pool_languages", {"pool": "south_people", "language": "english", "share": "0.9"})
    scenario, region = on(home)
    south = region.index("pools")["south_people"]
    world = checked_run(scenario)
    assert world.pools["losses"][south] > 0
    assert world.pools["reported"][south] > 0
    assert world.harm[:, south].sum() == world.pools["losses"][south]
    assert world.compounds["workers"] @ world.targets[:, south] > 1, "people work on it"


def test_a_new_pool_whose_language_nobody_speaks_is_left_alone(home):
    append(home, "pools", SOUTH)
    append(home, "pool_languages", {"pool": "south_people", "language": "basque", "share": "0.9"})
    quiet = dict(BASELINE.params["ai"], ceiling=0.0)
    scenario, region = on(home)
    world = checked_run(dataclasses.replace(scenario, params=BASELINE.params | {"ai": quiet}), 26)
    south = region.index("pools")["south_people"]
    assert world.pools["losses"][south] == 0


def test_a_row_that_points_nowhere_is_refused_in_one_line(home):
    append(home, "territories", BAY | {"controller": "nobody"})
    with pytest.raises(ConfigError, match=r"territories.csv: controller is 'nobody' \(row 8\); it is not in protectors.csv$"):
        on(home)


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("territories", {}, "territories.csv: territory is "),
        ("cells", {}, "cells.csv: cell is "),
        ("states", {"state": "twin"}, "states.csv: country is "),
    ],
)
def test_what_stands_twice_is_refused_in_one_line(home, table, row, said):
    append(home, table, next(one for one in table_of(home, table) if one["country"]) | row)
    with pytest.raises(ConfigError, match=r" in rows \d+ and \d+; allowed: in one$") as error:
        on(home)
    assert said in str(error.value) and "\n" not in str(error.value)

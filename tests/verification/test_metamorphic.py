"""What must not matter: the currency, the unit of people, the order of rows, where east is, the year, how a place is cut up.

Each test changes the description of a world without changing the world, and asks for the same people in the same places in every
week: to the bit where only exact operations are involved, else to rounding. What does matter although one might think it should
not (a crowd of victims or a source of workers described as two halves) is told in docs/verification.
"""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from sim import load_scenario, simulate
from sim.region import Region
from sim.scenario import Scenario, shipped_parameters
from sim.schema import TABLES

START, END = dt.date(2019, 1, 7), dt.date(2020, 12, 28)
SEED = 3  # in some seeds a raid finds a crew that has not hired yet, which counts as one person in whatever unit


def world(name: str = "kokang_crackdown", start: dt.date = START, end: dt.date = END) -> Scenario:
    """A crackdown on the invented region."""
    return load_scenario(name, region="toy", start=start, end=end)


def with_rows(scenario: Scenario, **tables) -> Scenario:
    """The scenario on a region of which some tables are replaced; cells are put in the order of territories, as on reading."""
    rows = scenario.region.rows | tables
    order = {place.territory: number for number, place in enumerate(rows["territories"])}
    rows["cells"] = sorted(rows["cells"], key=lambda cell: (order[cell.territory], cell.cell))
    return dataclasses.replace(scenario, region=Region("changed", rows, "changed"))


def with_values(scenario: Scenario, change) -> Scenario:
    """The scenario with each parameter put through change(group, name, value, unit); ranges do not bind."""
    units = {(group, name): entry["unit"] for group, names in shipped_parameters().items() for name, entry in names.items()}
    values = {
        group: {
            name: value if isinstance(value, str) else change(group, name, value, units[group, name])
            for name, value in names.items()
        }
        for group, names in scenario.params.items()
    }
    return dataclasses.replace(scenario, params=values)


def altered(rows, **columns):
    """Rows with columns put through functions."""
    return [row.model_copy(update={name: change(getattr(row, name)) for name, change in columns.items()}) for row in rows]


def people(scenario: Scenario, order=slice(None)) -> np.ndarray:
    """People by week and territory (columns in the given order)."""
    return simulate(scenario, SEED).records.workers[:, order]


PLAIN = people(world())


def test_an_exchange_rate_changes_no_decision():
    scenario, rate = world(), 8.0  # a power of two, so that only the fixed-point sums round differently
    region = scenario.region
    dearer = with_values(scenario, lambda group, name, value, unit: value * rate if unit.startswith("USD") else value)
    dearer = with_rows(
        dearer,
        territories=altered(region.territories, rent_usd_per_worker_week=lambda rent: rent * rate),
        pools=altered(region.pools, wealth_usd=lambda wealth: wealth * rate),
    )
    assert people(dearer) == pytest.approx(PLAIN, rel=1e-4, abs=1e-2)


# parameters that are people, or amounts of money that grow with the size of a crew or a country
PEOPLE = {
    ("growth", "smallest"), ("growth", "split_size"), ("entry", "founders"), ("entry", "seed_capital"),
    ("site_choice", "cluster"), ("targeting", "team"), ("initial", "usual_size"), ("initial", "largest"), ("initial", "assets"),
    ("observation", "media_size"), ("observation", "satellite_size"), ("sanction", "scale"), ("sanction", "prison"),
    ("politics", "rents_half"), ("protection", "takings_half"), ("enforcement", "usual_size"),
}  # fmt: skip


def test_counting_people_in_tens_changes_only_the_count():
    scenario, more = world(), 16.0
    region = scenario.region
    rates = {("enforcement", "managers_among")}  # by the person

    def counted(group, name, value, unit):
        return value * more if (group, name) in PEOPLE else value / more if (group, name) in rates else value

    larger = with_values(scenario, counted)
    times = lambda value: value * more if value else value  # noqa: E731
    larger = with_rows(
        larger,
        cells=altered(region.cells, capacity_workers=times, population=times),
        sites=altered(region.sites, workers_low=times, workers_high=times),
        pools=altered(region.pools, users_2015_m=times, users_2020_m=times, users_2025_m=times),
        labour_pools=altered(region.labour_pools, young_adults_m=times),
    )
    assert people(larger) / more == pytest.approx(PLAIN, rel=1e-4, abs=1e-2)


SUMMED = ("pools", "labour_pools", "schemes", "states", "syndicates", "territories")  # floats are added up row by row


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("seed", [None, 1], ids=["turned", "shuffled"])
def test_the_order_of_rows_changes_nothing(table, seed):
    scenario = world()
    rows = scenario.region.rows[table]
    order = range(len(rows))[::-1] if seed is None else np.random.default_rng(seed).permutation(len(rows))
    shuffled = with_rows(scenario, **{table: [rows[n] for n in order]})
    order = [shuffled.region.index("territories")[name] for name in scenario.region.names("territories")]
    found = people(shuffled, order)
    if table in SUMMED:
        assert found == pytest.approx(PLAIN, rel=1e-5, abs=1e-2)
    else:
        assert np.array_equal(found, PLAIN)


def test_the_mirror_image_of_a_map_is_the_same_world():
    scenario = world()
    flip = lambda degrees: -degrees  # noqa: E731
    tables = ("cells", "territories", "labour_pools")
    mirrored = {table: altered(scenario.region.rows[table], lat=flip, lon=flip) for table in tables}
    assert np.array_equal(people(with_rows(scenario, **mirrored)), PLAIN)


def test_the_year_does_not_matter_where_nothing_changes_with_it():
    found = []
    for year in (2021, 2023):
        scenario = world("baseline", dt.date(year, 1, 4), dt.date(year, 1, 4) + dt.timedelta(weeks=100))
        found.append(people(with_values(scenario, lambda group, name, value, unit: 0.0 if name == "ceiling" else value)))
    assert np.array_equal(*found)


def test_a_cell_cut_in_two_is_the_same_place_where_room_does_not_bind():
    scenario = world()
    scenario.params["structure"]["capacity"] = "slack"
    cut = next(cell for cell in scenario.region.cells if cell.cell == scenario.region.sites[0].cell)
    halves = altered([cut, cut], capacity_workers=lambda room: room / 2)
    halves[1] = halves[1].model_copy(update={"cell": cut.cell[:-1] + "g"})
    cells = [cell for cell in scenario.region.cells if cell is not cut] + halves
    assert people(with_rows(scenario, cells=cells)) == pytest.approx(people(scenario), rel=1e-6, abs=1e-3)


def test_a_crowd_told_as_two_halves_is_the_same_to_crews_that_speak_its_language_and_need_no_practice():
    def easy(group, name, value, unit):
        fluent = {"ceiling": 1.0, "midpoint": 1900.0, "learning": 0.0, "forgetting": 0.0, "skill_elsewhere": 0.7}
        return fluent.get(name, value)

    scenario = with_values(world("baseline"), easy)
    first, *others = scenario.region.pools
    half = dict.fromkeys(("users_2015_m", "users_2020_m", "users_2025_m"), lambda users: users / 2)
    halves = altered([first, first.model_copy(update={"pool": "other_half"})], **half)
    tongues = scenario.region.pool_languages
    tongues = tongues + [row.model_copy(update={"pool": "other_half"}) for row in tongues if row.pool == first.pool]
    whole, told = people(scenario), people(with_rows(scenario, pools=[*halves, *others], pool_languages=tongues))
    assert told == pytest.approx(whole, rel=1e-3, abs=1.0)

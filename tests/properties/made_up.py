"""Strategies: worlds and interventions that nobody thought of.

Nothing is listed here. Parameters, ranges and switches are those of configs/params, levers and their settings those that
`sim.interventions` finds, so a new one is tried without a change to this file.

A world is told as plain data (`worlds`), so that another process can make it, too; `scenario_of` makes it.
"""

import dataclasses
import datetime as dt
import importlib

from hypothesis import strategies as st
from running import scenario_on

from sim.interventions import names as lever_names
from sim.interventions.schedule import Places
from sim.region import Region
from sim.scenario import Scenario, load_scenario, shipped_parameters
from sim.schema import REFERENCES

WEEKS = 30  # of a made-up world
WHOLE = {name: scenario_on(name).region for name in ("toy", "southeast_asia")}
TOY = WHOLE["toy"]
CUT_DOWN = ("territories", "syndicates", "pools", "labour_pools", "schemes", "states", "protectors")
LINKS = ("cells", "sites", "leverage", "pool_languages", "labour_languages", "scheme_blocs")  # rows that go with what they name
MOST_KEPT = 6  # rows of a table, and cells of all places together
PARAMETERS = {(group, name): entry for group, names in shipped_parameters().items() for name, entry in names.items()}
SWITCHES = [key for key, entry in PARAMETERS.items() if "choices" in entry]
NUMBERS = [key for key in PARAMETERS if key not in SWITCHES]
FULL = {"intensity", "compliance"}  # mostly left at one, so that something happens


@st.composite
def overrides(draw) -> dict:
    """Parameters anywhere in their ranges (ends included) and switches in any position, {group: {name: value}}."""
    given: dict = {}
    for group, name in draw(st.lists(st.sampled_from(SWITCHES), max_size=6, unique=True)):
        given.setdefault(group, {})[name] = draw(st.sampled_from(PARAMETERS[group, name]["choices"]))
    for group, name in draw(st.lists(st.sampled_from(NUMBERS), max_size=40, unique=True)):
        low, high = PARAMETERS[group, name]["range"]
        given.setdefault(group, {})[name] = draw(st.floats(low, high))
    return given


@st.composite
def interventions(draw, begins: dt.date, lever: str | None = None, region: Region = TOY) -> dict:
    """Settings of a lever (None: any) as a scenario gives them: any scope, strength and schedule within WEEKS of the start."""
    lever = lever or draw(st.sampled_from(lever_names()))
    schema = importlib.import_module(f"sim.interventions.{lever}").Settings.model_json_schema()
    given = {"lever": lever}
    for key, field in schema["properties"].items():
        needed = key in schema.get("required", ())
        if key == "note" or not (needed or draw(st.booleans())) or (key in FULL and draw(st.integers(0, 3))):
            continue
        given[key] = draw(_setting(key, field, region, begins))
    if "end" in given:
        given["end"] = given["start"] + dt.timedelta(days=given["end"])
    if {"syndicates", "protectors"} <= schema["properties"].keys() - given.keys():  # sanctions name somebody
        given["syndicates"] = draw(_setting("syndicates", schema["properties"]["syndicates"], region, begins))
    return given


def _setting(key: str, field: dict, region: Region, begins: dt.date) -> st.SearchStrategy:
    """Values of one key, from its type and bounds as Pydantic tells them."""
    tables = Places(region).tables | {"territories": "territories", "countries": "countries"}
    if key == "start":
        return st.integers(0, 7 * WEEKS).map(lambda days: begins + dt.timedelta(days=days))
    if key == "end":
        return st.integers(1, 7 * WEEKS)  # days after the start
    if key in tables or "enum" in field.get("items", {}):
        known = region.names(tables[key]) if key in tables else field["items"]["enum"]
        one = st.sampled_from(known)
        return st.lists(one, min_size=1, max_size=4, unique=True) if field["type"] == "array" else one
    bounds = field["minimum"], field["maximum"]
    return st.integers(int(bounds[0]), min(int(bounds[1]), 2 * WEEKS)) if field["type"] == "integer" else st.floats(*bounds)


@st.composite
def parts(draw) -> dict:
    """Part of a shipped region: the names of a few rows of each table, or of just one. {"of": region, "keep": {table: names}}"""
    name = draw(st.sampled_from(list(WHOLE)))
    region, keep = WHOLE[name], {}
    for table in CUT_DOWN:
        if name == "southeast_asia" or draw(st.booleans()):
            named = st.sampled_from(region.names(table))
            keep[table] = draw(st.lists(named, min_size=1, max_size=draw(st.sampled_from([1, 2, MOST_KEPT])), unique=True))
    places = keep.get("territories", region.names("territories"))
    held = [cell.cell for cell in region.cells if cell.territory in places and cell.cell in _with_sites(region)]
    cells = sorted(held) + [cell.cell for cell in region.cells if cell.territory in places and cell.cell not in held]
    keep["cells"] = draw(st.lists(st.sampled_from(cells), min_size=1, max_size=2 * MOST_KEPT, unique=True))
    return {"of": name, "keep": keep}


def _with_sites(region: Region) -> set[str]:
    return {site.cell for site in region.sites}


def part(of: str, keep: dict[str, list[str]]) -> Region:
    """The part of a shipped region that keeps these rows, with references as the door asks for them.

    A link to what is gone goes; who loses the one place, holder or country that it must name gets the first that is left.
    No table may be empty: of sites that are all gone, one is left that nobody uses.
    """
    region = WHOLE[of]
    rows = {table: list(entries) for table, entries in region.rows.items()}
    for table, names in keep.items():
        named = dict(zip(region.names(table), rows[table], strict=True))
        rows[table] = [row for name, row in named.items() if name in names]
    for table, column, other, may_be_empty in REFERENCES:
        known = _names(rows, other)
        kept = [_mended(row, column, known, may_be_empty, table in LINKS) for row in rows[table]]
        rows[table] = [row for row in kept if row is not None]
    for table in LINKS:
        if not rows[table]:
            ties = {column: _names(rows, other)[0] for where, column, other, _ in REFERENCES if where == table}
            rows[table] = [region.rows[table][0].model_copy(update=ties | ({"active_from": ""} if table == "sites" else {}))]
    return Region(f"part_of_{of}", rows, repr((of, keep)))


def _names(rows: dict[str, list], table: str) -> list[str]:
    return Region("", rows, "").names(table)


def _mended(row, column: str, known: list[str], may_be_empty: bool, link: bool):
    """A row whose column names only what is known; None for a link that leads nowhere."""
    given = getattr(row, column)
    if isinstance(given, tuple):
        return row.model_copy(update={column: tuple(name for name in given if name in known)})
    if given in known or (given == "" and may_be_empty):
        return row
    return None if link and not may_be_empty else row.model_copy(update={column: "" if may_be_empty else known[0]})


@st.composite
def worlds(draw, lever: str | None = None) -> dict:
    """A made-up world, on the invented region or part of one, with an intervention (of this lever, or any) and up to two more."""
    place = draw(st.one_of(st.just({"of": "toy", "keep": {}}), parts(), parts()))
    begins, region = draw(st.dates(dt.date(2015, 1, 5), dt.date(2026, 1, 5))), part(**place)
    pulled = [interventions(begins, lever, region), st.lists(interventions(begins, region=region), max_size=2)]
    first, more = (draw(strategy) for strategy in pulled)
    return {"place": place, "start": begins, "params": draw(overrides()), "interventions": [first, *more]}


def scenario_of(place: dict, start: dt.date | str, params: dict, interventions: list[dict], weeks: int = WEEKS) -> Scenario:
    """The world that was told."""
    begins = dt.date.fromisoformat(str(start))
    scenario = load_scenario(region=place["of"], start=begins, end=begins + dt.timedelta(weeks=weeks), params=params)
    region = part(**place) if place["keep"] else scenario.region
    return dataclasses.replace(scenario, name="made_up", region=region, interventions=tuple(interventions))


seeds = st.integers(0, 2**64 - 1)

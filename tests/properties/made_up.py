"""Strategies: worlds and interventions that nobody thought of.

Nothing is listed here. Parameters, ranges and switches are those of configs/params, levers and their settings those that
`sim.interventions` finds, so a new one is tried without a change to this file.
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

WEEKS = 30  # of a made-up world
TOY = scenario_on("toy").region
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
def scenarios(draw, lever: str | None = None) -> Scenario:
    """A made-up world on the invented region with an intervention (of this lever, or any) and up to two more."""
    begins = draw(st.dates(dt.date(2015, 1, 5), dt.date(2026, 1, 5)))
    scenario = load_scenario(region="toy", start=begins, end=begins + dt.timedelta(weeks=WEEKS), params=draw(overrides()))
    pulled = [draw(interventions(begins, lever)), *draw(st.lists(interventions(begins), max_size=2))]
    return dataclasses.replace(scenario, name="made_up", interventions=tuple(pulled))


seeds = st.integers(0, 2**64 - 1)

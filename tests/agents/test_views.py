"""The model as Mesa users know it: agents are live views, cells are hexagons, collections work."""

import mesa
import numpy as np
import pytest
from running import CREW_TABLES, columns, differences, run, scenario_on

import sim
from sim.agents.compounds import Compound
from sim.agents.pools import LabourPool, VictimPool
from sim.agents.protectors import Protector
from sim.agents.states import State
from sim.agents.syndicates import Syndicate
from sim.agents.territories import Territory
from sim.state import MOVING, OPEN

KINDS = {
    Territory: "territories", Protector: "protectors", State: "states", VictimPool: "pools", LabourPool: "labour_pools",
    Syndicate: "syndicates", Compound: "compounds",
}  # fmt: skip


@pytest.fixture
def model() -> sim.ScamNetwork:
    """A young Mesa model, the test's own."""
    return sim.ScamNetwork(scenario_on("toy"), seed=1).run(weeks=4)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_an_attribute_reads_the_row(mesa_year, kind):
    table = getattr(mesa_year.world, KINDS[kind])
    agents = mesa_year.agents_by_type[kind]
    assert len(agents) > 0
    for agent in agents:
        for column in table.dtype.names:
            if column != "cell":  # Mesa's own: the cell, not its row
                assert getattr(agent, column) == table[column][agent.row].item()


def test_writing_an_attribute_writes_the_row_and_the_world_goes_on_from_there(model):
    agent = model.agents_by_type[Compound].to_list()[0]
    agent.capital = 123.0
    assert model.world.compounds["capital"][agent.row] == 123.0
    model.world.compounds["capital"][agent.row] = 456.0
    assert agent.capital == 456.0
    quiet = sim.ScamNetwork(scenario_on("toy"), seed=1).run(weeks=4)
    assert differences(columns(model.run(8).world), columns(quiet.run(8).world))


def test_an_attribute_that_is_no_column_is_an_ordinary_one(model):
    agent = model.agents_by_type[State].to_list()[0]
    agent.remark = "seen"
    assert agent.remark == "seen"
    with pytest.raises(AttributeError, match="State has no attribute or column 'moood'"):
        _ = agent.moood


def test_agents_bear_the_names_of_the_region(mesa_year):
    region = mesa_year.setting.region
    assert [agent.name for agent in mesa_year.agents_by_type[Territory]] == region.names("territories")
    assert [agent.name for agent in mesa_year.agents_by_type[VictimPool]] == region.names("pools")
    for agent in mesa_year.agents_by_type[Territory]:
        assert agent.controller == region.names("protectors")[agent.protector]
    for agent in mesa_year.agents_by_type[Compound]:
        assert agent.territory_name == region.names("territories")[agent.territory]
        assert agent.name in repr(agent)


def test_there_is_an_agent_for_every_crew_at_work_or_on_the_move_and_for_no_other(mesa_year):
    status = mesa_year.world.compounds["status"]
    alive = set(np.flatnonzero((status == OPEN) | (status == MOVING)).tolist())
    assert {agent.row for agent in mesa_year.agents_by_type[Compound]} == alive


def test_select_and_agg_work_as_mesa_users_expect(mesa_year):
    crews = mesa_year.agents_by_type[Compound]
    large = crews.select(lambda crew: crew.workers > 100)
    assert 0 < len(large) < len(crews)
    assert large.agg("workers", sum) == pytest.approx(sum(crew.workers for crew in crews if crew.workers > 100))
    assert crews.select(lambda crew: crew.status == OPEN).agg("workers", sum) == pytest.approx(
        mesa_year.world.territories["workers"].sum(), abs=1e-3
    )


def test_a_crew_that_closes_leaves_the_model_and_its_cell(model):
    agent = model.agents_by_type[Compound].select(lambda crew: crew.status == OPEN).to_list()[0]
    cell, row = agent.cell, agent.row
    agent.workers, agent.founded = 0.0, -1000  # too small to run
    model.world.workforce[row] = 0.0
    model.step()
    assert model.world.compounds["status"][row] not in (OPEN, MOVING)
    assert agent not in model.agents_by_type[Compound] and agent not in cell.agents


def test_the_grid_has_hexagon_adjacency(mesa_year):
    region = mesa_year.setting.region
    assert len(mesa_year.grid.all_cells) == len(region.cells)
    inside = [cell for cell in region.cells if not cell.remote]
    for cell in region.cells:
        near = {other.coordinate for other in mesa_year.grid[cell.cell].neighborhood}
        assert near == set(cell.neighbours) and len(near) <= 6 and cell.cell not in near
        for other in near:
            assert cell.cell in {again.coordinate for again in mesa_year.grid[other].neighborhood}
    assert max(len(cell.neighbours) for cell in inside) == 6


def test_crews_stand_in_the_cell_of_their_row_and_move_with_it(mesa_year):
    cells = mesa_year.setting.region.names("cells")
    for agent in mesa_year.agents_by_type[Compound]:
        assert agent.cell.coordinate == cells[mesa_year.world.compounds["cell"][agent.row]]
        assert agent in agent.cell.agents
    assert sum(len(cell.agents) for cell in mesa_year.grid.all_cells) == len(mesa_year.agents_by_type[Compound])


def test_the_data_collector_holds_a_line_for_every_week(mesa_year):
    frame = mesa_year.datacollector.get_model_vars_dataframe()
    assert len(frame) == 53
    assert frame["workers"].iloc[-1] == pytest.approx(float(mesa_year.world.territories["workers"].sum()))
    assert frame["compounds"].iloc[-1] == mesa_year.world.territories["compounds"].sum()
    assert frame["losses_usd"].iloc[1:].min() > 0
    assert (frame["date"].iloc[-1] - frame["date"].iloc[0]).days == 52 * 7


def test_views_stay_live_when_the_tables_grow(model):
    rows = int(model.world.clock["compounds"][0]) + 3
    small = {name: getattr(model.world, name)[:rows].copy() for name in (*CREW_TABLES, "order")}
    model.world = model.world._replace(**small)
    model.run(20)
    assert len(model.world.compounds) > rows
    for agent in model.agents_by_type[Compound]:
        assert agent.workers == model.world.compounds["workers"][agent.row]
    agent.capital = 123.0
    assert model.world.compounds["capital"][agent.row] == 123.0


def test_looking_at_agents_changes_nothing(model):
    for kind in KINDS:
        for agent in model.agents_by_type[kind]:
            _ = [getattr(agent, column) for column in getattr(model.world, KINDS[kind]).dtype.names]
    model.agents.shuffle_do("__repr__")
    assert differences(columns(model.run(10).world), columns(run(scenario_on("toy"), 14))) == []


def test_it_is_a_mesa_model_that_runs_to_the_end_of_its_scenario():
    scenario = sim.load_scenario(region="toy", start="2019-01-07", end="2019-03-04")
    model = sim.ScamNetwork(scenario, seed=2)
    assert isinstance(model, mesa.Model)
    assert model.run().world.clock["week"][0] == scenario.weeks == 9
    assert model.date == scenario.date(9)


def test_a_model_can_be_made_from_a_name_with_overrides():
    model = sim.ScamNetwork("baseline", seed=3, region="toy", params={"growth": {"growth_rate": 0.9}})
    assert model.setting.params["growth"]["growth_rate"] == 0.9
    assert model.setting.region.name == "toy"


def test_fragments_are_called_after_what_they_broke_from(model):
    known = model.names["syndicates"]
    model.world.syndicates["leaders"][0] = 0
    model.world.params["growth"]["fragments"] = 5.0
    model.step()
    assert model.world.clock["syndicates"][0] > len(known)
    names = {agent.name for agent in model.agents_by_type[Syndicate]}
    assert f"fragment of {known[0]}" in names

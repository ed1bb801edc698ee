"""ScamNetwork: the Mesa model, and the week in order on one page."""

from typing import NamedTuple

import mesa
import networkx as nx
import numpy as np
from mesa.datacollection import DataCollector
from mesa.discrete_space import Network

from sim.agents import join_world
from sim.agents.compounds import Compound
from sim.agents.pools import LabourPool, VictimPool
from sim.agents.protectors import Protector
from sim.agents.states import State
from sim.agents.syndicates import Syndicate
from sim.agents.territories import Territory
from sim.compiled import get_help, sequence
from sim.interventions import load_interventions, next_change, pull
from sim.randomness import chance_of_week
from sim.records import Records, logged_moves, new_records, write_week, written
from sim.rules.accounts import settle
from sim.rules.beliefs import hear_news, scout, update_beliefs
from sim.rules.control import change_hands
from sim.rules.enforcement import carry_out_raids, plan_raids, press, strike_elsewhere
from sim.rules.entry import enter
from sim.rules.growth import close_broke, count_people, fragment, split, want_workers
from sim.rules.labour import judge_origins, leave, recruit
from sim.rules.laundering import price_routes
from sim.rules.observation import observe
from sim.rules.politics import deal, feel, spend
from sim.rules.pools import renew_pools
from sim.rules.protection import choose_course, settle_protection
from sim.rules.returnees import work_at_home
from sim.rules.site_choice import act, decide
from sim.rules.targeting import ai_help, defraud, equip_schemes, look_at_pools, read_languages, retarget
from sim.rules.waterbed import sell_on_elsewhere
from sim.scenario import Scenario, load_scenario
from sim.state import MOVING, OPEN, WEEKS_PER_YEAR
from sim.world import enlarged, has_room, look_anew, new_world, start, unstaffed

UNINTERRUPTED = 100_000  # compound-weeks without a look at Python, where Ctrl-C and other threads wait
NAMELESS = ("leverage", "pool_languages", "labour_languages", "scheme_blocs")


@sequence
def week(w):
    """One week of the world, steps 2 to 14 of the model, in order; step 1 wrote `w.lever`, step 15 reads what is left."""
    params, clock, lever = w.params[0], w.clock[0], w.lever
    chance = chance_of_week(clock.seed, clock.week)
    w.flows[0] = w.flows[1]

    # 2 states feel, 3 protectors settle their terms, 4 territory changes hands
    feel(w.states, w.pools, w.territories, w.protectors, lever, params, chance)
    deal(w.states, w.lobby, w.harm, w.territories, w.pools, w.leverage, lever, params, clock, chance)
    spend(w.states, w.effort, w.harm, w.territories, w.pools, w.access, lever, params)
    choose_course(w.protectors, w.territories, w.states, w.access, lever, params, clock, chance)
    settle_protection(w.territories, w.protectors, w.distance_km, lever, params)
    change_hands(w.territories, w.compounds, w.protectors, w.bonds, lever, params, clock, chance)

    # 5 enforcement strikes
    press(w.territories, w.pursuit, w.states, w.pools, w.effort, w.access, lever, params)
    plan_raids(w.compounds, w.territories, w.targets, w.pursuit, lever, params, clock, chance)
    carry_out_raids(w.compounds, w.workforce, w.territories, w.syndicates, w.labour_pools, w.own_raids, w.seen, lever,
                    w.flows, params, clock, chance)  # fmt: skip
    strike_elsewhere(w.territories, w.syndicates, lever, w.flows, params, clock, chance)

    # 6 beliefs about risk
    hear_news(w.territories, w.sought, w.spill, w.pursuit, w.values, params)
    update_beliefs(w.belief, w.burnt, w.own_raids, w.syndicates, w.compounds, w.territories, params, clock)
    scout(w.known, w.syndicates, w.territories, w.distance_km, params, clock, chance)

    # 7 labour: people are brought in, people get out
    judge_origins(w.recruit_mix, w.territories, w.labour_pools, w.pools, w.fluency, w.route, lever, params)
    recruit(w.compounds, w.workforce, w.labour_pools, w.territories, w.recruit_mix, w.flows, params, clock)
    sell_on_elsewhere(w.compounds, w.workforce, w.cells, w.territories, w.labour_pools, params, clock)
    leave(w.compounds, w.workforce, w.labour_pools, w.territories, lever, w.flows, params, clock)

    # 8 targeting, victims, losses
    look_at_pools(w.pools, lever, params, clock)
    price_routes(w.laundry, w.dearness, w.territories, w.schemes, lever, params, clock)
    help_of_ai = ai_help(clock, lever, params)
    equip_schemes(w.schemes, help_of_ai, params)
    read_languages(w.usable, w.able_share, w.labour_pools, w.pools, w.fluency, w.able, help_of_ai)
    retarget(w.targets, w.skill, w.mix, w.reach, w.take, w.compounds, w.workforce, w.territories, w.pools, w.schemes,
             w.usable, w.able_share, w.appeal, w.sought, w.laundry, lever, params, clock)  # fmt: skip
    defraud(w.compounds, w.territories, w.pools, w.targets, w.reach, w.take, w.harm, w.flows, params, clock, chance)
    work_at_home(w.labour_pools, w.pools, w.usable, w.flows, params)

    # 9 accounts, 10 growth and decline
    settle(w.compounds, w.mix, w.laundry, w.schemes, w.territories, w.protectors, w.syndicates, lever, w.flows, params, clock)
    count_people(w.cells, w.territories, w.compounds, clock)
    want_workers(w.compounds, w.cells, w.territories, w.syndicates, lever, params, clock)
    close_broke(w.compounds, w.workforce, w.labour_pools, w.syndicates, w.moves, w.flows, params, clock)
    split(w.compounds, w.workforce, w.skill, w.targets, w.mix, w.reach, w.take, params, clock, chance)
    fragment(w.compounds, w.skill, w.syndicates, w.belief, w.burnt, w.known, w.ties, params, clock, chance)

    # 11 site choice, 12 entry
    decide(w.compounds, w.territories, w.belief, w.known, w.ties, w.distance_km, w.crossing, w.values, lever, params, clock,
           chance)  # fmt: skip
    act(w.compounds, w.workforce, w.cells, w.territories, w.labour_pools, w.syndicates, w.moves, w.order, w.flows,
        w.distance_km, w.crossing, lever, params, clock, chance)  # fmt: skip
    enter(w.compounds, w.skill, w.targets, w.mix, w.cells, w.territories, w.syndicates, w.belief, w.known, w.ties, w.moves,
          lever, w.flows, params, clock, chance)  # fmt: skip

    # 13 pools, 14 observation
    renew_pools(w.pools, lever, params, clock)
    observe(w.seen, w.compounds, w.territories, params, clock)
    count_people(w.cells, w.territories, w.compounds, clock)
    clock.week += 1
    clock.year += 1.0 / WEEKS_PER_YEAR


@sequence
def weeks(w, records, until):
    """Weeks of the world with its levers as they are, each recorded: up to week `until`, or until a table runs short.

    A world that nobody staffs yet is staffed first.
    """
    if w.clock[0].week < 0:
        start(w)
    while w.clock[0].week < until and has_room(w.compounds, w.moves, w.clock[0]):
        week(w)
        write_week(records, w.territories, w.seen, w.pools, w.compounds, w.flows, w.clock[0])


class Run(NamedTuple):
    """What a run leaves: records (arrays by week), the log of moves (a row each), kinds that joined by name, as they ended."""

    records: Records
    moves: np.ndarray  # with names: `sim.records.moves_by_name`
    joined: dict = {}  # noqa: RUF012 -- never written


def simulate(scenario: Scenario, seed: int) -> Run:
    """Run a scenario from start to end without Mesa's views: the same weeks as ScamNetwork, to the bit, for ensembles."""
    get_help()
    world, interventions, records = unstaffed(scenario, seed), load_interventions(scenario), new_records(scenario)
    weeks(world, records, 0)
    joined = join_world(world, scenario)
    while (number := int(world.clock["week"][0])) < scenario.weeks:
        world = enlarged(world)
        pull(world, interventions, number)
        if joined:  # kinds that joined step in Python
            look_anew(world)
            week(world)
            for kind in joined.values():
                kind.step(world)
            write_week(records, world.territories, world.seen, world.pools, world.compounds, world.flows, world.clock[0])
        else:
            stretch = max(UNINTERRUPTED // max(int(world.clock["compounds"][0]), 1), 1)
            weeks(world, records, min(next_change(interventions, number), number + stretch, scenario.weeks))
    return Run(written(records), logged_moves(world), joined)


class ScamNetwork(mesa.Model):
    """The model as Mesa users know it.

    scenario        name of a shipped scenario, or a Scenario
    seed            integer; with the scenario it decides everything (keyed draws, no generator state)
    overrides       region, start, end, params: see `sim.load_scenario`

    ``step()`` is one week; ``run(weeks)`` several. ``grid`` is a discrete space of H3 cells with hexagon adjacency; agents are
    live views on rows of ``world``: reading and writing an attribute reads and writes the table. Membership of
    ``agents_by_type`` follows the tables once a week; results do not depend on it.
    Raises sim.ConfigError (one line) on bad input.
    """

    def __init__(self, scenario="baseline", seed=1, **overrides):
        super().__init__(rng=seed)
        self.setting = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, **overrides)
        region = self.setting.region
        self.world = new_world(self.setting, seed)
        self.interventions = load_interventions(self.setting)
        self.joined = join_world(self.world, self.setting)
        self.names = {table: region.names(table) for table in region.rows if table not in NAMELESS}
        self.grid = self._space()
        self._cells = [self.grid[cell.cell] for cell in region.cells]
        for kind in (Territory, Protector, State, VictimPool, LabourPool):
            for row, name in enumerate(self.names[kind.table]):
                kind(self, row, name)
        for kind in self.joined.values():
            for row, name in enumerate(kind.names):
                kind.view(self, row, name)
        self._compounds, self._syndicates = {}, {}
        self._refresh()
        self.datacollector = DataCollector(
            model_reporters={
                "date": lambda m: m.date,
                "compounds": lambda m: int(m.world.territories["compounds"].sum()),
                "workers": lambda m: float(m.world.territories["workers"].sum()),
                "losses_usd": lambda m: float(m.world.pools["losses"].sum() / 2**20),
                "reported_losses_usd": lambda m: float(m.world.pools["reported"].sum()),
                "raids": lambda m: int(m.world.territories["raids"].sum()),
            }
        )
        self.datacollector.collect(self)

    @property
    def date(self):
        """First day of the week about to be stepped."""
        return self.setting.date(int(self.world.clock["week"][0]))

    def step(self):
        """One week: interventions write their levers, the world moves, the views follow."""
        self.world = enlarged(self.world)
        pull(self.world, self.interventions, int(self.world.clock["week"][0]))
        look_anew(self.world)
        week(self.world)
        for kind in self.joined.values():
            kind.step(self.world)
        self._refresh()
        self.datacollector.collect(self)

    def run(self, weeks=None):
        """Step `weeks` weeks, or to the end of the scenario; returns the model."""
        for _ in range(weeks if weeks is not None else self.setting.weeks - int(self.world.clock["week"][0])):
            self.step()
        return self

    def _space(self):
        """The cells as a Mesa network space: a node is an H3 index, an edge joins two hexagons that touch."""
        graph = nx.Graph()
        graph.add_nodes_from(cell.cell for cell in self.setting.region.cells)
        graph.add_edges_from((cell.cell, other) for cell in self.setting.region.cells for other in cell.neighbours)
        layout = {cell.cell: (cell.lon, cell.lat) for cell in self.setting.region.cells}
        return Network(graph, capacity=None, random=self.random, layout=layout)

    def _refresh(self):
        """Let the membership of agents and cells follow the tables."""
        crews = self.world.compounds
        for row in range(int(self.world.clock["syndicates"][0])):
            if row not in self._syndicates:
                self._syndicates[row] = Syndicate(self, row, self.syndicate_name(row))
        status, cell = crews["status"], crews["cell"]
        for row in np.flatnonzero((status == OPEN) | (status == MOVING)):
            agent = self._compounds.get(int(row))
            if agent is None:
                agent = self._compounds[int(row)] = Compound(self, int(row), f"{int(crews['lineage'][row]):016x}")
            place = self._cells[cell[row]]
            if agent.cell is not place:
                agent.move_to(place)
        for row in [row for row in self._compounds if status[row] not in (OPEN, MOVING)]:
            self._compounds.pop(row).remove()

    def syndicate_name(self, row):
        """Name of a syndicate by row; a fragment is called after what it broke from."""
        known = self.names["syndicates"]
        return known[row] if row < len(known) else f"fragment of {known[int(self.world.syndicates['family'][row])]}"

"""Set-up: a Scenario and a seed become a World."""

import numpy as np

from sim import state
from sim.agents import compounds, geography, pools, protectors, states, syndicates, territories
from sim.columns import ColumnTable
from sim.compiled import get_help, readable, rule, sequence
from sim.levers import new_levers
from sim.memory import check_room
from sim.rules.growth import count_people
from sim.rules.labour import judge_origins
from sim.rules.laundering import price_routes
from sim.rules.targeting import ai_help, equip_schemes, look_at_pools, read_languages, retarget
from sim.scenario import Scenario
from sim.schema import BLOCS
from sim.state import World, new_columns, new_table

MOVES_LOGGED = 8192
FULL = 0.75  # of its rows in use, and a table that grows is doubled: there is always room for a week


def new_world(scenario: Scenario, seed: int) -> World:
    """All tables of a world on the first day, keyed by the seed alone: scenarios share it to the bit.

    Size: about 2 kB a compound row. Raises ConfigError (one line) where they cannot fit into memory.
    """
    get_help()  # what comes next is compiled, if this is the first time
    world = unstaffed(scenario, seed)
    start(world)
    return world


def unstaffed(scenario: Scenario, seed: int) -> World:
    """The tables of a world before anybody has been recruited: week -1."""
    crews, used = compounds.initial_compounds(scenario.region, scenario.start.isoformat(), scenario.values, seed)
    return around(crews, used, scenario, seed)


def around(crews: ColumnTable, used: int, scenario: Scenario, seed: int) -> World:
    """The world about these crews, which are the first `used` rows of their table."""
    region, params, values = scenario.region, scenario.rates, scenario.values
    switches = scenario.params["structure"]
    cells = territories.new_cells(region)
    cells["capacity"] *= 100.0 if switches["capacity"] == "slack" else 1.0
    cells["capacity"][cells["remote"] == 1] *= 0.0 if switches["remote_hosts"] == "off" else 1.0
    _make_room(cells, crews, used)
    places = territories.new_territories(region, cells)
    bosses = syndicates.new_syndicates(region, scenario.params["initial"]["assets"], scenario.params["initial"]["managers"])
    ties, known = syndicates.ties_and_knowledge(region, scenario.params["initial"]["near_km"])
    victims = pools.new_pools(region, scenario.params["pools"]["susceptible_share"])
    labour = pools.new_labour_pools(region, scenario.params["labour"]["reachable"], scenario.params["initial"]["route_power"])
    schemes = pools.new_schemes(region)
    nations = states.new_states(region)
    access = states.access_matrix(region, scenario.params["politics"]["foreign_access"])
    fluency = pools.fluency_matrix(region)
    if switches["language"] == "flat":
        fluency[:] = fluency.mean()
    able = pools.able_shares(region)
    holders = protectors.new_protectors(region)
    weekly = crews["workers"][:used] * scenario.params["initial"]["earning"]
    held_by = places["protector"][crews["territory"][:used]]
    takings = np.bincount(held_by, weights=weekly, minlength=len(holders)) * state.WEEKS_PER_YEAR
    holders["takings"] = takings * holders["tax_rate"]
    C, T, K, P, S, M, Y = (len(x) for x in (crews, places, victims, labour, nations, schemes, bosses))

    places["usual_effort"] = territories.usual_effort(
        region, scenario.params["politics"]["host_effort"], scenario.params["politics"]["governance_power"]
    )
    places["usual_effort"] *= 0.0 if switches["states"] == "off" else 1.0
    bought = np.minimum(values.accounts.bribe_rate / values.enforcement.bribe_full, 1.0) * places["corruption"]
    tolerated = np.where(places["stance"] == state.TOLERATES, values.protection.tolerated_raids, 0.0)
    places["prior_risk"] = (values.enforcement.background + tolerated + places["usual_effort"]) * (1.0 - bought)
    shield = holders["shield"][places["protector"]]
    belief = np.tile(places["prior_risk"] * (1.0 - shield), (Y, 1))

    clock = new_table(state.CLOCK, 1)
    clock["seed"], clock["week"], clock["compounds"], clock["syndicates"] = seed, -1, used, len(region.syndicates)
    clock["year"] = scenario.start.year + (scenario.start.timetuple().tm_yday - 1) / 365.25
    sizes = {
        "territory": T, "pool": K, "syndicate": Y, "protector": len(region.protectors), "labour": P, "state": S, "everywhere": 1
    }  # fmt: skip
    world = World(
        params=params, clock=clock, cells=cells, territories=places, protectors=holders,
        states=nations, syndicates=bosses, compounds=crews, pools=victims, labour_pools=labour, schemes=schemes,
        workforce=np.zeros((C, P)), skill=np.zeros((C, K)), targets=np.zeros((C, K)), mix=np.zeros((C, M)),
        reach=np.zeros((C, K)), take=np.zeros((C, K)), fluency=fluency, able=able,
        usable=np.zeros((P, K)), able_share=np.zeros(P), appeal=pools.appeal_matrix(region),
        distance_km=geography.distances(region), crossing=geography.crossings(region),
        spill=geography.news_weights(region, values.beliefs),
        route=geography.routes(region, values.labour), access=access, effort=np.zeros((S, T)),
        lobby=np.zeros((S, S)), leverage=states.leverage_matrix(region), harm=np.zeros((T, K), np.int64),
        pursuit=np.zeros((T, K)), belief=belief, burnt=np.zeros((Y, T)), own_raids=np.zeros((Y, T), np.int32),
        sought=np.zeros((T, K)), known=known, ties=ties,
        recruit_mix=np.zeros((P, T)), lever=new_levers(sizes, S, T),
        flows=new_table(state.FLOWS, 2), order=new_table(state.ORDER, C), values=np.zeros(T), laundry=np.zeros((T, M)),
        dearness=np.zeros((state.ROUTES, T)),
        bonds=protectors.bond_matrix(region), moves=new_table(state.MOVES, MOVES_LOGGED), seen=new_columns(state.SEEN, T),
    )  # fmt: skip

    # the first crews have practice with Chinese-speaking victims, and work on what pays given whom they hold
    chinese = victims["bloc"] == BLOCS.index("chinese_speaking")
    world.skill[:used] = np.where(chinese, values.initial.skill, values.initial.skill_elsewhere)
    world.mix[:used] = 1.0 / M
    world.targets[:used] = np.where(chinese, 1.0, 0.02)
    world.targets[:used] /= world.targets[:used].sum(axis=1, keepdims=True)
    return world


def enlarged(world: World) -> World:
    """The world with more rows for crews and moves if it is running short; else the world itself.

    Results do not depend on it: rows are identities, and there is always room for a week's splits and entrants.
    Raises ConfigError (one line) where the larger tables cannot fit into memory.
    """
    crews, moves = int(world.clock["compounds"][0]), int(world.clock["moves"][0])
    if crews > FULL * len(world.compounds):
        names = ("compounds", "workforce", "skill", "targets", "mix", "reach", "take", "order")
        check_room(2 * sum(getattr(world, name).nbytes for name in names), crews)
        world = world._replace(**{name: _doubled(getattr(world, name)) for name in names})
    while moves + crews > FULL * len(world.moves):
        world = world._replace(moves=_doubled(world.moves))
    return world


def look_anew(world: World) -> None:
    """Let the week to come pass nothing over as left from the week before: Python may have written to any table since.

    Rules skip what they left at zero, or as it was. This changes no result where nobody has written.
    """
    used = slice(int(world.clock["syndicates"][0]))
    world.dearness[:] = np.nan
    world.states["presses"], world.territories["hunted"], world.syndicates["scarred"][used] = 1, 1, 1
    world.states["acts_from"], world.states["acts_to"] = 0, len(world.territories)
    world.syndicates["raids"][used] = np.maximum(world.syndicates["raids"][used], 1)


def _doubled(table: np.ndarray) -> np.ndarray:
    """A copy with as many zeroed rows after the rows there are."""
    if isinstance(table, ColumnTable):
        return table.with_rows(2 * len(table))
    return readable(np.concatenate([table, np.zeros_like(table)]))


@rule
def has_room(compounds, moves, clock):
    """Whether the tables that grow have room for a week, in which every crew may move."""
    return clock.compounds <= FULL * len(compounds) and clock.moves + clock.compounds <= FULL * len(moves)


@rule
def staff(workforce, compounds, territories, recruit_mix, clock):
    """People of the first crews by origin, as recruiters there would bring them, and what laundering costs these crews.

    Writes  workforce; compounds.laundering.
    """
    for i in range(clock.compounds):
        crew = compounds[i]
        crew.laundering = territories[crew.territory].laundering
        for o in range(workforce.shape[1]):
            workforce[i, o] = crew.workers * recruit_mix[o, crew.territory]


@sequence
def start(w):
    """Staff the first crews as recruiters would, let them choose their targets, and count."""
    params, clock = w.params[0], w.clock[0]
    look_at_pools(w.pools, w.lever, params, clock)
    judge_origins(w.recruit_mix, w.territories, w.labour_pools, w.pools, w.fluency, w.route, w.lever, params)
    help_of_ai = ai_help(clock, w.lever, params)
    equip_schemes(w.schemes, help_of_ai, params)
    price_routes(w.laundry, w.dearness, w.territories, w.schemes, w.lever, params, clock)
    staff(w.workforce, w.compounds, w.territories, w.recruit_mix, clock)
    read_languages(w.usable, w.able_share, w.labour_pools, w.pools, w.fluency, w.able, help_of_ai)
    for _ in range(6):
        retarget(w.targets, w.skill, w.mix, w.reach, w.take, w.compounds, w.workforce, w.territories, w.pools, w.schemes,
                 w.usable, w.able_share, w.appeal, w.sought, w.laundry, w.lever, params, clock)  # fmt: skip
    count_people(w.cells, w.territories, w.compounds, clock)
    clock.week = 0


def _make_room(cells: np.ndarray, crews: np.ndarray, used: int) -> None:
    """A cell holds at least half as many again as work in it on the first day: capacity is a judgement, those people are not."""
    there = np.bincount(crews["cell"][:used], weights=crews["workers"][:used], minlength=len(cells))
    cells["capacity"] = np.maximum(cells["capacity"], 1.5 * there)

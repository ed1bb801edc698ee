"""What exists: the tables of a world.

A row of a table is an entity, a column is a field, and rules read them as ``compound.workers``. Tables lie in memory column after
column (`sim.columns`); but parameters, clock, flows and what is logged are structured arrays, which read alike.
Rows are never reused, so a row number is an identity within a run. Wide columns (people by origin, effort by pool) are matrices
beside the table, a row per compound. Why not tuples of arrays: docs/decisions/0002, 0030.

Sums over compounds are kept in fixed point (`fixed`, `real`): integer addition has no rounding, so no result depends on
the order of rows or threads.
"""

from typing import NamedTuple

import numpy as np

from sim.columns import ColumnTable
from sim.compiled import readable, rule

WEEKS_PER_YEAR = 365.25 / 7.0
QUARTER = 13  # weeks between the reviews of states and protectors

# status of a compound
UNUSED, OPEN, MOVING, CLOSED = 0, 1, 2, 3

# why a compound reviews its site, and the cause written into its move
NOT_ASKED, ROUTINE, RAIDED, EXPELLED, TIPPED_OFF, CROWDED_OUT, ENTERED, LEFT_BUSINESS, BROKE, SPLIT_OFF = range(10)
CAUSES = (
    "none", "review", "raided", "expelled", "tipped_off", "crowded_out", "entry", "exit", "closed", "split",
)  # fmt: skip

# nests of the site choice, in the order of their dissimilarity parameters
EXIT, STAY, HIDE, OWN_COUNTRY, ABROAD, OUT_OF_REGION = range(6)

# how a protector stands to scams
HOSTS, TOLERATES, HOSTILE = 0, 1, 2
STANCES = ("host", "tolerate", "hostile")

# courses of a protector
PROTECT, EXPEL, STAGE_IT, RAID_IT, REALIGN = range(5)

# what a state does about the trade on its soil
TOLERATE, STAGE, SUPPRESS = 0, 1, 2

# places of the named choices in configs/params/structure.yaml
NESTED, SATISFICING, GRAVITY, RANDOM = 0, 1, 2, 3
ON, OFF = 0, 1
ADAPTIVE, NO_LEARNING, BAYESIAN = 0, 1, 2
TAX_FIXED, TAX_ENDOGENOUS = 0, 1
BUDGETED, ADDITIVE = 0, 1
DEPLETING, UNLIMITED = 0, 1
STATES_FIXED, STATES_ENDOGENOUS, STATES_OFF = 0, 1, 2
REAL_LABOUR, SLACK_LABOUR = 0, 1
GROWING, FROZEN = 0, 1
DISPERSED, ELSEWHERE = 0, 1

ROUTES = 3  # crypto, underground banks, mules: ways to launder

ONE = 2.0**20  # units of fixed point: a millionth of a person or dollar is the least that a sum can hold


@rule
def fixed(amount):
    """Amount as an integer of 2^-20 units: exact to add in any order. |amount| < 8e12."""
    return np.int64(np.rint(amount * ONE))


@rule
def real(total):
    """The amount behind a fixed-point total."""
    return total / ONE


_GRAIN = 1.5 * 2.0**32  # added and taken away again, it leaves the nearest multiple of 2^-20
_CENT = 1.5 * 2.0**46  # and this the nearest 1/64


@rule
def to_grain(amount):
    """Amount to the nearest 2^-20, |amount| < 2e9: sums of such numbers up to 8e9 are exact, in any order."""
    return (amount + _GRAIN) - _GRAIN


@rule
def to_cents(amount):
    """Amount to the nearest 1/64, |amount| < 3e13: sums of such numbers up to 1e14 are exact, in any order.

    Where many small sums run side by side this is several times as fast as `fixed`, which a processor cannot do in bulk.
    """
    return (amount + _CENT) - _CENT


@rule
def log_move(moves, clock, lineage, origin, destination, cause, workers):
    """Add a line to the log of moves (cells by row; -1 for nowhere)."""
    if clock.moves >= len(moves):
        return
    line = moves[clock.moves]
    line.week, line.lineage, line.origin, line.destination = clock.week, lineage, origin, destination
    line.cause, line.workers = cause, workers
    clock.moves += 1


class Column(NamedTuple):
    """One column of a table: its NumPy type, its unit and what it means."""

    kind: str
    unit: str
    meaning: str


def record(columns: dict[str, Column]) -> np.dtype:
    """The row type of a table with these columns."""
    return np.dtype([(name, column.kind) for name, column in columns.items()], align=True)


def new_table(columns: dict[str, Column], rows: int) -> np.ndarray:
    """A table of `rows` zeroed rows."""
    return readable(np.zeros(rows, record(columns)))


def new_columns(columns: dict[str, Column], rows: int) -> ColumnTable:
    """The same, laid out column after column."""
    return ColumnTable(record(columns), rows)


class World(NamedTuple):
    """All of one simulated world. C compounds, N cells, T territories, G protectors, S states, Y syndicates, K victim
    pools, P labour pools, M schemes."""

    params: np.ndarray  # one row; every rate per week
    clock: np.ndarray  # one row: week number, seed
    cells: ColumnTable  # N
    territories: ColumnTable  # T
    protectors: ColumnTable  # G
    states: ColumnTable  # S
    syndicates: ColumnTable  # Y
    compounds: ColumnTable  # C
    pools: ColumnTable  # K
    labour_pools: ColumnTable  # P
    schemes: ColumnTable  # M
    workforce: np.ndarray  # C x P people by origin
    skill: np.ndarray  # C x K practice with each pool, 0..1
    targets: np.ndarray  # C x K share of the crew's time on each pool; rows sum to 1
    mix: np.ndarray  # C x M share of work by scheme; rows sum to 1
    reach: np.ndarray  # C x K paying victims per worker-week before the pool's own state
    take: np.ndarray  # C x K the same, weighted by the scheme's relative loss
    fluency: np.ndarray  # P x K probability that a worker of origin p can work on pool k
    able: np.ndarray  # P probability that a worker of origin p can work on some pool
    usable: np.ndarray  # P x K the same with the help of tools, this week
    able_share: np.ndarray  # P share of workers who can work on at least one pool
    appeal: np.ndarray  # M x K relative yield of scheme m with pool k
    distance_km: np.ndarray  # T x T
    crossing: np.ndarray  # T x T: 0 same country, 1 across a border, 2 to a remote host
    spill: np.ndarray  # T x T, from u to t: weight of news from u for the risk seen in t; 1 on the diagonal
    route: np.ndarray  # P x T ease of bringing a worker of origin p to territory t, 0..1
    access: np.ndarray  # S x T how far state s can act in territory t, 0..1
    effort: np.ndarray  # S x T effort of this week, within each state's capacity (raids per compound-year)
    lobby: np.ndarray  # S x S how hard state s presses host h, 0..1
    leverage: np.ndarray  # S x S
    harm: np.ndarray  # T x K losses of pool k to crews in t this week, fixed point
    pursuit: np.ndarray  # T x K part of the pressure in t that falls on crews for targeting pool k (raids per compound-year)
    belief: np.ndarray  # Y x T raids per compound-year that a syndicate expects
    laundry: np.ndarray  # T x M share of takings that laundering costs
    dearness: np.ndarray  # ROUTES x T share of takings that each way to launder costs
    bonds: np.ndarray  # G x G: 1 ally, -1 opponent, 0 neither
    own_raids: np.ndarray  # Y x T real raids on a syndicate's own crews this week
    burnt: np.ndarray  # Y x T remembered raids per compound-year on its own crews
    sought: np.ndarray  # T x K remembered raids per compound-year that fell on crews in t for targeting pool k
    known: np.ndarray  # Y x T whether a syndicate knows a place (0/1)
    ties: np.ndarray  # Y x T strength of a syndicate's ties to a place, 0..1
    recruit_mix: np.ndarray  # P x T shares of a place's weekly intake; columns sum to 1
    lever: "Levers"
    flows: np.ndarray  # fixed point: this week's money and people; the second row stays zero
    order: np.ndarray  # C scratch: movers of the week and their priority
    values: np.ndarray  # T scratch
    moves: np.ndarray  # log of moves; the first `clock.moves` rows are filled
    seen: ColumnTable  # T what officials, media and satellites report


class Levers(NamedTuple):
    """This week's levers. Interventions write them, rules read them; neutral means no change (see sim/interventions)."""

    territory: ColumnTable  # T
    pool: ColumnTable  # K
    syndicate: ColumnTable  # Y
    protector: ColumnTable  # G
    labour: ColumnTable  # P
    state: ColumnTable  # S
    everywhere: ColumnTable  # one row
    effort: np.ndarray  # S x T extra raids per compound-year asked for


CLOCK = {
    "seed": Column("u8", "", "seed of every draw"),
    "week": Column("i8", "week", "weeks since the start; -1 at set-up"),
    "compounds": Column("i8", "rows", "rows of the compound table in use"),
    "syndicates": Column("i8", "rows", "rows of the syndicate table in use"),
    "moves": Column("i8", "rows", "rows of the move log in use"),
    "year": Column("f8", "year", "calendar year with fraction"),
    "laundering": Column("f8", "share", "what laundering costs, mean over places and schemes"),
    "margin": Column("f8", "USD/person/week", "mean profit of open compounds last week"),
    "earning": Column("f8", "USD/person/week", "mean revenue of open compounds last week"),
}
FLOWS = {
    name: Column("i8", "USD" if money else "person", meaning)
    for name, money, meaning in [
        ("losses", True, "victims' losses"),
        ("recovered", True, "stopped or returned by banks and exchanges"),
        ("revenue", True, "what reaches the compounds"),
        ("at_home", True, "what reaches small cells at home"),
        ("tax", True, "to protectors"),
        ("bribes", True, "to officials"),
        ("laundering", True, "to launderers"),
        ("upkeep", True, "wages, food, rent and recruiting"),
        ("owners", True, "to the syndicates' purses"),
        ("businesses", True, "into legal businesses (cover)"),
        ("to_capital", True, "kept in the compounds, net of what they draw down"),
        ("seized", True, "taken by states from compounds and syndicates"),
        ("consumed", True, "taken out of the business by owners"),
        ("invested", True, "put into new compounds by ventures from outside the trade"),
        ("spent_moving", True, "cost of moves, new sites, generators, entry"),
        ("recruited", False, "people brought into compounds"),
        ("escaped", False, "escaped, ransomed or let go at the end of a term"),
        ("rescued", False, "freed by raids and sent home"),
        ("retrafficked", False, "taken in a raid or move and sold on: back on offer to recruiters"),
        ("arrested", False, "arrested"),
        ("held_weeks", False, "person-weeks of captivity this week"),
    ]
}
ORDER = {
    "priority": Column("f8", "", "keyed: who gets in when room is short"),
    "row": Column("i8", "row", "which compound"),
}
MOVES = {
    "week": Column("i4", "week", "when the decision fell"),
    "lineage": Column("u8", "", "who"),
    "origin": Column("i4", "row", "cell left; -1 for an entrant"),
    "destination": Column("i4", "row", "cell chosen; -1 for leaving the business"),
    "cause": Column("i1", "", "index into CAUSES"),
    "workers": Column("f8", "person", "people of the crew when it decided"),
}
SEEN = {
    "official_raids": Column("i8", "raids", "raids that officials announce, staged ones included"),
    "official_freed": Column("i8", "person, fixed point", "people that officials say were freed or arrested"),
    "media_sites": Column("i8", "compounds", "compounds that media and researchers can name"),
    "satellite_sites": Column("i8", "compounds", "compounds large enough to be seen from above, empty ones for a while too"),
}

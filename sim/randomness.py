"""Chance: keyed, stateless draws (docs/methods.md, common random numbers).

u = hash(seed, week, who, decision, alternative) in (0, 1). There is no generator to advance, so one decision's draws can
never shift another's, and two worlds that differ in one lever share every other draw. The mix is the finaliser of
SplitMix64 (Steele, Lea & Flood 2014, OOPSLA), applied once per key part; counter-based generators for simulation:
Salmon et al. 2011 (SC'11); matched draws in agent-based models: Klein et al. 2024 (arXiv:2409.02086).

`who` and `alternative` are identities (64-bit hashes of names or of lineage), never positions in a list.
"""

import hashlib
from typing import NamedTuple

import numpy as np

from sim.compiled import inlined, rule
from sim.elementary import cosine_of_turn, exp, log

# One number per decision. A new decision takes a new number; numbers are never reused.
RAID = np.uint64(1)
RAID_BY = np.uint64(2)
LEAK = np.uint64(3)
TAKE = np.uint64(4)
LEADER_CAUGHT = np.uint64(5)
STAGED = np.uint64(6)
REVIEW = np.uint64(7)
NEST = np.uint64(8)
PLACE = np.uint64(9)
CELL = np.uint64(10)
DELAY = np.uint64(11)
STAFF_LOST = np.uint64(12)
PRIORITY = np.uint64(13)
SPLIT = np.uint64(14)
FRAGMENT = np.uint64(15)
SCOUT = np.uint64(16)
ENTRY = np.uint64(17)
ENTRANT_SYNDICATE = np.uint64(18)
ENTRANT_SIZE = np.uint64(19)
TAKINGS = np.uint64(20)
OFFENSIVE = np.uint64(21)
CHILD = np.uint64(22)
INITIAL_SIZE = np.uint64(23)
INITIAL_STATE = np.uint64(24)
ARREST = np.uint64(25)
INCIDENT = np.uint64(26)
JOIN = np.uint64(27)
STANCE = np.uint64(28)
MANAGER_CAUGHT = np.uint64(29)
HANDED_OVER = np.uint64(30)
BOUGHT_OUT = np.uint64(31)

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_TO_UNIT = 2.0**-52  # 52 bits, so that the half added below never rounds up to 1


class Chance(NamedTuple):
    """Everything a draw needs besides its own key: the seed and the week, already mixed together."""

    key: np.uint64


@rule
def _mix(x):
    x = (x ^ (x >> _S30)) * _A
    x = (x ^ (x >> _S27)) * _B
    return x ^ (x >> _S31)


@rule
def chance_of_week(seed, week):
    """The Chance of one week: seed (uint64) and week (integer, 0 = first week)."""
    return Chance(_mix(_mix(seed + _GOLDEN) ^ (np.uint64(week) * _GOLDEN + _A)))


@rule
def draw_key(chance, who, decision, alternative):
    """64 well-mixed bits for this (seed, week, who, decision, alternative); all uint64."""
    return _mix(_mix(chance.key ^ (who * _GOLDEN)) ^ (_mix(alternative + _B) + decision * _GOLDEN))


@rule
def uniform_of(chance, who, decision, alternative):
    """Uniform in (0, 1), one for each identity of an alternative."""
    return (np.float64(draw_key(chance, who, decision, alternative) >> _S12) + 0.5) * _TO_UNIT


@rule
def uniform(chance, who, decision):
    """Uniform in (0, 1) for a decision without alternatives."""
    return uniform_of(chance, who, decision, np.uint64(0))


@rule
def gumbel_of(chance, who, decision, alternative):
    """Standard Gumbel: the taste shock of one alternative in a Gumbel-max choice."""
    return -log(-log(uniform_of(chance, who, decision, alternative)))


@rule
def draw_gumbels(shocks, chance, who, decision, alternatives):
    """The taste shock of each alternative; by themselves, several at a time.   Writes  shocks."""
    for n in range(len(shocks)):
        shocks[n] = uniform_of(chance, who, decision, alternatives[n])
    for n in range(len(shocks)):
        shocks[n] = -log(-log(shocks[n]))


@inlined
def normal(chance, who, decision):
    """Standard normal by Box-Muller from two keyed uniforms."""
    radius = np.sqrt(-2.0 * log(uniform_of(chance, who, decision, np.uint64(1))))
    return radius * cosine_of_turn(uniform_of(chance, who, decision, np.uint64(2)))


@rule
def uniforms(chance, who, decision):
    """A uniform in (0, 1) for each."""
    drawn = np.empty(len(who))
    for n in range(len(who)):
        drawn[n] = uniform(chance, who[n], decision)
    return drawn


@rule
def normals(chance, who, decision):
    """A standard normal for each."""
    drawn = np.empty(len(who))
    for n in range(len(who)):
        drawn[n] = normal(chance, who[n], decision)
    return drawn


@rule
def happens(hazard, u):
    """Whether an event of this hazard comes to pass, u < 1 - exp(-hazard). As that is at most the hazard, most draws need no
    exponential."""
    return u < hazard and u < 1.0 - exp(-hazard)


@rule
def poisson(chance, who, decision, mean):
    """Poisson count by inverse CDF of one uniform, so that a larger mean never gives a smaller count."""
    u = uniform(chance, who, decision)
    term = exp(-mean)
    total, count = term, 0
    while total < u and count < 1000:
        count += 1
        term *= mean / count
        total += term
    return count


@rule
def child_of(parent, week, rank):
    """Lineage id of a child: hashed from the parent's, never from a counter."""
    return _mix(_mix(parent ^ (np.uint64(week) * _A)) + (np.uint64(rank) + CHILD) * _GOLDEN)


@rule
def identity_of(week, slot):
    """Identity of the entrant in a fixed slot of a week: the same in every world, whoever else enters."""
    return _mix(_mix(np.uint64(week) + _B) ^ (np.uint64(slot) * _GOLDEN + _A))


def chance_at_set_up(seed: int) -> Chance:
    """The Chance of draws made before the first week, from plain Python.

    A compiled function hands its uint64 back as a Python integer, whose type Numba would guess anew from its size; here it is
    made a uint64 again.
    """
    return Chance(np.uint64(chance_of_week(np.uint64(seed), np.int64(-1)).key))


def identity(*parts: object) -> np.uint64:
    """A 64-bit identity for a name (territory, pool, syndicate, initial compound). Plain Python; used at set-up only."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))

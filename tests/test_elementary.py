"""Elementary functions: as near as they say, and the same bits wherever they run."""

import math
from fractions import Fraction

import numpy as np
import pytest
from running import in_another_process

from sim import elementary
from sim.compiled import INTERPRETED, rule
from sim.elementary import HIGHEST, LOWEST, SMALLEST, cosine_of_turn, exp, exps, log, power, tanh

# Python's own, from the C library, are within one unit in the last place themselves
PLACES = 2
CASES = {
    "exp": (exp, math.exp, np.linspace(LOWEST, HIGHEST, 20_001)),
    "exp of little": (exp, math.exp, np.linspace(-1.0, 1.0, 20_001)),
    "log": (log, math.log, np.geomspace(SMALLEST, 1e308, 20_001)),
    "log near 1": (log, math.log, np.linspace(0.6, 1.6, 20_001)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_last_place_is_right_or_next_to_it(name):
    ours, theirs, arguments = CASES[name]
    for x in arguments.tolist():
        assert abs(ours(x) - theirs(x)) <= PLACES * math.ulp(theirs(x)), x


@pytest.mark.parametrize("p", [0.37, 0.6, 2.0, -1.5])
def test_a_power_is_off_by_no_more_than_its_exponent_makes_of_the_last_place(p):
    for x in np.geomspace(1e-9, 1e9, 20_001).tolist():
        assert abs(power(x, p) / math.pow(x, p) - 1.0) < (2.0 + abs(p * math.log(x))) * 2.0**-52, x


def test_tangent_and_cosine_are_right_to_the_last_place_of_one():
    for x in np.linspace(-20.0, 20.0, 20_001).tolist():
        assert abs(tanh(x) - math.tanh(x)) < 4e-16, x
    for u in np.linspace(0.0, 1.0, 20_001).tolist():
        assert abs(cosine_of_turn(u) - math.cos(math.tau * u)) < 1.5e-15, u  # C's has the rounding of tau u in it
    assert [cosine_of_turn(u) for u in (0.25, 0.75)] == [0.0, 0.0]


def test_log_2_is_kept_in_two_pieces_that_reach_beyond_a_float():
    series = sum(Fraction(1, n * 2**n) for n in range(1, 120))
    pieces = Fraction(elementary._OCTAVE) + Fraction(elementary._OCTAVE_REST)
    assert abs(pieces - series) < Fraction(1, 2**84)
    assert all((n * elementary._OCTAVE) == Fraction(n) * Fraction(elementary._OCTAVE) for n in (-1022, 777, 1023)), "exact"


def test_at_the_ends_of_their_range():
    assert [exp(x) for x in (0.0, -1e9, 1e9, -np.inf, np.inf)] == [1.0, 0.0, np.inf, 0.0, np.inf]
    assert [log(x) for x in (1.0, 0.0, np.inf)] == [0.0, -np.inf, np.inf]
    assert [power(*given) for given in ((0.0, 0.5), (0.0, 0.0), (1.0, 7.0), (5.0, 0.0))] == [0.0, 1.0, 1.0, 1.0]
    assert [tanh(x) for x in (0.0, 1e9, -1e9)] == [0.0, 1.0, -1.0]
    assert all(math.isnan(x) for x in (exp(np.nan), log(np.nan), log(-1.0), power(np.nan, 0.5)))
    assert exp(LOWEST) > 0.0 and exp(HIGHEST) < np.inf


@pytest.mark.parametrize("shape", [(0,), (7,), (1000,), (31, 33)])
def test_many_at_a_time_are_the_same_as_one_by_one(shape):
    given = np.random.default_rng(1).uniform(-40.0, 40.0, shape)
    found = exps(given)
    assert found.shape == shape
    assert found.ravel().tolist() == [exp(x) for x in given.ravel().tolist()]


@rule
def all_of(x, found):
    """Every function of each number, in one loop."""
    for n in range(len(x)):
        found[0, n], found[1, n], found[2, n] = exp(x[n]), log(abs(x[n])), power(abs(x[n]), 0.37)
        found[3, n], found[4, n] = tanh(x[n]), cosine_of_turn(abs(x[n]) % 1.0)


BITS = """
import hashlib
import numpy as np
from test_elementary import all_of
x, found = np.arange(-30.0, 30.0, 0.01), np.empty((5, 6000))
all_of(x, found)
print(hashlib.sha256(found.tobytes()).hexdigest())
"""


@pytest.mark.skipif(INTERPRETED, reason="compares compiled with interpreted")
def test_the_bits_are_the_same_with_and_without_the_compiler():
    assert in_another_process(BITS) == in_another_process(BITS, NUMBA_DISABLE_JIT="1")

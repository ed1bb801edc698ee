"""Exponential, logarithm, power and cosine in plain arithmetic: the same bits on every machine, compiled or interpreted.

The C library's and NumPy's differ in the last place from machine to machine, and a decision can hang on it. These use nothing but
sums, products, quotients and whole numbers, which IEEE 754 rounds in one way only; without branches, so that a loop over them
runs on several numbers at a time. The argument is reduced as in fdlibm (Sun Microsystems 1993); then comes the Taylor series,
as long as it takes, its terms in pairs of pairs so that they do not wait for each other.
"""

import math
from itertools import accumulate

import numpy as np

from sim.compiled import inlined, rule

LOWEST, HIGHEST = -708.0, 709.4  # between these, an exponential is a normal number
SMALLEST = 2.3e-308  # normal number

_PER_OCTAVE = float.fromhex("0x1.71547652b82fep+0")  # 1 / log 2
_OCTAVE, _OCTAVE_REST = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")  # log 2: first bits, rest
_WHOLE = 1.5 * 2.0**52  # added, it leaves the nearest whole number, whose bits are then the last ones
_EXPONENT = np.uint64(52)  # bits before it
_BIAS = np.uint64(1023)
_FROM_ROOT = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)  # bits of 1 less those of the root of 1/2
_AS_FLOAT, _AS_FLOAT_IS = np.uint64(0x4330000000000000), 2.0**52  # bits that make a float of a whole number below them

_EXP = tuple(1.0 / math.factorial(n) for n in range(14))
_LOG = tuple(2.0 / (2 * n + 1) for n in range(12))
_TURN = tuple(accumulate(range(1, 12), lambda last, n: -last * math.tau * math.tau / (2 * n * (2 * n + 1)), initial=-math.tau))


@inlined
def exp(x):
    """e^x within 1 unit in the last place; 0 below LOWEST, infinity above HIGHEST."""
    shifted = x * _PER_OCTAVE + _WHOLE
    octaves = shifted - _WHOLE
    r = (x - octaves * _OCTAVE) - octaves * _OCTAVE_REST
    r2 = r * r
    r4 = r2 * r2
    first = (_EXP[2] + _EXP[3] * r) + (_EXP[4] + _EXP[5] * r) * r2
    second = (_EXP[6] + _EXP[7] * r) + (_EXP[8] + _EXP[9] * r) * r2
    third = (_EXP[10] + _EXP[11] * r) + (_EXP[12] + _EXP[13] * r) * r2
    y = 1.0 + (r + r2 * (first + r4 * (second + r4 * third)))
    bits = np.float64(y).view(np.uint64) + (np.float64(shifted).view(np.uint64) << _EXPONENT)
    y = np.uint64(bits).view(np.float64)
    y = 0.0 if x < LOWEST else y
    y = np.inf if x > HIGHEST else y
    return x if x != x else y


@inlined
def log(x):
    """Natural logarithm of x >= 0 within 1 unit in the last place; minus infinity below SMALLEST, NaN below 0."""
    bits = np.float64(x).view(np.uint64)
    biased = (bits + _FROM_ROOT) >> _EXPONENT
    octaves = np.uint64(biased | _AS_FLOAT).view(np.float64) - (_AS_FLOAT_IS + 1023.0)
    f = np.uint64(bits - ((biased - _BIAS) << _EXPONENT)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    first = (_LOG[1] + _LOG[2] * z) + (_LOG[3] + _LOG[4] * z) * z2
    second = (_LOG[5] + _LOG[6] * z) + (_LOG[7] + _LOG[8] * z) * z2
    y = first + z4 * (second + z4 * ((_LOG[9] + _LOG[10] * z) + _LOG[11] * z2))
    y = octaves * _OCTAVE - ((s * (f - y * z) - octaves * _OCTAVE_REST) - f)
    y = -np.inf if x < SMALLEST else y
    y = np.nan if x < 0.0 else y
    return x if x != x or x == np.inf else y


@inlined
def power(x, p):
    """x^p for x >= 0, within about 2 + |p log x| units in the last place."""
    return 1.0 if p == 0.0 else exp(p * log(x))


@inlined
def tanh(x):
    """Hyperbolic tangent within 2e-16 (of 1, not of itself)."""
    return 1.0 - 2.0 / (exp(2.0 * x) + 1.0)


@inlined
def cosine_of_turn(u):
    """cos(2 pi u) for u from 0 to 1, within 7e-16."""
    x = 0.25 - abs(u - 0.5)
    z = x * x
    z2 = z * z
    z4 = z2 * z2
    first = (_TURN[0] + _TURN[1] * z) + (_TURN[2] + _TURN[3] * z) * z2
    second = (_TURN[4] + _TURN[5] * z) + (_TURN[6] + _TURN[7] * z) * z2
    third = (_TURN[8] + _TURN[9] * z) + (_TURN[10] + _TURN[11] * z) * z2
    y = first + z4 * (second + z4 * third)
    return y * x


def exps(x):
    """e^x of each number of an array, which Python gives: an array of that shape."""
    return _exps(x.ravel()).reshape(x.shape)


@rule
def _exps(x):
    found = np.empty(len(x))
    for n in range(len(x)):
        found[n] = exp(x[n])
    return found


@rule
def eights(count):
    """The count rounded up to whole eights, as the processor takes them: numbers left over take as long, one by one, as eight."""
    return (count + 7) // 8 * 8

"""Knock-outs: which mechanism makes the result? Worlds with every subset of a few mechanisms at work, and Shapley values.

Taking one mechanism out of a whole says what is lost without it; adding it to nothing says what it does alone. The Shapley
value (1953, in Contributions to the Theory of Games II) is the mean over all orders in which mechanisms can be added, and
the values add up to the difference between all and none.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import factorial

MECHANISMS = {  # switch -> the choice that takes the mechanism out
    "mobility": "off",
    "entry": "off",
    "retargeting": "off",
    "beliefs": "none",
}


def subsets(mechanisms: Iterable[str]) -> list[frozenset[str]]:
    """Every set of mechanisms that could be at work, none first."""
    names = tuple(mechanisms)
    return [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


def switches(at_work: frozenset[str], mechanisms: Mapping[str, str] = MECHANISMS) -> dict[str, str]:
    """Parameters that leave only these mechanisms at work."""
    return {f"structure.{name}": off for name, off in mechanisms.items() if name not in at_work}


def label(at_work: frozenset[str], mechanisms: Sequence[str] = tuple(MECHANISMS)) -> str:
    """Name of such a world: the mechanisms at work, in order."""
    return " ".join(name for name in mechanisms if name in at_work) or "none"


def shapley(values: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Shapley value of each mechanism from the value of every subset.

    φ_i = Σ_{S without i} |S|! (n − |S| − 1)! / n! · [v(S ∪ i) − v(S)].   NaN in a subset makes those that it enters NaN.
    """
    everyone = max(values, key=len)
    n = len(everyone)
    found = {}
    for name in sorted(everyone):
        rest = [chosen for chosen in values if name not in chosen]
        weights = [factorial(len(chosen)) * factorial(n - len(chosen) - 1) / factorial(n) for chosen in rest]
        found[name] = sum(w * (values[chosen | {name}] - values[chosen]) for w, chosen in zip(weights, rest, strict=True))
    return found

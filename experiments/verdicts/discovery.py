"""Scenario discovery: under which parameters does a claim hold, fail or reverse? PRIM boxes over the draws.

The patient rule induction method (Friedman & Fisher 1999, Statistics and Computing 9:123) peels away draws until most of
those left have the outcome; Bryant & Lempert 2010 (Technological Forecasting & Social Change 77:34) made it the tool of
scenario discovery. A box says "it holds chiefly when". With few draws and hundreds of parameters a box is easily luck, hence
the floor on draws and the quasi-p of each limit (the chance of doing as well without it).
"""

import warnings
from collections.abc import Mapping, Sequence

import pandas as pd

FEWEST_DRAWS = 50
FEWEST_CASES = 10
LEAST_DENSITY = 0.8
LUCKY = 0.05  # limits whose quasi-p is above are left out
COLUMNS = ("claim", "outcome", "parameter", "low", "high", "coverage", "density", "quasi_p")


def available() -> bool:
    """Whether the EMA Workbench is installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of libraries that it could use besides
        try:
            import ema_workbench.analysis.prim  # noqa: F401
        except ImportError:
            return False
    return True


def boxes(draws: pd.DataFrame, outcomes: Mapping[str, Mapping[int, str]], wanted: Sequence[str]) -> pd.DataFrame:
    """A row for each limit of each box.

    draws: a row for each draw, a column for each parameter.   outcomes: {claim: {draw: outcome}}.   wanted: outcomes to explain.
    coverage is the share of the outcome's draws inside, density the outcome's share of draws inside. Nothing where there are
    fewer than 50 draws, fewer than 10 with the outcome or without, or no box of density 0.8.
    """
    rows = []
    for claim, found in outcomes.items():
        table = draws.loc[list(found)]
        for outcome in wanted:
            hits = pd.Series(found) == outcome
            if len(table) < FEWEST_DRAWS or not FEWEST_CASES <= hits.sum() <= len(table) - FEWEST_CASES:
                continue
            rows += [{"claim": claim, "outcome": outcome} | limit for limit in box(table, hits.to_numpy())]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def box(table: pd.DataFrame, hits) -> list[dict]:
    """Limits of the smallest-enough box: the first on the peeling path with the density asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim  # takes seconds: only if asked

        found = prim.Prim(table.reset_index(drop=True), hits).find_box()
        path = found.peeling_trajectory
        dense = path[path["density"] >= LEAST_DENSITY]
        if not len(dense):
            return []
        at = int(dense["id"].iloc[0])
        limits, quasi_p = found.box_lims[at], found.p_values[at]
    told = []
    for name in quasi_p:
        low, high = (float(limits[name].iloc[end]) for end in (0, 1))
        worst = float(max(value for value in quasi_p[name] if value >= 0))
        if worst <= LUCKY:
            row = {"parameter": name, "low": low, "high": high, "quasi_p": worst}
            told.append(row | {"coverage": float(path["coverage"].iloc[at]), "density": float(path["density"].iloc[at])})
    return told

"""The figures of the claims, from the tables of a folder of results: regimes, and the specification curve of the headline."""

import pandas as pd

from sim import plots, store
from sim.claims.claim import load_headline
from sim.claims.estimands import ESTIMANDS
from sim.claims.reading import SHIPPED, estimate, outcome_of, sample_of

NAMES = ("regimes", "specification")
ALONE = ("value", "value", "value")  # a draw or a variant is read by its estimate alone


def draw_claims(results: store.Results) -> list[str]:
    """Write the figures of a folder of claims into its `figures`; returns a line for each that cannot be drawn, and why."""
    undrawn = []
    for name in NAMES:
        try:
            tables = {"points": results["points"], "specifications": specifications(results["pairs"])}
            table = plots.table(name, tables)
            digest = results.manifest["digest"]
            picture = plots.figure(name).draw(table, f"Run {digest}.")
            plots.write(picture, table, results.path / "figures", name, plots.figure(name).CAPTION, digest)
        except ValueError as error:
            undrawn.append(f"figures/{name}: not drawn; {error}")
    return undrawn


def specifications(pairs: pd.DataFrame) -> pd.DataFrame:
    """The estimate of each part of the headline at every draw and structure: what `sim.plots.specification` draws.

    pairs: claim, seed, draw, structure, count, value, as the claims write it.
    """
    rows = []
    for part in load_headline().parts:
        mine = pairs[pairs["claim"] == part.id].assign(structure=lambda table: table["structure"].fillna(""))
        wide = mine.pivot(index=["seed", "draw", "structure"], columns="count", values="value")
        for (draw, structure), point in wide.groupby(level=["draw", "structure"], sort=True):
            found = estimate(part.asked, sample_of(point))
            shipped = draw == SHIPPED and structure == ""
            ends = ("value", "low", "high") if shipped else ALONE
            rows.append(
                {
                    "claim": part.id, "paraphrase": part.paraphrase, "percent": ESTIMANDS[part.asked.estimand].percent,
                    "rope_low": part.asked.rope[0], "rope_high": part.asked.rope[1], "draw": draw, "structure": structure,
                    "value": found["value"], "low": found["low"] if shipped else None,
                    "high": found["high"] if shipped else None, "outcome": outcome_of(part.asked, *(found[end] for end in ends)),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)

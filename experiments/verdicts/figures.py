"""The figures of the claims, from the tables of a folder of results: regimes, specification curve of the headline, boxes."""

from math import nan

import pandas as pd

from experiments.common.draws import in_words, places, ranges
from sim import plots, store
from sim.claims.claim import Asked, load_claims, load_headline
from sim.claims.estimands import ESTIMANDS
from sim.claims.reading import SHIPPED, UNDEFINED, estimate, outcome_of, point, sample_of

NAMES = ("regimes", "specification", "boxes")


def draw_claims(results: store.Results) -> list[str]:
    """Write the figures of a folder of claims into its `figures`; returns a line for each that cannot be drawn, and why."""
    undrawn = []
    tables = {"points": results["points"], "specifications": specifications(results["pairs"]), "boxes": results["boxes"]}
    found = len(tables["boxes"]) > 0  # few draws have none, and the summary says so
    tables["boxes"] = on_ranges(tables["boxes"]) if found else tables["boxes"]
    for name in NAMES if found else NAMES[:-1]:
        try:
            table = plots.table(name, tables)
            digest, asked = results.manifest["digest"], results.manifest["config"]
            pairs = f"Pairs of worlds: {asked['ensemble']['pairs']} as shipped, {asked['draw_pairs']} at each draw and variant."
            pairs += " Draws are calibrated." if isinstance(asked.get("draws"), str) else ""
            picture = plots.figure(name).draw(table, f"{pairs} Run {digest}.")
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
        for (draw, structure), here in wide.groupby(level=["draw", "structure"], sort=True):
            read = _as_shipped if draw == SHIPPED and structure == "" else _alone
            rows.append(
                {
                    "claim": part.id, "paraphrase": part.paraphrase, "words": ESTIMANDS[part.asked.estimand].words,
                    "from_month": part.asked.window[0], "to_month": part.asked.window[1],
                    "percent": ESTIMANDS[part.asked.estimand].percent,
                    "rope_low": part.asked.rope[0], "rope_high": part.asked.rope[1], "draw": draw, "structure": structure,
                    **read(part.asked, here),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def on_ranges(boxes: pd.DataFrame) -> pd.DataFrame:
    """PRIM boxes with their limits as places on the ranges that were drawn, and in words: what `sim.plots.boxes` draws."""
    told = boxes[boxes["parameter"].isin(ranges()[0].index)]  # a range that is gone since cannot be drawn
    headline = load_headline()
    says = {claim.id: claim.paraphrase for claim in (*load_claims(), *headline.parts)} | {"headline": headline.paraphrase}
    at = {f"{end}_at": places(told.set_index("parameter")[end]).to_numpy() for end in ("low", "high")}
    labels = [in_words(name) for name in told["parameter"]]
    return told.assign(label=labels, paraphrase=told["claim"].map(says).fillna(""), **at)


def _as_shipped(asked: Asked, pairs: pd.DataFrame) -> dict:
    found = estimate(asked, sample_of(pairs))
    ends = {end: found[end] for end in ("value", "low", "high")}
    return ends | {"outcome": outcome_of(asked, **ends)}


def _alone(asked: Asked, pairs: pd.DataFrame) -> dict:
    """A draw or a variant is read by its estimate: it has few pairs."""
    outcome = point(asked, pairs)
    value = nan if outcome == UNDEFINED else float(ESTIMANDS[asked.estimand].statistic(sample_of(pairs)))
    return {"value": value, "low": nan, "high": nan, "outcome": outcome}

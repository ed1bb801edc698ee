"""The tables that go with the verdicts: readings, points, pairs, knock-outs and maps; and what to say of them in a few lines."""

from collections.abc import Sequence

import pandas as pd

from experiments.verdicts.discovery import FEWEST_DRAWS, available
from experiments.verdicts.knockout import MECHANISMS, label, shapley, subsets
from experiments.verdicts.map_luck import percentile
from sim.claims.estimands import ESTIMANDS
from sim.claims.reading import OUTCOMES, Reading, sample_of
from sim.claims.verdict import FAILS, REVERSES

FEWEST_PAIRS = 20  # from which a BCa interval covers about as often as it says


def all_tables(
    readings: Sequence[Reading], heads: Sequence[Reading], by_draw: dict, by_structure: dict, kept: dict, found: list
) -> dict:
    """{name: table}. found: (kind, point, counts of the headline's parts) of knock-outs and maps."""
    every = [*heads, *readings]
    return {
        "readings": readings_table(every),
        "points": points_table(every, by_draw, by_structure),
        "pairs": pairs_table(kept),
        "knockout": knockout_table(heads, [(point, counts) for kind, point, counts in found if kind == "knockout"]),
        "maps": maps_table(heads, [(point, counts) for kind, point, counts in found if kind == "map"]),
    }


def readings_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """What claims.csv has no room for: test, regimes, robustness, digest of the rule."""
    rows = []
    for reading in readings:
        shares = {f"draws_{name.replace(' ', '_')}": reading.share(name) for name in OUTCOMES}
        regimes = "; ".join(f"{name} {share:.2f}" for name, share in reading.p_regime.items())
        rows.append(
            {
                "claim": reading.claim.id, "verdict": reading.outcome, "family": reading.claim.family, "p": reading.p,
                "p_adjusted": reading.adjusted, "survives": reading.survives, "pairs_needed": reading.needed,
                "regime": reading.regime, "p_regime": regimes, "fieller": reading.fieller, **shares,
                "flips": "; ".join(reading.flips), "digest": reading.claim.digest,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def points_table(readings: Sequence[Reading], by_draw: dict, by_structure: dict) -> pd.DataFrame:
    """Outcome of each claim at each draw and structural variant, by the estimate alone."""
    rows = [{"claim": "headline", "draw": d, "structure": "", "outcome": o} for d, o in by_draw.items()]
    rows += [{"claim": "headline", "draw": 0, "structure": s, "outcome": o} for s, o in by_structure.items()]
    for reading in readings:
        rows += [{"claim": reading.claim.id, "draw": d, "structure": "", "outcome": o} for d, o in reading.by_draw.items()]
        rows += [{"claim": reading.claim.id, "draw": 0, "structure": s, "outcome": o} for s, o in reading.by_structure.items()]
    return pd.DataFrame(rows, columns=["claim", "draw", "structure", "outcome"])


def pairs_table(kept: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What each claim counted in each pair, in long form: all that a verdict was read from."""
    long = [
        rows.reset_index().melt(["seed", "draw", "structure"], var_name="count", value_name="value").assign(claim=claim)
        for claim, rows in kept.items()
    ]
    columns = ["claim", "seed", "draw", "structure", "count", "value"]
    return pd.concat(long, ignore_index=True)[columns] if long else pd.DataFrame(columns=columns)


def value(reading: Reading, rows: pd.DataFrame) -> float:
    """Point estimate of a claim's estimand, NDR's gate left open: a knock-out is asked for the change, not for a verdict."""
    return float(ESTIMANDS[reading.claim.asked.estimand].statistic(sample_of(rows)))


def knockout_table(heads: Sequence[Reading], found: list) -> pd.DataFrame:
    """Estimate of each part of the headline with each subset of mechanisms at work, and each mechanism's Shapley value.

    Rows of kind "world" (name: the mechanisms at work) and "shapley" (name: the mechanism).
    """
    rows = []
    for head in heads if found else ():
        by_name = {point.structure: value(head, counts[head.claim.id]) for point, counts in found}
        values = {chosen: by_name[label(chosen)] for chosen in subsets(MECHANISMS)}
        rows += [{"part": head.claim.id, "kind": "world", "name": label(chosen), "value": v} for chosen, v in values.items()]
        rows += [{"part": head.claim.id, "kind": "shapley", "name": name, "value": v} for name, v in shapley(values).items()]
    return pd.DataFrame(rows, columns=["part", "kind", "name", "value"])


def maps_table(heads: Sequence[Reading], found: list) -> pd.DataFrame:
    """Estimate of each part of the headline on the real map and on each permuted one, with the real map's percentile."""
    rows = []
    for head in heads if found else ():
        values = {point.structure: value(head, counts[head.claim.id]) for point, counts in found}
        rank = percentile(values["real"], [v for name, v in values.items() if name != "real"])
        rows += [{"part": head.claim.id, "map": name, "value": v, "percentile_of_real": rank} for name, v in values.items()]
    return pd.DataFrame(rows, columns=["part", "map", "value", "percentile_of_real"])


def summary(readings: Sequence[Reading], told: dict[str, pd.DataFrame]) -> str:
    """How many claims hold and fail, which contradict the articles, and what the headline depends on."""
    counted = pd.Series([reading.outcome for reading in readings]).value_counts()
    lines = ["Verdicts: " + ", ".join(f"{name} {count}" for name, count in counted.items()) + "."] if readings else []
    against = [reading.claim.id for reading in readings if reading.outcome in (FAILS, REVERSES)]
    if against:
        lines.append(f"The model contradicts the articles in {', '.join(against)}.")
    shares = told["knockout"].query("kind == 'shapley'") if len(told["knockout"]) else told["knockout"]
    for part, mine in shares.groupby("part"):
        values = [f"{name} {value:+.2f}" for name, value in zip(mine["name"], mine["value"], strict=True)]
        lines.append(f"{part} by mechanism (Shapley): {', '.join(values)}.")
    for part, mine in told["maps"].groupby("part"):
        rank = mine["percentile_of_real"].iloc[0]
        lines.append(f"{part}: the real map stands at percentile {rank:.0f} among {len(mine) - 1} permuted ones.")
    for (claim, outcome), limits in told["boxes"].groupby(["claim", "outcome"]):
        inside = " and ".join(f"{row['parameter']} in {row['low']:.3g} to {row['high']:.3g}" for row in limits.to_dict("records"))
        density = limits["density"].iloc[0]
        lines.append(f"{claim} {outcome} chiefly when {inside} ({100 * density:.0f} % of the draws inside).")
    if 0 < max((reading.pairs for reading in readings), default=0) < FEWEST_PAIRS:
        lines.append(f"Intervals from fewer than {FEWEST_PAIRS} pairs are too narrow (ensemble.pairs={FEWEST_PAIRS}).")
    draws = len(told["draws"]) if "draws" in told else told["points"].query("draw > 0")["draw"].nunique()
    if draws < FEWEST_DRAWS:
        lines.append(f"PRIM boxes are looked for from {FEWEST_DRAWS} draws on (draws={FEWEST_DRAWS}).")
    elif not available():
        lines.append("PRIM boxes need the EMA Workbench: pip install '.[analysis]'.")
    return "\n".join(lines)



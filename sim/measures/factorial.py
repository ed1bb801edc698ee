"""Effects of the equal-budget factorial: what reach, instrument and better tools on both sides change, in paired worlds.

A cell is a scenario named factorial_<reach>_<side>_<instrument>_<ai>. Its outcome in a pair is the change against its own
counterpart (that of a cell with tools is the world with tools), so tools by themselves are no effect here, only what they change
about the others. A raid-year and a warning have no common coin: reaches are compared within an instrument, instruments within
supply.
"""

from collections.abc import Iterator

import pandas as pd

from sim.measures.comparison import percent
from sim.measures.displacement import CHINESE, WESTERN
from sim.measures.intervals import DRAWS, interval, of_means

REACHES, TOOLS = ("coordinated", "unilateral"), ("on", "off")
INSTRUMENTS = {"certainty": "supply", "severity": "supply", "awareness": "victim", "friction": "victim"}
CELLS = tuple(f"factorial_{reach}_{side}_{tool}_{ai}" for reach in REACHES for tool, side in INSTRUMENTS.items() for ai in TOOLS)
OUTCOMES = ("people", "losses", "Chinese losses", "Western losses")

LEGEND = (
    "Each cell changes people held and losses by some per cent of the same world without it. A number is the first named less",
    "the second, in points of per cent: -3 under 'together less alone' says that acting together takes off three points more",
    "than acting alone. Interaction: how much larger that is with tools than without. Below 0: fewer people, smaller losses.",
)

Weights = dict[str, float]  # cell -> its weight in a contrast


def named(reach: str, instrument: str, ai: str) -> str:
    """The scenario of a cell."""
    return f"factorial_{reach}_{INSTRUMENTS[instrument]}_{instrument}_{ai}"


def contrasts() -> Iterator[tuple[str, str, Weights]]:
    """(effect, instrument, weights of cells): what is taken from what. Weights are means over the other factors."""
    together, alone = REACHES
    for instrument in INSTRUMENTS:
        yield (
            "together less alone", instrument,
            {named(reach, instrument, ai): sign / 2 for reach, sign in ((together, 1), (alone, -1)) for ai in TOOLS},
        )  # fmt: skip
        yield (
            "with tools less without", instrument,
            {named(reach, instrument, ai): sign / 2 for ai, sign in (("on", 1), ("off", -1)) for reach in REACHES},
        )  # fmt: skip
        yield (
            "interaction of the two", instrument,
            {
                named(reach, instrument, ai): one * other
                for reach, one in ((together, 1), (alone, -1)) for ai, other in (("on", 1), ("off", -1))
            },
        )  # fmt: skip
    yield (
        "certainty less severity", "supply",
        {
            named(reach, instrument, ai): sign / 4
            for instrument, sign in (("certainty", 1), ("severity", -1)) for reach in REACHES for ai in TOOLS
        },
    )  # fmt: skip


def factorial_effects(zone_means: pd.DataFrame, bloc_means: pd.DataFrame, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Every contrast of the cells: effect, instrument, outcome, value, low, high (95 %, BCa over seeds), pairs.

    zone_means, bloc_means   window means of all sixteen CELLS, as `sim.measures.paired.window_means` makes them
    Values are differences of relative changes (0.05: five points of the world without). Raises ValueError where one is missing.
    """
    missing = [cell for cell in CELLS if cell not in set(zone_means["scenario"])]
    if missing:
        raise ValueError(f"factorial: no runs of {', '.join(missing)}; allowed: all {len(CELLS)} cells")
    parts = {
        "people": (zone_means, "workers"), "losses": (bloc_means, "losses_usd"),
        "Chinese losses": (bloc_means[bloc_means["bloc"] == CHINESE], "losses_usd"),
        "Western losses": (bloc_means[bloc_means["bloc"] == WESTERN], "losses_usd"),
    }  # fmt: skip
    rows = []
    for outcome in OUTCOMES:
        table, stock = parts[outcome]
        sums = table.groupby(["scenario", "seed"], observed=True)[[stock, f"{stock}_without"]].sum()
        sample = {}
        for cell in CELLS:
            mine = sums.loc[cell].sort_index()
            sample[f"{cell} change"] = (mine[stock] - mine[f"{stock}_without"]).to_numpy()
            sample[f"{cell} without"] = mine[f"{stock}_without"].to_numpy()
        for effect, instrument, weights in contrasts():
            found = interval(sample, of_means(_weighted(weights)), draws, seed)
            told = {"effect": effect, "instrument": instrument, "outcome": outcome}
            rows.append(told | {name: found[name] for name in ("value", "low", "high")} | {"pairs": len(mine)})
    return pd.DataFrame(rows)


def _weighted(weights: Weights):
    return lambda mean: sum(weight * mean[f"{cell} change"] / mean[f"{cell} without"] for cell, weight in weights.items())


def format_effects(table: pd.DataFrame) -> str:
    """The effects as text for a terminal: a line for each effect and instrument, a column for each outcome, in points."""
    lines = [f"{'effect':<26}{'of':<11}" + "".join(f"{outcome:>24}" for outcome in OUTCOMES)]
    lines.append("-" * len(lines[0]))
    for (effect, instrument), mine in table.groupby(["effect", "instrument"], sort=False):
        cells = mine.set_index("outcome").loc[list(OUTCOMES)]
        points = cells[["value", "low", "high"]].map(lambda number: percent(number, digits=1))
        told = [f"{value} [{low}, {high}]" for value, low, high in points.itertuples(index=False)]
        lines.append(f"{effect:<26}{instrument:<11}" + "".join(f"{text:>24}" for text in told))
    pairs = int(table["pairs"].min())
    return "\n".join([*lines, lines[1], *LEGEND, f"Brackets: 95 % intervals over {pairs} pairs."])

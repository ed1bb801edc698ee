"""The comparison: one row of estimates per scenario, and the same as text for a terminal."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from sim.measures.displacement import DRAWS, displacement, extinct_share, loss_changes, total_change
from sim.measures.paired import WINDOW, paired_blocs, paired_zones, window_means
from sim.measures.pairing import COLUMNS as PAIRING
from sim.measures.pairing import FEWEST, TOO_FEW, pairing_columns, pairing_text
from sim.measures.zones import zones

COLUMNS = (
    "scenario", "target", "pairs",
    "suppression", "suppression_low", "suppression_high",
    "ndr", "ndr_low", "ndr_high", "ndr_own_country", "ndr_cross_border", "ndr_out_of_region",
    "worker_change", "loss_change", "loss_change_low", "loss_change_high", "chinese_loss_change",
    "western_loss_change", "western_loss_change_low", "western_loss_change_high", "western_share_change",
    "forced_labour_change", *PAIRING, "verdict",
)  # fmt: skip
CLOSING_MONTHS = 3  # whether operations ended is asked of the last months of the window
WIDTH = 140  # characters of a terminal line
HEADS = {  # of the table on a terminal, in two lines over each column
    "scenario": ("scenario", "  target"), "pairs": ("", "pairs"), "suppression": ("people in", "target"),
    "of 100": ("of 100", "removed"), "own/over/out": ("own/", "over/out"), "workers": ("people", "in all"),
    "losses": ("losses", "in all"), "Chinese": ("Chinese", "losses"), "Western": ("Western", "losses"),
    "share": ("Western", "share"), "pairing": ("worth of", "pairing"), "verdict": ("", "verdict"),
}  # fmt: skip


def comparison(
    weekly: pd.DataFrame,
    pools: pd.DataFrame,
    territories: pd.DataFrame,
    scenarios: pd.DataFrame,
    targets: Mapping[str, Sequence[str]],
    window: tuple[float, float] = WINDOW,
    draws: int = DRAWS,
    seed: int = 0,
    judge: Callable[[Mapping], str] | None = None,
) -> pd.DataFrame:
    """Every scenario beside its paired baseline: the columns `COLUMNS`, in the order of the scenarios table.

    weekly, pools: see `paired_zones` and `paired_blocs`.   territories, targets: see `zones`.
    scenarios:     scenario, target (text to show), start, and if given relative_to.
    window:        months after each scenario's start.      draws, seed: of the bootstrap.
    judge:         gives a row its verdict, such as `sim.claims.verdict.verdict`; without one the column is empty.
                   (The measures do not judge: the rules stand one floor above.)
    Changes are relative to the mean without the intervention in the window (−0.12), western_share_change is in share
    points (0.02). forced_labour_change compares person-weeks held from the start to the end of the window, the first
    months included: harm is not excused for coming early. ndr columns are NaN where displacement is undefined.
    <change>_pairing: what pairing is worth for that change (`sim.measures.pairing`); NaN from too few pairs.
    Raises ValueError (one line) when a table is incomplete or the runs end before the window does.
    """
    table = estimates(weekly, pools, territories, scenarios, targets, window, draws, seed)
    table["verdict"] = [judge(row) if judge else None for row in table.to_dict("records")]
    return table[list(COLUMNS)]


def estimates(
    weekly: pd.DataFrame,
    pools: pd.DataFrame,
    territories: pd.DataFrame,
    scenarios: pd.DataFrame,
    targets: Mapping[str, Sequence[str]],
    window: tuple[float, float] = WINDOW,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """All that a verdict needs: the columns of `comparison` but the verdict, every interval, and three more.

    spatial   whether there is a target in space
    extinct   share of worlds without an open compound in the window's last week
    end_ratio (with _low, _high) workers with over workers without in the last three months of the window
    """
    paired = paired_zones(weekly, zones(territories, targets), scenarios)
    in_window = window_means(paired, window)
    short = sorted(set(paired["scenario"].unique()) - set(in_window["scenario"].unique()))
    if short:
        raise ValueError(
            f"weekly: the runs of {', '.join(short)} end on {paired['date'].max().date()}, before month {window[1]:g} "
            "after the start; allowed: longer runs or an earlier window"
        )

    closing = window_means(paired, (max(window[0], window[1] - CLOSING_MONTHS), window[1]))
    since_start = window_means(paired, (0, window[1]))
    losses = window_means(paired_blocs(pools, scenarios), window)
    end_change = total_change(closing, "workers", draws, seed)
    end_ratio = end_change.drop(columns="pairs").set_index("scenario").add(1)
    parts = [
        displacement(in_window, draws, seed),
        _named(total_change(in_window, "workers", draws, seed), "worker_change"),
        loss_changes(losses, draws, seed).drop(columns="pairs"),
        _named(total_change(since_start, "workers", draws, seed), "forced_labour_change"),
        end_ratio.rename(columns=lambda name: name.replace("change", "end_ratio")).reset_index(),
        extinct_share(paired, window),
        pairing_columns(in_window, losses),
    ]
    told = scenarios[["scenario", "target"]].assign(spatial=[len(targets.get(name, ())) > 0 for name in scenarios["scenario"]])
    for part in parts:
        told = told.merge(part.astype({"scenario": object}), on="scenario", how="inner")
    return told


def format_table(table: pd.DataFrame, width: int = WIDTH) -> str:
    """A comparison as aligned text of at most `width` columns: per cent, 95 % intervals in brackets.

    Two lines for each scenario: its numbers, and below its name what it aims at. Displacement is counted per 100 people
    removed; a dash stands where a quantity is undefined. Where the numbers need the room, names give way, numbers never.
    """
    shown = readable(table)
    notes = [
        "Change against the paired world without the scenario, per cent with 95 % intervals; Western share of losses: points.",
        "Of 100 people removed from the target, how many are held elsewhere: own country / over a border / out of the region.",
        "Worth of pairing: times as many runs that independent worlds need for the same interval, people/losses"
        + (f"; {TOO_FEW}: under {FEWEST} pairs." if TOO_FEW in shown["pairing"] else "."),
        "-: undefined; displacement is, where the target is not shown to lose a tenth of its people or nothing is outside it.",
    ]
    targets = shown.pop("target")
    if len(set(shown["pairs"])) == 1:
        pairs = shown.pop("pairs")[0]
        notes.insert(0, f"{pairs} pair{'s' * (pairs != '1')} per scenario.")

    widths = {name: max(map(len, [*HEADS[name], *cells])) for name, cells in shown.items()}
    gap = "  " if sum(widths.values()) + 2 * (len(widths) - 1) <= width else " "
    excess = sum(widths.values()) + len(gap) * (len(widths) - 1) - width
    widths["scenario"] = max(len("scenario"), widths["scenario"] - max(excess, 0))

    def line(cells: Sequence[str]) -> str:
        return gap.join(_fit(cell, widths[name], name) for name, cell in zip(shown, cells, strict=True)).rstrip()

    heads = [line(cells) for cells in zip(*(HEADS[name] for name in shown), strict=True)]
    rows = [line(cells) for cells in zip(*shown.values(), strict=True)]
    below = [_fit(f"  {target}", width, "target").rstrip() for target in targets]
    lines = [text for pair in zip(rows, below, strict=True) for text in pair]
    rule = "-" * max(map(len, [*heads, *rows]))
    return "\n".join([*heads, rule, *filter(None, lines), rule, *notes])


def readable(table: pd.DataFrame) -> dict[str, list[str]]:
    """A comparison as columns of text: per cent, 95 % intervals in brackets, a dash where a quantity is undefined."""
    return {
        "scenario": table["scenario"].astype(str).tolist(),
        "target": _texts(table["target"]),
        "pairs": table["pairs"].astype(str).tolist(),
        "suppression": _with_interval(table, "suppression"),
        "of 100": _with_interval(table, "ndr", sign=""),
        "own/over/out": [_parts(row) for row in table.to_dict("records")],
        "workers": [percent(value) for value in table["worker_change"]],
        "losses": _with_interval(table, "loss_change"),
        "Chinese": [percent(value) for value in table["chinese_loss_change"]],
        "Western": _with_interval(table, "western_loss_change"),
        "share": [percent(value, digits=1) for value in table["western_share_change"]],
        "pairing": [pairing_text(row) for row in table.to_dict("records")],
        "verdict": _texts(table["verdict"]),
    }


def percent(value: float, sign: str = "+", digits: int = 0) -> str:
    """A ratio in per cent with its sign; a dash where undefined; nothing is "0", never "-0"."""
    if pd.isna(value):
        return "-"
    rounded = round(100 * value, digits)
    return f"{rounded:{sign}.{digits}f}" if rounded else f"{0:.{digits}f}"


def _named(change: pd.DataFrame, name: str) -> pd.DataFrame:
    renamed = {f"change{end}": f"{name}{end}" for end in ("", "_low", "_high")}
    return change.drop(columns="pairs").rename(columns=renamed)


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(text) else str(text) for text in column]


def _with_interval(table: pd.DataFrame, name: str, sign: str = "+") -> list[str]:
    bounds = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [
        "-" if pd.isna(value) else f"{percent(value, sign)} [{percent(low, sign)}, {percent(high, sign)}]"
        for value, low, high in bounds
    ]


def _parts(row: Mapping) -> str:
    parts = [row["ndr_own_country"], row["ndr_cross_border"], row["ndr_out_of_region"]]
    return "-" if pd.isna(parts).any() else "/".join(percent(part, sign="") for part in parts)


def _fit(text: str, width: int, column: str) -> str:
    if len(text) > width and column == "scenario":  # names of a family differ at the end
        text = f"{text[: width // 3]}…{text[len(text) - (width - width // 3 - 1) :]}"
    elif len(text) > width:
        text = f"{text[: width - 1]}…"
    return text.ljust(width) if column in ("scenario", "target", "verdict") else text.rjust(width)

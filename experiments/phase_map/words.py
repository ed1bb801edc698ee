"""What a phase diagram says in words: the grid of regimes as text, and where the regimes change."""

from itertools import groupby
from textwrap import fill

import pandas as pd

from experiments.phase_map.axes import COVERAGE, EVERYWHERE, INTENSITY, REGION, Axis
from experiments.phase_map.ladder import Rung
from sim.claims import verdict as rules
from sim.measures.comparison import WIDTH, percent

WORSE_WEST = 0.02  # rise of Western losses that counts


def tick(axis: Axis, value: float | Rung) -> str:
    """A value as it stands beside the axis."""
    if axis.of == COVERAGE:
        named = {REGION: "region ", EVERYWHERE: "everywhere "}.get(value.value, "")
        share = f"{100 * value.share:.0f}%" if value.share < 0.995 or value.value == EVERYWHERE else f"{100 * value.share:.1f}%"
        return f"{named}{share}"
    if axis.of == INTENSITY:
        return f"{100 * value:g}%"
    return f"×{value:g}" if axis.scale == "factor" else f"{value:g}"


def summary(table: pd.DataFrame) -> str:
    """The grid, and a paragraph on it. table: as `phase_points.explore` makes it."""
    return f"{grid_text(table)}\n\n{fill(paragraph(table), WIDTH)}"


def grid_text(table: pd.DataFrame) -> str:
    """A cell for each point: its regime and of 100 people removed how many reappear; the highest row first."""
    lines = []
    for _, mine in sorted(table.groupby("row"), reverse=True):
        cells = [_cell(point) for point in mine.sort_values("column").to_dict("records")]
        lines.append([mine["y_tick"].iloc[0], *cells, _effort(mine)])
    head = ["", *_line(table, "row")["x_tick"], "places; raids a year asked for, capacity"]
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(len(head))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in [head, *lines]]
    rule = "-" * min(max(map(len, rows)), WIDTH)
    notes = [
        f"Up: {table['y_axis'].iloc[0]}.",
        f"Across: {table['x_axis'].iloc[0]}.",
        "Number: of 100 people removed from the target, how many are held elsewhere because of it; a dash: undefined.",
    ]
    return "\n".join([rows[0], rule, *rows[1:], rule, *notes])


def paragraph(table: pd.DataFrame) -> str:
    """Where the regimes change, what coverage or cost does to displacement, and what becomes of Western losses."""
    counts = table["regime"].value_counts()
    told = [f"{len(table)} points: {', '.join(f'{count} {regime}' for regime, count in counts.items())}."]
    told += [*_borders(table), *_reach(table)]
    told += [sentence for along in ("row", "column") for sentence in _turns(table, along)]
    west = table["western_loss_change"]
    up = table[table["western_loss_change_low"] > WORSE_WEST]
    span = f"Western losses change by {percent(west.max())} to {percent(west.min())} %"
    told.append(f"{span}; they rise by more than 2 % at {len(up) or 'no'} point{'s' if len(up) != 1 else ''}.")
    if (counts.get(rules.INDETERMINATE, 0)) > 0:
        estimates = table.loc[table["regime"] == rules.INDETERMINATE, "by_estimate"].value_counts()
        lie = ", ".join(f"{count} {regime}" for regime, count in estimates.items())
        needed = [rules.pairs_to_decide(row) for row in table[table["regime"] == rules.INDETERMINATE].to_dict("records")]
        most = max((pairs for pairs in needed if pairs), default=None)
        more = f"; about {most:,} pairs would decide" if most else ""
        told.append(f"At INDETERMINATE points an interval crosses a border: their estimates alone are {lie}{more}.")
    return " ".join(told)


def _borders(table: pd.DataFrame) -> list[str]:
    """A sentence for each set of neighbouring columns in which the same regimes follow one another up the y axis."""
    columns = []
    for _, mine in table.sort_values("row").groupby("column"):
        change = (mine["regime"] != mine["regime"].shift()).cumsum()
        runs = [(part["regime"].iloc[0], part["y_tick"].iloc[0], part["y_tick"].iloc[-1]) for _, part in mine.groupby(change)]
        columns.append((mine["x_tick"].iloc[0], tuple(runs)))
    said: list[str] = []
    for runs, part in groupby(columns, key=lambda column: column[1]):
        xs = [x for x, _ in part]
        where = f"In column {xs[0]}" if len(xs) == 1 else f"In columns {xs[0]} to {xs[-1]}"
        steps = [f"{regime} {f'at {first}' if first == last else f'from {first} to {last}'}" for regime, first, last in runs]
        said.append(f"{where}, upwards: {', '.join(steps)}.")
    return said


def _reach(table: pd.DataFrame) -> list[str]:
    """Between what net displacement lies, and by how much it changes along either axis."""
    defined = table[table["ndr"].notna()]
    if defined.empty:
        return ["Net displacement is defined nowhere."]
    least, most = (defined.loc[at] for at in (defined["ndr"].idxmin(), defined["ndr"].idxmax()))
    ends = [f"{percent(row['ndr'], sign='')} (at {row['x_tick']}, {row['y_tick']})" for row in (least, most)]
    lines = {}
    for along_it, across_it in (("row", "column"), ("column", "row")):
        along = [mine.sort_values(along_it)["ndr"] for _, mine in defined.groupby(across_it) if len(mine) > 1]
        lines[along_it] = pd.Series([ndr.iloc[-1] - ndr.iloc[0] for ndr in along], dtype=float).mean()
    up, across = percent(lines["row"]), percent(lines["column"])
    changes = f"{up} from the lowest row to the highest and {across} from the first column to the last"
    return [f"Of 100 people removed, {' to '.join(ends)} reappear: on average {changes}, where there is a number."]


def _turns(table: pd.DataFrame, along: str) -> list[str]:
    """Along which lines net displacement is not monotone: it rises above its first value, or falls below it, and comes back.

    A turn is told only where the interval at the turning point lies clear of those on both sides: many lines are looked at.
    """
    across, found = {"row": "column", "column": "row"}[along], []
    named, where = {"row": ("y_tick", "x_tick"), "column": ("x_tick", "y_tick")}[along]
    for _, line in table[table["ndr"].notna()].sort_values(along).groupby(across):
        if len(line) < 3:
            continue
        for top, sign in ((line["ndr"].idxmax(), 1), (line["ndr"].idxmin(), -1)):
            peak, first, last = line.loc[top], line.iloc[0], line.iloc[-1]
            near, far = ("ndr_low", "ndr_high") if sign > 0 else ("ndr_high", "ndr_low")
            if all(sign * (peak[near] - end[far]) > 0 for end in (first, last)):
                found.append((sign, peak[where], first, peak, last))
    if not found:
        return []
    kind = "rises and falls again" if found[0][0] > 0 else "falls and rises again"
    found = [turn for turn in found if turn[0] == found[0][0]]
    sign, tick, first, peak, last = max(found, key=lambda turn: abs(turn[3]["ndr"] - turn[2]["ndr"]))
    way = {"row": "Up the diagram", "column": "Across the diagram"}[along]
    numbers = ", ".join(f"{100 * row['ndr']:.0f} at {row[named]}" for row in (first, peak, last))
    lines = f"{len(found)} of {table[across].nunique()} lines"
    return [f"{way} displacement is not monotone: in {lines} it {kind}, most clearly at {tick} ({numbers})."]


def _cell(row: dict) -> str:
    return f"{row['regime']} {percent(row['ndr'], sign='') if pd.notna(row['ndr']) else '-'}"


def _effort(row: pd.DataFrame) -> str:
    """Places and raids of a row of the grid: one number where all its points agree."""
    return "; ".join([_range(row["places"]), f"{_range(row['raids_asked'])}, {_range(row['raids_affordable'])}"])


def _range(values: pd.Series) -> str:
    low, high = f"{values.min():,.0f}", f"{values.max():,.0f}"
    return low if low == high else f"{low}-{high}"


def _line(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The points of the first row (name: row) or column."""
    return table[table[name] == table[name].min()].sort_values({"row": "column", "column": "row"}[name])

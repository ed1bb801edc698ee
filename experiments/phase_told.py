"""What a phase diagram says in words: the grid of regimes as text, and where the regimes change."""

from collections.abc import Sequence
from itertools import groupby
from textwrap import fill

import pandas as pd

from experiments.axes import COVERAGE, EVERYWHERE, INTENSITY, REGION, Axis
from experiments.ladder import Rung
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
    xs, ys = _ticks(table, "x"), _ticks(table, "y")
    cells = {(row["x_tick"], row["y_tick"]): _cell(row) for row in table.to_dict("records")}
    lines = [[tick, *(cells[x, tick] for x in xs), _effort(table[table["y_tick"] == tick])] for tick in reversed(ys)]
    head = ["", *xs, "places; raids a year asked for, capacity"]
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
    told += [sentence for name in ("y", "x") for sentence in _turns(table, name)]
    west = table["western_loss_change"]
    up = table[table["western_loss_change_low"] > WORSE_WEST]
    span = f"Western losses change by {percent(west.max())} to {percent(west.min())} %"
    told.append(f"{span}; they rise by more than 2 % at {len(up) or 'no'} point{'s' if len(up) != 1 else ''}.")
    if (counts.get(rules.INDETERMINATE, 0)) > 0:
        estimates = table.loc[table["regime"] == rules.INDETERMINATE, "by_estimate"].value_counts()
        lie = ", ".join(f"{count} {regime}" for regime, count in estimates.items())
        needed = [rules.pairs_to_decide(row) for row in table[table["regime"] == rules.INDETERMINATE].to_dict("records")]
        most = max((pairs for pairs in needed if pairs), default=None)
        more = f"; about {most:,} pairs would decide all of them" if most else ""
        told.append(f"At INDETERMINATE points an interval crosses a border: their estimates alone are {lie}{more}.")
    return " ".join(told)


def _borders(table: pd.DataFrame) -> list[str]:
    """A sentence for each set of neighbouring columns in which the same regimes follow one another up the y axis."""
    columns = []
    for x in _ticks(table, "x"):
        mine = table[table["x_tick"] == x].sort_values("y", kind="stable")
        change = (mine["regime"] != mine["regime"].shift()).cumsum()
        runs = [(part["regime"].iloc[0], part["y_tick"].iloc[0], part["y_tick"].iloc[-1]) for _, part in mine.groupby(change)]
        columns.append((x, tuple(runs)))
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
    for name, other in (("y", "x"), ("x", "y")):
        along = [mine.sort_values(name)["ndr"] for _, mine in defined.groupby(other) if len(mine) > 1]
        lines[name] = pd.Series([ndr.iloc[-1] - ndr.iloc[0] for ndr in along], dtype=float).mean()
    up, across = percent(lines["y"]), percent(lines["x"])
    changes = f"{up} from the lowest row to the highest and {across} from the first column to the last"
    return [f"Of 100 people removed, {' to '.join(ends)} reappear: on average {changes}, where there is a number."]


def _turns(table: pd.DataFrame, name: str) -> list[str]:
    """Along which lines net displacement is not monotone: it rises above its first value, or falls below it, and comes back.

    A turn is told only where the interval at the turning point leaves out the estimates on both sides.
    """
    other, found = {"x": "y", "y": "x"}[name], []
    for tick in _ticks(table, other):
        line = table[(table[f"{other}_tick"] == tick) & table["ndr"].notna()].sort_values(name, kind="stable")
        if len(line) < 3:
            continue
        for top, sign in ((line["ndr"].idxmax(), 1), (line["ndr"].idxmin(), -1)):
            peak, first, last = line.loc[top], line.iloc[0], line.iloc[-1]
            near = peak["ndr_low"] if sign > 0 else peak["ndr_high"]
            if sign * (near - first["ndr"]) > 0 and sign * (near - last["ndr"]) > 0:
                found.append((sign, tick, first, peak, last))
    if not found:
        return []
    kind = "rises and falls again" if found[0][0] > 0 else "falls and rises again"
    found = [turn for turn in found if turn[0] == found[0][0]]
    sign, tick, first, peak, last = max(found, key=lambda turn: abs(turn[3]["ndr"] - turn[2]["ndr"]))
    way = {"y": "Up the diagram", "x": "Across the diagram"}[name]
    numbers = ", ".join(f"{100 * row['ndr']:.0f} at {row[f'{name}_tick']}" for row in (first, peak, last))
    lines = f"{len(found)} of {len(_ticks(table, other))} lines"
    return [f"{way} displacement is not monotone: in {lines} it {kind}, most clearly at {tick} ({numbers})."]


def _cell(row: dict) -> str:
    return f"{row['regime']} {percent(row['ndr'], sign='') if pd.notna(row['ndr']) else '-'}"


def _effort(row: pd.DataFrame) -> str:
    """Places and raids of a row of the grid: one number where all its points agree."""
    return "; ".join([_range(row["places"]), f"{_range(row['raids_asked'])}, {_range(row['raids_affordable'])}"])


def _range(values: pd.Series) -> str:
    low, high = f"{values.min():,.0f}", f"{values.max():,.0f}"
    return low if low == high else f"{low}-{high}"


def _ticks(table: pd.DataFrame, name: str) -> Sequence[str]:
    return list(dict.fromkeys(table.sort_values(name, kind="stable")[f"{name}_tick"]))

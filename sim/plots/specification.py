"""The specification curve: the estimate of each part of the headline under every draw and structure, in order of size."""

import textwrap

import numpy as np
from matplotlib.lines import Line2D

from sim.plots import style
from sim.plots.regimes import OUTCOMES

CAPTION = (
    "Estimates under every specification that was run, sorted: parameter draws (dots) and structural variants of the model "
    "(diamonds, named below from the left), and the shipped model (square, with its 95% interval over pairs). Grey: values "
    "that count as no difference, fixed in the claim's file beforehand. Triangles are estimates beyond the axis, with the "
    "value of the farthest. A specification in which nothing was removed has no displacement and is counted at the right "
    "edge. How far the curve spans is what the claim owes to parameters and rules, and no number of seeds narrows it."
)
COLUMNS = [
    "claim", "paraphrase", "words", "from_month", "to_month", "percent", "rope_low", "rope_high", "draw", "structure", "value",
    "low", "high", "outcome",
]  # fmt: skip
INK_OF = {name: colour for name, colour in OUTCOMES.items() if name not in ("undefined", "not decided")}
REACH = 10.0  # widths of the middle half of all estimates beyond which one is shown at the edge of the panel


def data(specifications):
    """The same rows, sorted by claim and value, undefined ones last, with their rank in the curve.

    specifications: claim, paraphrase, words (of the estimand), from_month and to_month (its window after the start), percent
    (whether shown in per cent), rope_low, rope_high, draw, structure, value, low,
    high (an interval only for the shipped model), outcome.
    """
    table = specifications.reindex(columns=COLUMNS).copy()
    table["structure"] = table["structure"].fillna("")
    if table.empty:
        raise ValueError("specifications: no part of the headline was run")
    order = {claim: i for i, claim in enumerate(dict.fromkeys(table["claim"]))}
    table = table.assign(place=table["claim"].map(order)).sort_values(["place", "value"], kind="stable", na_position="last")
    table["rank"] = table.groupby("claim").cumcount() + 1
    return table.drop(columns="place").reset_index(drop=True)


def draw(table, provenance=""):
    """A Figure with a curve per claim from the table made by `data`."""
    with style.context():
        table = table.assign(structure=table["structure"].fillna(""))
        claims = list(dict.fromkeys(table["claim"]))
        fig = style.figure(style.DOUBLE_COLUMN, 0.7 + 1.75 * len(claims))
        for ax, claim in zip(fig.subplots(len(claims), 1, squeeze=False)[:, 0], claims, strict=True):
            _panel(ax, table[table["claim"] == claim])
        marks = {"o": "parameter draw", "D": "structural variant", "s": "as shipped"}
        handles = [Line2D([], [], marker=mark, linestyle="none", color=style.INK, markersize=4, label=name)
                   for mark, name in marks.items()]  # fmt: skip
        used = [name for name in INK_OF if name in set(table["outcome"])]
        handles += [Line2D([], [], marker="o", linestyle="none", color=INK_OF[name], label=name) for name in used]
        fig.legend(handles=handles, loc="outside upper left", ncols=len(handles), columnspacing=1.0, handletextpad=0.2)
        style.finish(fig, f"{len(table) // len(claims)} specifications. {provenance}")
    return fig


def _panel(ax, rows):
    first, defined = rows.iloc[0], rows[np.isfinite(rows["value"])]
    scale = 100 if bool(first["percent"]) else 1
    ax.axhspan(first["rope_low"] * scale, first["rope_high"] * scale, color=style.PALE, alpha=0.7, linewidth=0)
    ax.axhline(0, color=style.INK, linewidth=0.6)
    low, high = _limits(defined["value"].to_numpy() * scale)
    for row in defined.to_dict("records"):
        shipped = row["draw"] == 0 and row["structure"] == ""
        value, colour = row["value"] * scale, INK_OF.get(row["outcome"], style.GREY)
        mark = "s" if shipped else "D" if row["structure"] else "o"
        if shipped and np.isfinite(row["low"]):
            ax.plot([row["rank"]] * 2, [row["low"] * scale, row["high"] * scale], color=style.INK, linewidth=1.2)
        edge = {"markeredgecolor": style.INK, "markeredgewidth": 0.6} if mark != "o" else {}
        if not low <= value <= high:
            mark = "v" if value < low else "^"
        size = 5 if mark == "s" else 4
        ax.plot(row["rank"], np.clip(value, low, high), mark, color=colour, markersize=size, zorder=3, **edge)
    _beyond(ax, defined[["rank", "value"]] * [1, scale], low, high)
    if names := [name for name in defined["structure"] if name]:
        ax.set_xlabel(textwrap.fill(f"Diamonds: {', '.join(names)}", 100), loc="left", color="#555555")
    missing = len(rows) - len(defined)
    if missing:
        ax.text(0.995, 0.04, f"undefined in {missing} of {len(rows)}", transform=ax.transAxes, ha="right", color="#555555",
                style="italic")  # fmt: skip
    months = f"months {first['from_month']:g} to {first['to_month']:g} after the start"
    ax.set_title(f"{first['claim']}: {first['paraphrase']} ({months})")
    ax.set_xlim(0.3, len(rows) + 0.7)
    ax.set_xticks([])
    ax.margins(y=0.15)
    words = first["words"][0].upper() + first["words"][1:] + (" (estimate, %)" if scale == 100 else " (estimate)")
    ax.set_ylabel(textwrap.fill(words, 24))


def _beyond(ax, rows, low, high):
    """Say at either end of the axis what lies beyond it: the value of one, or how many and how far the farthest."""
    for mine, edge, side in ((rows[rows["value"] < low], low, -1), (rows[rows["value"] > high], high, 1)):
        if mine.empty:
            continue
        farthest = f"{mine['value'].min() if side < 0 else mine['value'].max():,.0f}".replace("-", "\N{MINUS SIGN}")
        said = farthest if len(mine) == 1 else f"{len(mine)} beyond, to {farthest}"
        at = mine["rank"].max() if side < 0 else mine["rank"].min()  # inwards of them the curve is elsewhere
        ax.annotate(said, (at, edge), (-side * 7, 0), textcoords="offset points", ha="left" if side < 0 else "right", va="center",
                    color="#555555")  # fmt: skip


def _limits(values):
    """Where the axis ends: at the farthest estimate, or within REACH widths of the middle half (Tukey's fences, wider)."""
    lower, upper = np.quantile(values, [0.25, 0.75]) if len(values) else (0.0, 0.0)
    reach = REACH * max(upper - lower, 1e-9)
    inside = values[(values >= lower - reach) & (values <= upper + reach)]
    return (inside.min(), inside.max()) if len(inside) else (0.0, 0.0)

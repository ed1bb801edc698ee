"""The phase diagram: in which regime a crackdown lies over two axes, and what becomes of Western losses there."""

import textwrap

import numpy as np
from matplotlib.patches import Patch, Rectangle

from sim.plots import style

CAPTION = (
    "Left: the regime of a crackdown at each point of two axes, by fixed rules over the whole interval of its pairs, with the "
    "net displacement ratio: of 100 people removed from the target, how many are held elsewhere because of it. Hatched: "
    "displacement is undefined, since nothing is shown to be removed, everywhere is target, or nobody was there; a dash stands "
    "for the number. Grey: the interval lies across a border. Right: change in the losses of Western victims against the same "
    "worlds without the campaign (ratio of means over pairs). Lines: where the regime changes. Framed: the scenario as its file "
    "has it, under the usual parameters. Values along an axis need not be evenly spaced. Intervals show chance among seeds only."
)
REGIMES = {  # colour and hatch, in the order of the legend
    "ENDS": (style.BLUE, ""),
    "DIFFUSION": (style.GREEN, ""),
    "DIRECT": (style.GREEN, "...."),
    "NO DISPLACEMENT": (style.SKY, ""),
    "PARTIAL": (style.YELLOW, ""),
    "FULL": (style.ORANGE, ""),
    "WORSE": (style.VERMILLION, ""),
    "INDETERMINATE": (style.PALE, ""),
    "NO SUPPRESSION": ("#FFFFFF", "////"),
    "NOT SPATIAL": ("#FFFFFF", "\\\\\\\\"),
    "EMPTY": ("#FFFFFF", "xxxx"),
}
WORDS = {  # in the legend, where the verdict's own word says too little
    "DIRECT": "Fall by levers outside the target",
    "NO SUPPRESSION": "No suppression shown",
    "NOT SPATIAL": "Not spatial: no elsewhere",
    "EMPTY": "Nobody in the target",
}
ON_DARK = ("ENDS",)
COLUMNS = [
    "column", "row", "x", "y", "x_tick", "y_tick", "x_axis", "y_axis", "usual", "places", "coverage", "intensity", "raids_asked",
    "pairs", "regime", "suppression", "ndr", "ndr_low", "ndr_high", "worker_change", "western_loss_change",
]  # fmt: skip
HATCH = "#B5B5B5"
BORDER = {"color": style.INK, "linewidth": 1.1, "zorder": 2}
WIDTH = 42  # characters of the words at an axis


def data(phase):
    """The columns COLUMNS of a phase diagram's points, the lowest row first.

    phase: a row for each point, as `python -m experiments.phase` writes it: its place in the picture (column and row, from 0),
    the values there (x, y), the words beside them (ticks, axes), what was asked for and what was found.
    """
    if phase.empty:
        raise ValueError("phase: has no points")
    return phase.reindex(columns=COLUMNS).sort_values(["row", "column"], ignore_index=True)


def draw(table, provenance=""):
    """A Figure with the regimes beside the change in Western losses, from the table made by `data`."""
    with style.context():
        columns, rows = int(table["column"].max()) + 1, int(table["row"].max()) + 1
        fig = style.figure(style.DOUBLE_COLUMN, max(2.1 + 0.3 * rows, 3.0))
        left, right = fig.subplots(1, 2, sharey=True)
        _regimes(left, table)
        _losses(right, table)
        for ax in (left, right):
            ax.set_xlim(-0.5, columns - 0.5)
            ax.set_ylim(-0.5, rows - 0.5)
            ax.set_xticks(range(columns), _ticks(table, "column", "x_tick"))
            ax.tick_params(length=0)
            ax.spines[:].set_visible(False)
            ax.set_xlabel(textwrap.fill(str(table["x_axis"].iloc[0]), WIDTH))
            _borders(ax, table)
            _frame(ax, table)
        left.set_yticks(range(rows), _ticks(table, "row", "y_tick"))
        left.set_ylabel(textwrap.fill(str(table["y_axis"].iloc[0]), WIDTH))
        left.set_title("Of 100 removed, how many reappear")
        right.set_title("Change in Western losses (%)")
        used = [name for name in REGIMES if name in set(table["regime"])]
        handles = [_patch(name) for name in used]
        fig.legend(handles=handles, loc="outside upper left", ncols=min(len(used), 4), handlelength=1.6, columnspacing=1.2)
        style.finish(fig, provenance)
    return fig


def _regimes(ax, table):
    for row in table.to_dict("records"):
        colour, hatch = REGIMES[row["regime"]]
        ax.add_patch(_cell(row, facecolor=colour, hatch=hatch))
        text = "–" if np.isnan(row["ndr"]) else f"{100 * row['ndr']:.0f}".replace("-0", "0").replace("-", "−")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if hatch else None
        ink = "white" if row["regime"] in ON_DARK else style.INK
        ax.text(row["column"], row["row"], text, ha="center", va="center", color=ink, bbox=box)


def _losses(ax, table):
    reach = max(float(np.nanmax(np.abs(table["western_loss_change"].to_numpy(float)), initial=0.0)), 0.02)
    for row in table.to_dict("records"):
        change = row["western_loss_change"]
        if np.isnan(change):
            ax.add_patch(_cell(row, facecolor="white", hatch="xxxx"))
            continue
        colour = style.CHANGE(0.5 + 0.5 * change / reach)
        ax.add_patch(_cell(row, facecolor=colour))
        dark = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 0.55
        text = style.percent(change, signed=True).removesuffix("%")
        ax.text(row["column"], row["row"], text, ha="center", va="center", color="white" if dark else style.INK)


def _cell(row, **look):
    edge = HATCH if look.get("hatch") else "white"
    return Rectangle((row["column"] - 0.5, row["row"] - 0.5), 1, 1, edgecolor=edge, linewidth=0.6, **look)


def _borders(ax, table):
    """A line where the regime changes, in both panels, so that losses can be read against regimes."""
    regime = {(row["column"], row["row"]): row["regime"] for row in table.to_dict("records")}
    upright = [(c, r) for c, r in regime if regime.get((c + 1, r), regime[c, r]) != regime[c, r]]
    level = [(c, r) for c, r in regime if regime.get((c, r + 1), regime[c, r]) != regime[c, r]]
    ax.vlines([c + 0.5 for c, _ in upright], [r - 0.5 for _, r in upright], [r + 0.5 for _, r in upright], **BORDER)
    ax.hlines([r + 0.5 for _, r in level], [c - 0.5 for c, _ in level], [c + 0.5 for c, _ in level], **BORDER)


def _frame(ax, table):
    """A frame round the scenario as it is."""
    for row in table[table["usual"].astype(bool)].to_dict("records"):
        ax.add_patch(Rectangle((row["column"] - 0.5, row["row"] - 0.5), 1, 1, fill=False, edgecolor=style.BLACK, linewidth=1.4,
                               zorder=3, clip_on=False))  # fmt: skip


def _patch(name):
    colour, hatch = REGIMES[name]
    edge, word = HATCH if hatch else style.GREY, WORDS.get(name, name.capitalize())
    return Patch(facecolor=colour, hatch=hatch, edgecolor=edge, linewidth=0.4, label=word)


def _ticks(table, place, tick):
    values = table.drop_duplicates(place).sort_values(place)[tick]
    return [value if isinstance(value, str) else f"{value:g}" for value in values]  # numbers, where a CSV was read

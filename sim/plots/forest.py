"""Forest plot of scenarios: what each changes, with intervals against the regions of practical equivalence."""

import textwrap

import numpy as np
import pandas as pd

from sim.plots import style

CAPTION = (
    "Scenarios in paired worlds (same seed), each compared with its counterpart: relative change in all victims' losses, "
    "in Western victims' losses and in the workers in the target (suppression), and the net displacement ratio (workers "
    "gained elsewhere per worker removed from the target; 0 none, 1 full), in the window of the foot line. Point: ratio of "
    "means over pairs; bar: 95% interval over pairs; grey: region of practical equivalence. Displacement is undefined "
    "without suppression. Seed-only intervals say nothing about parameters or structure."
)
MEASURES = {
    "loss_change": "All losses\n(change, %)",
    "western_loss_change": "Western losses\n(change, %)",
    "suppression": "Workers in target\n(change, %)",
    "ndr": "Net displacement\n(ratio, workers)",
}
CAP = 0.26  # of a row: half the height of an interval's ends, more than the point's, so that a narrow one can be seen
ROPE = {"loss_change": 0.02, "western_loss_change": 0.02, "suppression": 0.10, "ndr": 0.10}


def data(comparison, scenarios, *, rope=ROPE, window=(6, 36)):
    """Rows scenario, title, pairs, from_month, to_month, verdict, measure, estimate, low, high, rope: by scenario and measure.

    Values are ratios (0.02 = 2%); empty where undefined. rope: half-width around 0 by measure. window: the one in which
    `comparison` was measured, for the foot. Scenarios are sorted
    by the change in all losses, the largest fall first.
    """
    order = comparison.sort_values("loss_change", kind="stable")
    titles = dict(zip(scenarios["scenario"].astype(str), scenarios["title"].astype(str), strict=True))
    rows = []
    for line in order.to_dict("records"):
        name = str(line["scenario"])
        for measure in MEASURES:
            rows.append(
                {
                    "scenario": name,
                    "title": titles.get(name, name.replace("_", " ").capitalize()),
                    "pairs": line["pairs"],
                    "from_month": window[0],
                    "to_month": window[1],
                    "verdict": line["verdict"],
                    "measure": measure,
                    "estimate": line[measure],
                    "low": line[f"{measure}_low"],
                    "high": line[f"{measure}_high"],
                    "rope": rope[measure],
                }
            )
    return pd.DataFrame(rows)


def draw(table, provenance=""):
    """A Figure with a row per scenario and a panel per measure, verdicts at right, from the table made by `data`."""
    with style.context():
        names = list(dict.fromkeys(table["scenario"]))
        fig = style.figure(style.DOUBLE_COLUMN, 1.25 + 0.36 * len(names))
        axes = fig.subplots(1, len(MEASURES), sharey=True)
        for ax, (measure, label) in zip(axes, MEASURES.items(), strict=True):
            rows = table[table["measure"] == measure].set_index("scenario").loc[names]
            scale = 1 if measure == "ndr" else 100
            _panel(ax, rows, scale)
            ax.set_xlabel(label)
            if measure == "ndr":
                ax.axvline(1, color=style.GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
        first = table.drop_duplicates("scenario").set_index("scenario").loc[names]
        axes[0].set_yticks(range(len(names)), [textwrap.fill(title, 24) for title in first["title"]])
        axes[0].set_ylim(len(names) - 0.4, -0.6)
        for y, verdict in enumerate(first["verdict"]):
            text = textwrap.fill(str(verdict).replace("_", " ").capitalize(), 16)
            axes[-1].text(1.08, y, text, transform=axes[-1].get_yaxis_transform(), va="center", ha="left")
        axes[-1].text(1.08, 1.0, "Verdict", transform=axes[-1].transAxes, va="bottom", fontweight="bold")
        fig.suptitle("What each scenario changes, beside the same worlds without it", x=0.01, ha="left", fontweight="bold")
        months = f"months {first['from_month'].iloc[0]:g} to {first['to_month'].iloc[0]:g} after the start"
        told = f"{_pairs(first['pairs'])} pairs per scenario, {months}; bars: 95% intervals over pairs"
        style.finish(fig, f"{told}; grey: no difference that counts. {provenance}")
    return fig


def _pairs(pairs):
    return f"{pairs.min()}" if pairs.min() == pairs.max() else f"{pairs.min()} to {pairs.max()}"


def _panel(ax, rows, scale):
    """One measure: region of equivalence, intervals, points; intervals beyond the frame end in an arrowhead."""
    rope = float(rows["rope"].iloc[0]) * scale
    ax.axvspan(-rope, rope, color=style.PALE, alpha=0.7, linewidth=0, zorder=0)
    ax.axvline(0, color=style.INK, linewidth=0.6, zorder=1)
    low, high = limits(rows[["estimate", "low", "high"]].to_numpy(float) * scale, rope)
    for y, (name, row) in enumerate(rows.iterrows()):
        value, left, right = (float(row[key]) * scale for key in ("estimate", "low", "high"))
        if not np.isfinite(value):
            ax.text((low + high) / 2, y, "undefined", ha="center", va="center", color="#555555", style="italic",
                    bbox={"facecolor": "white", "linewidth": 0, "pad": 1.0})  # fmt: skip
            continue
        colour = style.scenario_colour(name) if name != "placebo" else style.GREY
        ax.plot([max(left, low), min(right, high)], [y, y], color=colour, linewidth=1.2, zorder=4)
        for end in (left, right):
            if low <= end <= high:
                ax.plot([end, end], [y - CAP, y + CAP], color=colour, linewidth=1.0, zorder=4)
        for end, edge, marker in ((left, low, "<"), (right, high, ">")):
            if (end < edge) if marker == "<" else (end > edge):
                ax.plot(edge, y, marker=marker, color=colour, markersize=4, clip_on=False, zorder=3)
        ax.plot(value, y, marker="o", markersize=5, color=colour, markerfacecolor="white", markeredgewidth=1.1, zorder=3)
    ax.set_xlim(low, high)
    ax.locator_params(axis="x", nbins=3)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def limits(values, rope):
    """The frame of a panel: every estimate, and intervals as far as three times the largest estimate."""
    estimates, ends = values[:, 0], values[:, 1:]
    reach = 3 * max(2 * rope, np.nanmax(np.abs(estimates), initial=0.0))
    everything = np.concatenate([estimates, np.clip(ends, -reach, reach).ravel(), [-1.5 * rope, 1.5 * rope]])
    low, high = np.nanmin(everything), np.nanmax(everything)
    margin = 0.06 * (high - low)
    return low - margin, high + margin

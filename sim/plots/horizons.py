"""Net displacement against the horizon: of those removed from the target, how many are held elsewhere, and when."""

import numpy as np
import pandas as pd

from sim.measures.displacement import displacement_by_horizon
from sim.measures.paired import HORIZONS
from sim.measures.zones import ELSEWHERE
from sim.plots import pairs, style

NEEDS_TARGET = True
CAPTION = (
    "Net displacement ratio NDR(h): people held outside the target because of the intervention, for each 100 removed "
    "from it, in the three months that end h months after the start. Bars: its parts by zone, which add up (below zero: "
    "fewer are held there, too). Point and line: the whole with its 95% interval over pairs (ratio of means). Grey band: "
    "no displacement (within 10); dotted line: full displacement (100). Where the target is not shown to be suppressed by "
    "a tenth nothing can be displaced, and no number is given. Intervals show chance among seeds only."
)
EQUIVALENCE = 0.10  # a ratio within this is none
LEAST_HEIGHT = 0.25


def data(weekly, zones, scenarios, scenario, *, horizons=HORIZONS):
    """Rows scenario, title, pairs, horizon (months), measure, value, low, high.

    measure: suppression, ndr (both with intervals) and one for each zone elsewhere, whose values add up to ndr. Ratios
    (0.12 is twelve of a hundred); empty where undefined. Raises ValueError where there is no elsewhere, and where displacement is
    undefined at every horizon.
    """
    pairs.need_elsewhere(zones, scenario)
    curve = displacement_by_horizon(pairs.of_zones(weekly, zones, scenarios, scenario), horizons)
    if curve["ndr"].isna().all():
        raise ValueError(f"{scenario}: at no horizon is a tenth of the target shown to be removed, so displacement is undefined")
    rows = []
    for line in curve.to_dict("records"):
        for measure in ("suppression", "ndr", *ELSEWHERE):
            name = f"ndr_{measure}" if measure in ELSEWHERE else measure
            ends = {end: line.get(f"{name}_{end}", np.nan) if measure not in ELSEWHERE else np.nan for end in ("low", "high")}
            rows.append({"horizon": line["horizon"], "measure": measure, "value": line[name], **ends, "pairs": line["pairs"]})
    tidy = pd.DataFrame(rows)
    tidy.insert(0, "scenario", scenario)
    tidy.insert(1, "title", pairs.title_of(scenarios, scenario))
    return tidy


def draw(table, provenance=""):
    """A Figure with a stack of parts and the whole at each horizon, from the table made by `data`."""
    with style.context():
        fig = style.figure(style.DOUBLE_COLUMN * 0.72, 3.4)
        ax = fig.subplots()
        wide = table.pivot(index="horizon", columns="measure", values="value").sort_index()
        whole = table[table["measure"] == "ndr"].set_index("horizon").reindex(wide.index)
        x = np.arange(len(wide))
        ax.axhspan(-100 * EQUIVALENCE, 100 * EQUIVALENCE, color=style.PALE, alpha=0.6, linewidth=0, zorder=0)
        ax.axhline(0, color=style.INK, linewidth=0.7, zorder=1)
        ax.axhline(100, color=style.GREY, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
        _stacks(ax, x, wide)
        for at, (value, low, high) in zip(x, whole[["value", "low", "high"]].to_numpy(float) * 100, strict=True):
            if not np.isfinite(value):
                ax.annotate("undefined", (at, 0), (0, 10), textcoords="offset points", rotation=90, ha="center", va="bottom",
                            color="#555555", style="italic")  # fmt: skip
                continue
            ax.plot([at, at], [low, high], color=style.BLACK, linewidth=1.2, zorder=5, solid_capstyle="butt")
            ax.plot(at, value, "o", color=style.BLACK, markersize=4.5, zorder=6)
            top = np.nanmax([value, high, wide.loc[wide.index[at], list(ELSEWHERE)].clip(lower=0).sum() * 100])
            ax.annotate(style.thousands(value), (at, top), (0, 2), textcoords="offset points", ha="center", va="bottom",
                        fontweight="bold")  # fmt: skip
        suppressed = [f"{month:g}\n{style.percent(value, signed=True)}" for month, value in wide["suppression"].items()]
        ax.set_xticks(x, suppressed)
        ax.set_xlim(-0.6, len(x) - 0.4)
        ax.set_xlabel("Months after the start, and change in people held in the target by then")
        ax.set_ylabel("Held elsewhere, of 100 removed (people)")
        _frame(ax, table)
        handles, names = ax.get_legend_handles_labels()
        fig.legend(handles, names, loc="outside upper right", ncols=1, handlelength=1.2)
        style.heading(fig, table["title"].iloc[0])
        told = f"Net displacement, means of the three months that end there; {table['pairs'].iloc[0]} pairs of worlds"
        style.finish(fig, f"{told}; lines: 95% intervals over pairs. {provenance}")
    return fig


def _stacks(ax, x, wide):
    """Parts above zero upon each other, parts below zero under each other."""
    above, below = np.zeros(len(x)), np.zeros(len(x))
    for zone in ELSEWHERE:
        part = np.nan_to_num(wide[zone].to_numpy(float)) * 100
        foot = np.where(part >= 0, above, below)
        ax.bar(x, part, 0.55, bottom=foot, color=style.ZONES[zone], label=style.ZONE_NAMES[zone], linewidth=0, zorder=2)
        above, below = above + np.maximum(part, 0), below + np.minimum(part, 0)


def _frame(ax, table):
    """Everything drawn, and intervals as far as three times the largest value."""
    shown = table[table["measure"] != "suppression"]
    reach = 300 * max(LEAST_HEIGHT, shown["value"].abs().max(skipna=True) if shown["value"].notna().any() else 0)
    ends = np.clip(shown[["value", "low", "high"]].to_numpy(float) * 100, -reach, reach)
    low, high = np.nanmin([*ends.ravel(), -12]), np.nanmax([*ends.ravel(), 100 * LEAST_HEIGHT])
    margin = 0.08 * (high - low)
    ax.set_ylim(low - margin, high + margin)

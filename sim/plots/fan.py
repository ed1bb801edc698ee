"""Fan of paired differences: what the intervention does to each zone, month by month."""

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.plots import pairs, style

CAPTION = (
    "Change in workers by zone: workers held or working in open compounds with the intervention minus without it, in "
    "the same world (same seed), monthly means by months since the start. Line: median over pairs; bands: the middle "
    "50% and 95% of pairs; thin lines: single pairs. Before the start paired worlds are identical, so the line must "
    "lie on zero. Bands show chance among pairs, not uncertainty about the world."
)
QUANTILES = {"q025": 0.025, "q250": 0.25, "median": 0.5, "q750": 0.75, "q975": 0.975}


def data(weekly, zones, scenarios, scenario, *, months_before=24, months_after=60, shown_pairs=20):
    """Monthly change in workers by zone: columns scenario, title, zone, month, series, pairs, change_workers.

    series is one of QUANTILES or "pair <seed>" (the first `shown_pairs` seeds). A mean over a month stands at the end of
    that month, counted from the start: 1 is the first month with the intervention, 0 the last without it.
    """
    start = pairs.start_of(scenarios, scenario)
    span = pd.to_timedelta(np.array([-months_before - 1, months_after]) * pairs.DAYS_PER_MONTH, unit="D")
    rows = pairs.paired(weekly, scenario, start + span[0], start + span[1])
    rows["zone"] = pairs.zone_names(rows["territory"], zones, scenario)
    both = pairs.totals(rows, ["zone", "seed", "date"], "workers")
    change = (both["with"] - both["without"]).rename("change").reset_index()
    change["month"] = pairs.months_since(change["date"], start) + 1  # a mean stands at the end of its month
    change = change[change["month"].between(-months_before, months_after)]
    by_pair = change.groupby(["zone", "month", "seed"])["change"].mean().unstack("seed", fill_value=0.0)

    series = pd.DataFrame({name: by_pair.quantile(q, axis=1) for name, q in QUANTILES.items()})
    for seed in by_pair.columns[:shown_pairs]:
        series[f"pair {seed}"] = by_pair[seed]
    tidy = series.rename_axis(columns="series").stack().rename("change_workers").reset_index()
    tidy.insert(0, "scenario", scenario)
    tidy.insert(1, "title", pairs.title_of(scenarios, scenario))
    tidy.insert(5, "pairs", by_pair.shape[1])
    return tidy


def draw(table, provenance=""):
    """A Figure with one panel per zone from the table made by `data`."""
    with style.context():
        zones = [zone for zone in style.ZONES if zone in set(table["zone"])]
        columns = 2 if len(zones) > 1 else 1
        rows = -(-len(zones) // columns)
        fig = style.figure(style.DOUBLE_COLUMN, 0.9 + 1.85 * rows)
        axes = fig.subplots(rows, columns, sharex=True, squeeze=False).ravel()
        spans = []
        for ax, zone in zip(axes, zones, strict=False):
            wide = table[table["zone"] == zone].pivot(index="month", columns="series", values="change_workers")
            spans.append(_panel(ax, wide, zone))
        for ax in axes[len(zones) :]:
            ax.set_visible(False)
        shared = _share_scale(axes[: len(zones)], spans)
        unit = "people, with minus without" + ("" if shared else "; scales differ")
        between = " " if rows > 1 else "\n"  # one row is too low for the label
        fig.supylabel(f"Change in workers{between}({unit})", fontsize=style.FONT_SIZE)
        for ax in axes[max(0, len(zones) - columns) : len(zones)]:
            ax.set_xlabel("Months since the start")
            ax.tick_params(labelbottom=True)
        fig.legend(handles=_legend(), loc="outside upper right", ncols=4, handlelength=1.6, columnspacing=1.2)
        style.heading(fig, table["title"].iloc[0])
        style.finish(fig, f"Monthly means over {table['pairs'].iloc[0]} pairs of worlds; dashed: the start. {provenance}")
    return fig


def _panel(ax, wide, zone):
    """One zone; returns the lower and upper end of what is drawn, in people."""
    colour, month = style.ZONES[zone], wide.index
    ax.axhline(0, color=style.GREY, linewidth=0.6, zorder=1)
    ax.axvline(0, color=style.INK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    ax.fill_between(month, wide["q025"], wide["q975"], color=colour, alpha=0.18, linewidth=0)
    ax.fill_between(month, wide["q250"], wide["q750"], color=colour, alpha=0.35, linewidth=0)
    for name in [name for name in wide.columns if name.startswith("pair ")]:
        ax.plot(month, wide[name], color=style.INK, alpha=0.3, linewidth=0.4, zorder=2)
    ax.plot(month, wide["median"], color=colour, linewidth=1.6, zorder=4)
    ax.set_title(style.ZONE_NAMES[zone])
    ax.set_xlim(month.min(), month.max())
    ax.xaxis.set_major_locator(style.steps(12))
    ax.yaxis.set_major_formatter(style.ticks(style.thousands, signed=True))
    lines = wide.to_numpy()
    return min(0.0, np.nanmin(lines)), max(0.0, np.nanmax(lines))


def _legend():
    """Grey stands for the colour of any panel."""
    return [
        Patch(color=style.GREY, alpha=0.25, linewidth=0, label="95% of pairs"),
        Patch(color=style.GREY, alpha=0.6, linewidth=0, label="50% of pairs"),
        Line2D([], [], color=style.INK, alpha=0.5, linewidth=0.6, label="single pairs"),
        Line2D([], [], color=style.GREY, linewidth=1.6, label="median"),
    ]


def _share_scale(axes, spans):
    """One vertical scale for all panels where the smallest still fills a quarter of it; else each its own (False)."""
    sizes = [high - low for low, high in spans]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    shared = min(sizes) >= 0.25 * (high - low) > 0
    for ax, (own_low, own_high) in zip(axes, spans, strict=True):
        bottom, top = (low, high) if shared else (own_low, own_high)
        margin = 0.06 * (top - bottom) or 1.0
        ax.set_ylim(bottom - margin, top + margin)
    return shared

"""Victim pools: what each loses with and without the intervention, beside its share of all losses.

The two panels can disagree: a share rises whenever the others fall. The claim is judged on losses.
"""

import pandas as pd

from sim.plots import pairs, style

CAPTION = (
    "Victims' losses by pool, with and without the intervention: yearly level (left) and share of all losses (right), "
    "means over pairs of worlds in the window given in the foot line. The share is secondary: it rises for every pool "
    "whose losses fall less than the others'. Thin bars: the middle 95% of pairs' changes, set around the mean without it."
)


def data(pools, scenarios, scenario, *, window=(6, 36)):
    """Losses per pool in the window: one row per pool, then one per bloc (pool empty) with the sums.

    window: months after the start, the first included, the second not. Columns scenario, title, pairs, from_month,
    to_month, bloc, pool, without_usd_year, with_usd_year, low_usd_year, high_usd_year (2.5% and 97.5% quantile over
    pairs of with minus without), share_without, share_with (0..1, ratios of means).
    """
    start = pairs.start_of(scenarios, scenario)
    first, last = (start + pd.to_timedelta(month * pairs.DAYS_PER_MONTH, unit="D") for month in window)
    rows = pairs.paired(pools, scenario, first, last)
    weeks = rows["date"].nunique()
    rows = rows.astype({"pool": str, "bloc": str})
    of_pools = _levels(rows, ["bloc", "pool"], weeks)
    of_blocs = _levels(rows.assign(pool=""), ["bloc", "pool"], weeks)
    tidy = pd.concat([of_pools, of_blocs], ignore_index=True)
    tidy = tidy.sort_values("without_usd_year", ascending=False, kind="stable", ignore_index=True)
    tidy.insert(0, "scenario", scenario)
    tidy.insert(1, "title", pairs.title_of(scenarios, scenario))
    tidy.insert(2, "pairs", rows["seed"].nunique())
    tidy.insert(3, "from_month", window[0])
    tidy.insert(4, "to_month", window[1])
    return tidy


def _levels(rows, keys, weeks):
    """Mean losses per year with and without, their paired change, and shares, by `keys`."""
    sums = pairs.totals(rows, [*keys, "seed"], "losses_usd") * pairs.WEEKS_PER_YEAR / weeks
    change = (sums["with"] - sums["without"]).groupby(keys)
    mean = sums.groupby(keys).mean()
    levels = pd.DataFrame(
        {
            "without_usd_year": mean["without"],
            "with_usd_year": mean["with"],
            "low_usd_year": change.quantile(0.025),
            "high_usd_year": change.quantile(0.975),
            "share_without": mean["without"] / mean["without"].sum(),
            "share_with": mean["with"] / mean["with"].sum(),
        }
    )
    return levels.reset_index()


def draw(table, provenance=""):
    """A Figure with levels beside shares, pools grouped by bloc and sorted, from the table made by `data`."""
    with style.context():
        lines = _lines(table)
        fig = style.figure(style.DOUBLE_COLUMN, 1.0 + 0.165 * len(lines))
        levels, shares = fig.subplots(1, 2, sharey=True, width_ratios=(1.25, 1))
        for y, row in enumerate(lines):
            colour, bold = style.BLOCS.get(row["bloc"], style.GREY), row["pool"] == ""
            _dumbbell(levels, y, row["without_usd_year"] / 1e9, row["with_usd_year"] / 1e9, colour, bold)
            low, high = ((row["without_usd_year"] + row[end]) / 1e9 for end in ("low_usd_year", "high_usd_year"))
            levels.plot([low, high], [y, y], color=colour, linewidth=0.7, zorder=1)
            _dumbbell(shares, y, row["share_without"] * 100, row["share_with"] * 100, colour, bold)
            relative = row["with_usd_year"] / row["without_usd_year"] - 1 if row["without_usd_year"] else float("nan")
            weight = "bold" if bold else "normal"
            _at_right(levels, y, style.percent(relative, signed=True) if relative == relative else "–", weight)
            _at_right(shares, y, style.points(row["share_with"] - row["share_without"]), weight)
        names = [style.BLOC_NAMES.get(row["bloc"], row["bloc"]) if row["pool"] == "" else pool_name(row) for row in lines]
        levels.set_yticks(range(len(lines)), names)
        for label, row in zip(levels.get_yticklabels(), lines, strict=True):
            label.set_fontweight("bold" if row["pool"] == "" else "normal")
        levels.set_ylim(len(lines) - 0.4, -0.6)
        levels.set_xlabel("Losses (billion USD a year)")
        shares.set_xlabel("Share of all losses (%)")
        for ax, head in ((levels, "change"), (shares, "points")):
            ax.set_xlim(left=0)
            ax.tick_params(axis="y", length=0)
            ax.grid(axis="x", color="#E6E6E6", linewidth=0.5)
            ax.set_axisbelow(True)
            ax.text(1.17, 1.0, head, transform=ax.transAxes, ha="right", va="bottom", color="#555555")
        levels.set_title("Losses")
        shares.set_title("Share")
        hollow = {"color": style.INK, "marker": "o", "markersize": 4, "linestyle": "none"}
        levels.plot([], [], markerfacecolor="white", label="without the intervention", **hollow)
        levels.plot([], [], label="with it", **hollow)
        handles, labels = levels.get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside upper right", ncols=2, handletextpad=0.2)
        style.heading(fig, table["title"].iloc[0])
        first, last, n = (table[name].iloc[0] for name in ("from_month", "to_month", "pairs"))
        style.finish(fig, f"Means over {n} pairs of worlds, months {first:g} to {last:g} after the start. {provenance}")
    return fig


def pool_name(row):
    """'mainland_china' -> 'Mainland China'; short words in capitals: 'uk' -> 'UK', 'eu_west' -> 'EU West'."""
    words = row["pool"].split("_")
    if row["pool"] in ("usa", "uae"):
        return row["pool"].upper()
    return " ".join(word.upper() if len(word) <= 2 else word.capitalize() for word in words)


def _lines(table):
    """Rows in the order of the page: each bloc, the largest first, followed by its pools, the largest first."""
    pool = table["pool"].fillna("")
    lines = []
    for bloc in table.loc[pool == "", "bloc"]:
        lines += table[(table["bloc"] == bloc) & (pool == "")].to_dict("records")
        lines += table[(table["bloc"] == bloc) & (pool != "")].to_dict("records")
    return [{**line, "pool": "" if pd.isna(line["pool"]) else line["pool"]} for line in lines]


def _dumbbell(ax, y, without, with_it, colour, bold):
    ax.plot([without, with_it], [y, y], color=colour, linewidth=2.0 if bold else 1.2, alpha=0.6, zorder=2)
    size = 5 if bold else 4
    ax.plot(without, y, marker="o", markersize=size, markerfacecolor="white", color=colour, zorder=3)
    ax.plot(with_it, y, marker="o", markersize=size, color=colour, zorder=4)


def _at_right(ax, y, text, weight):
    ax.text(1.17, y, text, transform=ax.get_yaxis_transform(), ha="right", va="center", fontweight=weight)

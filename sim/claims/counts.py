"""What an estimand counts in each pair of worlds: one row per pair, from a contrast and a window.

Columns "<what>_change" and "<what>_without" are the difference with − without and the world without, means over the weeks
of the window. `of` is what the claim's file names beside the estimand, where it asks for something.
"""

import numpy as np
import pandas as pd
from scipy import stats

from sim.claims.contrast import WITH, Contrast, both_sides, pairs_of
from sim.measures.ledger import channels
from sim.measures.paired import keys_of, per_pair, window_means
from sim.measures.recovery import recovery_times

Window = tuple[float, float]
CHOSEN = "chosen"  # the pool that the claim names
YEAR = 52  # weeks


def by_zone(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """People, crews, losses and raids by zone."""
    return per_pair(window_means(contrast.zones, window))


def by_pool(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Losses, victims and effort by bloc, of all pools together, and of the pool that is named."""
    table, sums = per_pair(window_means(contrast.pools, window)), {}
    for column in dict.fromkeys(name.rpartition(" ")[0] for name in table):  # losses_usd_change and so on; in one order always
        groups = {"all": list(contrast.bloc_of)} | ({CHOSEN: [of]} if of else {})
        for pool, bloc in contrast.bloc_of.items():
            groups.setdefault(bloc, []).append(pool)
        for label, pools in groups.items():
            sums[f"{column} {label}"] = table[[f"{column} {pool}" for pool in pools]].sum(axis=1)
    return pd.DataFrame(sums)


def founded(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Crews founded in the target (everywhere without one)."""
    moves = contrast.inside("moves", window)
    mine = moves[moves["cause"] == "entry"]
    if contrast.target:
        mine = mine[mine["destination_territory"].isin(contrast.target)]
    count = mine.groupby(["scenario", *keys_of(mine)], observed=True).size().rename("founded")
    return both_sides(count, pairs_of(contrast))


def by_channel(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """People by channel of the ledger."""
    parts = channels(contrast.tables["moves"], contrast.zones, contrast.zone_of, contrast.scenarios, window)
    return parts.set_index(keys_of(parts)).drop(columns="scenario")


def carried(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """People held in the target at the end of the window, and those whom crews have carried there since the start."""
    moves = contrast.inside("moves", (0.0, window[1]))
    into, out = (moves[moves[f"{end}_territory"].isin(contrast.target)] for end in ("destination", "origin"))
    net = [side.groupby(["scenario", *keys_of(side)], observed=True)["workers"].sum() for side in (into, out)]
    flows = both_sides(net[0].sub(net[1], fill_value=0.0).rename("carried"), pairs_of(contrast))
    held = per_pair(window_means(contrast.zones, (window[1] - 3, window[1])))
    return pd.concat([held, flows], axis=1)


def in_country(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """People held in a country."""
    weekly = contrast.inside("weekly", window)
    return both_sides(_mean_sum(weekly[weekly["country"] == of], "held"))


def on_border(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Share of people held who are held in places with a mark of the region's table (china_border, say)."""
    weekly = contrast.inside("weekly", window)
    marked = contrast.territories.loc[contrast.territories[of].astype(float) > 0, "territory"]
    part, whole = _mean_sum(weekly[weekly["territory"].isin(marked)], "held"), _mean_sum(weekly, "held")
    return both_sides((part / whole).rename("share"))


def diversity(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Effective number of victim pools: the exponential of the entropy of workers over pools."""
    pools = contrast.inside("pools", window).astype({"effort_workers": float})
    effort = pools.groupby(["scenario", *keys_of(pools), "pool"], observed=True)["effort_workers"].sum().unstack("pool")
    shares = effort.div(effort.sum(axis=1), axis=0)
    return both_sides(np.exp(-(shares * np.log(shares.where(shares > 0))).sum(axis=1)).rename("pools"))


def at_home(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Losses that belong to no territory: those that small cells at home cause (USD per week)."""
    losses = [_mean_sum(contrast.inside(name, window), "lost", "losses_usd") for name in ("pools", "weekly")]
    return both_sides((losses[0] - losses[1]).rename("lost")).assign(all_without=both_sides(losses[0])["lost_without"])


def pool_gradient(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Spearman's rank correlation over pools between losses and a column of the region's table, in each world with."""
    pools = contrast.inside("pools", window)
    mine = pools[pools["scenario"] == WITH].astype({"losses_usd": float})
    lost = mine.groupby([*keys_of(mine), "pool"], observed=True)["losses_usd"].sum().unstack("pool")
    size = contrast.pool_rows.set_index("pool")[of].reindex(lost.columns.astype(str)).astype(float)
    return pd.DataFrame({"rho": [stats.spearmanr(row, size).statistic for row in lost.to_numpy()]}, index=lost.index)


def destinations(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """A column of the region's table where crews move to, against its mean over all other places, weighted by people."""
    moves = contrast.inside("moves", window)
    known = contrast.territories.set_index("territory")[of].astype(float)
    mine = moves[(moves["scenario"] == WITH) & moves["destination_territory"].notna() & moves["origin_territory"].notna()]
    mine = mine[mine["origin_territory"].astype(str) != mine["destination_territory"].astype(str)]
    if contrast.target:
        mine = mine[mine["origin_territory"].isin(contrast.target)]
    usual = known.drop(contrast.target).mean()
    there = known.reindex(mine["destination_territory"].astype(str)).to_numpy(float)
    gap = (there - usual) * mine["workers"].to_numpy(float)
    table = pd.DataFrame({"gap": gap, "people": mine["workers"], **{key: mine[key] for key in keys_of(mine)}})
    return table.groupby(keys_of(mine))[["gap", "people"]].sum().reindex(pairs_of(contrast)).fillna(0.0)


def return_times(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """Months after `window[0]` until the target holds half of its people again; censored at the end of the window."""
    paired = contrast.zones[contrast.zones["months"] < window[1]]
    times = recovery_times(paired, 0.5, since=window[0])
    return times.set_index(keys_of(times))[["fell", "months", "back"]].astype(float)


def abruptness(contrast: Contrast, window: Window, of: str) -> pd.DataFrame:
    """The largest rise of raids from one year to the next, and from the lowest to the highest of all years (moving)."""
    weekly = contrast.inside("weekly", window)
    mine = weekly[weekly["scenario"] == WITH]
    raids = mine.groupby([*keys_of(mine), "date"], observed=True)["raids"].sum().unstack("date")
    yearly = raids.T.rolling(YEAR).sum().dropna().T.to_numpy()
    steps = (yearly[:, YEAR:] - yearly[:, :-YEAR]).max(axis=1) if yearly.shape[1] > YEAR else np.full(len(yearly), np.nan)
    return pd.DataFrame({"step": steps, "rise": yearly.max(axis=1) - yearly.min(axis=1)}, index=raids.index)


def _mean_sum(table: pd.DataFrame, name: str, column: str = "workers") -> pd.Series:
    keys = ["scenario", *keys_of(table)]
    week = table.astype({column: float}).groupby([*keys, "date"], observed=True)[column].sum()
    return week.groupby(keys, observed=True).mean().rename(name)

"""Pairs of worlds in the tables: the same seed with and without a scenario, and time counted from its start."""

import pandas as pd

DAYS_PER_MONTH = 365.25 / 12
WEEKS_PER_YEAR = 365.25 / 7
BASELINE = "baseline"
EVERYWHERE = "everywhere"  # the zone of every place when a scenario has no target in space


def start_of(scenarios, scenario):
    """The date a scenario's levers begin, from the table `scenarios`."""
    found = scenarios.loc[scenarios["scenario"] == scenario, "start"]
    if found.empty:
        known = ", ".join(sorted(scenarios["scenario"].astype(str)))
        raise ValueError(f"scenarios.csv: no row for {scenario!r}; it holds {known}")
    return pd.Timestamp(found.iloc[0])


def title_of(scenarios, scenario):
    """A scenario's title for people."""
    found = scenarios.loc[scenarios["scenario"] == scenario, "title"]
    return scenario.replace("_", " ").capitalize() if found.empty else str(found.iloc[0])


def paired(table, scenario, after=None, before=None):
    """The rows of `scenario` and of the baseline for the seeds that both have.

    `after` and `before` are dates (the first included, the second not). Returns the rows with a new column
    `world`, "with" or "without". Errors when no seed is in both.
    """
    rows = table.loc[table["scenario"].isin([BASELINE, scenario])]
    seeds = set(rows.loc[rows["scenario"] == scenario, "seed"]) & set(rows.loc[rows["scenario"] == BASELINE, "seed"])
    if not seeds:
        raise ValueError(f"{scenario}: no seed in common with the {BASELINE}; a pair needs the same seed in both")
    keep = rows["seed"].isin(seeds)
    if after is not None:
        keep &= rows["date"] >= after
    if before is not None:
        keep &= rows["date"] < before
    rows = rows.loc[keep].copy()
    rows["world"] = (rows["scenario"] == scenario).map({True: "with", False: "without"})
    return rows


def totals(rows, keys, value):
    """Sums of `value` by world and `keys`: a frame indexed by `keys` with the columns with and without (0 if absent)."""
    sums = rows.assign(**{value: rows[value].astype(float)}).groupby([*keys, "world"], observed=True)[value].sum()
    return sums.unstack("world", fill_value=0.0).reindex(columns=["with", "without"], fill_value=0.0)


def months_since(dates, start):
    """Whole months between `start` and each date; the month that begins at the start is 0."""
    return ((dates - start).dt.days // DAYS_PER_MONTH).astype(int)


def zone_names(territories, zones, scenario):
    """The zone of each territory (a Series of territory ids) as seen from `scenario`; without a target, EVERYWHERE."""
    rows = zones.loc[zones["scenario"] == scenario]
    of = dict(zip(rows["territory"].astype(str), rows["zone"].astype(object), strict=True))
    unknown = sorted(set(territories.astype(str)) - set(of))
    if unknown:
        raise ValueError(f"zones.csv: no zone for territory {unknown[0]!r} in scenario {scenario!r}")
    zone = {territory: EVERYWHERE if pd.isna(name) or name == "" else str(name) for territory, name in of.items()}
    return territories.astype(str).map(zone)

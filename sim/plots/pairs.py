"""Pairs of worlds in the tables: the same seed with and without a scenario, and time counted from its start."""

import numpy as np
import pandas as pd

from sim.measures.paired import paired_zones

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
    rows["world"] = pd.Categorical.from_codes((rows["scenario"] != scenario).astype("int8"), ["with", "without"])
    return rows


def contrast(scenarios, scenario):
    """The one row of `scenarios` that says from when on a scenario is set against the baseline, as the measures want it."""
    return pd.DataFrame({"scenario": [scenario], "start": [start_of(scenarios, scenario)], "relative_to": [BASELINE]})


def of_zones(weekly, zones, scenarios, scenario):
    """Workers by zone, week by week, with and without one scenario: see `sim.measures.paired.paired_zones`.

    Errors where the scenario has no target in space: its zones would be one, and nothing could be displaced.
    """
    mine = zones.loc[zones["scenario"] == scenario]
    if mine["zone"].isna().all():
        raise ValueError(f"{scenario}: has no target in space, so displacement is undefined")
    rows = weekly.loc[weekly["scenario"].isin([BASELINE, scenario])]
    return paired_zones(rows, mine, contrast(scenarios, scenario), stocks=("workers",))


def need_elsewhere(zones, scenario):
    """Raises ValueError (one line) for a scenario whose target is everywhere: there is no elsewhere that could gain."""
    if (zones.loc[zones["scenario"] == scenario, "zone"] == "target").all():
        raise ValueError(f"{scenario}: every place is target, so there is no elsewhere and displacement is undefined")


def totals(rows, keys, value):
    """Sums of `value` by world and `keys`: a frame indexed by `keys` with the columns with and without (0 if absent)."""
    sums = rows.assign(**{value: rows[value].astype(float)}).groupby([*keys, "world"], observed=True)[value].sum()
    return sums.unstack("world", fill_value=0.0).reindex(columns=["with", "without"], fill_value=0.0)


def months_since(dates, start):
    """Whole months between `start` and each date; the month that begins at the start is 0."""
    return ((dates - start).dt.days // DAYS_PER_MONTH).astype(int)


def relabelled(column, label):
    """A categorical column with each value replaced by label(value): one call per category, not per row."""
    column = column.astype("category").cat.remove_unused_categories()
    labels = [label(str(value)) for value in column.cat.categories]
    names = sorted(set(labels))
    new = np.array([names.index(name) for name in labels] + [-1])[column.cat.codes]
    return pd.Series(pd.Categorical.from_codes(new, names), index=column.index)


def zone_names(territories, zones, scenario):
    """The zone of each territory (a Series of territory ids) as seen from `scenario`; without a target, EVERYWHERE."""
    rows = zones.loc[zones["scenario"] == scenario]
    of = dict(zip(rows["territory"].astype(str), rows["zone"].astype(object), strict=True))

    def zone(territory):
        if territory not in of:
            raise ValueError(f"zones.csv: no zone for territory {territory!r} in scenario {scenario!r}")
        return EVERYWHERE if pd.isna(of[territory]) or of[territory] == "" else str(of[territory])

    return relabelled(territories, zone)

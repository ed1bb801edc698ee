"""Pairs: the same seed with and without an intervention, side by side, week by week.

Two worlds of one seed share every draw (common random numbers: Stout & Goldie 2008; Klein et al. 2024), so the
difference between them is the effect of the intervention in that world. Weekly tables may hold millions of rows: they
are coded once and summed straight into (run, week, zone), never merged row by row.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.measures.zones import ZONES

EVERYWHERE = "everywhere"  # the zone of all rows of a scenario that has no target in space
DAYS_PER_MONTH = 365.25 / 12
WINDOW = (6, 36)  # months after the start: the first half year of flight is left out, three years are enough to return
HORIZONS = (3, 6, 12, 24, 36, 60)  # months after the start
STOCKS = ("workers", "compounds", "losses_usd")
KEYS = ("seed", "draw", "structure")  # what a pair shares: chance, parameters and structural variant


class Coded(NamedTuple):
    """The key columns of a long weekly table as small integers with their labels: coded once, cut many times."""

    scenario: np.ndarray
    run: np.ndarray  # seed, draw and structure together
    date: np.ndarray
    place: np.ndarray  # territory, bloc or pool
    scenarios: pd.Index
    runs: pd.DataFrame  # the keys of each run: those of KEYS that the table has
    dates: pd.DatetimeIndex
    places: pd.Index


class Cut(NamedTuple):
    """Along which lines places are summed: a column's name, its labels, the label of each place, what is summed."""

    name: str
    labels: tuple[str, ...]
    label_of_place: np.ndarray  # [places] index into labels
    stocks: tuple[str, ...]


def contrasts(scenarios: pd.DataFrame) -> list[tuple[str, str, pd.Timestamp]]:
    """(scenario, reference, start) for each row of the scenarios table that is compared with another.

    scenarios: columns scenario, start (a date or its text) and, if given, relative_to (default "baseline").
    Raises ValueError (one line) for a compared scenario without a start.
    """
    found = []
    for row in scenarios.to_dict("records"):
        reference = row.get("relative_to", "baseline")
        if pd.isna(reference) or reference in ("", row["scenario"]):
            continue
        start = pd.to_datetime(row["start"])
        if pd.isna(start):
            raise ValueError(f"scenarios: {row['scenario']} has no start; a date is needed, such as 2023-10-02")
        found.append((row["scenario"], reference, start))
    return found


def paired_zones(
    weekly: pd.DataFrame, zones: pd.DataFrame, scenarios: pd.DataFrame, stocks: tuple[str, ...] = STOCKS
) -> pd.DataFrame:
    """Workers, compounds and losses by zone, with the intervention and without it.

    weekly:    scenario, seed, date, territory, workers (people), compounds (count), losses_usd (USD per week): one row
               for every territory and week, zeros included.
    zones:     scenario, territory, zone, as `zones` makes it; the reference world is cut along the same lines.
    scenarios: see `contrasts`.    stocks: columns of weekly to sum.
    Returns scenario, seed (and draw, structure where weekly has them), zone, date, months (since the start, negative
    before it) and for each stock `<stock>` (with the intervention) and `<stock>_without`; float64. A scenario without a
    target has one zone, "everywhere". Worlds are paired within seed, draw and structure; runs that only one side has are
    left out: they are no pairs.
    Raises ValueError (one line) when a territory has no zone row, a run lacks a week, or nothing can be paired.
    """
    coded = _coded(weekly, "territory", "weekly")
    labels = (*ZONES, EVERYWHERE)
    tables = []
    for scenario, reference, start in contrasts(scenarios):
        mine = zones[zones["scenario"] == scenario]
        zone_of = pd.Series(mine["zone"].astype(object).to_numpy(), index=mine["territory"].astype(str))
        lost = [str(place) for place in coded.places if str(place) not in zone_of.index]
        if lost:
            raise ValueError(f"zones: {scenario} does not place {', '.join(lost)}; every territory needs a row")
        zone = zone_of.reindex(coded.places.astype(str)).fillna(EVERYWHERE)
        cut = Cut("zone", labels, zone.map(labels.index).to_numpy(), stocks)
        tables.append(_side_by_side(weekly, coded, cut, scenario, reference, start))
    return _stacked(tables)


def paired_blocs(pools: pd.DataFrame, scenarios: pd.DataFrame) -> pd.DataFrame:
    """Victims' losses by bloc of countries, with the intervention and without it.

    pools: scenario, seed, date, bloc, losses_usd (USD per week): one row for every pool and week, zeros included.
    Returns scenario, seed, bloc, date, months, losses_usd, losses_usd_without, as `paired_zones` does.
    """
    return _paired_victims(pools, "bloc", scenarios, ("losses_usd",))


def paired_pools(
    pools: pd.DataFrame, scenarios: pd.DataFrame, stocks: tuple[str, ...] = ("losses_usd", "victims", "effort_workers")
) -> pd.DataFrame:
    """The same by single pool, with victims (persons per week) and the workers put to it."""
    return _paired_victims(pools, "pool", scenarios, stocks)


def _paired_victims(pools: pd.DataFrame, part: str, scenarios: pd.DataFrame, stocks: tuple[str, ...]) -> pd.DataFrame:
    coded = _coded(pools, part, "pools")
    labels = tuple(str(place) for place in coded.places)
    cut = Cut(part, labels, np.arange(len(labels)), stocks)
    return _stacked([_side_by_side(pools, coded, cut, *contrast) for contrast in contrasts(scenarios)])


def window_means(paired: pd.DataFrame, window: tuple[float, float] = WINDOW) -> pd.DataFrame:
    """Mean over the weeks of a window, for each scenario, pair and zone (or bloc, or pool).

    window: months after the start, from the first (included) to the second (left out).
    Returns scenario, seed (draw, structure), zone or bloc, and the mean per week of each stock with and without.
    A scenario whose runs stop more than a week before the end of the window has no rows: a shorter window than the one
    announced would be another estimand.
    """
    part = part_of(paired)
    first, last = window
    months = paired["months"].to_numpy()
    inside = paired[(months >= first) & (months < last)]
    keys = ["scenario", *keys_of(paired), part]
    stocks = [name for name in paired.columns if name not in (*keys, "date", "months")]
    means = inside.groupby(keys, observed=True)[stocks].mean().reset_index()
    reach = paired.groupby("scenario", observed=True)["months"].max() + 14 / DAYS_PER_MONTH
    return means[means["scenario"].isin(reach.index[reach >= last])].reset_index(drop=True)


def keys_of(table: pd.DataFrame) -> list[str]:
    """The columns that tell pairs apart, of those that the table has."""
    return [name for name in KEYS if name in table]


def part_of(paired: pd.DataFrame) -> str:
    """Along which column a paired table is cut: zone, bloc or pool."""
    return next(name for name in ("zone", "bloc", "pool") if name in paired)


def per_pair(means: pd.DataFrame) -> pd.DataFrame:
    """One row per pair: columns "<stock>_change <zone>" and "<stock>_without <zone>", pairs in the order of their keys.

    means: of one scenario, as `window_means` makes it. Differences are taken before any averaging, so that equal worlds
    differ by exactly zero.
    """
    columns, part, keys = {}, part_of(means), keys_of(means)
    stocks = [name for name in means.columns if f"{name}_without" in means]
    for label, mine in means.groupby(part, observed=True):
        mine = mine.set_index(keys).sort_index()
        for stock in stocks:
            columns[f"{stock}_change {label}"] = mine[stock] - mine[f"{stock}_without"]
            columns[f"{stock}_without {label}"] = mine[f"{stock}_without"]
    return pd.DataFrame(columns)


def _coded(table: pd.DataFrame, place: str, where: str) -> Coded:
    missing = [name for name in ("scenario", "seed", "date", place) if name not in table]
    if missing:
        raise ValueError(f"{where}: no column {', '.join(missing)}; found: {', '.join(map(str, table.columns))}")
    by_scenario, by_place = (table[name].astype("category").cat for name in ("scenario", place))
    run, runs = _coded_runs(table)
    date, dates = pd.factorize(table["date"], sort=True)
    return Coded(
        scenario=by_scenario.codes.to_numpy(),
        run=run,
        date=date,
        place=by_place.codes.to_numpy(),
        scenarios=by_scenario.categories,
        runs=runs,
        dates=pd.DatetimeIndex(dates),
        places=by_place.categories,
    )


def _coded_runs(table: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """A number for every combination of the keys that occurs, in their order, and the keys of each number."""
    keys = keys_of(table)
    coded = {name: pd.factorize(table[name], sort=True) for name in keys}
    sizes = tuple(len(values) for _, values in coded.values())
    flat, run = np.unique(np.ravel_multi_index([codes for codes, _ in coded.values()], sizes), return_inverse=True)
    places = np.unravel_index(flat, sizes)
    return run, pd.DataFrame({name: np.asarray(coded[name][1])[at] for name, at in zip(keys, places, strict=True)})


def _side_by_side(
    table: pd.DataFrame, coded: Coded, cut: Cut, scenario: str, reference: str, start: pd.Timestamp
) -> pd.DataFrame:
    runs_with, with_it = _cube(table, coded, cut, scenario)
    runs_without, without = _cube(table, coded, cut, reference)
    pairs, at_with, at_without = np.intersect1d(runs_with, runs_without, return_indices=True)
    if not len(pairs):
        raise ValueError(f"weekly tables: {scenario} shares no seed with {reference}; run both with the same seeds")

    # Only labels that some place bears: a country with one territory has no "rest of the country".
    present = np.unique(cut.label_of_place)
    shape = (len(pairs), len(present), len(coded.dates))
    pair, part, week = (axis.ravel() for axis in np.indices(shape))
    months = ((coded.dates - start).days / DAYS_PER_MONTH).to_numpy()
    columns = {
        "scenario": pd.Categorical([scenario], categories=coded.scenarios).repeat(len(week)),
        **{name: keys.to_numpy()[pairs][pair] for name, keys in coded.runs.items()},
        cut.name: pd.Categorical.from_codes(present[part], categories=cut.labels),
        "date": coded.dates.to_numpy()[week],
        "months": months[week],
    }
    for stock in cut.stocks:
        columns[stock] = with_it[stock][at_with][:, present].ravel()
        columns[f"{stock}_without"] = without[stock][at_without][:, present].ravel()
    return pd.DataFrame(columns)


def _cube(table: pd.DataFrame, coded: Coded, cut: Cut, scenario: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Codes of the runs of the scenario, and each stock summed to [run, label, week] in float64."""
    if scenario not in coded.scenarios:
        raise ValueError(f"weekly tables: no rows of scenario {scenario}; found: {', '.join(coded.scenarios)}")
    rows = np.flatnonzero(coded.scenario == coded.scenarios.get_loc(scenario))
    ran, number = np.unique(coded.run[rows], return_inverse=True)
    shape = (len(ran), len(cut.labels), len(coded.dates))
    cell = np.ravel_multi_index((number, cut.label_of_place[coded.place[rows]], coded.date[rows]), shape)

    written = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
    gaps = np.argwhere(written != written.max(axis=(0, 2), keepdims=True))
    if len(gaps):
        run, _, week = gaps[0]
        raise ValueError(
            f"weekly tables: {scenario}, seed {coded.runs['seed'][ran[run]]} lacks rows in the week of "
            f"{coded.dates[week].date()}; a run writes every territory and every pool each week"
        )
    sums = {
        stock: np.bincount(cell, weights=table[stock].to_numpy()[rows], minlength=written.size).reshape(shape)
        for stock in cut.stocks
    }
    return ran, sums


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if not tables:
        raise ValueError("scenarios: none is relative to another; name at least one besides the baseline")
    return pd.concat(tables, ignore_index=True)

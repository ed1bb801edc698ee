"""Pairs: the same seed with and without an intervention, side by side, week by week.

Two worlds of one seed share every draw (common random numbers: Stout & Goldie 2008; Klein et al. 2024), so the
difference between them is the effect of the intervention in that world. Weekly tables may hold millions of rows: they
are coded once and summed straight into (seed, week, zone), never merged row by row.
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


class Coded(NamedTuple):
    """The key columns of a long weekly table as small integers with their labels: coded once, cut many times."""

    scenario: np.ndarray
    seed: np.ndarray
    date: np.ndarray
    place: np.ndarray  # territory or bloc
    scenarios: pd.Index
    seeds: pd.Index
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


def paired_zones(weekly: pd.DataFrame, zones: pd.DataFrame, scenarios: pd.DataFrame) -> pd.DataFrame:
    """Workers, compounds and losses by zone, with the intervention and without it.

    weekly:    scenario, seed, date, territory, workers (people), compounds (count), losses_usd (USD per week): one row
               for every territory and week, zeros included.
    zones:     scenario, territory, zone, as `zones` makes it; the reference world is cut along the same lines.
    scenarios: see `contrasts`.
    Returns scenario, seed, zone, date, months (since the start, negative before it) and for each stock `<stock>` (with
    the intervention) and `<stock>_without`; float64. A scenario without a target has one zone, "everywhere".
    Seeds that only one side has are left out: they are no pairs.
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
        cut = Cut("zone", labels, zone.map(labels.index).to_numpy(), STOCKS)
        tables.append(_side_by_side(weekly, coded, cut, scenario, reference, start))
    return _stacked(tables)


def paired_blocs(pools: pd.DataFrame, scenarios: pd.DataFrame) -> pd.DataFrame:
    """Victims' losses by bloc of countries, with the intervention and without it.

    pools: scenario, seed, date, bloc, losses_usd (USD per week): one row for every pool and week, zeros included.
    Returns scenario, seed, bloc, date, months, losses_usd, losses_usd_without, as `paired_zones` does.
    """
    coded = _coded(pools, "bloc", "pools")
    blocs = tuple(str(place) for place in coded.places)
    cut = Cut("bloc", blocs, np.arange(len(blocs)), ("losses_usd",))
    return _stacked([_side_by_side(pools, coded, cut, *contrast) for contrast in contrasts(scenarios)])


def window_means(paired: pd.DataFrame, window: tuple[float, float] = WINDOW) -> pd.DataFrame:
    """Mean over the weeks of a window, for each scenario, seed and zone (or bloc).

    window: months after the start, from the first (included) to the second (left out).
    Returns scenario, seed, zone or bloc, and the mean per week of each stock with and without.
    A scenario whose runs stop more than a week before the end of the window has no rows: a shorter window than the one
    announced would be another estimand.
    """
    part = "zone" if "zone" in paired else "bloc"
    first, last = window
    months = paired["months"].to_numpy()
    inside = paired[(months >= first) & (months < last)]
    stocks = [name for name in paired.columns if name not in ("scenario", "seed", part, "date", "months")]
    means = inside.groupby(["scenario", "seed", part], observed=True)[stocks].mean().reset_index()
    reach = paired.groupby("scenario", observed=True)["months"].max() + 14 / DAYS_PER_MONTH
    return means[means["scenario"].isin(reach.index[reach >= last])].reset_index(drop=True)


def _coded(table: pd.DataFrame, place: str, where: str) -> Coded:
    missing = [name for name in ("scenario", "seed", "date", place) if name not in table]
    if missing:
        raise ValueError(f"{where}: no column {', '.join(missing)}; found: {', '.join(map(str, table.columns))}")
    by_scenario, by_place = (table[name].astype("category").cat for name in ("scenario", place))
    seed, seeds = pd.factorize(table["seed"], sort=True)
    date, dates = pd.factorize(table["date"], sort=True)
    return Coded(
        scenario=by_scenario.codes.to_numpy(),
        seed=seed,
        date=date,
        place=by_place.codes.to_numpy(),
        scenarios=by_scenario.categories,
        seeds=pd.Index(seeds),
        dates=pd.DatetimeIndex(dates),
        places=by_place.categories,
    )


def _side_by_side(
    table: pd.DataFrame, coded: Coded, cut: Cut, scenario: str, reference: str, start: pd.Timestamp
) -> pd.DataFrame:
    seeds_with, with_it = _cube(table, coded, cut, scenario)
    seeds_without, without = _cube(table, coded, cut, reference)
    pairs, at_with, at_without = np.intersect1d(seeds_with, seeds_without, return_indices=True)
    if not len(pairs):
        raise ValueError(f"weekly tables: {scenario} shares no seed with {reference}; run both with the same seeds")

    # Only labels that some place bears: a country with one territory has no "rest of the country".
    present = np.unique(cut.label_of_place)
    shape = (len(pairs), len(present), len(coded.dates))
    seed, part, week = (axis.ravel() for axis in np.indices(shape))
    months = ((coded.dates - start).days / DAYS_PER_MONTH).to_numpy()
    columns = {
        "scenario": pd.Categorical([scenario], categories=coded.scenarios).repeat(len(week)),
        "seed": np.asarray(coded.seeds)[pairs][seed],
        cut.name: pd.Categorical.from_codes(present[part], categories=cut.labels),
        "date": coded.dates.to_numpy()[week],
        "months": months[week],
    }
    for stock in cut.stocks:
        columns[stock] = with_it[stock][at_with][:, present].ravel()
        columns[f"{stock}_without"] = without[stock][at_without][:, present].ravel()
    return pd.DataFrame(columns)


def _cube(table: pd.DataFrame, coded: Coded, cut: Cut, scenario: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Codes of the seeds that ran the scenario, and each stock summed to [seed, label, week] in float64."""
    if scenario not in coded.scenarios:
        raise ValueError(f"weekly tables: no rows of scenario {scenario}; found: {', '.join(coded.scenarios)}")
    rows = np.flatnonzero(coded.scenario == coded.scenarios.get_loc(scenario))
    ran, seed = np.unique(coded.seed[rows], return_inverse=True)
    shape = (len(ran), len(cut.labels), len(coded.dates))
    cell = np.ravel_multi_index((seed, cut.label_of_place[coded.place[rows]], coded.date[rows]), shape)

    written = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
    gaps = np.argwhere(written != written.max(axis=(0, 2), keepdims=True))
    if len(gaps):
        run, _, week = gaps[0]
        raise ValueError(
            f"weekly tables: {scenario}, seed {coded.seeds[ran[run]]} lacks rows in the week of "
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

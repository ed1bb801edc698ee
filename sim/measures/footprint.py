"""Footprint: over how many countries the trade spreads, how concentrated it is, how far those go who leave the target.

    HHI = Σ_c s_c², s_c the share of people held in country c: 1 is one country, 1/n an even spread over n.
"""

import numpy as np
import pandas as pd

from sim.measures.paired import WINDOW, contrasts, keys_of

LEAST = 500  # people held in a country for it to count as a host
EARTH_KM = 6371.0
DAYS_PER_MONTH = 365.25 / 12


def footprint(
    weekly: pd.DataFrame, scenarios: pd.DataFrame, window: tuple[float, float] = WINDOW, least: float = LEAST
) -> pd.DataFrame:
    """Countries and concentration with and without each scenario, one row per pair.

    weekly: scenario, seed (draw, structure), date, country, workers.   scenarios: see `sim.measures.paired.contrasts`.
    Returns scenario, the keys, countries and countries_without (that hold at least `least` people on average in the
    window), hhi and hhi_without.
    """
    tables = []
    for scenario, reference, start in contrasts(scenarios):
        months = (weekly["date"] - start).dt.days / DAYS_PER_MONTH
        inside = weekly[(months >= window[0]) & (months < window[1])]
        sides = [_spread(inside[inside["scenario"] == name], least) for name in (scenario, reference)]
        both = sides[0].join(sides[1].add_suffix("_without"), how="inner").reset_index()
        both.insert(0, "scenario", scenario)
        tables.append(both)
    return pd.concat(tables, ignore_index=True)


def displacement_distance(moves: pd.DataFrame, territories: pd.DataFrame, targets: dict[str, list[str]]) -> pd.DataFrame:
    """Mean distance (km, great circle between places, weighted by people) of moves out of each scenario's target.

    moves: scenario, seed, origin_territory, destination_territory, workers.   territories: territory, lat, lon.
    Returns scenario, people (moved out, mean over runs), km, abroad (share of them that crosses a border; needs `country`).
    Moves inside the target, and crews that leave the business, have no distance.
    """
    place = territories.set_index("territory")
    rows = []
    for scenario, target in targets.items():
        mine = moves[(moves["scenario"] == scenario) & moves["origin_territory"].isin(target)]
        mine = mine[mine["destination_territory"].notna() & ~mine["destination_territory"].isin(target)]
        runs = moves.loc[moves["scenario"] == scenario, keys_of(moves)].drop_duplicates()
        origin = place.loc[mine["origin_territory"].astype(str)]
        destination = place.loc[mine["destination_territory"].astype(str)]
        km = great_circle_km(origin["lat"], origin["lon"], destination["lat"], destination["lon"])
        weight = mine["workers"].to_numpy(float)
        crossed = origin["country"].to_numpy() != destination["country"].to_numpy()
        total = weight.sum()
        rows.append(
            {
                "scenario": scenario, "people": total / max(len(runs), 1),
                "km": (km * weight).sum() / total if total else np.nan,
                "abroad": weight[crossed].sum() / total if total else np.nan,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def great_circle_km(lat, lon, other_lat, other_lon) -> np.ndarray:
    """Distance on a sphere between points in degrees (haversine)."""
    lat, lon, other_lat, other_lon = (np.radians(np.asarray(x, float)) for x in (lat, lon, other_lat, other_lon))
    half = np.sin((other_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half))


def hhi(held: np.ndarray) -> float:
    """Herfindahl-Hirschman index of people by country; NaN where nobody is held."""
    held = np.asarray(held, float)
    return float(((held / held.sum()) ** 2).sum()) if held.sum() > 0 else np.nan


def _spread(weekly: pd.DataFrame, least: float) -> pd.DataFrame:
    keys = keys_of(weekly)
    held = weekly.groupby([*keys, "date", "country"], observed=True)["workers"].sum()
    held = held.groupby([*keys, "country"], observed=True).mean().unstack("country")
    concentration = [hhi(row) for row in held.to_numpy()]
    return pd.DataFrame({"countries": (held >= least).sum(axis=1), "hhi": concentration}, index=held.index)

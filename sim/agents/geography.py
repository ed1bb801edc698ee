"""Distances, borders, routes, and how far news carries: matrices over territories."""

import numpy as np

from sim.agents.once import once
from sim.elementary import exps
from sim.region import Region

EARTH_RADIUS_KM = 6371.0


def great_circle_km(lat_a, lon_a, lat_b, lon_b):
    """Great-circle distance (km) by the haversine formula, to the metre; arrays in degrees broadcast.

    Rounded, because NumPy's sine differs in the last place from machine to machine.
    """
    lat_a, lon_a, lat_b, lon_b = (np.radians(x) for x in (lat_a, lon_a, lat_b, lon_b))
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.round(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)), 3)


@once
def distances(region: Region) -> np.ndarray:
    """Between the label points of territories, T x T, km."""
    lat = np.array([place.lat for place in region.territories])
    lon = np.array([place.lon for place in region.territories])
    return great_circle_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :])


@once
def crossings(region: Region) -> np.ndarray:
    """What a move from t to u crosses, T x T: 0 nothing, 1 a border in the region, 2 out of the region."""
    country = np.array([place.country for place in region.territories])
    remote = np.array([place.remote for place in region.territories])
    crossing = (country[:, None] != country[None, :]).astype(np.int8)
    crossing[:, remote] = 2
    np.fill_diagonal(crossing, 0)
    return crossing


@once
def news_weights(region: Region, p) -> np.ndarray:
    """Weight of news from u in t, T x T (from, to): 1 at home; by controller, country, or abroad (psi), fading with distance."""
    holder = np.array([place.controller for place in region.territories])
    country = np.array([place.country for place in region.territories])
    same_country = country[:, None] == country[None, :]
    weight = np.where(same_country, p.spill_country, p.spill_abroad)
    weight = np.where(same_country & (holder[:, None] == holder[None, :]), p.spill_controller, weight)
    weight = weight * exps(-distances(region) / p.spill_km)
    np.fill_diagonal(weight, 1.0)
    return weight


@once
def routes(region: Region, p) -> np.ndarray:
    """Ease of bringing a worker of origin p to territory t, P x T, 0..1: falls with distance, down to what flights allow."""
    lat = np.array([origin.lat for origin in region.labour_pools])
    lon = np.array([origin.lon for origin in region.labour_pools])
    to_lat = np.array([place.lat for place in region.territories])
    to_lon = np.array([place.lon for place in region.territories])
    km = great_circle_km(lat[:, None], lon[:, None], to_lat[None, :], to_lon[None, :])
    return p.by_air + (1.0 - p.by_air) * exps(-km / p.route_km)

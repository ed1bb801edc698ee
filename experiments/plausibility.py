"""Is the baseline plausible? Prints it beside anchors of the evidence, with the stated range and inside or outside.

    python -m experiments.plausibility [seeds=8]

Anchors that contradict each other are all shown: what cannot be met at once stays visible as outside.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from sim import ConfigError, load_scenario, simulate

MEKONG = ("mmr", "khm", "lao")


class Anchor(NamedTuple):
    """One thing known, or half known, about the real trade."""

    name: str
    low: float
    high: float
    unit: str
    source: str
    measure: object  # function of a Look -> float


class Look:
    """Sums over a run's records by place, pool and time."""

    def __init__(self, scenario, run):
        self.scenario, self.records = scenario, run.records
        region = scenario.region
        self.country = np.array([place.country for place in region.territories])
        self.remote = np.array([place.remote for place in region.territories])
        self.territory = np.array(region.names("territories"))
        self.bloc, self.pool = np.array([pool.bloc for pool in region.pools]), np.array(region.names("pools"))
        self.weeks = np.array([np.datetime64(scenario.date(week)) for week in range(scenario.weeks)])

    def workers(self, at: str, countries=(), territories=()) -> float:
        """People in open compounds in the week of a date."""
        week = np.searchsorted(self.weeks, np.datetime64(at))
        inside = np.isin(self.country, countries) | np.isin(self.territory, territories)
        return float(self.records.workers[week, inside if countries or territories else slice(None)].sum())

    def year(self, table: str, year: int, which=slice(None)) -> float:
        """Sum of a record over a calendar year and the columns in `which`."""
        weeks = self.weeks.astype("datetime64[Y]").astype(int) + 1970 == year
        return float(getattr(self.records, table)[weeks][:, which].sum(dtype=float)) * 365.25 / 7 / weeks.sum()


def _blocs(*names: str):
    return lambda look: np.isin(look.bloc, names)


def _take_per_day(look: Look) -> float:
    mekong = np.isin(look.country, MEKONG)
    return look.year("revenue", 2023, mekong) / look.year("workers", 2023, mekong) / 7.0


def _losses(*names: str):
    return lambda look: look.year("pool_losses", 2023, _blocs(*names)(look)) / 1e9


def _moei(look: Look) -> float:
    here = np.isin(look.territory, ("shwe_kokko", "myawaddy", "dkba_area"))
    first, last = (np.searchsorted(look.weeks, np.datetime64(day)) for day in ("2021-02-15", "2024-06-15"))
    return float(look.records.workers[last, here].sum() / max(look.records.workers[first, here].sum(), 1.0))


ANCHORS = [
    Anchor(
        "workforce, Myanmar, late 2023",
        100e3,
        150e3,
        "people",
        "revenue_workforce.csv: at least 100-120 thousand (August 2023)",
        lambda look: look.workers("2023-12-01", ("mmr",)),
    ),
    Anchor(
        "workforce, Cambodia, late 2023",
        100e3,
        150e3,
        "people",
        "counts_timeseries.csv: workers_cambodia",
        lambda look: look.workers("2023-12-01", ("khm",)),
    ),
    Anchor(
        "workforce, Laos, late 2023",
        40e3,
        100e3,
        "people",
        "revenue_workforce.csv: 85 thousand (low); sites.csv S061: at most 40",
        lambda look: look.workers("2023-12-01", ("lao",)),
    ),
    Anchor(
        "workforce, Mekong, late 2023",
        200e3,
        400e3,
        "people",
        "evidence README: 200-400 thousand",
        lambda look: look.workers("2023-12-01", MEKONG),
    ),
    Anchor(
        "workforce, Kokang, September 2023",
        50e3,
        100e3,
        "people",
        "revenue_workforce.csv: 50-100 thousand",
        lambda look: look.workers("2023-09-15", territories=("kokang",)),
    ),
    Anchor(
        "share of workforce outside the Mekong, late 2023",
        0.10,
        0.35,
        "share",
        "evidence README: 0.10-0.35",
        lambda look: 1 - look.workers("2023-12-01", MEKONG) / look.workers("2023-12-01"),
    ),
    Anchor(
        "revenue, Mekong, 2023",
        18e9,
        43.8e9,
        "USD/year",
        "evidence README: 18-37 (victims), 43.8 (workers x take)",
        lambda look: look.year("revenue", 2023, np.isin(look.country, MEKONG)),
    ),
    Anchor("take per worker-day, Mekong, 2023", 30, 400, "USD", "evidence README: median 150, 90 % 30-400", _take_per_day),
    Anchor(
        "losses in East and Southeast Asia, 2023",
        18,
        37,
        "bn USD",
        "revenue_workforce.csv: 18-37",
        _losses("chinese_speaking", "regional_asian"),
    ),
    Anchor(
        "losses, Western pools, 2023",
        5.6,
        15,
        "bn USD",
        "revenue_workforce.csv: 5.6 through Western exchanges; US alone 6.0 by its government",
        _losses("western"),
    ),
    Anchor(
        "reported losses, US, 2023",
        2.4,
        3.5,
        "bn USD",
        "losses_timeseries.csv: 3.94 x 0.6-0.9",
        lambda look: look.year("pool_reported", 2023, look.pool == "usa") / 1e9,
    ),
    Anchor(
        "growth of US reported losses, 2021 to 2023",
        2.7,
        4.3,
        "ratio",
        "losses_timeseries.csv: 0.91 or 1.45 to 3.94",
        lambda look: look.year("pool_reported", 2023, look.pool == "usa") / look.year("pool_reported", 2021, look.pool == "usa"),
    ),
    Anchor(
        "reported share of losses, all pools, 2023",
        0.10,
        0.40,
        "share",
        "enforcement_effects.csv: 10-40 % by value",
        lambda look: look.year("pool_reported", 2023) / look.year("pool_losses", 2023),
    ),
    Anchor(
        "paying victims per worker-month, 2023",
        0.03,
        0.3,
        "people",
        "evidence README: 0.03-0.3",
        lambda look: look.year("pool_victims", 2023) / look.year("workers", 2023) * 365.25 / 12 / 7,
    ),
    Anchor(
        "growth on the Moei, February 2021 to June 2024",
        1.5,
        4.0,
        "ratio",
        "counts_timeseries.csv, sites.csv S016: 11 to 11-27 compounds, 5.5 ha a month",
        _moei,
    ),
    Anchor(
        "growth of the Golden Triangle zone, mid-2023 to mid-2024",
        1.1,
        1.5,
        "ratio",
        "counts_timeseries.csv: 305 to 400 (includes what came from Kokang)",
        lambda look: (
            look.workers("2024-06-15", territories=("golden_triangle",))
            / look.workers("2023-06-15", territories=("golden_triangle",))
        ),
    ),
]


def compare(seeds: int = 8, scenario=None) -> list[tuple[Anchor, float, float, float]]:
    """Each anchor with the mean, lowest and highest value over seeds 1..seeds of the baseline."""
    scenario = scenario or load_scenario("baseline", end="2024-12-30")
    with ThreadPoolExecutor() as pool:
        looks = list(pool.map(lambda seed: Look(scenario, simulate(scenario, seed)), range(1, seeds + 1)))
    rows = []
    for anchor in ANCHORS:
        values = [anchor.measure(look) for look in looks]
        rows.append((anchor, float(np.mean(values)), min(values), max(values)))
    return rows


def main(arguments: list[str]) -> int:
    """Print the table."""
    try:
        seeds = 8
        for argument in arguments:
            key, _, value = argument.partition("=")
            if key != "seeds" or not value.isdigit() or int(value) < 1:
                raise ConfigError(f"{argument}: unknown or unusable; allowed: seeds=N with N at least 1")
            seeds = int(value)
        rows = compare(seeds)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{'baseline beside the evidence':<57} {'model':>9} {'over seeds':>19} {'stated range':>19}")
    for anchor, mean, low, high in rows:
        inside = "inside" if anchor.low <= mean <= anchor.high else "OUTSIDE"
        name = f"{anchor.name} ({anchor.unit})"
        print(
            f"{name:<57} {_short(mean):>9} {_short(low):>9}-{_short(high):<9}"
            f" {_short(anchor.low):>9}-{_short(anchor.high):<9} {inside}"
        )
        if inside != "inside":
            print(f"    {anchor.source}")
    return 0


def _short(value: float) -> str:
    return f"{value / 1e9:.1f}bn" if value >= 1e9 else f"{value / 1e3:.0f}k" if value >= 1e4 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

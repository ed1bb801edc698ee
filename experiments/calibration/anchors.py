"""What is known, or half known, of the real trade: quantities with a stated range, and where the model's own stands in a run.

`experiments.plausibility` prints the baseline beside them; `experiments.calibrate` keeps the draws of parameters that they do
not rule out. Anchors that contradict each other are all here: what cannot be met at once stays visible. None of them is a
displacement or an effect of enforcement. Sources are tables of data/raw/evidence, up to 30 June 2024.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.model import Run
from sim.scenario import Scenario

MEKONG = ("mmr", "khm", "lao")
FIRST, LAST = "2021-01-04", "2024-06-24"  # the days that a run must hold for every anchor to be measured


class Anchor(NamedTuple):
    """One thing known, or half known, about the real trade."""

    name: str
    low: float
    high: float
    unit: str
    source: str
    measure: object  # function of a Look -> float


class Look:
    """Sums over one run by place, pool and time.

    dates      first day of each week, [W]
    places     a row for each territory, T of them: territory, country      pools   a row for each of K pools: pool, bloc
    records    workers and revenue as W x T; pool_losses, pool_reported and pool_victims as W x K; people, USD, persons a week
    """

    def __init__(self, dates: np.ndarray, places: pd.DataFrame, pools: pd.DataFrame, records: Mapping[str, np.ndarray]):
        self.weeks, self.records = dates.astype("datetime64[D]"), records
        self.territory, self.country = places["territory"].to_numpy(), places["country"].to_numpy()
        self.pool, self.bloc = pools["pool"].to_numpy(), pools["bloc"].to_numpy()

    @classmethod
    def of_run(cls, scenario: Scenario, run: Run) -> "Look":
        """A run in memory."""
        region = scenario.region
        places = pd.DataFrame([(row.territory, row.country) for row in region.territories], columns=["territory", "country"])
        pools = pd.DataFrame([(row.pool, row.bloc) for row in region.pools], columns=["pool", "bloc"])
        dates = np.array([np.datetime64(scenario.date(week)) for week in range(scenario.weeks)])
        return cls(dates, places, pools, run.records._asdict())

    @classmethod
    def of_tables(cls, weekly: pd.DataFrame, pools: pd.DataFrame) -> "Look":
        """One run in the tables of an ensemble: a row for each place, or pool, and week, in this order."""
        dates = weekly["date"].unique()
        places, kinds = weekly.iloc[:: len(dates)], pools.iloc[:: len(dates)]
        square = lambda table, name: table[name].to_numpy().reshape(-1, len(dates)).T.copy()  # noqa: E731
        records = {"workers": square(weekly, "workers"), "revenue": square(weekly, "revenue_usd")}
        names = {"pool_losses": "losses_usd", "pool_reported": "reported_losses_usd", "pool_victims": "victims"}
        return cls(np.asarray(dates), places, kinds, records | {name: square(pools, column) for name, column in names.items()})

    def workers(self, at: str, countries=(), territories=()) -> float:
        """People in open compounds in the first week that begins on a date or after it."""
        week = np.searchsorted(self.weeks, np.datetime64(at))
        inside = np.isin(self.country, countries) | np.isin(self.territory, territories)
        return float(self.records["workers"][week, inside if countries or territories else slice(None)].sum())

    def year(self, table: str, year: int, which=slice(None)) -> float:
        """Sum of a record over a calendar year and the columns in `which`."""
        weeks = self.weeks.astype("datetime64[Y]").astype(int) + 1970 == year
        return float(self.records[table][weeks][:, which].sum(dtype=float)) * 365.25 / 7 / weeks.sum()


def measured(look: Look) -> dict[str, float]:
    """Every anchor in one run, by name; NaN where it is a ratio of nothing to nothing."""
    with np.errstate(all="ignore"):
        return {anchor.name: float(anchor.measure(look)) for anchor in ANCHORS}


def _take_per_day(look: Look) -> float:
    mekong = np.isin(look.country, MEKONG)
    return _over(look.year("revenue", 2023, mekong), look.year("workers", 2023, mekong)) / 7.0


def _losses(*names: str):
    return lambda look: look.year("pool_losses", 2023, np.isin(look.bloc, names)) / 1e9


def _us_reported(look: Look, year: int) -> float:
    return look.year("pool_reported", year, look.pool == "usa")


def _moei(look: Look) -> float:
    here = ("shwe_kokko", "myawaddy", "dkba_area")
    first, last = (look.workers(day, territories=here) for day in ("2021-02-15", "2024-06-15"))
    return last / max(first, 1.0)


def _over(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


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
        lambda look: 1 - _over(look.workers("2023-12-01", MEKONG), look.workers("2023-12-01")),
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
        lambda look: _us_reported(look, 2023) / 1e9,
    ),
    Anchor(
        "growth of US reported losses, 2021 to 2023",
        2.7,
        4.3,
        "ratio",
        "losses_timeseries.csv: 0.91 or 1.45 to 3.94",
        lambda look: _over(_us_reported(look, 2023), _us_reported(look, 2021)),
    ),
    Anchor(
        "reported share of losses, all pools, 2023",
        0.10,
        0.40,
        "share",
        "enforcement_effects.csv: 10-40 % by value",
        lambda look: _over(look.year("pool_reported", 2023), look.year("pool_losses", 2023)),
    ),
    Anchor(
        "paying victims per worker-month, 2023",
        0.03,
        0.3,
        "people",
        "evidence README: 0.03-0.3",
        lambda look: _over(look.year("pool_victims", 2023), look.year("workers", 2023)) * 365.25 / 12 / 7,
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
        lambda look: _over(*(look.workers(day, territories=("golden_triangle",)) for day in ("2024-06-15", "2023-06-15"))),
    ),
]

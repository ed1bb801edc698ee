"""A hand-made contrast: the four territories of tests/measures/worlds.py, four pools, a few moves."""

import pandas as pd
from measures import worlds

from sim.claims.contrast import Contrast

PLACES = worlds.TERRITORIES.assign(governance=[0.1, 0.2, 0.6, 0.8], china_border=[1, 1, 0, 0])
POOLS = pd.DataFrame(
    {
        "pool": ["mainland", "usa", "uk", "india"],
        "bloc": ["chinese_speaking", "western", "western", "regional_asian"],
        "users": [1000.0, 300.0, 60.0, 500.0],
    }
)
LOST = {"mainland": 400.0, "usa": 300.0, "uk": 100.0, "india": 200.0}


def weekly(changes, seeds=worlds.SEEDS):
    """Baseline and crackdown, with raids: four a week in the target with it (one of them real), two without (all real)."""
    table = worlds.weekly(changes).merge(worlds.TERRITORIES)
    raided = (table["territory"] == "hill") & (table["date"] >= worlds.START)
    table["raids"] = (raided * (2 - (table["scenario"] == "crackdown"))).astype(int)
    table["announced_raids"] = (raided * (2 + 2 * (table["scenario"] == "crackdown"))).astype(int)
    return table[table["seed"].isin(seeds)]


def pools(changes):
    """Losses by pool, and so many victims and workers that each victim loses 10 USD and each worker finds 2."""
    rows = []
    for scenario, change in (("baseline", {}), ("crackdown", changes)):
        for seed in worlds.SEEDS:
            for pool, lost in LOST.items():
                after = lost + change.get(pool, 0.0)
                losses = [after if date >= worlds.START else lost for date in worlds.WEEKS]
                keys = {"scenario": scenario, "seed": seed, "date": worlds.WEEKS, "pool": pool}
                rows.append(pd.DataFrame(keys | {"losses_usd": losses}))
    table = pd.concat(rows, ignore_index=True)
    return table.assign(victims=table["losses_usd"] / 10, effort_workers=table["losses_usd"] / 20)


def moves(*steps):
    """(scenario, date, crew, from, to, cause, people), in every seed."""
    columns = ["scenario", "date", "compound", "origin_territory", "destination_territory", "cause", "workers"]
    table = pd.DataFrame(list(steps), columns=columns)
    table["date"] = pd.to_datetime(table["date"])
    return pd.concat([table.assign(seed=seed) for seed in worlds.SEEDS], ignore_index=True)


def contrast(held=None, lost=None, steps=(), earlier=None, target=("hill",)):
    """Crackdown against baseline; for a trend, crackdown against itself."""
    tables = {"weekly": weekly(held or {}), "pools": pools(lost or {}), "moves": moves(*steps)}
    now, before = (
        {name: table[table["scenario"] == scenario] for name, table in tables.items()} for scenario in ("crackdown", "baseline")
    )
    return Contrast(now, now if earlier else before, worlds.START, target, PLACES, POOLS, earlier)

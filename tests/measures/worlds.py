"""Hand-made worlds: four territories, three seeds, four years of weeks, numbers that can be checked in the head."""

import numpy as np
import pandas as pd

START = pd.Timestamp("2020-01-06")
WEEKS = pd.date_range("2019-10-07", "2024-01-01", freq="W-MON")
SEEDS = (1, 2, 3)
TERRITORIES = pd.DataFrame(
    {
        "territory": ["hill", "valley", "coast", "island"],
        "country": ["here", "here", "there", "afar"],
        "remote": [0, 0, 0, 1],
    }
)
TARGETS = {"crackdown": ["hill"]}
SCENARIOS = pd.DataFrame(
    {
        "scenario": ["baseline", "crackdown"],
        "target": ["", "Hill"],
        "start": [None, "2020-01-06"],
        "relative_to": [None, "baseline"],
    }
)
WITHOUT = {"hill": 1000.0, "valley": 400.0, "coast": 600.0, "island": 200.0}
BLOCS = {"chinese_speaking": 3e6, "western": 1e6}
SPREAD = {1: 0.9, 2: 1.0, 3: 1.1}  # worlds differ in size by seed; the mean over seeds is the number given


def weekly(changes, scenario="crackdown", spread=SPREAD):
    """Baseline and one scenario; changes: {territory: people more or fewer, from the start on}."""
    rows = []
    for name, change in (("baseline", {}), (scenario, changes)):
        for seed in SEEDS:
            for territory, held in WITHOUT.items():
                after = (held + change.get(territory, 0.0)) * spread[seed]
                workers = np.where(WEEKS >= START, after, held * spread[seed])
                rows.append(
                    pd.DataFrame({"scenario": name, "seed": seed, "date": WEEKS, "territory": territory, "workers": workers})
                )
    table = pd.concat(rows, ignore_index=True)
    table["workers"] = table["workers"].astype("float32")
    table["compounds"] = np.ceil(table["workers"] / 100).astype("int32")
    table["losses_usd"] = (table["workers"] * 1000).astype("float32")
    return table.astype({"scenario": "category", "territory": "category"})


def pools(changes, scenario="crackdown", spread=SPREAD):
    """Baseline and one scenario; changes: {bloc: USD per week more or less, from the start on}."""
    rows = []
    for name, change in (("baseline", {}), (scenario, changes)):
        for seed in SEEDS:
            for bloc, lost in BLOCS.items():
                after = (lost + change.get(bloc, 0.0)) * spread[seed]
                losses = np.where(WEEKS >= START, after, lost * spread[seed])
                rows.append(pd.DataFrame({"scenario": name, "seed": seed, "date": WEEKS, "bloc": bloc, "losses_usd": losses}))
    return pd.concat(rows, ignore_index=True).astype({"scenario": "category", "bloc": "category"})

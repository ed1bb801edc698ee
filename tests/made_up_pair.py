"""A small made-up pair of worlds, week by week: the tables of `experiments.trace` as it would hand them to the figures."""

import numpy as np
import pandas as pd
from made_up import PLACES, START

DATES = pd.date_range(START - pd.Timedelta(weeks=60), START + pd.Timedelta(weeks=120), freq="7D")
WORLDS = ("without", "with")
CREWS = {"a" * 16: 900.0, "b" * 16: 1500.0}  # the second is the larger
BLOCS = {"chinese_speaking": 0.5, "regional_asian": 0.1, "western": 0.3, "other": 0.1}
FALLS = START + pd.Timedelta(weeks=30)  # Kokang changes hands in the world with the intervention


def tables():
    return {"timeline": timeline(), "states": states(), "traces": traces(), "options": options()}


def head(world):
    return {"scenario": "baseline" if world == "without" else "kokang_crackdown", "world": world, "seed": 1}


def timeline():
    frames = []
    for world in WORLDS:
        for territory, (name, country, _, _, _, workers, response) in PLACES.items():
            after = (DATES >= START) & (world == "with")
            fallen = (DATES >= FALLS) & (world == "with") & (territory == "kokang")
            rows = {"date": DATES, "territory": territory, "name": name, "country": country, "holder": "somebody",
                    "holder_name": np.where(fallen, "The new holder", "The old holder"), "expels": fallen,
                    "stance": "host", "course": np.where(after & (territory == "wa"), "stage", "protect"),
                    "raids": after & (territory == "kokang"), "staged_raids": 2 * (after & (territory == "wa")),
                    "workers": workers * (1 + response * after)}  # fmt: skip
            frames.append(pd.DataFrame(head(world) | rows))
    return pd.concat(frames, ignore_index=True).astype({"raids": int, "staged_raids": int})


def states():
    frames = []
    for world in WORLDS:
        for state, name, country, home in (("china", "China", "chn", 0.0), ("myanmar", "Myanmar", "mmr", 12.0),
                                           ("usa", "United States", "", 0.0), ("quiet", "Quiet", "lao", 0.0)):  # fmt: skip
            abroad = 90.0 * ((DATES >= START) & (world == "with") & (state == "china"))
            rows = {"date": DATES, "state": state, "name": name, "country": country, "course": "suppress",
                    "raids_a_year_home": home, "raids_a_year_abroad": abroad}  # fmt: skip
            frames.append(pd.DataFrame(head(world) | rows))
    return pd.concat(frames, ignore_index=True)


def traces():
    """Both crews stay without the intervention; with it one is raided, moves and comes to an end, the other splits, and chooses a
    place that has no room."""
    rows = []
    for world in WORLDS:
        for lineage, people in CREWS.items():
            for week, date in enumerate(DATES):
                since = (date - START).days // 7
                row = {"date": date, "compound": lineage, "territory": "kokang", "status": "open", "workers": people + week,
                       "hazard": 0.2, "belief": 0.1, "ask": "none", "raid": "", "cause": "", "split": 0,
                       "bound_for": ""}  # fmt: skip
                if world == "with" and lineage == "a" * 16 and since >= 8:
                    row |= {"territory": "wa", "status": "moving" if since < 12 else "open"}
                    if since == 8:
                        row |= {"ask": "raided", "raid": "real", "cause": "raided", "bound_for": "wa"}
                    if since == 60:
                        row |= {"status": "closed", "cause": "closed", "workers": 0.0, "hazard": np.nan}
                if world == "with" and lineage == "b" * 16 and since in (5, 20, 40):
                    row |= {5: {"raid": "staged"}, 20: {"split": 1}, 40: {"ask": "review", "bound_for": "wa"}}[since]
                rows.append(head(world) | row | {f"effort_{bloc}": share for bloc, share in BLOCS.items()})
                if row["status"] == "closed":
                    break
    return pd.DataFrame(rows)


def options():
    """The crew that was raided weighs three things; the other, on review, weighs nine and stays, once before the start."""
    after = {"stay": 20_000.0, "exit": 6_000.0, "wa": 25_000.0}
    places = [name for name in PLACES if name != "kokang"][:7]
    review = {"stay": 30_000.0, "exit": 6_000.0} | {place: 20_000.0 - 1000 * n for n, place in enumerate(places)}
    rows = []
    for lineage, weeks, ask, values, taken in (("a" * 16, 8, "raided", after, "wa"), ("b" * 16, 40, "review", review, "stay"),
                                               ("b" * 16, -20, "review", review, "stay")):  # fmt: skip
        for option, worth in values.items():
            place = option if option in PLACES else ""
            rows.append(head("with") | {
                "date": START + pd.Timedelta(weeks=weeks), "compound": lineage, "from_territory": "kokang", "ask": ask,
                "workers": CREWS[lineage], "place": place, "option": "own_country" if place else option, "belief": 0.3,
                "worth_usd": worth + 3000.0 * bool(place), "net_usd": worth, "probability": 1 / len(values),
                "taken": option == taken,
            })  # fmt: skip
    return pd.DataFrame(rows)

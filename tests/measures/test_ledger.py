import numpy as np
import pandas as pd
import pytest

from sim.measures.ledger import CHANNELS, channels, ledger
from sim.measures.paired import paired_zones
from sim.measures.zones import zones

from . import worlds

# Hill (the target) loses 500 people, elsewhere gains 250 in each world: 100 + 50 + 150 held (times the world's size).
GAINS = {"hill": -500.0, "valley": 100.0, "coast": 50.0, "island": 100.0}
EVEN = dict.fromkeys(worlds.SEEDS, 1.0)


def log(*steps):
    """Moves of every seed: (scenario, date, crew, from, to, cause, people)."""
    columns = ["scenario", "date", "compound", "origin_territory", "destination_territory", "cause", "workers"]
    table = pd.DataFrame(list(steps), columns=columns)
    table["date"] = pd.to_datetime(table["date"])
    return pd.concat([table.assign(seed=seed) for seed in worlds.SEEDS], ignore_index=True)


STEPS = log(
    ("crackdown", "2020-03-02", "a", "hill", "valley", "raided", 80.0),  # leaves the target: relocation
    ("crackdown", "2020-03-02", "b", "hill", "coast", "raided", 40.0),
    ("baseline", "2020-05-04", "b", "hill", "coast", "review", 20.0),  # left anyway, with fewer people: 20 beyond
    ("baseline", "2020-06-01", "c", None, "hill", "entry", 30.0),  # founded in the target without ...
    ("crackdown", "2020-06-01", "c", None, "coast", "entry", 30.0),  # ... and elsewhere with: deflection
    ("baseline", "2020-06-01", "d", "valley", "hill", "review", 15.0),  # would have come, and stays away: deflection
    ("crackdown", "2020-08-03", "e", None, "island", "entry", 25.0),  # founded nowhere without: entry
    ("crackdown", "2019-11-04", "f", "hill", "coast", "review", 999.0),  # before the start: counts nowhere
    ("baseline", "2019-11-04", "f", "hill", "coast", "review", 999.0),
)


def parts(steps=STEPS, gains=GAINS, spread=EVEN):
    zone = zones(worlds.TERRITORIES, worlds.TARGETS)
    paired = paired_zones(worlds.weekly(gains, spread=spread), zone, worlds.SCENARIOS)
    return channels(steps, paired, zone, worlds.SCENARIOS)


def test_each_crew_is_booked_in_the_channel_that_it_took():
    row = parts().iloc[0]
    assert [row[name] for name in CHANNELS] == pytest.approx([100.0, 45.0, 25.0, 80.0])
    assert row["workers_change elsewhere"] == 250.0


def test_the_channels_add_up_to_the_net_displacement_ratio():
    table = ledger(parts(), draws=50)
    assert list(table["channel"]) == list(CHANNELS)
    assert table["share"].to_numpy() == pytest.approx([0.2, 0.09, 0.05, 0.16])
    assert table["share"].sum() == pytest.approx(0.5)


def test_without_moves_and_entrants_all_is_competitive_release():
    table = ledger(parts(STEPS.iloc[:0]), draws=50).set_index("channel")["share"]
    assert table["competitive_release"] == pytest.approx(0.5)
    assert (table[["relocation", "deflection", "entry"]] == 0.0).all()


def test_a_crew_that_the_target_draws_in_is_negative_deflection():
    drawn = log(("crackdown", "2020-06-01", "g", "valley", "hill", "review", 60.0))
    assert parts(drawn).iloc[0]["deflection"] == -60.0


def test_a_crew_that_leaves_the_business_instead_of_coming_is_not_deflected():
    gone = log(
        ("baseline", "2020-06-01", "d", "valley", "hill", "review", 15.0),
        ("crackdown", "2020-06-01", "d", "valley", None, "exit", 15.0),
    )
    assert parts(gone).iloc[0]["deflection"] == 0.0


def test_no_share_is_given_where_nothing_was_suppressed():
    assert np.isnan(ledger(parts(gains={"hill": -20.0}), draws=50)["share"]).all()

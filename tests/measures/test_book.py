import pandas as pd
import pytest

from sim.measures.book import book

from . import worlds

PLACES = worlds.TERRITORIES.assign(lat=[0.0, 1.0, 2.0, 50.0], lon=0.0)
POOLS = pd.DataFrame({"pool": list(worlds.BLOCS), "bloc": list(worlds.BLOCS)})
MOVES = pd.DataFrame(
    {
        "scenario": "crackdown", "seed": worlds.SEEDS, "date": pd.Timestamp("2020-03-02"), "compound": "a", "cause": "raided",
        "origin_territory": "hill", "destination_territory": "coast", "workers": 100.0,
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def told():
    losses = worlds.pools({"chinese_speaking": -1e6, "western": 2.5e5})
    tables = {
        "weekly": worlds.weekly({"hill": -500.0, "coast": 200.0}).merge(worlds.TERRITORIES),
        "pools": losses.assign(pool=losses["bloc"]),
        "moves": MOVES,
    }
    return book(tables, PLACES, POOLS, worlds.SCENARIOS, worlds.TARGETS, draws=50)


def test_every_table_of_the_book_has_rows_of_the_scenario(told):
    assert len(told) == 13
    assert not [name for name, table in told.items() if set(table["scenario"].astype(str)) != {"crackdown"}]


def test_the_tables_agree_with_one_another(told):
    ndr = told["horizons"].query("horizon == 24").iloc[0]["ndr"]
    assert ndr == pytest.approx(0.4) == told["ledger"]["share"].sum() == told["harm_leakage"].iloc[0]["ndr_losses"]
    assert told["target_displacement"].iloc[0]["tdr"] == pytest.approx(0.25)
    assert told["quotients"].set_index("mode").loc["oracle", "wdq"] == 0.0  # the buffer, the own country, gains nothing
    assert told["recovery"].query("level == 0.9").iloc[0]["back"] == 0.0
    assert told["distance"].iloc[0]["km"] == pytest.approx(222.4, abs=0.1)


def test_without_a_target_there_is_nothing_about_displacement_in_space():
    tables = {
        "weekly": worlds.weekly({"hill": -500.0}).merge(worlds.TERRITORIES), "moves": MOVES,
        "pools": worlds.pools({}).assign(pool=lambda table: table["bloc"]),
    }  # fmt: skip
    told = book(tables, PLACES, POOLS, worlds.SCENARIOS, {"crackdown": []}, draws=50)
    assert "ledger" not in told and "externalities" in told and told["person_weeks"].iloc[0]["change"] < 0


def test_where_everything_is_target_no_table_asks_what_happened_elsewhere():
    tables = {
        "weekly": worlds.weekly({"hill": -500.0}).merge(worlds.TERRITORIES), "moves": MOVES,
        "pools": worlds.pools({}).assign(pool=lambda table: table["bloc"]),
    }  # fmt: skip
    told = book(tables, PLACES, POOLS, worlds.SCENARIOS, {"crackdown": list(worlds.TERRITORIES["territory"])}, draws=50)
    assert {"ledger", "quotients", "harm_leakage", "distance"}.isdisjoint(told) and "recovery" in told


def test_runs_that_begin_with_the_scenario_have_no_before():
    weekly = worlds.weekly({"hill": -500.0}).merge(worlds.TERRITORIES)
    weekly = weekly[weekly["date"] >= pd.to_datetime(worlds.SCENARIOS["start"].dropna().iloc[0])]
    tables = {"weekly": weekly, "moves": MOVES, "pools": worlds.pools({}).assign(pool=lambda table: table["bloc"])}
    told = book(tables, PLACES, POOLS, worlds.SCENARIOS, worlds.TARGETS, draws=50)
    assert told["before_after"]["before_after"].isna().all() and told["before_after"]["paired"].notna().all()

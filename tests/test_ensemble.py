"""Ensembles: runs become tables, in one order, whoever ran them."""

import json

import numpy as np
import pandas as pd
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from running import in_another_process

import sim
from sim import ConfigError, load_scenario, simulate
from sim.ensemble import Collector, design, run_ensemble
from sim.ensemble.design import checked_plan, run_id
from sim.ensemble.memory import run_work
from sim.records import moves_by_name

SEEDS = (3, 4)
WORLD = {"region": "toy", "start": "2019-05-06", "end": "2019-09-30"}


MANY = range(1, 22)  # with two scenarios 42 runs: a part of the folder then holds several


def short(name):
    return load_scenario(name, **WORLD)


@pytest.fixture(scope="module")
def scenarios():
    return [short("baseline"), short("kokang_crackdown")]


@pytest.fixture(scope="module")
def tables(scenarios):
    return run_ensemble(scenarios, SEEDS)


def test_a_row_of_weekly_is_what_the_run_recorded(scenarios, tables):
    run, scenario = simulate(scenarios[1], 4), scenarios[1]
    mine = tables["weekly"].query("scenario == 'kokang_crackdown' and seed == 4")
    shape = (scenario.weeks, len(scenario.region.territories))
    assert mine["territory"].tolist()[:: shape[0]] == scenario.region.names("territories")
    assert mine["date"].iloc[[0, -1]].dt.date.tolist() == [scenario.date(0), scenario.date(scenario.weeks - 1)]
    columns = {"workers": "workers", "compounds": "compounds", "revenue_usd": "revenue", "losses_usd": "losses"}
    for column, record in columns.items():
        assert np.array_equal(mine[column].to_numpy().reshape(shape[::-1]).T, getattr(run.records, record))


def test_a_row_of_pools_is_what_the_run_recorded(scenarios, tables):
    run = simulate(scenarios[0], 3)
    mine = tables["pools"].query("scenario == 'baseline' and seed == 3")
    assert np.array_equal(mine["victims"].to_numpy(), run.records.pool_victims.T.ravel())
    assert np.array_equal(mine["reported_losses_usd"].to_numpy(), run.records.pool_reported.T.ravel())
    blocs = {pool.pool: pool.bloc for pool in scenarios[0].region.pools}
    assert (mine["pool"].astype(str).map(blocs) == mine["bloc"].astype(str)).all()


def test_occupied_cells_hold_all_the_workers_of_their_week(tables):
    cells = tables["cells"].groupby(["scenario", "seed", "date"], observed=True)["workers"].sum()
    weekly = tables["weekly"].groupby(["scenario", "seed", "date"], observed=True)["workers"].sum()
    assert len(cells) and (tables["cells"]["workers"] > 0).all()
    assert np.allclose(cells, weekly.loc[cells.index], rtol=1e-4)


def test_moves_are_those_of_the_run_and_nowhere_is_null(scenarios, tables):
    log = moves_by_name(simulate(scenarios[1], 4).moves, scenarios[1])
    mine = tables["moves"].query("scenario == 'kokang_crackdown' and seed == 4")
    assert len(mine) and mine["compound"].tolist() == list(log["compound"])
    assert mine["cause"].astype(str).tolist() == list(log["cause"])
    for column in ("origin_territory", "origin_cell", "destination_territory", "destination_cell"):
        assert mine[column].astype(object).where(mine[column].notna(), "").tolist() == list(log[column])
    assert mine.loc[mine["cause"] == "entry", "origin_cell"].isna().all()


def test_all_parts_have_one_schema_even_where_nothing_has_a_zone(scenarios, tables, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.folder.PART_WORK", 0)  # a part for each run
    results = run_ensemble(scenarios, SEEDS, out=tmp_path / "runs")
    for name in ("weekly", "pools", "moves", "cells"):
        files = results.files(name)
        assert len(files) == 4 and all(pq.read_schema(file).equals(pq.read_schema(files[0])) for file in files)
        read = pyarrow.dataset.dataset(files).to_table()
        assert read.num_rows == len(results[name]) and results[name].equals(tables[name])
        assert read.schema.field("seed").nullable is False and read.schema.field("date").nullable is False


def test_short_runs_share_a_part_and_long_ones_do_not(scenarios, tmp_path, monkeypatch):
    assert len(run_ensemble(scenarios, SEEDS, out=tmp_path / "short").files("runs")) == 1
    monkeypatch.setattr("sim.ensemble.folder.PART_WORK", 2 * run_work(scenarios[0]))
    assert len(run_ensemble(scenarios, SEEDS, out=tmp_path / "longer").files("runs")) == 2


def test_the_target_is_a_zone_and_the_baseline_has_none(tables):
    weekly = tables["weekly"]
    assert weekly.loc[weekly["scenario"] == "baseline", "zone"].isna().all()
    placed = weekly.loc[weekly["scenario"] == "kokang_crackdown"]
    assert set(placed.loc[placed["zone"] == "target", "territory"]) == {"north_enclave"}
    assert placed["zone"].notna().all()


def test_threads_change_nothing(scenarios, tables):
    alone = run_ensemble(scenarios, SEEDS, workers=1)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, alone[name], check_exact=True)


def files(folder):
    """{file: what it holds} of a folder of results; of the manifest, without when it was written."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest.pop("written") and manifest["state"] == "complete"
    return found | {"manifest.json": manifest}


@pytest.fixture(scope="module")
def one_after_the_other(tmp_path_factory):
    """What is on disk when one thread has run an ensemble."""
    folder = tmp_path_factory.mktemp("ensembles") / "alone"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.ensemble.folder.PART_WORK", 0)  # many parts
        run_ensemble(["baseline", "kokang_crackdown"], MANY, 1, out=folder, **WORLD)
    return files(folder)


@pytest.mark.parametrize(("executor", "workers"), [("threads", 3), pytest.param("processes", 2, marks=pytest.mark.slow)])
def test_the_files_of_an_ensemble_are_the_same_to_the_byte_whoever_ran_it(
    executor, workers, one_after_the_other, tmp_path, monkeypatch
):
    monkeypatch.setattr("sim.ensemble.folder.PART_WORK", 0)
    run_ensemble(["baseline", "kokang_crackdown"], MANY, workers, executor=executor, out=tmp_path / "together", **WORLD)
    together = files(tmp_path / "together")
    parts = [name for name in together if name.startswith("weekly/")]
    assert 3 < len(parts) < 2 * len(MANY)
    assert together.keys() == one_after_the_other.keys()
    assert [name for name in together if together[name] != one_after_the_other[name]] == []


def test_every_run_is_told_to_the_progress_bar(scenarios):
    told = []
    run_ensemble(scenarios, SEEDS, progress=lambda: told.append(1))
    assert len(told) == len(scenarios) * len(SEEDS)


def test_worlds_of_different_length_do_not_share_a_table(scenarios):
    longer = load_scenario("placebo", region="toy", start="2019-05-06", end="2019-12-30")
    with pytest.raises(ConfigError, match="placebo has another region, start or end than baseline"):
        run_ensemble([scenarios[0], longer], SEEDS)


def test_an_empty_design_is_refused(scenarios):
    with pytest.raises(ConfigError, match="at least one scenario and one seed"):
        run_ensemble(scenarios, [])


def test_only_the_tables_asked_for_are_kept(scenarios, tables):
    few = run_ensemble(scenarios, SEEDS, tables=["cells", "weekly"])
    assert list(few) == ["weekly", "cells", "runs"]
    pd.testing.assert_frame_equal(few["weekly"], tables["weekly"], check_exact=True)
    with pytest.raises(ConfigError, match=r"tables: is \['weakly'\]; allowed: some of weekly, pools, moves, cells"):
        run_ensemble(scenarios, SEEDS, tables=["weakly"])


def test_a_reduction_sees_the_worlds_of_a_pair_together_and_only_its_tables_are_kept(scenarios):
    def difference(tables):
        workers = tables["weekly"].astype({"workers": "f8"}).groupby("scenario", observed=True)["workers"].sum()
        seed = tables["weekly"]["seed"].iloc[0]
        return pd.DataFrame({"seed": [seed], "change": [workers["kokang_crackdown"] - workers["baseline"]]})

    asked = sim.design(["baseline", "kokang_crackdown"], SEEDS)
    reduced = run_ensemble(asked, reduce=difference, **WORLD)
    assert list(reduced) == ["summary", "runs"]
    weekly = run_ensemble(scenarios, SEEDS)["weekly"].astype({"workers": "f8"})
    totals = weekly.groupby(["seed", "scenario"], observed=True)["workers"].sum().unstack()
    assert reduced["summary"]["seed"].tolist() == list(SEEDS)
    assert reduced["summary"]["change"].tolist() == pytest.approx((totals["kokang_crackdown"] - totals["baseline"]).tolist())


def test_months_are_means_of_the_weeks_that_begin_in_them(tables):
    monthly = sim.monthly(tables)
    whole, keys = tables["weekly"], ["scenario", "seed", "territory"]
    august = whole[(whole["date"] >= "2019-08-01") & (whole["date"] < "2019-09-01")]
    mine = monthly["weekly"][monthly["weekly"]["date"] == "2019-08-01"].set_index(keys)["workers"]
    expected = august.groupby(keys, observed=True)["workers"].mean()
    assert len(mine) == len(expected) and np.allclose(mine, expected.loc[mine.index], rtol=1e-6)
    by = ["scenario", "seed", "territory", "date"]
    rows, order = 4 * whole["territory"].nunique(), monthly["weekly"][by]
    assert order["date"].dt.strftime("%m").tolist() == ["05", "06", "07", "08", "09"] * rows
    assert len(order.drop(columns="date").drop_duplicates()) == rows
    turned = sim.monthly({"weekly": whole.sort_values("date", kind="stable")})["weekly"]  # as good, to the bit
    both = [table.sort_values(by, ignore_index=True) for table in (turned, monthly["weekly"])]
    pd.testing.assert_frame_equal(*both, check_exact=True)
    assert {name: str(kind) for name, kind in monthly["pools"].dtypes.items()} == {
        name: str(kind) for name, kind in tables["pools"].dtypes.items()
    }
    assert monthly["moves"] is tables["moves"]


def test_many_runs_in_memory_lie_in_blocks_and_are_the_same(scenarios, tables, monkeypatch):
    monkeypatch.setattr("sim.ensemble.collect.MANY", 0)
    for name, table in run_ensemble(scenarios, SEEDS).items():
        pd.testing.assert_frame_equal(table, tables[name], check_exact=True)


def test_tables_without_a_run_have_the_columns_of_those_with_some(scenarios, tables):
    plan = checked_plan(scenarios, SEEDS)
    for name, table in Collector(plan, range(2)).frames().items():
        assert len(table) == 0 and table.dtypes.astype(str).equals(tables[name].dtypes.astype(str))


@pytest.mark.parametrize("runs", [1, 3])
def test_whoever_gets_tables_may_write_to_them(scenarios, runs):
    for table in run_ensemble(scenarios[1:], range(runs)).values():
        for name in table:
            before = table[name].copy()
            table.loc[table.index[0], name] = last = table[name].iloc[-1]
            assert table[name].iloc[0] == last or pd.isna(last)
            assert before.iloc[1:].equals(table[name].iloc[1:])


def test_a_run_has_one_identity_however_its_plan_is_cut():
    table = design(["baseline", "placebo"], [1, 2], draws=pd.DataFrame({"enforcement.leak": [0.3]})).assign(draw=0)
    table.loc[:1, "enforcement.leak"] = np.nan
    plan = checked_plan(table, **WORLD)
    expected = [run_id(plan.scenario(run), plan.seed(run), "code") for run in range(4)]
    assert [plan.run_id(run, "code") for run in range(4)] == expected and len(set(expected)) == 4
    assert [plan.slice(1, 4).run_id(run, "code") for run in range(3)] == expected[1:]


def test_processes_change_nothing(scenarios, tables):
    apart = run_ensemble(scenarios, SEEDS, workers=2, executor="processes")
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, apart[name], check_exact=True)


def test_the_package_offers_it_without_importing_it_first():
    names = "sim.run_ensemble, sim.design, sim.load_results, sim.monthly"
    in_another_process(f"import sys, sim; assert 'sim.ensemble' not in sys.modules; {names}")


def test_a_progress_bar_shows_the_time_left(scenarios, capsys):
    run_ensemble(scenarios, SEEDS, progress=True)
    assert "4/4" in capsys.readouterr().err

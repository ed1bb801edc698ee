"""Results on disk: whole folders or none, tables that come back as they were, a manifest that says what made them."""

import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import ConfigError
from sim.store import (
    digest,
    load_results,
    provenance,
    region_table,
    results_folder,
    write_csv,
    write_manifest,
    write_table,
)

TABLE = pd.DataFrame(
    {
        "scenario": pd.Categorical(["baseline", "crackdown", "baseline"], categories=["baseline", "crackdown"]),
        "date": np.array(["2019-01-07", "2019-01-14", "2019-01-21"], "datetime64[us]"),
        "zone": pd.Categorical([None, "target", None], categories=["target", "own_country"]),
        "workers": np.array([1.5, 0.0, 2.25], "f4"),
        "compounds": np.array([1, 0, 2], "i4"),
    }
)


def test_a_table_comes_back_as_it_was_and_whole_numbers_leave_no_room_for_nulls(tmp_path):
    file = write_table(tmp_path, "weekly", TABLE)
    schema = pq.read_schema(file)
    assert [name for name in TABLE if not schema.field(name).nullable] == ["compounds"]
    pd.testing.assert_frame_equal(pd.read_parquet(file), TABLE)
    write_manifest(tmp_path, {"format": 1})
    pd.testing.assert_frame_equal(load_results(tmp_path)["weekly"], TABLE)


def test_a_table_has_the_same_bytes_whatever_chunks_it_comes_in(tmp_path):
    many = pd.concat([TABLE] * 360_000, ignore_index=True)  # more than a group of rows
    many = pa.Table.from_pandas(many, preserve_index=False)
    parts = pa.concat_tables([many[:1000], many[1000:350_000], many[350_000:]])
    assert parts["workers"].num_chunks == 3
    whole, chunked = write_table(tmp_path, "whole", many), write_table(tmp_path, "chunked", parts)
    assert whole.read_bytes() == chunked.read_bytes()


def test_a_folder_appears_when_all_is_written(tmp_path):
    out = tmp_path / "deep" / "results"
    with results_folder(out) as folder:
        write_table(folder, "weekly", TABLE)
        assert not out.exists()
    assert [path.name for path in out.iterdir()] == ["weekly.parquet"]
    assert [path.name for path in out.parent.iterdir()] == ["results"]


@pytest.mark.parametrize("accident", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_accident_leaves_nothing_behind(tmp_path, accident):
    with pytest.raises(accident), results_folder(tmp_path / "deep" / "results") as folder:
        write_table(folder, "weekly", TABLE)
        raise accident
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "results").mkdir()
    with results_folder(tmp_path / "results") as folder:
        write_csv(folder, "zones", TABLE)
    assert (tmp_path / "results" / "zones.csv").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="exists and is not empty; allowed"), results_folder(tmp_path):
        pytest.fail("it must not be entered")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_is_found_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConfigError, match="cannot be written"), results_folder(tmp_path / "file" / "results"):
        pytest.fail("it must not be entered")


def test_a_full_disk_is_said_in_one_line(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot be written \(No space left"), results_folder(tmp_path / "results"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path):
    write_table(tmp_path, "weekly", TABLE)
    mixed = pd.DataFrame({"workers": np.array([1, "many"], dtype=object)})
    with pytest.raises(Exception, match="workers"):
        write_table(tmp_path, "weekly", mixed)
    assert [path.name for path in tmp_path.iterdir()] == ["weekly.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "weekly.parquet"), TABLE)


def test_tables_come_back_as_they_were_written(tmp_path):
    starts = pd.DataFrame({"scenario": ["baseline", "crackdown"], "start": [pd.NaT, pd.Timestamp("2023-09-04")]})
    with results_folder(tmp_path / "results") as folder:
        write_table(folder, "weekly", TABLE)
        write_csv(folder, "scenarios", starts)
        write_manifest(folder, {"seeds": [1, 2]})
    results = load_results(tmp_path / "results")
    assert sorted(results) == ["scenarios", "weekly"]
    assert results.manifest == {"seeds": [1, 2]}
    pd.testing.assert_frame_equal(results["weekly"], TABLE)
    assert results["scenarios"]["start"].tolist() == [pd.NaT, pd.Timestamp("2023-09-04")]
    with pytest.raises(KeyError, match="found: scenarios, weekly"):
        results["moves"]


def test_results_say_what_they_are_when_they_are_printed(tmp_path):
    with results_folder(tmp_path / "results") as folder:
        write_table(folder, "weekly", TABLE)
        write_csv(folder, "zones", TABLE.iloc[:1])
        write_manifest(folder, {"experiment": "ensemble", "state": "complete"})
    lines = str(load_results(tmp_path / "results")).splitlines()
    assert lines[0] == f"Results in {tmp_path / 'results'} (ensemble, complete)"
    assert [line.split() for line in lines[1:]] == [["weekly", "3", "rows"], ["zones", "1", "row"]]
    (tmp_path / "results" / "weekly.parquet").write_bytes(b"PAR1")
    assert "weekly        cut short, or something else" in repr(load_results(tmp_path / "results"))


def test_a_folder_without_a_manifest_holds_no_results(tmp_path):
    with pytest.raises(ConfigError, match="no results here"):
        load_results(tmp_path)


def test_provenance_names_the_code_the_libraries_and_the_machine(tmp_path):
    found = json.loads(write_manifest(tmp_path, provenance()).read_text())
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["package"]["version"])
    assert found["package"]["git_commit"] is None or re.fullmatch(r"[0-9a-f]{40}", found["package"]["git_commit"])
    assert {"numpy", "numba", "pandas", "mesa"} <= set(found["libraries"])
    assert not {"missing"} & set(found["libraries"].values())
    assert found["python"] and found["platform"]["system"]


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_region_table_has_the_columns_that_measures_read():
    table = region_table("toy", "territories")
    assert {"territory", "country", "remote"} <= set(table.columns)
    assert set(table["remote"]) == {0, 1}

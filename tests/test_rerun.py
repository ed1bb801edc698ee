"""Any stored run can be made again from its manifest, to the bit; and what changed since is said."""

import json
import shutil

import pytest
from test_design import DRAWS, STRUCTURES, WORLD

from experiments.rerun import main
from sim.ensemble import design, monthly, run_ensemble
from sim.ensemble.design import model_digest
from sim.store import load_results, write_manifest, write_table


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """An ensemble on disk, with draws and structures."""
    table = design(["baseline", "kokang_crackdown"], [1, 2, 3], DRAWS, STRUCTURES)
    return run_ensemble(table, out=tmp_path_factory.mktemp("rerun") / "results" / "runs", **WORLD)


@pytest.fixture
def copied(stored, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(stored.path, tmp_path / "results" / "runs")


def test_a_run_is_the_same_to_the_bit_by_id_by_key_or_by_default(stored, capsys):
    row = stored["runs"].iloc[17]
    for asked in ([], [row["id"]], [row["id"][:8]], [row["scenario"], str(row["seed"])]):
        assert main([str(stored.path), *asked]) == 0
        said = capsys.readouterr().out
        assert said.count("the same to the bit") == 4 and "Code and data are the same." in said
    assert f"scenario {row['scenario']}, seed {row['seed']}" in said


def test_an_id_alone_is_looked_for_under_results(stored, capsys, monkeypatch):
    monkeypatch.chdir(stored.path.parent.parent)
    assert main([stored["runs"]["id"].iloc[5]]) == 0
    assert f"Run {stored['runs']['id'].iloc[5]} (scenario" in capsys.readouterr().out
    assert main(["0000000000"]) == 2
    assert "neither a folder of results nor a run under results/" in capsys.readouterr().err


def test_one_bit_of_difference_is_found(copied, capsys):
    part = sorted((copied / "weekly").glob("*.parquet"))[0]
    table = load_results(copied)["weekly"].iloc[: len(load_results(copied)["weekly"]) // 24]
    workers = table["workers"].to_numpy().copy()
    workers.view("u4")[40] ^= 1
    write_table(part.parent, part.stem, table.assign(workers=workers))
    assert main([str(copied)]) == 1
    said = capsys.readouterr().out
    assert "weekly" in said and said.count("NOT the same") == 1 and said.count("the same to the bit") == 3


def test_rows_in_the_order_of_older_versions_are_the_same(copied, capsys):
    part = sorted((copied / "weekly").glob("*.parquet"))[0]
    table = load_results(copied)["weekly"].iloc[: len(load_results(copied)["weekly"]) // 24]
    by_date = table.sort_values("date", kind="stable")
    assert not by_date.index.equals(table.index)
    write_table(part.parent, part.stem, by_date)
    assert main([str(copied)]) == 0
    assert capsys.readouterr().out.count("the same to the bit") == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "another"}, "The code of the model has CHANGED since (digest another, now"),
        ({"data": "another"}, "The data of toy have CHANGED since (digest another, now"),
        ({"source": "another"}, "The code of the model is the same; code above it"),
    ],
)
def test_changed_code_or_data_is_said_aloud(copied, capsys, changes, words):
    manifest = load_results(copied).manifest
    write_manifest(copied, manifest | {"digests": manifest["digests"] | changes})
    assert main([str(copied)]) == 0
    assert words in capsys.readouterr().out


def test_another_numba_is_said_aloud(copied, capsys):
    manifest = load_results(copied).manifest
    write_manifest(copied, manifest | {"libraries": manifest["libraries"] | {"numba": "0.1"}})
    assert main([str(copied)]) == 0
    assert "numba has CHANGED since (0.1, now" in capsys.readouterr().out


def test_the_config_files_of_today_have_no_say(stored, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("sim.scenario.CONFIGS", tmp_path)  # there are none
    assert main([str(stored.path)]) == 0


def test_reduced_tables_are_made_again_by_group(tmp_path, capsys):
    table = design(["baseline", "kokang_crackdown"], [1, 2, 3])
    run_ensemble(table, out=tmp_path / "runs", tables=["weekly"], reduce=monthly, **WORLD)
    assert main([str(tmp_path / "runs"), "kokang_crackdown", "2"]) == 0
    assert capsys.readouterr().out.count("the same to the bit") == 1


def test_a_reduction_named_in_a_manifest_is_never_imported(tmp_path, capsys):
    run_ensemble(["baseline"], [1], out=tmp_path / "runs", tables=["weekly"], reduce=monthly, **WORLD)
    write_manifest(tmp_path / "runs", load_results(tmp_path / "runs").manifest | {"reduce": "os.getcwd"})
    assert main([str(tmp_path / "runs")]) == 2
    assert "reduce: os.getcwd is not known here; allowed: sim.ensemble.collect.monthly" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c", "d"], ["nowhere"]])
def test_what_cannot_be_run_again_is_one_line(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_unknown_run_or_other_results_are_one_line(stored, tmp_path, capsys):
    assert main([str(stored.path), "kokang_crackdown", "99"]) == 2
    assert "has no run kokang_crackdown 99; allowed" in capsys.readouterr().err
    (tmp_path / "manifest.json").write_text(json.dumps({"settings": {}}))
    assert main([str(tmp_path)]) == 2
    assert "holds no runs that can be made again" in capsys.readouterr().err


def test_a_run_of_a_comparison_is_made_again_too(tmp_path, capsys, monkeypatch):
    from experiments.common.console import launch
    from experiments.compare import compare

    monkeypatch.setattr("experiments.compare.draw_all", lambda *_: [])
    asked = ["region=toy", "scenarios=[kokang_crackdown]", "end=2019-10-07", "ensemble.pairs=2", "params.enforcement.leak=0.3"]
    asked += ["start=2019-01-07", "window=[1,2]", f"out={tmp_path / 'out'}"]
    status = launch(compare, "compare", asked)
    assert status == 0, capsys.readouterr().err
    assert load_results(tmp_path / "out").manifest["digests"]["model"] == model_digest()
    capsys.readouterr()
    assert main([str(tmp_path / "out"), "kokang_crackdown", "2"]) == 0
    assert capsys.readouterr().out.count("the same to the bit") == 4

"""Draws, knock-outs, maps and boxes; and `python -m experiments.claims` from settings to a folder."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments.verdicts.design import Asked, named
from experiments.verdicts.knockout import MECHANISMS, label, shapley, subsets, switches
from experiments.verdicts.map_luck import LANGUAGES, TOGETHER, percentile, permuted
from experiments.verdicts.points import Point, World, built, variants, worlds
from sim.claims.claim import load_claims

ROOT = Path(__file__).parent.parent
BASE = {"region": "southeast_asia", "start": None, "end": None, "params": {}}


def test_variants_turn_one_switch_and_leave_out_the_reference_nulls():
    found = variants("all")
    assert found["mobility=off"] == {"structure.mobility": "off"} and all(len(params) == 1 for params in found.values())
    assert not [name for name in found if name.startswith(("growth=", "taken="))]
    assert variants("none") == {} and list(variants(["beliefs"])) == ["beliefs=none", "beliefs=bayesian"]
    with pytest.raises(sim.ConfigError, match="structures: 'mobile' is not a switch; allowed: all, none"):
        variants("mobile")


def test_claims_share_the_worlds_that_they_ask_for():
    needed = worlds(load_claims(("C001", "C002", "C005", "C027", "C056")))
    assert set(needed) == {"kokang_crackdown", "baseline", "baseline enforcement.cover_effect=0.0"}


def test_a_world_keeps_what_its_scenario_is_about_and_what_is_shut_off_in_it():
    point = Point(1, "", {"structure.states": "off", "enforcement.leak": 0.9, "politics.image": 0.1}, range(1, 2))
    made = built(World("states_endogenous", {"politics.image": 0.7}), "label", point, BASE)
    assert made.params["structure"]["states"] == "endogenous"  # the scenario's own stands against the variant
    assert made.params["enforcement"]["leak"] == 0.9 and made.params["politics"]["image"] == 0.7
    assert made.name == "label"


def test_shapley_values_of_a_known_game():
    """The glove game: one left glove (l) and two right ones (r, s); a pair is worth 1. Values 2/3, 1/6, 1/6."""
    values = {chosen: float("l" in chosen and len(chosen) > 1) for chosen in subsets("lrs")}
    assert shapley(values) == pytest.approx({"l": 2 / 3, "r": 1 / 6, "s": 1 / 6})


def test_shapley_values_add_up_to_all_less_none():
    luck = np.random.default_rng(1)
    values = {chosen: luck.normal() for chosen in subsets(MECHANISMS)}
    assert len(values) == 16
    assert sum(shapley(values).values()) == pytest.approx(values[frozenset(MECHANISMS)] - values[frozenset()])


def test_a_world_of_some_mechanisms_has_the_others_out():
    assert switches(frozenset(MECHANISMS)) == {}
    assert switches(frozenset({"entry", "beliefs"})) == {"structure.mobility": "off", "structure.retargeting": "off"}
    assert label(frozenset({"beliefs", "entry"})) == "entry beliefs" and label(frozenset()) == "none"


def test_a_permuted_map_holds_the_same_values_elsewhere():
    real = sim.load_region("southeast_asia")
    other = permuted(real, 1)
    for table, columns in TOGETHER.items():
        before, after = ([tuple(getattr(row, c) for c in columns) for row in region.rows[table]] for region in (real, other))
        assert sorted(before) == sorted(after) and before != after
        assert real.names(table) == other.names(table)
    speaks = [sorted((row.labour_pool, row.language) for row in region.rows[LANGUAGES]) for region in (real, other)]
    assert speaks[0] != speaks[1] and len(speaks[0]) == len(speaks[1])
    assert other.digest != real.digest and permuted(real, 1).digest == other.digest != permuted(real, 2).digest
    remote = [(a, b) for a, b in zip(real.territories, other.territories, strict=True) if a.remote]
    assert remote and all(a == b for a, b in remote)


def test_a_permuted_map_runs():
    scenario = sim.load_scenario("baseline", start="2019-01-07", end="2019-03-04")
    from dataclasses import replace

    run = sim.simulate(replace(scenario, region=permuted(scenario.region, 1)), 1)
    assert run.records.workers[-1].sum() > 0


def test_the_percentile_of_the_real_map_counts_ties_half():
    assert percentile(3.0, [1, 2, 3, 4]) == 62.5 and percentile(9.0, [1, 2]) == 100.0
    assert np.isnan(percentile(float("nan"), [1.0])) and np.isnan(percentile(1.0, [float("nan")]))


def test_a_box_finds_the_parameter_that_decides():
    pytest.importorskip("ema_workbench")
    from experiments.verdicts.discovery import boxes

    luck = np.random.default_rng(0)
    draws = pd.DataFrame(luck.random((200, 4)), columns=["a.x", "b.y", "c.z", "d.w"], index=range(1, 201))
    outcomes = {draw: "holds" if x > 0.6 else "fails" for draw, x in draws["a.x"].items()}
    found = boxes(draws, {"C001": outcomes}, ("holds", "reverses"))
    assert set(found["parameter"]) == {"a.x"} and set(found["outcome"]) == {"holds"}
    row = found.iloc[0]
    assert 0.4 < row["low"] < 0.65 and row["density"] >= 0.8 and row["coverage"] > 0.9
    assert boxes(draws.head(30), {"C001": {k: outcomes[k] for k in range(1, 31)}}, ("holds",)).empty  # too few to tell


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    out = tmp_path_factory.mktemp("claims") / "out"
    settings = ["claims=[C007,C035,C037]", "ensemble.pairs=2", "draws=2", "structures=[retargeting]", f"out={out}"]
    done = subprocess.run(
        [sys.executable, "-m", "experiments.claims", *settings], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_the_job_writes_its_tables_cards_and_manifest(job):
    out, said = job
    names = {path.name for path in out.iterdir()}
    assert names >= {"claims.csv", "readings.csv", "points.csv", "pairs.csv", "draws.csv", "cards.txt", "manifest.json"}
    table = pd.read_csv(out / "claims.csv")
    assert list(table["claim"]) == ["C007", "C035", "C037"] and list(table["draws"]) == [2, 0, 2]
    assert table.loc[1, "verdict"] == "not judged" and "C007 (article 003)" in said


def test_the_manifest_holds_the_digest_of_every_rule(job):
    manifest = json.loads((job[0] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["claims"]["C007"] == load_claims(("C007",))[0].digest and "headline" in manifest["claims"]


def test_the_headline_may_be_asked_alone_or_beside_some_claims():
    settings = {"ensemble": {"pairs": 2}, "draws": 0}
    for names, listed, parts in ((["headline"], [], 3), (["C007", "headline"], ["C007"], 3), (["C007"], ["C007"], 0)):
        claims, headline, found = named(Asked.model_construct(claims=tuple(names), **settings))
        assert [claim.id for claim in claims] == listed and len(found) == parts
        assert headline.digest


def test_points_are_the_draws_and_the_variants(job):
    points = pd.read_csv(job[0] / "points.csv", keep_default_na=False).query("claim == 'C007'")
    assert list(zip(points["draw"], points["structure"], strict=True)) == [(1, ""), (2, ""), (0, ""), (0, "retargeting=off")]


def test_pairs_hold_all_that_a_verdict_was_read_from(job):
    pairs = pd.read_csv(job[0] / "pairs.csv", keep_default_na=False)
    mine = pairs.query("claim == 'C007' and draw == 0 and structure == ''")
    wide = mine.pivot(index="seed", columns="count", values="value")
    value = wide["victims_change chosen"].mean() / wide["victims_without chosen"].mean()
    assert value == pytest.approx(pd.read_csv(job[0] / "claims.csv")["value"][0]) and len(wide) == 2


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["claims=[C099]"], "claims: 'C099' does not exist; allowed: all, or of headline, C001 to C061"),
        (["claims=[C007]", "structures=[mobile]"], "structures: 'mobile' is not a switch"),
        (["claims=[C007]", "draws=-1"], "draws: is -1; allowed: greater than or equal to 0"),
        (["claims=[C007]", "region=toy"], "region: is toy; allowed: southeast_asia"),
        (["claims=[C007]", "drawz=1"], "drawz: unknown key"),
        (["claims=[C007]", "ensemble.runs=here"], "ensemble.runs: is 'here'; allowed: null"),
        (["claims=[C007]", "ensemble.until=precision"], "ensemble.until: is 'precision'; allowed: pairs"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(settings, told, tmp_path):
    command = [sys.executable, "-m", "experiments.claims", *settings, f"out={tmp_path / 'out'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and told in done.stderr and done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_batches_of_seeds_cover_them_in_order():
    from experiments.verdicts.points import _batches

    batches = list(_batches(range(3, 8)))
    assert [list(batch) for batch in batches] == [[3, 4], [5, 6], [7]]
    assert all(a[-1] < b[0] for a, b in pairwise(batches))


def test_the_page_of_verdicts_is_about_the_rules_as_they_are():
    command = [sys.executable, str(ROOT / "scripts" / "publish_verdicts.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_page_made_under_another_rule_is_found_out(tmp_path):
    page = (ROOT / "docs" / "claims_verdicts.md").read_text(encoding="utf-8")
    digest = load_claims(("C012",))[0].digest
    (tmp_path / "claims_verdicts.md").write_text(page.replace(digest, "0" * 16), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "publish_verdicts.py"), "--check", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "the rules of C012 changed since" in done.stderr

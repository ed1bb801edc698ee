"""Every claim of the articles has its file, fixed before any run: what is asked, and what would refute it."""

import csv
from pathlib import Path

import pytest
import yaml
from claims import sides
from measures import worlds

from sim import ConfigError, store
from sim.claims.claim import FOLDER, LONGEST, load_claims, load_headline
from sim.claims.contrast import Contrast
from sim.claims.estimands import ESTIMANDS
from sim.claims.reading import count
from sim.scenario import read_choice

ROOT = Path(__file__).parent.parent
EVIDENCE = list(csv.DictReader((ROOT / "data/raw/evidence/claims.csv").open(encoding="utf-8")))
CLAIMS = load_claims()
JUDGED = [claim for claim in CLAIMS if claim.judged] + list(load_headline().parts)


def test_each_of_the_61_claims_has_one_file():
    assert [claim.id for claim in CLAIMS] == [row["claim_id"] for row in EVIDENCE] and len(CLAIMS) == 61


def test_each_names_the_article_that_makes_it():
    assert not [c.id for c, row in zip(CLAIMS, EVIDENCE, strict=True) if not row["seed_file"].startswith(c.article)]


def test_claims_are_said_in_other_words_than_in_the_table_of_evidence():
    assert not [c.id for c, row in zip(CLAIMS, EVIDENCE, strict=True) if c.paraphrase == row["paraphrase"]]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("C*.yaml")), ids=lambda path: path.stem)
def test_a_file_reads_in_one_glance(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_nearly_all_are_judged_and_the_others_say_why():
    silent = [claim for claim in CLAIMS if not claim.judged]
    assert len(silent) <= 6 and all(len(claim.why.split()) >= 10 for claim in silent)


def test_what_would_refute_a_claim_is_not_the_claim():
    assert not [c.id for c in JUDGED if not c.fails_when or c.fails_when == c.paraphrase]


def test_names_of_pools_places_and_columns_exist():
    region = store.region_table
    known = {
        "a victim pool": set(region("southeast_asia", "pools")["pool"]),
        "a country of the region": set(region("southeast_asia", "countries")["country"]),
        "a mark of the region's territories": set(region("southeast_asia", "territories").columns),
        "a column of the region's territories": set(region("southeast_asia", "territories").columns),
        "a column of the region's pools": set(region("southeast_asia", "pools").columns),
    }
    asked = [claim.asked for claim in JUDGED]
    assert not [(a.estimand, a.of) for a in asked if (of := ESTIMANDS[a.estimand].of) and a.of not in known[of]]


def test_spatial_estimands_are_asked_of_scenarios_with_a_target():
    spatial = [claim for claim in JUDGED if ESTIMANDS[claim.asked.estimand].spatial]
    assert spatial and not [claim.id for claim in spatial if not read_choice("scenario", claim.asked.scenario)["target"]]


def test_the_headline_is_the_conjunction_of_space_target_and_not_ended():
    asked = [part.asked for part in load_headline().parts]
    assert [a.estimand for a in asked] == ["ndr", "western_loss_change", "end_ratio"]
    assert all(a.direction == "above" for a in asked)
    assert len({(a.scenario, a.counterfactual) for a in asked}) == 1


def test_the_confirmatory_claims_are_few_and_named_beforehand():
    assert {c.id for c in CLAIMS if c.family == "confirmatory"} == {"C010", "C012", "C017", "C029", "C036"}


def test_the_digest_of_a_claim_changes_with_its_rule():
    claim = CLAIMS[0]
    other = claim.model_copy(update={"asked": claim.asked.model_copy(update={"rope": (-0.1, 0.4)})})
    assert claim.digest == load_claims(("C001",))[0].digest != other.digest


GOOD = yaml.safe_load((FOLDER / "C001.yaml").read_text(encoding="utf-8"))


def changed(**asked):
    return GOOD | {"asked": GOOD["asked"] | asked}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD | {"ropes": 1}, "ropes"),
        (GOOD | {"id": "C002"}, "the name of the file"),
        (GOOD | {"judged": False}, "a why"),
        ({k: v for k, v in GOOD.items() if k != "fails_when"}, "fails_when"),
        (changed(scenario="kokang"), "configs/scenario"),
        (changed(estimand="ndr_total"), "one of suppression"),
        (changed(rope=[0.5, -0.1]), "the first below the second"),
        (changed(direction="up"), "above"),
        (changed(estimand="pool_loss_change"), "a victim pool"),
        (changed(counterfactual="itself"), "earlier"),
        (changed(counterfactual="kokang_crackdown"), "another scenario"),
        (changed(without={"entry.rates": 0.1}), "entry.rates"),
        (changed(without={"entry.rate": -7}), "entry.rate"),
    ],
)
def test_a_mistake_in_a_file_is_one_line(tmp_path, content, told):
    (tmp_path / "C001.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_claims(folder=tmp_path)
    assert str(error.value).startswith("configs/claim/C001.yaml: ") and told in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_claim_is_named_with_those_that_exist():
    with pytest.raises(ConfigError, match=r"'C099' does not exist; allowed: all, or of headline, C001 to C061"):
        load_claims(("C099",))


def test_runs_that_end_before_the_window_are_refused():
    contrast = sides.contrast(held={"hill": -500.0})
    assert isinstance(contrast, Contrast) and worlds.WEEKS[-1] < worlds.START.replace(year=2025)
    late = CLAIMS[0].model_copy(update={"asked": CLAIMS[0].asked.model_copy(update={"window": (50, 60)})})
    with pytest.raises(ValueError, match="C001: the runs end before month 60"):
        count(late, contrast)

"""The report of the claims: cards, table and robustness, from a folder of invented verdicts."""

import made_up
import numpy as np
import pandas as pd
import pytest

from experiments.report import write_report
from experiments.verdicts.figures import specifications
from sim import store
from sim.claims.claim import load_headline
from sim.scenario import shipped_parameters

CARDS = """HEADLINE: Crackdowns displace rather than end
H1 Operations are displaced in space +38.1 % [+33.8 %, +44.0 %]: holds.
Verdict: HOLDS. The model agrees with the articles, in a line that is
  broken.

C001 (article 003): Operations slip away <quickly>
Found: -41.6 % [-45.7 %, -38.4 %] in 2 pairs. Verdict: FAILS. The model contradicts the articles.

C002 (article 001): Nobody can judge this
Not judged: no data."""
PARTS = ("workers_change target", "workers_without target", "workers_change own_country", "workers_change cross_border",
         "workers_change out_of_region", "losses_usd_change western", "losses_usd_without western")  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Two claims, one of them not judged, and a headline of which nothing was run but in draws."""
    empty = {"article": "001", "estimand": None, "value": None, "low": None, "high": None, "rope": None, "pairs": 0, "draws": 0}
    judged = {"article": "003", "estimand": "ndr", "rope": "-0.1 to 0.5, holds above"}
    judged |= {"value": -0.416, "low": -0.457, "high": -0.384}
    rows = [
        {"claim": "C001", "verdict": "fails", "share_of_draws": 0.25, **judged, "pairs": 2, "draws": 8},
        {"claim": "C002", "verdict": "not judged", "share_of_draws": None, **empty},
    ]
    tables = {
        "claims": pd.DataFrame(rows).assign(share_of_structures=np.nan, fails_when="nothing"),
        "points": made_up.points(),
        "pairs": pd.DataFrame(columns=["claim", "seed", "draw", "structure", "count", "value"]),
        "knockout": pd.DataFrame([("H1", "shapley", "mobility", 0.31)], columns=["part", "kind", "name", "value"]),
        "maps": pd.DataFrame(
            [("H1", "real", 0.4, 50.0), ("H1", "map 1", 0.3, 50.0), ("H1", "map 2", 0.5, 50.0)],
            columns=["part", "map", "value", "percentile_of_real"],
        ),
        "boxes": pd.DataFrame(columns=["claim", "outcome", "parameter", "low", "high", "coverage", "density", "quasi_p"]),
    }
    for name, table in tables.items():
        store.write_csv(tmp_path, name, table)
    (tmp_path / "cards.txt").write_text(CARDS, encoding="utf-8")
    asked = {"params": {}, "ensemble": {"pairs": 8}, "draw_pairs": 2}
    manifest = {"digest": "77aa", "experiment": "claims", "headline": "holds", "config": asked, "digests": {}}
    store.write_manifest(tmp_path, manifest)
    return tmp_path


def test_cards_say_what_the_articles_claim_and_what_the_model_finds(folder):
    page = write_report(folder).read_text(encoding="utf-8")
    assert "Crackdowns displace rather than end" in page and "HEADLINE:" not in page
    assert "in a line that is broken." in page
    assert "Operations slip away &lt;quickly&gt;" in page and "Found: −41.6\u00a0% [−45.7\u00a0%" in page
    assert "Not judged: no data." in page and "article 003" in page
    assert "fails (1)" in page and "not judged (1)" in page


def test_the_table_gives_each_number_in_its_unit_and_a_dash_where_there_is_none(folder):
    page = write_report(folder).read_text(encoding="utf-8")
    assert "−42\u00a0% [−46\u00a0%, −38\u00a0%]" in page
    assert 'data-value="25' not in page and 'data-value="0.25"' in page
    assert '<td class="number">–</td>' in page


def test_robustness_shows_regimes_mechanisms_and_maps(folder):
    page = write_report(folder).read_text(encoding="utf-8")
    assert 'id="figure-regimes"' in page and (folder / "figures" / "regimes.svg").is_file()
    assert ">+0.31<" in page and ">0.30<" in page and ">0.50<" in page
    assert "Where in the parameters" not in page  # no box was found, so none is shown


def test_a_figure_that_cannot_be_drawn_is_told(folder, capsys):
    write_report(folder)
    assert "figures/specification: not drawn; specifications: no part of the headline was run" in capsys.readouterr().out


def test_specifications_are_the_estimates_of_the_parts_and_undefined_where_nothing_was_removed():
    rows = []
    for draw, removed in ((0, 100.0), (1, 100.0), (2, 0.0)):
        values = (-removed, 200.0, 0.3 * removed, 0.1 * removed, 0.0, 5.0, 100.0)
        for part in load_headline().parts[:2]:
            for seed in (1, 2) if draw == 0 else (1,):
                rows += [(part.id, seed, draw, None, name, value) for name, value in zip(PARTS, values, strict=True)]
    found = specifications(pd.DataFrame(rows, columns=["claim", "seed", "draw", "structure", "count", "value"]))
    space = found[found["claim"] == "H1"].set_index("draw")
    assert space["value"].tolist()[:2] == pytest.approx([0.4, 0.4]) and np.isnan(space["value"][2])
    assert space["outcome"].tolist() == ["holds", "holds", "undefined"]
    assert np.isfinite(space["low"][0]) and np.isnan(space["low"][1])  # an interval only where there are pairs enough
    assert found[found["claim"] == "H2"]["value"].tolist() == pytest.approx([0.05] * 3)


def test_boxes_are_drawn_where_there_are_any_with_their_limits_as_places_on_the_ranges(folder):
    columns = ["claim", "outcome", "parameter", "low", "high", "coverage", "density", "quasi_p"]
    shipped = shipped_parameters()
    leak, rate = shipped["enforcement"]["leak"]["range"], shipped["growth"]["growth_rate"]["range"]
    middle = (rate[0] * rate[1]) ** 0.5  # this range is drawn in the logarithm
    rows = [
        ("headline", "fails", "enforcement.leak", leak[0], sum(leak) / 2, 0.6, 0.9, 0.01),
        ("headline", "fails", "growth.growth_rate", middle, rate[1], 0.6, 0.9, 0.02),
        ("headline", "fails", "growth.gone_since", 0.0, 1.0, 0.6, 0.9, 0.02),
    ]
    store.write_csv(folder, "boxes", pd.DataFrame(rows, columns=columns))
    page = write_report(folder).read_text(encoding="utf-8")
    assert 'id="figure-boxes"' in page and (folder / "figures" / "boxes.svg").is_file()
    drawn = pd.read_csv(folder / "figures" / "boxes.csv").set_index("parameter")
    assert drawn["low_at"].to_dict() == pytest.approx({"enforcement.leak": 0.0, "growth.growth_rate": 0.5})
    assert drawn["high_at"].to_dict() == pytest.approx({"enforcement.leak": 0.5, "growth.growth_rate": 1.0})
    assert drawn.loc["enforcement.leak", "label"] == "Chance that a crew hears of its raid in time (enforcement.leak)"


def test_without_a_box_there_is_no_figure_of_boxes_and_no_remark(folder, capsys):
    write_report(folder)
    assert "boxes" not in capsys.readouterr().out and not (folder / "figures" / "boxes.svg").exists()

from dataclasses import replace

import pytest

from sim.claims.cards import COLUMNS, WIDTH, border, card, claims_table, compact, figure, number
from sim.claims.claim import Asked, Claim
from sim.claims.reading import NOT_JUDGED, Reading
from sim.claims.verdict import FAILS, HOLDS

ASKED = Asked(scenario="sanctions", estimand="suppression", window=(6, 36), rope=(-0.1, 0.1), direction="below")
CLAIM = Claim(
    id="C015", article="003", paraphrase="Sanctions shrink the places they name", asked=ASKED, fails_when="nothing shrinks there"
)
READING = Reading(
    CLAIM, FAILS, -0.012, -0.02, 0.004, pairs=40, by_draw={1: HOLDS, 2: FAILS}, by_structure={"": FAILS, "entry=off": HOLDS},
    regime="NO SUPPRESSION", p_regime={"NO SUPPRESSION": 0.9, "PARTIAL": 0.1}, fieller="not identified",
)  # fmt: skip
SILENT = Reading(
    Claim(id="C035", article="001", paraphrase="Few are sentenced", judged=False, why="Courts are not in the model"), NOT_JUDGED
)


def test_a_card_says_what_was_asked_found_and_contradicted():
    text = " ".join(card(READING).split())
    for part in (
        "C015 (article 003): Sanctions shrink the places they name", "sanctions against baseline, months 6 to 36",
        "holds below -10 %", "-1.2 % [-2.0 %, +0.4 %] in 40 pairs", "Verdict: FAILS",
        "The model contradicts the articles: nothing shrinks there.", "of single worlds NO SUPPRESSION 90 %, PARTIAL 10 %",
        "not identified", "Of 2 parameter draws it holds in 1, fails in 1", "turns with entry=off",
    ):  # fmt: skip
        assert part in text


def test_a_claim_that_is_not_judged_says_why():
    assert "Not judged: Courts are not in the model." in card(SILENT)


def test_what_is_undefined_shows_no_number():
    assert number(replace(READING, value=float("nan"))) == "undefined"


def test_the_table_has_the_columns_of_claims_csv():
    table = claims_table([READING, SILENT])
    assert list(table.columns) == list(COLUMNS) == [
        "claim", "article", "estimand", "value", "low", "high", "rope", "verdict", "pairs", "draws", "share_of_draws",
        "share_of_structures", "fails_when",
    ]  # fmt: skip
    row = table.iloc[0]
    assert (row["verdict"], row["draws"], row["share_of_draws"], row["share_of_structures"]) == (FAILS, 2, 0.5, 0.5)
    assert table.iloc[1]["verdict"] == NOT_JUDGED and table.iloc[1]["fails_when"] == "Courts are not in the model"


def test_borders_and_figures_are_in_the_unit_of_the_estimand():
    months = ASKED.model_copy(update={"estimand": "return_months", "rope": (0.0, 12.0), "direction": "within"})
    assert border(months) == "within 0 to 12" and border(ASKED) == "below -10 %"
    assert figure("return_months", 999.0) == "later" and figure("return_months", 7.25) == "7.25"
    assert figure("ndr", 0.416) == "+41.6 %"


@pytest.mark.parametrize("text", [card(READING), card(SILENT)])
def test_cards_fit_a_terminal(text):
    assert max(map(len, text.splitlines())) <= WIDTH


def test_the_compact_table_has_a_line_for_each_claim():
    assert [line.split()[0] for line in compact([READING, SILENT]).splitlines()] == ["claim", "C015", "C035"]

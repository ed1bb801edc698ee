import numpy as np
import pandas as pd
import pytest

from sim.claims.claim import Asked, Claim
from sim.claims.reading import outcome_of, p_value, point, read, regime_shares, sample_of
from sim.claims.verdict import FAILS, HOLDS, REVERSES

NONE, UNDECIDED = "undefined", "not decided"


def asked(direction="above", rope=(-0.1, 0.5), estimand="ndr"):
    return Asked(
        scenario="kokang_crackdown", counterfactual="baseline", estimand=estimand, window=(6, 36), rope=rope, direction=direction
    )


def claim(**changes):
    return Claim(id="C001", article="003", paraphrase="crews move away", asked=asked(**changes), fails_when="none of them do")


def pairs(removed, displaced, draw=0, structure="", seed=1):
    """Counts by zone of pairs in which so many of 1000 are removed, and so many reappear across a border."""
    removed, displaced = np.atleast_1d(removed).astype(float), np.atleast_1d(displaced).astype(float)
    n = len(removed)
    columns = {}
    for stock, each in (("workers", 1.0), ("compounds", 0.01), ("losses_usd", 1000.0)):
        columns |= {f"{stock}_change target": -removed * each, f"{stock}_without target": np.full(n, 1000.0 * each)}
        columns |= {f"{stock}_change cross_border": displaced * each, f"{stock}_without cross_border": np.full(n, 1000.0 * each)}
    index = pd.MultiIndex.from_tuples([(seed + k, draw, structure) for k in range(n)], names=["seed", "draw", "structure"])
    return pd.DataFrame(columns, index=index)


def uneven(share, n=20, spread=0.05, luck=2):
    removed = np.full(n, 500.0)
    return pairs(removed, removed * (share + spread * np.random.default_rng(luck).normal(size=n)))


@pytest.mark.parametrize(
    ("direction", "low", "high", "expected"),
    [
        ("above", 0.6, 0.8, HOLDS), ("above", 0.2, 0.4, FAILS), ("above", -0.3, 0.4, FAILS), ("above", -0.3, -0.2, REVERSES),
        ("above", 0.4, 0.6, UNDECIDED), ("below", -0.3, -0.2, HOLDS), ("below", 0.0, 0.3, FAILS), ("below", 0.6, 0.7, REVERSES),
        ("below", -0.2, 0.3, UNDECIDED), ("within", 0.0, 0.4, HOLDS), ("within", 0.6, 0.8, FAILS), ("within", -0.4, -0.2, FAILS),
        ("within", 0.4, 0.6, UNDECIDED), ("above", 0.5, 0.5, FAILS), ("above", np.nan, np.nan, UNDECIDED),
    ],
)  # fmt: skip
def test_the_whole_interval_decides(direction, low, high, expected):
    assert outcome_of(asked(direction), (low + high) / 2 if low == low else 0.3, low, high) == expected


def test_a_claim_that_presupposes_suppression_is_undefined_without_it():
    reading = read(claim(), pairs(np.full(10, 50.0), np.full(10, 45.0)))
    assert reading.outcome == NONE and np.isnan(reading.value) and np.isnan(reading.p)


def test_a_claim_is_read_with_its_regime_and_fieller():
    reading = read(claim(), uneven(0.7))
    assert reading.outcome == HOLDS and reading.value == pytest.approx(0.7, abs=0.03)
    assert reading.regime == "PARTIAL" and reading.p_regime == {"PARTIAL": 1.0}
    assert reading.fieller.startswith("[0.6") and reading.p < 1e-6 and reading.pairs == 20


def test_futures_that_part_are_told_by_their_shares():
    split = pairs([500.0] * 10, [0.0] * 6 + [600.0] * 4)
    assert regime_shares(sample_of(split)) == {"NO DISPLACEMENT": 0.6, "WORSE": 0.4}


def test_an_undecided_claim_says_how_many_pairs_would_decide():
    reading = read(claim(), uneven(0.48, spread=0.3))
    assert reading.outcome == UNDECIDED and reading.needed > 20
    more = read(claim(), uneven(0.48, n=min(4 * reading.needed, 20_000), spread=0.3))
    assert more.high - more.low < reading.high - reading.low


def test_draws_and_variants_are_read_by_their_estimate_and_kept_apart():
    runs = [uneven(0.7), pairs([500.0], [100.0], draw=1), pairs([500.0], [400.0], draw=2), pairs([10.0], [400.0], draw=3)]
    runs.append(pairs([500.0], [-200.0], structure="mobility=off"))
    reading = read(claim(), pd.concat(runs))
    assert reading.by_draw == {1: FAILS, 2: HOLDS, 3: NONE}
    assert reading.by_structure == {"": HOLDS, "mobility=off": REVERSES} and reading.flips == ["mobility=off"]
    assert reading.share() == pytest.approx(1 / 3) and reading.share(of="by_structure") == 0.5
    assert reading.pairs == 20  # draws add nothing to the shipped pairs


def test_without_draws_there_is_no_share():
    assert read(claim(), uneven(0.7)).share() is None


def test_p_is_small_on_the_side_of_the_claim_and_large_on_the_other():
    numbers = {"value": 0.7, "se": 0.05, "pairs": 20}
    assert p_value(asked("above"), numbers) < 0.001 < 0.999 < p_value(asked("below"), numbers)
    assert p_value(asked("within"), numbers) > 0.99
    assert p_value(asked(), numbers | {"se": 0.0}) == 0.0 and np.isnan(p_value(asked(), numbers | {"value": np.nan}))


def test_a_point_has_the_gate_too():
    assert point(asked(), pairs([50.0], [45.0])) == NONE and point(asked(), pairs([500.0], [400.0])) == HOLDS

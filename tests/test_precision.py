"""Sequential design: pairs are added until intervals are narrow, never until they say something."""

import numpy as np
import pandas as pd
import pytest

from experiments.common.console import launch
from experiments.compare import compare
from sim.ensemble.precision import Precision, until_precise, widest
from sim.store import load_results

pytestmark = pytest.mark.slow

ASKED = Precision(suppression=0.1, ndr=0.2, western_loss_change=None, batch=10, most=100)


def estimates(**rows):
    """A table of estimates with intervals of these widths, for two scenarios; None is undefined."""
    columns = {}
    for name in ("suppression", "ndr", "western_loss_change"):
        widths = [np.nan if width is None else width for width in rows.get(name, (0.0, 0.0))]
        columns |= {name: np.where(np.isnan(widths), np.nan, -0.5), f"{name}_low": -0.5, f"{name}_high": np.array(widths) - 0.5}
    return pd.DataFrame({"scenario": ["a", "b"]} | columns)


def noise(spread):
    """An ensemble whose intervals shrink as one over the root of the pairs."""
    asked_for = []

    def run(pairs):
        asked_for.append(pairs)
        return {"pairs": pairs}

    return asked_for, run, lambda tables: estimates(suppression=(spread / tables["pairs"] ** 0.5, 0.0))


def test_pairs_are_added_until_the_widest_interval_is_narrow_enough():
    asked_for, run, estimate = noise(0.5)
    tables, told = until_precise(run, estimate, ASKED, pairs=5)
    assert asked_for == [5, 15, 25] and tables["pairs"] == told["pairs"] == 25
    assert told["narrow"] and told["because"] == "every interval is as narrow as asked"
    assert told["widths"]["suppression"] == pytest.approx(0.1)


def test_at_the_cap_it_stops_and_says_that_it_was_the_cap():
    asked_for, run, estimate = noise(50.0)
    _, told = until_precise(run, estimate, ASKED, pairs=95)
    assert asked_for == [95, 100]
    assert not told["narrow"] and told["because"] == "the cap of 100 pairs"


def test_where_an_interval_lies_has_no_say():
    for shift in (-3.0, 0.0, 3.0):
        asked_for, run, estimate = noise(0.49)
        until_precise(run, lambda tables, by=shift, of=estimate: of(tables).set_index("scenario").add(by).reset_index(), ASKED, 5)
        assert asked_for == [5, 15, 25]


def test_one_pair_has_no_interval_so_there_are_at_least_two():
    asked_for, run, estimate = noise(0.0)
    until_precise(run, estimate, ASKED, pairs=1)
    assert asked_for == [2]


def test_an_estimate_without_an_interval_is_infinitely_wide():
    table = estimates()
    table.loc[1, ["suppression_low", "suppression_high"]] = np.nan
    assert widest(table, ASKED)["suppression"] == np.inf


def test_what_is_undefined_or_not_asked_does_not_hold_it_up():
    found = widest(estimates(suppression=(0.05, 0.02), ndr=(None, None), western_loss_change=(9.0, 9.0)), ASKED)
    assert found == {"suppression": pytest.approx(0.05)}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """The same comparison twice: five pairs outright, in memory, and until precision, kept in a folder."""
    folder = tmp_path_factory.mktemp("precision")
    patch = pytest.MonkeyPatch()
    patch.setattr("experiments.compare.draw_all", lambda *_: [])
    world = ["region=toy", "scenarios=[kokang_crackdown,awareness_china]", "end=2021-01-04"]
    narrow = ["ensemble.precision.suppression=0.0001", "ensemble.precision.batch=2", "ensemble.precision.most=5"]
    kept = [f"ensemble.runs={folder / 'runs'}"]
    try:
        assert launch(compare, "compare", [*world, "ensemble.pairs=5", f"out={folder / 'outright'}"]) == 0
        for out, more in (("memory", []), ("kept", kept), ("again", kept)):
            asked = [*world, "ensemble.pairs=2", "ensemble.until=precision", *narrow, *more, f"out={folder / out}"]
            assert launch(compare, "compare", asked) == 0
    finally:
        patch.undo()
    return {name: load_results(folder / name) for name in ("outright", "memory", "kept", "again", "runs")}


@pytest.mark.parametrize("how", ["memory", "kept", "again"])
def test_a_comparison_grown_in_batches_is_the_one_run_outright(jobs, how):
    for name in ("weekly", "pools", "moves", "cells", "comparison"):
        pd.testing.assert_frame_equal(jobs[how][name], jobs["outright"][name], check_exact=True)


def test_the_manifest_says_why_it_stopped(jobs):
    stopped = jobs["kept"].manifest["stopped"]
    assert stopped["because"] == "the cap of 5 pairs" and jobs["kept"].manifest["seeds"] == [1, 2, 3, 4, 5]
    assert stopped["widths"]["suppression"] > 0.0001
    assert jobs["outright"].manifest["stopped"] == {"rule": "pairs", "pairs": 5}
    assert [batch["runs"] for batch in jobs["runs"].manifest["batches"]] == [6, 6, 3]

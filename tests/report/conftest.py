"""A folder of results, made of the invented comparison, with its figures and its report: once for all tests of the session."""

import made_up
import pytest

from experiments.report import write_report
from sim import store
from sim.comparing.figures import draw_all
from sim.scenario import shipped_parameters

SCENARIO = "kokang_crackdown"
MANIFEST = {
    "digest": "3fa9c2d4e5f60718", "experiment": "compare", "window_months": [6, 36], "seeds": [1, 2, 3],
    "config": {
        "region": {"name": "southeast_asia", "folder": "southeast_asia"},
        "params": shipped_parameters(),
    },
    "scenarios": {SCENARIO: {"expected": "crews move on", "rival": "they end"}}, "digests": {"data": "0123456789abcdef"},
}  # fmt: skip


@pytest.fixture(scope="session")
def tables():
    """A small made-up comparison of one scenario: read it, never write it."""
    found = made_up.tables()
    ran = {name: found[name][found[name]["scenario"].isin(["baseline", SCENARIO])] for name in ("comparison", "scenarios")}
    ran["comparison"] = ran["comparison"].assign(worker_change_pairing=21.7, loss_change_pairing=3.25)
    return found | ran


def on_the_invented_map(patch, tables):
    """The report reads the region as shipped; the invented comparison has a map of its own."""
    shipped = {"cells": tables["cells_geo"], "territories": tables["territories"]}
    patch.setattr(store, "region_table", lambda _region, name: shipped[name])


@pytest.fixture(autouse=True)
def invented_map(tables, monkeypatch):
    """For the tests that write a report themselves."""
    on_the_invented_map(monkeypatch, tables)


@pytest.fixture(scope="session")
def folder(tables, tmp_path_factory):
    """Results of a comparison, with figures and report.html."""
    place = tmp_path_factory.mktemp("results")
    for name in ("comparison", "zones", "scenarios"):
        store.write_csv(place, name, tables[name])
    for name in ("weekly", "pools", "moves", "cells"):
        store.write_table(place, name, tables[name])
    undrawn = draw_all(tables, place / "figures", "southeast_asia", (6, 36), MANIFEST["digest"], workers=1)
    assert not undrawn
    store.write_manifest(place, MANIFEST)
    with pytest.MonkeyPatch.context() as patch:
        on_the_invented_map(patch, tables)
        write_report(place)
    return place


@pytest.fixture(scope="session")
def page(folder):
    """The report as text."""
    return (folder / "report.html").read_text(encoding="utf-8")

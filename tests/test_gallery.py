"""The gallery: a few figures of a folder of results, small, each with its numbers and caption, or nothing."""

import importlib.util
from pathlib import Path

import pytest

import sim
from sim import store

ROOT = Path(__file__).parent.parent
_spec = importlib.util.spec_from_file_location("publish_gallery", ROOT / "scripts" / "publish_gallery.py")
publish_gallery = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(publish_gallery)

MANIFEST = {
    "format": 1, "experiment": "compare", "digest": "3fa9c2d4e5f60718", "seeds": [1, 2], "window_months": [6, 18],
    "config": {"region": {"name": "toy"}, "out": None, "ensemble": {"runs": None}},
    "digests": {"parameters": "p1", "data": "d1", "source": "s1"},
}  # fmt: skip


COMPARE = publish_gallery.CHOSEN["compare"]


@pytest.fixture
def results(tmp_path):
    """A folder that looks like one of a comparison."""
    return made(tmp_path / "results", "compare")


def made(folder, job):
    """A folder that looks like one of a job."""
    (folder / "figures").mkdir(parents=True)
    for stem in publish_gallery.CHOSEN[job].needed:
        for suffix in publish_gallery.SUFFIXES:
            (folder / "figures" / f"{stem}{suffix}").write_text(f"What {stem} shows.\n\nModel output.\n", encoding="utf-8")
    for name in publish_gallery.CHOSEN[job].tables:
        (folder / name).write_text("scenario\nkokang_crackdown\n", encoding="utf-8")
    here = MANIFEST["config"] | {"out": "/home/me/out", "ensemble": {"runs": "/home/me/runs"}}
    store.write_manifest(folder, MANIFEST | {"experiment": job, "config": here})
    return folder


def test_it_holds_the_figures_their_numbers_their_captions_and_the_manifest(results, tmp_path):
    gallery = publish_gallery.publish([results], tmp_path / "gallery")
    stems = {path.stem for path in gallery.glob("compare/*.png")}
    assert stems == set(COMPARE.needed)
    assert all((gallery / "compare" / f"{stem}{suffix}").is_file() for stem in stems for suffix in publish_gallery.SUFFIXES)
    page = (gallery / "README.md").read_text(encoding="utf-8")
    for words in ("model output", MANIFEST["digest"], "experiments.compare", "What forest shows.", "(compare/forest.png)"):
        assert words in page
    assert sim.load_results(gallery / "compare").manifest == MANIFEST


def test_what_was_there_of_a_job_is_replaced_and_other_jobs_stay(results, tmp_path):
    gallery = tmp_path / "gallery"
    publish_gallery.publish([results, made(tmp_path / "more", "phase")], gallery)
    (gallery / "compare" / "old.png").write_text("old")
    publish_gallery.publish([results], gallery)
    assert not (gallery / "compare" / "old.png").exists()
    assert (gallery / "phase" / "phase_diagram.png").is_file()
    page = (gallery / "README.md").read_text(encoding="utf-8")
    assert "(phase/phase_diagram.png)" in page and "(compare/forest.png)" in page


@pytest.mark.parametrize("mistake", ["another experiment", "no map", "too large", "nothing there"])
def test_a_folder_that_will_not_do_leaves_the_gallery_as_it_was(results, tmp_path, capsys, monkeypatch, mistake):
    gallery = tmp_path / "gallery"
    gallery.mkdir()
    (gallery / "old.png").write_text("old")
    monkeypatch.setattr(publish_gallery.publish, "__defaults__", (gallery,))
    if mistake == "another experiment":
        store.write_manifest(results, MANIFEST | {"experiment": "benchmark"})
    elif mistake == "no map":
        (results / "figures" / "change_map_kokang_crackdown.png").unlink()
    elif mistake == "too large":
        (results / "figures" / "forest.png").write_bytes(bytes(publish_gallery.LARGEST))
    good = made(tmp_path / "good", "phase")
    asked = [str(good), str(tmp_path / "nowhere" if mistake == "nothing there" else results)]
    assert publish_gallery.main(asked) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.name for path in gallery.iterdir()] == ["old.png"]

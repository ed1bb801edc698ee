"""Publish a few figures of finished jobs in results/gallery, with the numbers behind them, captions and manifests.

    python scripts/publish_gallery.py results/compare/2026-03-01_10-00-00 results/phase/2026-03-01_11-00-00
    python scripts/publish_gallery.py                  # runs experiments.compare first, with its usual settings

Each job has a folder of the gallery, which is replaced as a whole. Git keeps it, so it is small: LARGEST bytes for each.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim import ConfigError, store

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "results" / "gallery"
SUFFIXES = (".png", ".csv", ".txt")
LARGEST = 5_000_000  # bytes


class Chosen(NamedTuple):
    """What is published of a job: figures (needed: without these it is no gallery) and tables."""

    title: str
    needed: tuple[str, ...]
    more: tuple[str, ...]
    tables: tuple[str, ...]


CHOSEN = {
    "compare": Chosen(
        "Scenarios compared",
        ("forest", "change_map_kokang_crackdown", "fan_kokang_crackdown"),
        ("tradeoff", "horizons_kokang_crackdown", "waterfall_kokang_crackdown", "recovery_kokang_crackdown",
         "dumbbell_kokang_crackdown", "dumbbell_awareness_china"),
        ("comparison.csv", "scenarios.csv", "zones.csv"),
    ),
    "phase": Chosen("Regimes over two axes", ("phase_diagram",), (), ("phase.csv", "summary.txt")),
    "calibrate": Chosen(
        "What the evidence does not rule out", ("predictive",), ("calibrated", "ranks"),
        ("kept.csv", "ledger.csv", "effects.csv", "summary.txt"),
    ),
    "sensitivity": Chosen("On what it depends", ("tornado",), ("sobol",), ("sensitivity.csv", "summary.txt")),
}  # fmt: skip


def publish(sources: Sequence[Path], gallery: Path = GALLERY) -> Path:
    """Copy the chosen figures of folders of results into the gallery, a folder for each job, and write its README.

    Raises ConfigError (one line) when a folder is of something else, lacks a figure that is needed, or is too large; the
    gallery is then as it was.
    """
    told = [_files(source) for source in sources]
    for source, (job, files) in zip(sources, told, strict=True):
        passing = gallery / f".{job}.part"
        shutil.rmtree(passing, ignore_errors=True)
        passing.mkdir(parents=True)
        for file in files:
            shutil.copyfile(source / file, passing / file.name)
        store.write_manifest(passing, _without_places(store.load_results(source).manifest))
        shutil.rmtree(gallery / job, ignore_errors=True)
        passing.rename(gallery / job)
    (gallery / "README.md").write_text(_readme(gallery), encoding="utf-8")
    return gallery


def _files(source: Path) -> tuple[str, list[Path]]:
    """The job that a folder is of, and what is published of it, by path in the folder."""
    job = store.load_results(source).manifest.get("experiment")
    if job not in CHOSEN:
        raise ConfigError(f"{source}: results of {job!r}; allowed: of {', '.join(CHOSEN)}")
    chosen, figures, files = CHOSEN[job], Path("figures"), []
    for stem in (*chosen.needed, *chosen.more):
        parts = [figures / f"{stem}{suffix}" for suffix in SUFFIXES]
        if all((source / part).is_file() for part in parts):
            files += parts
        elif stem in chosen.needed:
            raise ConfigError(f"{source / figures}: has no {stem}; allowed: results of {job} with that figure")
    files += [Path(name) for name in (*chosen.tables, store.MANIFEST) if (source / name).is_file()]
    size = sum((source / file).stat().st_size for file in files)
    if size > LARGEST:
        raise ConfigError(f"{source}: the gallery would take {size:,} bytes of it; allowed: {LARGEST:,}, so choose fewer figures")
    return job, files


def _without_places(manifest: Mapping) -> dict:
    """The manifest without the folders of the machine on which it was made."""
    config = dict(manifest["config"])
    if "out" in config:
        config["out"] = None
    if "runs" in config.get("ensemble", {}):
        config["ensemble"] = config["ensemble"] | {"runs": None}
    return {**manifest, "config": config}


def _readme(gallery: Path) -> str:
    """What the figures show, what made them, and how to make them again."""
    lines = [
        "# Gallery", "",
        "All of it is **model output**: what follows from the assumptions, most of them judgement; it is no observation and no",
        "forecast. People held in compounds are mostly victims themselves. Made by the jobs named below and `make gallery` (this",
        "page, too); settings, seeds and digests stand in each `manifest.json`, without the folders where it was made.", "",
    ]  # fmt: skip
    for job, chosen in CHOSEN.items():
        if not (gallery / job).is_dir():
            continue
        told = store.load_results(gallery / job).manifest
        code, digests = told.get("package", {}), told["digests"]
        changed = " with changes" if code.get("git_changed") else ""
        tables = ", ".join(f"[{name}]({job}/{name})" for name in chosen.tables if (gallery / job / name).is_file())
        lines += [
            f"## {chosen.title}", "",
            f"`python -m experiments.{job}`, run `{told['digest']}`, version {code.get('version')}, commit "
            f"`{code.get('git_commit')}`{changed}; data `{digests['data']}`, source `{digests['source']}`;",
            f"[manifest.json]({job}/{store.MANIFEST}). Tables: {tables}.", "",
        ]  # fmt: skip
        for stem in (*chosen.needed, *chosen.more):
            if (gallery / job / f"{stem}.png").is_file():
                caption = (gallery / job / f"{stem}.txt").read_text(encoding="utf-8").partition("\n\n")[0]
                lines += [f"### {stem.replace('_', ' ').capitalize()}", "", f"![{stem}]({job}/{stem}.png)", "", caption, ""]
                lines += [f"Numbers: [{stem}.csv]({job}/{stem}.csv)", ""]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 2 a mistake (one line on stderr), or that of the comparison where that failed."""
    if any(argument.startswith("-") for argument in arguments):
        print("usage: python scripts/publish_gallery.py [FOLDER ...]   (of finished jobs)", file=sys.stderr)
        return 2
    sources = [Path(argument) for argument in arguments] or [ROOT / "results" / "compare" / "for_the_gallery"]
    try:
        if not arguments:
            shutil.rmtree(sources[0], ignore_errors=True)
            done = subprocess.run([sys.executable, "-m", "experiments.compare", f"out={sources[0]}"], cwd=ROOT, check=False)
            if done.returncode:
                return done.returncode
        print(publish(sources))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

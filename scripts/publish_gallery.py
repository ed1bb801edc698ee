"""Publish a few figures of a comparison in results/gallery, with the numbers behind them, captions and the manifest.

    python scripts/publish_gallery.py results/compare/2026-03-01_10-00-00
    python scripts/publish_gallery.py                  # runs experiments.compare first, with its usual settings

The gallery is replaced as a whole. Git keeps it, so it is small: PICTURES, at most LARGEST bytes.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from sim import ConfigError, store

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "results" / "gallery"
PICTURES = (
    "forest", "tradeoff", "change_map_kokang_crackdown", "fan_kokang_crackdown", "horizons_kokang_crackdown",
    "waterfall_kokang_crackdown", "recovery_kokang_crackdown", "dumbbell_kokang_crackdown", "dumbbell_awareness_china",
)  # fmt: skip
SUFFIXES = (".png", ".csv", ".txt")
TABLES = ("comparison.csv", "scenarios.csv", "zones.csv")
LARGEST = 5_000_000  # bytes, all files together
NEEDED = ("forest", "change_map_kokang_crackdown", "fan_kokang_crackdown")  # without these it is no gallery
HOW = "python -m experiments.compare"


def publish(source: Path, gallery: Path = GALLERY) -> Path:
    """Copy the chosen figures of a folder of `experiments.compare` into the gallery and write its README.

    Raises ConfigError (one line) when the folder is of something else, lacks a figure that is needed, or is too large; the
    gallery is then as it was.
    """
    results = store.load_results(source)
    if results.manifest.get("experiment") != "compare":
        raise ConfigError(f"{source}: results of {results.manifest.get('experiment')!r}; allowed: of experiments.compare")
    figures = source / "figures"
    stems = [stem for stem in PICTURES if all((figures / f"{stem}{suffix}").is_file() for suffix in SUFFIXES)]
    for stem in NEEDED:
        if stem not in stems:
            raise ConfigError(f"{figures}: has no {stem}; allowed: a comparison with kokang_crackdown, with its figures")
    files = [figures / f"{stem}{suffix}" for stem in stems for suffix in SUFFIXES]
    files += [source / name for name in (*TABLES, store.MANIFEST)]
    size = sum(file.stat().st_size for file in files)
    if size > LARGEST:
        raise ConfigError(f"{source}: the gallery would take {size:,} bytes; allowed: {LARGEST:,}, so choose fewer figures")
    passing = gallery.with_name(f".{gallery.name}.part")
    shutil.rmtree(passing, ignore_errors=True)
    passing.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, passing / file.name)
    (passing / "README.md").write_text(_readme(results, stems, figures), encoding="utf-8")
    shutil.rmtree(gallery, ignore_errors=True)
    return passing.rename(gallery)


def _readme(results: store.Results, stems: list[str], figures: Path) -> str:
    """What the figures show, what made them, and how to make them again."""
    told = results.manifest
    code, digests, seeds = told.get("package", {}), told["digests"], told["seeds"]
    first, last = told["window_months"]
    lines = [
        "# Gallery", "",
        "Figures of one comparison. All of it is **model output**: what follows from the assumptions, most of them judgement; it",
        "is no observation and no forecast. People held in compounds are mostly victims themselves.", "",
        f"Made by `{HOW}` and `make gallery` (this page, too): seeds {seeds[0]} to {seeds[-1]}, measured in months",
        f"{first:g} to {last:g} after the start of each scenario, on {told['config']['region']['name']}.", "",
        f"Run `{told['digest']}`, version {code.get('version')}, commit `{code.get('git_commit')}`"
        + (" with changes" if code.get("git_changed") else "") + ", settings and digests in [manifest.json](manifest.json).",
        f"Parameters `{digests['parameters']}`, data `{digests['data']}`, source `{digests['source']}`.", "",
        "Estimates, intervals and verdicts: [comparison.csv](comparison.csv).", "",
    ]  # fmt: skip
    for stem in stems:
        caption = (figures / f"{stem}.txt").read_text(encoding="utf-8").partition("\n\n")[0]
        lines += [f"## {stem.replace('_', ' ').capitalize()}", "", f"![{stem}]({stem}.png)", "", caption, ""]
        lines += [f"Numbers: [{stem}.csv]({stem}.csv)", ""]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 done, 2 a mistake (one line on stderr), or that of the comparison where that failed."""
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print("usage: python scripts/publish_gallery.py [FOLDER]   (of experiments.compare)", file=sys.stderr)
        return 2
    source = Path(arguments[0]) if arguments else ROOT / "results" / "compare" / "for_the_gallery"
    try:
        if not arguments:
            shutil.rmtree(source, ignore_errors=True)
            done = subprocess.run([sys.executable, *HOW.split()[1:], f"out={source}"], cwd=ROOT, check=False)
            if done.returncode:
                return done.returncode
        print(publish(source))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

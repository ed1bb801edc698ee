"""Build the shipped regions from data/raw.

    python scripts/build_region.py [--out DIR]     write DIR/southeast_asia and DIR/toy (default sim/data)
    python scripts/build_region.py --check         exit 1 and name each file that differs from what the inputs give

The same inputs give the same bytes. A missing or broken input ends with one line and exit 2.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from region import southeast_asia, toy
from region.raw import ROOT, MissingInput, write_tables

REGIONS = {"southeast_asia": southeast_asia.build, "toy": toy.build}


def build_all(out):
    """Write every region below a folder."""
    for name, build in REGIONS.items():
        write_tables(build(), Path(out) / name)


def differences(built, shipped):
    """Names of the CSV files that are in one folder only, or differ."""
    paths = {p.relative_to(top) for top in (built, shipped) for p in top.rglob("*.csv")}
    same = lambda a, b: a.is_file() and b.is_file() and a.read_bytes() == b.read_bytes()  # noqa: E731
    return sorted(str(path) for path in paths if not same(built / path, shipped / path))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "sim" / "data", help="folder of the regions")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            build_all(options.out)
            return 0
        with tempfile.TemporaryDirectory() as folder:
            build_all(folder)
            wrong = differences(Path(folder), options.out)
    except MissingInput as problem:
        print(f"build_region: {problem}", file=sys.stderr)
        return 2
    for name in wrong:
        print(f"{name} differs from what data/raw gives: run python scripts/build_region.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

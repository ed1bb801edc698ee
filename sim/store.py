"""Tables to disk and back. A results folder appears whole or not at all (`sim.folders`), and so does each file in it.

    with results_folder("results/compare/today") as folder:   # hidden beside its place; renamed at the end
        write_table(folder, "weekly", weekly)
        write_manifest(folder, manifest)
    load_results("results/compare/today")["weekly"]

Large tables are Parquet, those that people read are CSV. The manifest says what made them.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.folders import must_be_free, results_folder, sync, told_in_one_line  # noqa: F401 -- for those who write tables
from sim.parquet import DATES, as_arrow, as_frame, settings
from sim.region import DATA, ConfigError

MANIFEST = "manifest.json"
FORMAT = 1  # of a results folder; a manifest without one is older, and can be read
MANY = 100  # parts of a table whose rows are not counted to be told
ROOT = Path(__file__).parent.parent


def write_table(folder: Path, name: str, table: pd.DataFrame | pa.Table, notes: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write a table as <name>.parquet. Keys are dictionaries there, amounts are not; the order of rows and columns is kept.

    notes   texts to keep in the file beside the table
    """
    content = as_arrow(table)
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), **notes})
    return _replace(Path(folder) / f"{name}.parquet", lambda path: pq.write_table(content, path, **settings(content.schema)))


def write_csv(folder: Path, name: str, table: pd.DataFrame) -> Path:
    """Write a table as <name>.csv; undefined values are empty."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            table.to_csv(file, index=False, lineterminator="\n", date_format="%Y-%m-%d")

    return _replace(Path(folder) / f"{name}.csv", write)


def write_manifest(folder: Path, manifest: Mapping) -> Path:
    """Write manifest.json, readable and sorted as given."""
    text = json.dumps(manifest, indent=2, default=str, ensure_ascii=False) + "\n"
    return _replace(Path(folder) / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))


def provenance() -> dict[str, Any]:
    """What code, on what machine: versions, git commit (null outside a checkout), digest of the source of `sim`, platform."""
    package = sys.modules["sim"]  # not imported: it stands above this floor
    return {
        "package": {"name": "scam-displacement", "version": package.__version__, **_git()},
        "python": platform.python_version(),
        "libraries": dict(_libraries()),
        "platform": {"system": platform.platform(), "machine": platform.machine(), "cpus": os.cpu_count()},
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def digest(content: Any) -> str:
    """SHA-256 (first 16 hex digits) of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


class Results(Mapping):
    """A results folder: `path`, `manifest`, and its tables by name, each read when first asked for.

    A table is a file, or a folder of parts (of an ensemble) that are read one after the other. A part counts once its runs are
    written, so a folder that is still being filled may be read.
    """

    def __init__(self, path: Path, manifest: dict):
        self.path, self.manifest = path, manifest
        self._files: dict[str, list[Path]] = {}
        there = {file.stem for file in path.glob("runs/[0-9]*.parquet")}
        for file in sorted(path.iterdir()):
            parts = sorted(part for part in file.glob("[0-9]*.parquet") if part.stem in there) if file.is_dir() else [file]
            if parts and all(part.suffix in (".csv", ".parquet") for part in parts) and not file.name.startswith("."):
                self._files[file.stem] = parts
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = _table(self.files(name))
        return self._read[name]

    def files(self, name: str) -> list[Path]:
        """The files of a table, in order: for pyarrow.dataset, DuckDB and the like, where a table is larger than memory."""
        if name not in self._files:
            raise KeyError(f"{self.path}: no table {name!r}; found: {', '.join(self._files)}")
        return self._files[name]

    def each(self, name: str) -> Iterator[pd.DataFrame]:
        """A table part by part, in order."""
        return (_table([file]) for file in self.files(name))

    def __repr__(self) -> str:
        what = ", ".join(str(self.manifest[key]) for key in ("experiment", "state") if self.manifest.get(key))
        tables = "".join(f"\n  {name:12}  {_rows(files)}" for name, files in self._files.items())
        return f"Results in {self.path}{f' ({what})' if what else ''}{tables or ': no tables'}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def load_results(path: str | Path) -> Results:
    """The results in a folder. Raises ConfigError (one line) where there are none, or none that this version can read."""
    path = Path(path)
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigError(f"{path}: no results here ({MANIFEST} is missing or broken)") from None
    version = manifest.get("format", 0) if isinstance(manifest, dict) else None
    if version not in range(FORMAT + 1):
        raise ConfigError(f"{path / MANIFEST}: format is {version!r}; allowed: up to {FORMAT}, or a newer version of the code")
    return Results(path, manifest)


def region_table(region: str, name: str) -> pd.DataFrame:
    """A table of a shipped region as a DataFrame: territories, cells ... Flags such as `remote` are 0 or 1."""
    return pd.read_csv(DATA / region / f"{name}.csv", keep_default_na=False, encoding="utf-8")


def _rows(files: list[Path]) -> str:
    """How many rows a table has, by what its files say without being read; of many parts, how many there are."""
    if len(files) > MANY:
        return f"{len(files):,} parts"
    try:
        csv = files[0].suffix == ".csv"
        rows = len(pd.read_csv(files[0])) if csv else sum(pq.read_metadata(file).num_rows for file in files)
    except (OSError, ValueError, pa.ArrowInvalid):
        return "cut short, or something else"
    return f"{rows:,} row{'s' * (rows != 1)}"


def _table(files: list[Path]) -> pd.DataFrame:
    """A table from its files. Raises ConfigError (one line) for one that is cut short or is something else."""
    if files[0].suffix == ".csv":
        table = pd.read_csv(files[0])
        return table.assign(**{name: pd.to_datetime(table[name]) for name in DATES if name in table})
    parts = []
    for file in files:
        try:
            parts.append(pq.ParquetFile(file).read())
        except (OSError, pa.ArrowInvalid):
            advice = "run the same ensemble again, which makes it anew" if len(file.stem) == 5 else "make the results again"
            raise ConfigError(f"{file}: is cut short or no Parquet file; {advice}") from None
    return as_frame(pa.concat_tables(parts, promote_options="permissive"))


def _replace(path: Path, write: Callable[[Path], Any]) -> Path:
    """Let `write` fill a file of a passing name, see it safe on disk, and give it its own name."""
    passing = path.with_name(f".{path.name}.part")
    try:
        write(passing)
        sync(passing)
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)
    return path


@lru_cache(maxsize=1)
def _git() -> dict[str, Any]:
    """Commit of the checkout that the code runs from, and whether files were changed since; null in an installed package."""
    commands = {"git_commit": ("rev-parse", "HEAD"), "git_changed": ("status", "--porcelain", "--untracked-files=no")}
    found: dict[str, Any] = {"git_commit": None, "git_changed": None}
    if (ROOT / ".git").exists():  # not some repository further up, around a virtual environment
        for key, command in commands.items():
            try:
                done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, timeout=10)
            except (OSError, subprocess.TimeoutExpired):
                break
            if done.returncode:
                break
            found[key] = done.stdout.strip() if key == "git_commit" else bool(done.stdout.strip())
    return found


@lru_cache(maxsize=1)
def _libraries() -> Mapping[str, str]:
    """Versions of what the package declares that it needs, as installed."""
    try:
        needed = distribution("scam-displacement").requires or []
    except PackageNotFoundError:  # run from a folder, not installed
        needed = ["mesa", "numpy", "numba", "h3", "networkx", "pydantic", "pyyaml", "hydra-core", "pandas", "pyarrow",
                  "matplotlib"]  # fmt: skip
    names = sorted({_name(line) for line in needed if "extra ==" not in line})
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "missing"
    return versions


def _name(requirement: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else " " for letter in requirement).split()[0].lower()

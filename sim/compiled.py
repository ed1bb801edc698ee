"""How rules are compiled. With `sim.compiling`, `sim.lowering` and `sim.column_types`, the only rooms that know Numba.

`rule` compiles a written-out loop; the same text runs interpreted with ``NUMBA_DISABLE_JIT=1`` and is then its own
reference. Compiled code is cached on disk under a digest of every line of ``sim`` that a rule could reach: Numba's own cache
looks only at the file that holds the function, so an edited helper in another file would keep giving the old answer.

Compiling is half of a first run's time, so a rule is compiled for whom it is called by: for other rules and sequences
(`sim.compiling`), or for Python, with a way in. A sequence does no more than call rules. Several processes may compile at once,
each taking from the cache what another has compiled; `get_help` starts such helpers.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import numba
import numpy as np
from filelock import FileLock, Timeout
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

import sim.column_types  # noqa: F401 -- makes tables known to Numba
from sim.compiling import Piece, SequenceCode, SequencePiece, at_ease, in_haste, into

SIM = Path(__file__).parent
ABOVE_THE_RULES = (  # rules may not import these (tests/test_floors.py)
    "measures", "claims", "plots", "report", "ensemble", "comparing", "store.py", "folders.py", "parquet.py",
    "ahead.py", "memory.py",
)  # fmt: skip


def sources(skip: tuple[str, ...] = ()) -> Iterator[Path]:
    """The Python source under ``sim``, file by file, but for what `skip` names."""
    return (path for path in sorted(SIM.rglob("*.py")) if path.relative_to(SIM).parts[0] not in skip)


@lru_cache(maxsize=8)  # what this process runs does not change while it runs
def source_digest(skip: tuple[str, ...] = ()) -> str:
    """SHA-256 (first 16 hex digits) of the Python source under ``sim``, but for what `skip` names."""
    digest = hashlib.sha256()
    for path in sources(skip):
        digest.update(path.relative_to(SIM).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _own_cache() -> Path | None:
    """The folder for what is made of this source; None where nothing can be written (then every process compiles)."""
    root = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "scam-displacement"
    # Bounds checks change the machine code but not the source, so they get a cache of their own.
    folder = root / f"{source_digest(skip=ABOVE_THE_RULES)}-{numba.__version__}-{int(bool(numba.config.BOUNDSCHECK))}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


CACHE, _TOLD = _own_cache(), "NUMBA_CACHE_DIR" in os.environ
if CACHE and not _TOLD:
    numba.config.CACHE_DIR = str(CACHE)

LONGEST_WAIT = 60.0  # seconds for another process to compile a rule: the longest takes two
MOST_HELPERS = 3  # each takes about 400 MB for a quarter of a minute
_HELPED, _HELPERS = FileLock(CACHE / "helped.lock") if CACHE else None, []

INTERPRETED = bool(numba.config.DISABLE_JIT)
if INTERPRETED:  # unsigned wrap-around is the point of a hash; NumPy's scalars would warn about every one
    np.seterr(over="ignore")


class _SharedCache(FunctionCache):
    """Numba's cache of a function, for several processes at once.

    Numba reads the index, chooses a name for the machine code and writes both: of two processes that compile the function for
    other types at the same moment, one would find the code of the other under its own types.
    """

    def __init__(self, function, caller: str):
        super().__init__(function)
        # The index knows functions by their types: code for other rules must not be found by Python, which would jump nowhere.
        name, stamp = f"{self._impl.filename_base}.{caller}", self._impl.locator.get_source_stamp()
        self._cache_file = IndexDataCacheFile(self.cache_path, name, stamp)
        self.alone = FileLock(Path(self.cache_path) / f"{name}.lock")

    def save_overload(self, sig, data):
        Path(self.cache_path).mkdir(parents=True, exist_ok=True)
        with FileLock(Path(self.cache_path) / "writing.lock"):
            super().save_overload(sig, data)


class _ForRules(CPUDispatcher):
    """A rule as other rules call it."""

    def compile(self, sig):
        # Nobody waits in a circle: what a rule waits for, here or in another process, is a rule that it calls.
        with global_compiler_lock, self.alone(LONGEST_WAIT), in_haste():
            return at_ease(super().compile, sig)

    @contextmanager
    def alone(self, patience: float) -> Iterator[bool]:
        """Let no other process compile this rule meanwhile; tells whether none has within `patience` (seconds)."""
        lock = getattr(self._cache, "alone", None)
        try:
            if lock:
                lock.acquire(timeout=patience)
        except (Timeout, OSError):
            lock = None
            yield False
        else:
            yield True
        finally:
            if lock:
                lock.release()

    def __call__(self, *args, **kwargs):  # Numba's would jump to address 0
        raise TypeError(f"{self.__name__}: compiled for other rules; Python calls the rule itself")


class _ForPython(CPUDispatcher):
    """A rule as Python calls it. In compiled code that names it or is given it, it stands for the rule `within`."""

    def __init__(self, function, locals=None, targetoptions=None, code=JITCodeLibrary, piece=Piece):
        super().__init__(function, locals, targetoptions, into(code))
        self.within = _ForRules(function, locals, self.targetoptions | {"no_cpython_wrapper": True}, into(piece))
        if _TOLD or CACHE:  # what cache=True does, with our cache
            self._cache, self.within._cache = _SharedCache(function, "python"), _SharedCache(function, "rules")

    def compile(self, sig):
        with in_haste():
            return at_ease(super().compile, sig)

    def get_call_template(self, args, kws):
        return self.within.get_call_template(args, kws)

    def get_overload(self, sig):
        return self.within.get_overload(sig)

    @property
    def is_compiling(self):
        return self.within.is_compiling


def rule(function, code=JITCodeLibrary, piece=Piece, **settings):
    """Compile a written-out loop when it is first called; with NUMBA_DISABLE_JIT=1 it stays as it is.

    What a rule gives to a rule that writes must not overlap: no table twice, no row beside its table (tests/test_overlaps.py).
    """
    if INTERPRETED:
        return function
    # nogil: worlds in two threads really run at once. numpy error model: 0/0 is NaN, as in the interpreted text.
    settings |= {"nopython": True, "boundscheck": None, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    return _ForPython(function, {}, settings, code, piece)


def inlined(function):
    """A rule that becomes part of every loop that calls it, which can then run on several numbers at a time."""
    return rule(function, forceinline=True)


def sequence(function):
    """A rule that does no more than call rules, in their order."""
    return rule(function, SequenceCode, SequencePiece)


def cores() -> int:
    """Processors that this process may use; all there are where Python (3.12) does not say."""
    return getattr(os, "process_cpu_count", os.cpu_count)() or 1


def compile_for(compiled, arguments: Iterable) -> None:
    """Compile a rule for other rules that give it arguments of these types, unless another process has done it or is at it."""
    with compiled.within.alone(0.0) as alone:
        if alone:
            compiled.within.compile(tuple(numba.typeof(argument) for argument in arguments))


@lru_cache(maxsize=1)
def get_help() -> None:
    """Before a first run, which takes half a minute to compile: let a helper on each idle core take part of it.

    One process at a time is helped on a machine. Nothing depends on the helpers: what they leave, the run compiles.
    """
    helpers = min(cores() - 1, MOST_HELPERS)
    if INTERPRETED or _TOLD or not CACHE or not helpers or any(CACHE.glob("*/model.week-*.nbi")):
        return
    try:
        _HELPED.acquire(blocking=False)  # given back when this process ends
    except (Timeout, OSError):
        return
    path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for number in range(helpers):
        command = [sys.executable, "-m", "sim.ahead", str(1 - number / helpers)]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with suppress(OSError):
            _HELPERS.append(subprocess.Popen(command, env=os.environ | path, **quiet))


def readable(array: np.ndarray) -> np.ndarray:
    """Let interpreted rules write ``row.column``, as compiled ones do; compiled runs get the array itself."""
    return array.view(np.recarray) if INTERPRETED and array.dtype.names else array

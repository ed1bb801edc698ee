"""The one room that knows Numba.

`rule` compiles a written-out loop; the same text runs interpreted with ``NUMBA_DISABLE_JIT=1`` and is then its own
reference. Compiled code is cached on disk under a digest of every line of ``sim`` that a rule could reach: Numba's own cache
looks only at the file that holds the function, so an edited helper in another file would keep giving the old answer.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np

SIM = Path(__file__).parent
ABOVE_THE_RULES = (  # rules may not import these (tests/test_floors.py)
    "measures", "claims", "plots", "report", "ensemble", "comparing", "store.py",
)  # fmt: skip


def sources(skip: tuple[str, ...] = ()) -> Iterator[Path]:
    """The Python source under ``sim``, file by file, but for what `skip` names."""
    return (path for path in sorted(SIM.rglob("*.py")) if path.relative_to(SIM).parts[0] not in skip)


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

INTERPRETED = bool(numba.config.DISABLE_JIT)
if INTERPRETED:  # unsigned wrap-around is the point of a hash; NumPy's scalars would warn about every one
    np.seterr(over="ignore")

# nogil: worlds in two threads really run at once. numpy error model: 0/0 is NaN, as in the interpreted text.
rule = numba.njit(cache=_TOLD or CACHE is not None, nogil=True, error_model="numpy", no_cfunc_wrapper=True)


def readable(array: np.ndarray) -> np.ndarray:
    """Let interpreted rules write ``row.column``, as compiled ones do; compiled runs get the array itself."""
    return array.view(np.recarray) if INTERPRETED and array.dtype.names else array

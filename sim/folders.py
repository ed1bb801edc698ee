"""A results folder appears whole or not at all, and one process at a time makes it.

It is filled under a hidden name beside its place, `.NAME.PID.part`, and renamed at the end. Meanwhile `.NAME.lock` is locked, and
the system takes that back when the process dies: so what else is hidden there under that name is of the dead, and is removed.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import filelock

from sim.region import ConfigError

CANNOT_WRITE = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTEMPTY, errno.EEXIST,
    errno.ENOENT, errno.ENOTDIR, errno.ESTALE,
)  # fmt: skip


@contextmanager
def results_folder(out: str | Path) -> Iterator[Path]:
    """A hidden folder beside `out` to write into; it becomes `out` on leaving, and is removed if anything goes wrong before.

    It is made on entering, so that a place that cannot be written is found before the first run. If all is written and only the
    last step fails, nothing is removed: the message says where it lies.
    Raises ConfigError (one line) when `out` exists and is not empty, is being written by another process, or cannot be written.
    """
    out = Path(os.path.abspath(out))
    must_be_free(out)
    made = [parent for parent in (out.parent, *out.parent.parents) if not parent.exists()]  # ours to take away again
    try:
        with told_in_one_line(out):
            out.parent.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            must_be_free(out)  # what another process finished meanwhile
            passing = out.with_name(f".{out.name}.{os.getpid()}.part")
            with told_in_one_line(out):
                for left in _left_behind(out):
                    shutil.rmtree(left, ignore_errors=True)
                passing.mkdir()
            try:
                yield passing
            except BaseException as error:  # Ctrl-C too
                shutil.rmtree(passing, ignore_errors=True)
                ours = isinstance(error, OSError) and (error.filename is None or str(error.filename).startswith(str(passing)))
                if ours and error.errno in CANNOT_WRITE:
                    raise _unwritable(out, error) from None
                raise
            _put_in_place(passing, out)
    finally:
        for parent in made:
            with suppress(OSError):  # not empty, which is how it should be
                parent.rmdir()


def must_be_free(out: Path) -> None:
    """Raises ConfigError (one line) when `out` exists and is not empty."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ConfigError(f"out: {out} exists and is not empty; allowed: a new or empty folder")


@contextmanager
def told_in_one_line(out: Path) -> Iterator[None]:
    """Turn what the system says when a folder cannot be written (full, gone, not ours) into a ConfigError."""
    try:
        yield
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise _unwritable(out, error) from None
        raise


def sync(path: Path) -> None:
    """See a file, or the names in a folder, safe on disk."""
    if path.is_dir() and os.name == "nt":  # Windows cannot open a folder
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Let no other process make the same folder meanwhile. Raises ConfigError (one line) when one is at it."""
    path = out.with_name(f".{out.name}.lock")
    lock = filelock.FileLock(path, timeout=0)
    with told_in_one_line(out):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise ConfigError(f"out: another process is writing to {out}; allowed: one at a time, or another folder") from None
    try:
        yield
    finally:
        if os.name == "nt":  # where an open file cannot be removed
            lock.release()
        with suppress(OSError):
            path.unlink()
        lock.release()


def _left_behind(out: Path) -> Iterator[Path]:
    """Hidden folders of processes that were killed while they made `out`; only who holds the lock may ask."""
    name = re.compile(rf"\.{re.escape(out.name)}\.\d+\.part")
    return (path for path in list(out.parent.iterdir()) if name.fullmatch(path.name))


def _put_in_place(passing: Path, out: Path) -> None:
    """Give a folder that is complete its name. Raises ConfigError (one line) if that fails, with the name that it has then."""
    try:
        if out.exists():
            out.rmdir()
        passing.rename(out)
        sync(out.parent)
    except OSError as error:
        if not passing.is_dir():
            raise _unwritable(out, error) from None
        lies = passing
        with suppress(OSError):  # under a name that no later command takes for left behind
            lies = passing.rename(next(free for n in count(1) if not (free := out.with_name(f".{out.name}.{n}.kept")).exists()))
        raise ConfigError(
            f"out: {out} cannot be written ({error.strerror}); all is done and lies in {lies}; allowed: to give that another name"
        ) from None


def _unwritable(out: Path, error: OSError) -> ConfigError:
    return ConfigError(f"out: {out} cannot be written ({error.strerror}); allowed: a new or empty folder where you may write")

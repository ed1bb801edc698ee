"""What a long job is doing, on stderr: one bar at a time, each with the time left by the pace of its own work alone."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from tqdm import tqdm

from experiments.common.console import progress_bar

COMPILING = "compiling the rules if they are new (up to a minute, once), and the first"


class Phases:
    """Bars one after another: `begin` a phase, `step` for each part of it that is done. A context: it clears the line."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._next: tuple[int, str] | None = None

    def begin(self, what: str, steps: int, first: str = "") -> None:
        """A phase of so many steps (0: not counted).

        first: what the first of them does besides, so that its time tells nothing of the others.
        """
        self.end()
        self._next = (steps, what) if first and steps else None
        counted = self._next is None and steps > 0  # else nothing is known of how long it takes
        self._bar = progress_bar(steps, f"{first} of {steps} {what}" if first else what, counted=counted)

    def step(self) -> None:
        """One more is done. A step that was told apart by `first` leaves its place to a bar that begins now."""
        if self._next is None:
            self._bar.update()
            return
        (steps, what), self._next = self._next, None
        self.end()
        self._bar = progress_bar(steps, what, done=1)

    def more(self, steps: int) -> None:
        """So many steps are added to those planned."""
        self._bar.total += steps

    def say(self, text: str) -> None:
        """Print lines above the bar."""
        tqdm.write(text)
        sys.stdout.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()


@contextmanager
def worlds_run(steps: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar for as many worlds, or lots of them; gives what to call after each. The first may have waited for the compiler, so
    its time tells nothing of the others.
    """
    with Phases() as progress:
        progress.begin(what, steps, first=COMPILING)
        yield progress.step

"""What a benchmark tells while it works: to the terminal, not into its results."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console

CONSOLE = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def telling(what: str) -> Iterator[None]:
    """
    Say what is being done, with a clock on a terminal, and how long it took.

    + what: in a few words
    """
    started = time.monotonic()
    if not CONSOLE.is_terminal:
        CONSOLE.print(f"{what} ...")
    with CONSOLE.status(f"{what} ..."):
        yield
    CONSOLE.print(f"{what}: {time.monotonic() - started:.1f} s")

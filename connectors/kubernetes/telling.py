"""Saying what is waited for while a tool runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import gevent

from connectors.aws.sending import duration

PACE = 15
"""Seconds between two lines."""


@contextlib.contextmanager
def telling(log: Callable[[str], None], waiting: Callable[[], str], pace: float | None = None):
    """
    While what is inside goes on, say what it waits for and since when.

    + log: where it is told
    + waiting: what is waited for; nothing where there is nothing to say
    + pace: between two lines (seconds)
    """

    def tell():
        started = time.monotonic()
        while True:
            gevent.sleep(pace or PACE)
            if line := waiting():
                log(f"{line}, {duration(time.monotonic() - started)}")

    teller = gevent.spawn(tell)
    try:
        yield
    finally:
        teller.kill(block=False)

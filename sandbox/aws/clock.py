"""AWS's time: `scale` of its seconds pass in one of ours, and what is due happens in order."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

from settings.durations import SECONDS

log = logging.getLogger(__name__)
lock = threading.RLock()
"""Held by whoever reads or changes the emulated account."""


class Clock:
    def __init__(self, scale: float = 60):
        self._scale = scale
        self._since = time.monotonic()
        self._then = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition(lock)

    @property
    def scale(self) -> float:
        return self._scale

    @scale.setter
    def scale(self, scale: float) -> None:
        with lock:
            self._then, self._since = self.now(), time.monotonic()
            self._scale = scale
            self._changed.notify_all()

    def now(self) -> float:
        """Seconds of AWS's since the sandbox was started."""
        return self._then + (time.monotonic() - self._since) * self._scale

    def after(self, event: str | float, action: Callable[[], None]) -> None:
        """Run `action` when the time of `event` (a key of `SECONDS`, or seconds) has passed."""
        seconds = SECONDS[event] if isinstance(event, str) else event
        with lock:
            heapq.heappush(self._due, (self.now() + seconds, next(self._numbers), action))
            self._changed.notify_all()

    def catch_up(self) -> None:
        """Run what is due. The caller holds the lock."""
        while self._due and self._due[0][0] <= self.now():
            action = heapq.heappop(self._due)[2]
            try:
                action()
            except Exception:
                log.exception("what was due failed")

    def run(self) -> None:
        """Run what is due for ever, without anybody asking."""
        while True:
            with lock:
                self.catch_up()
                wait = (self._due[0][0] - self.now()) / self._scale if self._due else None
                self._changed.wait(wait)


clock = Clock()

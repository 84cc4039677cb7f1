"""How long a container that has ended waits until it is started again: 10 s doubled each time, five minutes at most."""

import time

FIRST, LONGEST, WELL = 10.0, 300.0, 600.0


class BackOff:
    """The waits of one container; the first restart waits for nothing, and one that was well for ten minutes is forgiven."""

    def __init__(self):
        self._next, self._since = 0.0, 0.0

    def starting(self) -> None:
        """It is about to be started."""
        self._since = time.monotonic()

    def wait(self) -> float:
        """The seconds to wait now."""
        if time.monotonic() - self._since > WELL:
            self._next = 0.0
        wait, self._next = self._next, min(max(FIRST, self._next * 2), LONGEST)
        return wait

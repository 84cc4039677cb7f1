"""How something stands that is waited for: shown with the progress of the run, else told on a line now and then."""

from __future__ import annotations

import time

from connectors.aws.sending import duration

TELL_EVERY = 15
"""Seconds between two lines about the same wait."""


class Telling:
    """
    One wait, from now on.

    + aws: `connectors.aws.client.Aws`, which knows where progress is told
    + thing: what is waited for
    """

    def __init__(self, aws, thing: str):
        self._aws, self._thing = aws, thing
        self._began = self._told = time.monotonic()

    @property
    def waited(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    @property
    def due(self) -> float:
        """Seconds until the next line."""
        return self._told + TELL_EVERY - time.monotonic()

    def stands(self, state: str) -> None:
        """
        Say how it stands; not every time leads to a line.

        + state: in AWS's or Kubernetes's words
        """
        line = f"{self._thing}: {state}, {duration(self.waited)}"
        if not self._aws.shown(line) and self.due <= 0:
            self._told = time.monotonic()
            self._aws.log(line)

"""How far a run is: what each deployment expects of it, what is under way, what has come of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

CHANGES = ("create", "change", "remove")


class Expectation(Protocol):
    """What a deploy knows of its run before it begins."""

    total: int
    """How many operations will have something to do."""

    def expects(self, name: str) -> bool:
        """Whether an operation is among them."""

    def verb(self, name: str, commands: list) -> str:
        """What an operation has done: ``create``, ``change``, ``remove`` or ``wait``."""

    def left(self, deployment: Deployment) -> float:
        """Seconds it will still take."""

    def close(self, deployment: Deployment) -> None:
        """Keep what came of it."""


@dataclass(frozen=True)
class Result:
    """
    What came of an operation.

    + name: of the operation
    + verb: ``create``, ``change``, ``remove``, ``wait``, ``unchanged`` or ``failed``
    + began, ended: when (seconds of the monotonic clock)
    """

    name: str
    verb: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


@dataclass
class UnderWay:
    """
    The operation a deployment is in.

    + name: of the operation
    + began: when (seconds of the monotonic clock)
    + commands: what it has sent so far
    + waiting: what it waits for, and in which state that is
    """

    name: str
    began: float
    commands: list = field(default_factory=list)
    waiting: str = ""


class Deployment:
    """
    One deployment's part of a run.

    + host: of pyinfra
    """

    def __init__(self, host):
        self.host = host
        self.expectation: Expectation | None = None
        self.results: list[Result] = []
        self.current: UnderWay | None = None
        self.began: float | None = None

    def begin(self, name: str) -> UnderWay:
        """An operation starts."""
        now = time.monotonic()
        self.began = self.began or now
        self.current = UnderWay(name, now)
        return self.current

    def finish(self, failed: bool) -> Result:
        """It has ended."""
        under_way, self.current = self.current, None
        verb = "failed" if failed else self._verb(under_way) if under_way.commands else "unchanged"
        self.results.append(Result(under_way.name, verb, under_way.began, time.monotonic()))
        return self.results[-1]

    def _verb(self, under_way: UnderWay) -> str:
        return self.expectation.verb(under_way.name, under_way.commands) if self.expectation else "change"

    @property
    def seconds(self) -> float:
        """How long it has been changing things."""
        return time.monotonic() - self.began if self.began else 0

    @property
    def done(self) -> int:
        """How many of the operations that had something to do have ended."""
        return sum(self.expectation.expects(result.name) for result in self.results) if self.expectation else len(self.results)

    @property
    def left(self) -> float | None:
        """Seconds it will still take, as far as can be known."""
        return self.expectation.left(self) if self.expectation else None

    def count(self, verb: str) -> int:
        """How many operations came to this."""
        return sum(result.verb == verb for result in self.results)

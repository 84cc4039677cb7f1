"""What a deployment is given and somebody else looks after: it is looked at, and never written to."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host


def existing(noun: str, name: str, wrong: str, present: bool) -> Iterator:
    """
    Refuse a thing that cannot serve; there is nothing to send.

    + noun, name: what it is
    + wrong: why it cannot serve, with the cure; empty where it can
    + present: whether the deployment wants it
    """
    if present and wrong:
        raise OperationError(f"{noun} {name}: {wrong}")
    host.noop(f"{noun} {name} is as it must be" if present else f"{noun} {name} is somebody else's: left alone")
    yield from ()

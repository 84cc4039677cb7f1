"""What bears the name of a thing of ours and is somebody else's: it stays as it is, and a person is told."""

from __future__ import annotations

from pyinfra.context import host

_NAMED: dict[str, list[str]] = {}
"""What was met in this run, by host."""


def leave(line: str) -> None:
    """
    Leave a thing alone that is not the deployment's.

    + line: which, and why it is not
    """
    found = _NAMED.setdefault(host.name, [])
    if line not in found:
        found.append(line)
    host.noop(f"{line}: left alone")


def named() -> list[str]:
    """What was left alone on this host, a line each."""
    return list(_NAMED.get(host.name, ()))

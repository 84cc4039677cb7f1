"""
What bears the name of a thing of ours and is somebody else's: refused where it is wanted, before anything is sent; where it is not it stays as
it is, and a person is told. Whose a thing is, each world says in its `ownership`.
"""

from __future__ import annotations

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG

_NAMED: dict[str, list[str]] = {}
"""What was met in this run, by host."""


class Foreign:
    """Somebody else's thing that has a name of ours: as good as none."""

    def __bool__(self):
        return False


def lacking(mark: str, owner: str, carried: str | None) -> str:
    """
    Why a thing is not a deployment's.

    + mark: what would tell that it is, ``tag`` or ``label``
    + owner: the deployment
    + carried: the deployment that the thing's own mark names
    """
    return f"lacks the {mark} {DEPLOYMENT_TAG}={owner}" if carried is None else f"has the {mark} {DEPLOYMENT_TAG}={carried}"


def met(line: str, cure: str, present: bool, remove: str = "") -> Foreign:
    """
    Refuse somebody else's thing where it is wanted, and leave it where it is not.

    + line: which, and why it is not the deployment's
    + cure: what a person does to have it taken over, or another in its place
    + present: whether it is wanted
    + remove: the command that removes it, for a person
    """
    if present:
        raise OperationError(f"{line}, so it is not this deployment's: {cure}")
    leave(line + (f" (`{remove}` removes it)" if remove else ""))
    return Foreign()


def leave(line: str) -> None:
    """
    Leave a thing alone that is not the deployment's.

    + line: which, and why it is not
    """
    found = _NAMED.setdefault(host.name, [])
    if line not in found:
        found.append(line)
    host.noop(f"{line}: left alone")


def absent(noun: str, name: str, now) -> None:
    """
    Say that there is nothing to remove, unless it was said that what is there is somebody else's.

    + noun, name: what there might be
    + now: what its `ownership` answered
    """
    if not isinstance(now, Foreign):
        host.noop(f"{noun} {name} is already absent")


def named() -> list[str]:
    """What was left alone on this host, a line each."""
    return list(_NAMED.get(host.name, ()))

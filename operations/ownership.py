"""
Whose a thing is: the deployment's if it carries the tag ``airflow-on-eks/deployment=<deployment>``, somebody else's otherwise.

A name says nothing: what has a name of ours and not our tag is refused where it is wanted, before anything is sent, and left where it is not.
Parts of a thing that carry no tags go by the thing.
"""

from __future__ import annotations

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from operations.foreign import leave
from operations.tags import mapped


class Foreign:
    """Somebody else's thing that has a name of ours: as good as none."""

    def __bool__(self):
        return False


def ours(tags: list[dict] | dict | None) -> bool:
    """Whether something with these tags is the deployment's."""
    return mapped(tags).get(DEPLOYMENT_TAG) == host.data.deployment


def own(noun: str, name: str, now, tags: list[dict] | dict | None, present: bool, remove: str = ""):
    """
    What is there if it is the deployment's; `None` or `Foreign`, both false, if not.

    + noun, name: what it is
    + now: what a fact says of it
    + tags: its tags, or those of what it is a part of
    + present: whether it should exist
    + remove: the command that removes it, for a person

    Raises `OperationError` when somebody else's is in the place of a wanted one.
    """
    if not now:
        return None
    if ours(tags):
        host.connector.seen.add(f"{noun} {name}")
        return now
    return foreign(noun, name, _other(mapped(tags).get(DEPLOYMENT_TAG)), f"set the tag {_tag()} on it", present, remove)


def foreign(noun: str, name: str, why: str, adopt: str, present: bool, remove: str = "") -> Foreign:
    """
    Refuse somebody else's thing where it is wanted, and leave it where it is not.

    + noun, name: what it is
    + why: what tells that it is not the deployment's
    + adopt: what a person does to have it taken over
    + present: whether it should exist
    + remove: the command that removes it, for a person
    """
    if present:
        raise OperationError(
            f"{noun} {name} is there and {why}, so it is not this deployment's: "
            f"{adopt} to have it taken over, remove it, or choose another name for the deployment"
        )
    leave(f"{noun} {name} {why}" + (f" (`{remove}` removes it)" if remove else ""))
    return Foreign()


def absent(noun: str, name: str, now) -> None:
    """
    Say that there is nothing to remove, unless it was said that what is there is somebody else's.

    + noun, name: what there might be
    + now: what `own` answered
    """
    if not isinstance(now, Foreign):
        host.noop(f"{noun} {name} is already absent")


def seen(noun: str, name: str) -> bool:
    """Whether such a thing of the deployment's was there at any time in this run."""
    return f"{noun} {name}" in host.connector.seen


def belonging(noun: str, things: list[dict], identity: str, within: bool | set = False) -> list[dict]:
    """
    Those of several things that are to go and are the deployment's: by their tag, or by what they are in.

    + noun: what they are
    + things: what AWS says of them, their ``Tags`` included
    + identity: the field that holds the name of one
    + within: whether all of them are part of something of the deployment's, or the names of those that are
    """
    inside = things if within is True else [thing for thing in things if thing[identity] in (within or ())]
    return [thing for thing in things if thing in inside or own(noun, thing[identity], thing, thing.get("Tags"), present=False)]


def _tag() -> str:
    return f"{DEPLOYMENT_TAG}={host.data.deployment}"


def _other(owner: str | None) -> str:
    return f"lacks the tag {_tag()}" if owner is None else f"has the tag {DEPLOYMENT_TAG}={owner}"

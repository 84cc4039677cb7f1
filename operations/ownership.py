"""
Whose a thing is: the deployment's if it carries the tag ``airflow-on-eks/deployment=<deployment>``, somebody else's otherwise.

A name says nothing: what has a name of ours and not our tag is refused where it is wanted, before anything is sent, and left where it is not.
Parts of a thing that carry no tags go by the thing.
"""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from operations.foreign import Foreign, lacking, met
from operations.tags import mapped


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
    deployment = host.data.deployment
    why = lacking("tag", deployment, mapped(tags).get(DEPLOYMENT_TAG))
    return foreign(noun, name, why, f"set the tag {DEPLOYMENT_TAG}={deployment} on it", present, remove)


def foreign(noun: str, name: str, why: str, adopt: str, present: bool, remove: str = "") -> Foreign:
    """
    Refuse somebody else's thing where it is wanted, and leave it where it is not.

    + noun, name: what it is
    + why: what tells that it is not the deployment's
    + adopt: what a person does to have it taken over
    + present: whether it should exist
    + remove: the command that removes it, for a person
    """
    cure = f"{adopt} to have it taken over, remove it, or choose another name for the deployment"
    return met(f"{noun} {name} {why}", cure, present, remove)


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

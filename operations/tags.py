"""Tags in the shapes AWS's services want them, and what differs in them."""

from __future__ import annotations

from pyinfra.api.exceptions import OperationError

from connectors.commands.reference import DEPLOYMENT_TAG
from operations.differ import Change


def listed(tags: dict, key: str = "Key", value: str = "Value") -> list[dict]:
    """``[{"Key": ..., "Value": ...}]``, as most services want them."""
    return [{key: name, value: content} for name, content in tags.items()]


def specification(kind: str, tags: dict) -> list[dict]:
    """EC2's ``TagSpecifications`` for one new resource."""
    return [{"ResourceType": kind, "Tags": listed(tags)}]


def mapped(tags: list[dict] | dict | None) -> dict:
    """Tags as a mapping, whatever shape AWS answered."""
    if isinstance(tags, dict):
        return tags
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in tags or []}


def missing(now: list[dict] | dict | None, wanted: dict) -> tuple[Change, ...]:
    """The wanted tags that are absent or different; tags of others are left alone."""
    present = mapped(now)
    return tuple(Change(f"tag {key}", present.get(key), value) for key, value in wanted.items() if present.get(key) != value)


def claimed(noun: str, name: str, now: list[dict] | dict | None, tags: dict | None) -> None:
    """
    Raise when a thing of this name is there and is not the deployment's: it holds somebody's data.

    + noun, name: what it is
    + now: its tags
    + tags: the wanted tags, the deployment's among them
    """
    if DEPLOYMENT_TAG in (tags or {}) and not ours(now, tags):
        raise OperationError(
            f"{noun} {name} is there and lacks the tag {DEPLOYMENT_TAG}={tags[DEPLOYMENT_TAG]}, so it is not this deployment's: "
            "remove it, or choose another name for the deployment"
        )


def ours(now: list[dict] | dict | None, tags: dict | None = None) -> bool:
    """Whether what is there carries the tag of a deployment: of the one in these tags, where they name it."""
    owner = mapped(now).get(DEPLOYMENT_TAG)
    return owner is not None and (tags or {}).get(DEPLOYMENT_TAG, owner) == owner

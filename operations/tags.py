"""Tags in the shapes AWS's services want them, and what differs in them."""

from __future__ import annotations

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

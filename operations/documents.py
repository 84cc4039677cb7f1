"""Where two documents differ, leaf by leaf: Kubernetes objects, helm values, policies."""

from __future__ import annotations

from connectors.commands.reference import known
from operations.differ import Change

IGNORED = {"managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"}
NAMES = ("name", "mountPath", "key", "topologyKey", "Sid")
"""What tells the items of a list apart."""


def differing_objects(name: str, now: dict | None, planned: dict) -> tuple[Change, ...]:
    """
    Where a Kubernetes object would change; the values of Secrets are masked.

    + name: how the object is called in the plan
    + now: what is live, ``None`` when it is absent
    + planned: what the API server would make of it
    """
    if now is None:
        return (Change("", "absent", "present", name),)
    changes = differing_leaves(name, _kept(now), _kept(planned))
    return tuple(_masked(change) for change in changes) if now.get("kind") == "Secret" else changes


def differing_leaves(part: str, now, wanted) -> tuple[Change, ...]:
    """
    Where two documents differ; what is null or empty counts as absent.

    + part: what they are called in the plan
    + now, wanted: the documents
    """
    return tuple(Change(path, is_now, aim, part) for path, is_now, aim in _walk("", now, known(wanted)))


def _walk(path: str, now, wanted):
    if now in ABSENT and wanted in ABSENT:
        return
    if isinstance(now, dict) and isinstance(wanted, dict):
        for key in sorted({*now, *wanted}, key=str):
            yield from _walk(f"{path}.{key}" if path else str(key), now.get(key), wanted.get(key))
    elif isinstance(now, list) and isinstance(wanted, list) and (label := _label(now, wanted)):
        here, there = ({str(item[label]): item for item in items} for items in (now, wanted))
        for name in {**here, **there}:
            yield from _walk(f"{path}[{name}]", here.get(name), there.get(name))
    elif isinstance(now, list) and isinstance(wanted, list) and len(now) == len(wanted) and all(isinstance(item, dict) for item in (*now, *wanted)):
        for place, pair in enumerate(zip(now, wanted, strict=True)):
            yield from _walk(f"{path}[{place}]", *pair)
    elif now != wanted:
        yield path, None if now in ABSENT else now, None if wanted in ABSENT else wanted


ABSENT = (None, {}, [])


def _label(*lists: list) -> str | None:
    """The field that tells the items of both lists apart, if there is one."""
    return next((name for name in NAMES if all(_apart(items, name) for items in lists)), None)


def _apart(items: list, name: str) -> bool:
    names = [str(item.get(name)) for item in items if isinstance(item, dict) and item.get(name) is not None]
    return len(set(names)) == len(items)


def _kept(item: dict) -> dict:
    metadata = {key: value for key, value in item["metadata"].items() if key not in IGNORED}
    return {**{key: value for key, value in item.items() if key != "status"}, "metadata": metadata}


def _masked(change: Change) -> Change:
    if not change.field.startswith(("data", "stringData")):
        return change
    now, wanted = (None if value is None else "*MASKED*" for value in (change.now, change.wanted))
    return Change(change.field, now, wanted, change.part)

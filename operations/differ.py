"""The one comparison between what is and what is wanted, and how it is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass

import jmespath
from pyinfra.api import HiddenValue
from pyinfra.api.exceptions import OperationError

from connectors.reference import known

ABSENT = object()


@dataclass(frozen=True)
class Change:
    """A field that differs: its name, what it is, what is wanted."""

    field: str
    now: object
    wanted: object

    def __str__(self):
        return f"{self.field}: {shown(self.now)} -> {shown(self.wanted)}"


def differing(now, **wanted) -> tuple[Change, ...]:
    """
    The fields in which a thing differs from what is wanted; ``None`` is not managed.

    + now: what a fact says
    + wanted: fields by JMESPath (``__`` stands for a dot): mappings are compared by the keys wanted, lists without order
    """
    return differing_in(now, {field.replace("__", "."): value for field, value in wanted.items()})


def differing_in(now, wanted: dict) -> tuple[Change, ...]:
    """`differing` for field names that are no Python names."""
    changes = []
    for field, value in wanted.items():
        if value is None:
            continue
        present = jmespath.search(field, now)
        changes += _compare(field, present, known(value))
    return tuple(changes)


def refused(noun: str, name: str, changes, cure: str) -> None:
    """
    Raise when there are changes, since AWS cannot make them.

    + noun, name: what they are about
    + changes: of `differing`
    + cure: what a person can do instead
    """
    if changes:
        what = "; ".join(f"{change.field} is {shown(change.now)}, wanted {shown(change.wanted)}" for change in changes)
        raise OperationError(f"{noun} {name}: {what}; AWS cannot change it: {cure}")


def shown(value) -> str:
    """A value as a person sees it in a diff, on one line, secrets masked."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, default=str)
    return "nothing" if value is None else str(value)


def _compare(field, now, wanted):
    if isinstance(wanted, HiddenValue) or isinstance(now, HiddenValue):
        same = _clear(now) == _clear(wanted)
        return [] if same else [Change(field, "*MASKED*" if now is not None else None, "*MASKED*")]
    if isinstance(wanted, dict) and isinstance(now, dict):
        changes = []
        for key, value in wanted.items():
            if value is not None:
                changes += _compare(f"{field}.{key}", now.get(key), value)
        return changes
    return [] if _canonical(now) == _canonical(wanted) else [Change(field, now, wanted)]


def _clear(value):
    return value.unmask() if isinstance(value, HiddenValue) else value


def _canonical(value):
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return value


IGNORED = {"managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"}


def differing_objects(name: str, now: dict | None, planned: dict) -> tuple[Change, ...]:
    """
    Where a Kubernetes object would change, leaf by leaf; the values of Secrets are masked.

    + name: how the object is called in the plan
    + now: what is live, ``None`` when it is absent
    + planned: what the API server would make of it
    """
    if now is None:
        return (Change(name, None, "present"),)
    changes = differing_leaves(name, now, planned)
    if now.get("kind") != "Secret":
        return changes
    return tuple(Change(change.field, _masked(change.now), _masked(change.wanted)) for change in changes)


def differing_leaves(name: str, now: dict, wanted: dict) -> tuple[Change, ...]:
    """Where two documents differ, whole, leaf by leaf; what is null counts as absent."""
    leaves, aims = _leaves(now), _leaves(known(wanted))
    return tuple(
        Change(f"{name} {'.'.join(path)}", leaves.get(path), aims.get(path)) for path in sorted({*leaves, *aims}) if leaves.get(path) != aims.get(path)
    )


def _leaves(value, path: tuple = ()) -> dict:
    if path[:1] == ("status",) or (len(path) == 2 and path[0] == "metadata" and path[1] in IGNORED):
        return {}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {leaf: content for key, item in items for leaf, content in _leaves(item, (*path, str(key))).items()}
    return found or ({} if value is None else {path: value})


def _masked(value):
    return None if value is None else "*MASKED*"

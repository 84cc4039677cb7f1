"""The one comparison between what is and what is wanted, and how it is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass

import jmespath
from pyinfra.api import HiddenValue
from pyinfra.api.exceptions import OperationError

from connectors.commands.reference import known, uncertain


class RestsOnMissing(OperationError):
    """A refusal because of a thing that is not there or not ours: what is said of that thing is the reason."""


@dataclass(frozen=True)
class Change:
    """
    A field that differs.

    + field: its name; empty for a whole part
    + now: what it is
    + wanted: what is wanted
    + part: what it is a field of, where a thing has parts: ``Deployment/airflow-scheduler``
    """

    field: str
    now: object
    wanted: object
    part: str = ""

    @property
    def name(self) -> str:
        """Part and field."""
        return " ".join(filter(None, (self.part, self.field)))

    def __str__(self):
        return f"{self.name}: {shown(self.now)} -> {shown(self.wanted)}"


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
    Raise when there are changes, since AWS cannot make them: `RestsOnMissing` where all of them wait for something else's creation.

    + noun, name: what they are about
    + changes: of `differing`
    + cure: what a person can do instead
    """
    if changes:
        what = "; ".join(f"{change.field} is {shown(change.now)}, wanted {shown(change.wanted)}" for change in changes)
        error = RestsOnMissing if all(uncertain([change.wanted]) for change in changes) else OperationError
        raise error(f"{noun} {name}: {what}; AWS cannot change it: {cure}")


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

"""What is wanted: an operation and its arguments, declared once; install, verify, the plan and cleanup derive from it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace

from connectors.commands.reference import DEPLOYMENT_TAG


@dataclass(frozen=True)
class Want:
    """
    One wanted thing.

    + operation: the pyinfra operation of its kind
    + subject: its identity
    + fields: the operation's other arguments
    + present: whether it should exist
    + stray: whether it is a watch for things no longer listed
    + part: of the platform, for a person
    """

    operation: object
    subject: str
    fields: dict = field(default_factory=dict)
    present: bool = True
    stray: bool = False
    part: str = ""

    @property
    def kind(self) -> str:
        """Module and noun, for instance ``ec2.vpc``."""
        return f"{self.operation._inner.__module__.split('.')[1]}.{self.operation._inner.__name__}"

    def __str__(self):
        return f"{self.kind} {self.subject}"

    @property
    def arguments(self) -> dict:
        """The operation's arguments, by name."""
        identity = next(iter(inspect.signature(self.operation._inner).parameters))
        return {identity: self.subject, **self.fields, "present": self.present}

    def absent(self) -> Want:
        """The same thing, unwanted."""
        return replace(self, present=False)

    def commands(self) -> list:
        """What the operation would still send, unsent; raises `OperationError` when AWS refuses the change."""
        return list(self.operation._inner(**self.arguments))

    def declare(self, **how):
        """Hand it to pyinfra, with global arguments of its operations if wanted."""
        return self.operation(**self.arguments, name=str(self), **how)


def want(operation, subject: str, *, present: bool = True, **fields) -> Want:
    """
    Declare a wanted thing.

    + operation: the pyinfra operation of its kind
    + subject: its identity, the operation's first argument
    + present: whether it should exist
    + fields: the operation's other arguments
    """
    return Want(operation, subject, fields, present)


def strays(operation, subject: str, **fields) -> Want:
    """Declare a watch for things that carry our tag and are no longer listed; see `operations.strays`."""
    return Want(operation, subject, fields, stray=True)


def tagged(wants: list[Want], tags: dict) -> list[Want]:
    """The wants, each that takes tags with the deployment's tags under its own, each whose objects are labelled with whose they are."""
    marked = shared(wants, {"owner": tags[DEPLOYMENT_TAG], "tags": {}})
    return [replace(item, fields={**item.fields, "tags": {**tags, **(item.fields["tags"] or {})}}) if "tags" in item.fields else item for item in marked]


def shared(wants: list[Want], given: dict) -> list[Want]:
    """The wants, each with those of some fields that its operation takes and it does not have."""
    return [replace(item, fields={**_taken(item, given), **item.fields}) for item in wants]


def _taken(item: Want, given: dict) -> dict:
    takes = inspect.signature(item.operation._inner).parameters
    return {field: value for field, value in given.items() if field in takes}

"""
Values that are known only when a command is sent: ids AWS hands out, secrets, text made of both.

They may stand anywhere in parameters, helm values or manifests; the connector puts the real value in
their place (`resolve`), a comparison asks what is known so far (`known`).
"""

from __future__ import annotations

import hashlib
import json
import time

import jmespath
from pyinfra.api import HiddenValue
from pyinfra.context import host

from connectors.commands.masking import secrets_in
from connectors.commands.text import DEPLOYMENT, NOW, Deployment, Digest, Json, MaskedValue, Now, Text  # noqa: F401

DEPLOYMENT_TAG = "airflow-on-eks/deployment"
BACKUP_TAG = "airflow-on-eks/backup"
"""What belongs together of a backup set carries its id."""


class Unresolved(LookupError):
    """A reference to something that does not exist (yet). Its text names the thing."""


class AfterCreate:
    """What a reference is worth while the thing it points to is absent: unequal to everything."""

    def __str__(self):
        return "(known after create)"

    __repr__ = __str__


AFTER_CREATE = AfterCreate()


class Ref:
    """
    A field of something that may not exist yet, for instance ``Ref(Vpc, "VpcId", vpc="airflow-dev")``.

    + fact: the fact class that reads the thing
    + path: JMESPath into the fact
    + arguments: the fact's arguments
    """

    def __init__(self, fact, path: str = "@", **arguments):
        self.fact, self.path, self.arguments = fact, path, arguments

    def __str__(self):
        thing = " ".join(str(value) for value in self.arguments.values())
        return f"<{self.fact.name.removeprefix('facts.')} {thing}>"

    __repr__ = __str__

    def __eq__(self, other):
        return isinstance(other, Ref) and repr(self) == repr(other) and self.path == other.path

    def __hash__(self):
        return hash((repr(self), self.path))

    def value(self):
        """The field's present value, ``None`` while the thing or the field is absent."""
        read = host.get_fact(self.fact, **self.arguments)
        if isinstance(read, HiddenValue):
            return read if self.path == "@" else None
        return None if read is None else jmespath.search(self.path, read)


class Answer(Ref):
    """
    What the last call of a kind answered, for instance the update AWS started: ``Answer("eks", "update_addon", "update.id")``.

    + service, action: as boto3 spells them
    + path: JMESPath into the answer
    """

    def __init__(self, service: str, action: str, path: str):
        super().__init__(None, path, service=service, action=action)

    def __str__(self):
        return f"<{self.path} of {self.arguments['service']} {self.arguments['action'].replace('_', '-')}>"

    def value(self):
        """The field of the answer, ``None`` before the call."""
        return jmespath.search(self.path, host.connector.aws.answers.get((self.arguments["service"], self.arguments["action"]), {}))


def resolve(value):
    """
    The value with every reference replaced, secrets still hidden.

    Raises `Unresolved` when something it points to is absent.
    """
    return _replace(value, _required)


def known(value):
    """The value with every reference replaced; what is absent counts as `AFTER_CREATE`."""
    return _replace(value, lambda ref: AFTER_CREATE if (now := ref.value()) is None else now)


def uncertain(value) -> bool:
    """Whether anything in a value that went through `known` is not known yet."""
    if isinstance(value, dict):
        value = list(value.values())
    return any(map(uncertain, value)) if isinstance(value, list) else value is AFTER_CREATE


def unmasked(value):
    """The value with every secret in clear: only for what goes on the wire or to a tool's stdin."""
    if isinstance(value, HiddenValue):
        return value.unmask()
    if isinstance(value, dict):
        return {key: unmasked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unmasked(item) for item in value]
    return value


def _required(ref: Ref):
    now = ref.value()
    if now is None:
        raise Unresolved(f"{ref} does not exist")
    return now


def _replace(value, of_ref):
    if isinstance(value, Ref):
        return of_ref(value)
    if isinstance(value, Deployment):
        return host.data.deployment
    if isinstance(value, Now):
        return time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    if isinstance(value, Text):
        parts = {key: _replace(part, of_ref) for key, part in value.parts.items()}
        if AFTER_CREATE in parts.values():
            return AFTER_CREATE
        text = value.template.format(**unmasked(parts))
        return HiddenValue(text) if any(isinstance(part, HiddenValue) for part in parts.values()) else text
    if isinstance(value, Json):
        document = _replace(value.document, of_ref)
        if uncertain(document):
            return AFTER_CREATE
        if isinstance(value, Digest):
            return hashlib.sha256(json.dumps(unmasked(document), sort_keys=True).encode()).hexdigest()[:16]
        text = json.dumps(unmasked(document))
        return HiddenValue(text) if secrets_in(document) else text
    if isinstance(value, dict):
        return {key: _replace(item, of_ref) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace(item, of_ref) for item in value]
    return value

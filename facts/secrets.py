"""
Facts about Secrets Manager.

Each secret is read by itself: lists of secrets may be minutes old, and a secret that seems absent would be made again.
"""

from __future__ import annotations

import json

from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG, MaskedValue, Text
from facts.aws import AwsFact, tagged

GONE = ("ResourceNotFoundException",)


class Secret(AwsFact):
    """
    Returns what is known of a secret without its value, or ``None``: ``ARN``, ``Description``, ``Tags``, ``DeletedDate`` while it can be restored.

    + secret: its name
    """

    def command(self, secret):
        return AwsCall("secretsmanager", "describe_secret", missing=GONE, SecretId=secret)


class SecretValue(AwsFact):
    """
    Returns the value of a secret as a hidden value, or ``None`` where there is none, or none before it is restored.

    + secret: its name
    """

    pick = "SecretString"

    def command(self, secret):
        return AwsCall("secretsmanager", "get_secret_value", missing=(*GONE, "InvalidRequestException"), SecretId=secret)

    def process(self, output):
        return MaskedValue(super().process(output))


class SecretField(AwsFact):
    """
    Returns one field of a secret whose value is a JSON object, as a hidden value, or ``None`` where there is none.

    + secret: its name or ARN
    + field: which
    """

    pick = "SecretString"

    def command(self, secret, field):
        self.field = field
        return SecretValue().command(secret)

    def process(self, output):
        try:
            value = json.loads(super().process(output)).get(self.field)
        except (ValueError, AttributeError):
            return None
        return None if value is None else MaskedValue(str(value))


class SecretNames(AwsFact):
    """
    Returns the names of the secrets that are ours and not removed, as Secrets Manager's list has them: it may be minutes old. Those of backup sets,
    which outlive the deployment, are not among them.
    """

    def command(self):
        return ours()

    def process(self, output):
        name = host.data.deployment
        self.pick = f"SecretList[?{tagged(DEPLOYMENT_TAG, name)} && !starts_with(Name, '{kept_as(name, '')}')].Name"
        return super().process(output)


def kept_as(deployment: str, backup: str) -> str:
    """
    The name of the secret that holds the keys of a backup set.

    + deployment: whose set it is
    + backup: its id
    """
    return f"{deployment}/backup/{backup}"


def ours() -> AwsCall:
    """The list of the deployment's secrets."""
    filters = [{"Key": "name", "Values": [Text("{deployment}/", deployment=DEPLOYMENT)]}, {"Key": "tag-key", "Values": [DEPLOYMENT_TAG]}]
    return AwsCall("secretsmanager", "list_secrets", Filters=filters)

"""Facts about KMS keys."""

from __future__ import annotations

import json

from connectors.commands.command import AwsCall
from facts.aws import OWNED_ANYWHERE, AwsFact

GONE = ("NotFoundException",)


class Key(AwsFact):
    """
    Returns a KMS key, or ``None``: ``KeyId``, ``Arn``, ``KeyState``, ``Description``, ``DeletionDate`` when it is pending deletion.

    + key: its alias without ``alias/``, or its ARN

    .. code:: python

        {"KeyId": "1234abcd-...", "Arn": "arn:aws:kms:...", "KeyState": "Enabled", ...}
    """

    pick = "KeyMetadata"

    def command(self, key):
        return AwsCall("kms", "describe_key", missing=GONE, KeyId=key if key.startswith("arn:") else f"alias/{key}")


class KeyArns(AwsFact):
    """
    Returns the ARNs of the deployment's keys with this Name tag, whether they have an alias or not. AWS's tagging API
    answers it: a key made a moment ago may be unknown to it, a deleted one still known.

    + key: its Name tag
    """

    pick = "ResourceTagMappingList[].ResourceARN"

    def command(self, key):
        return AwsCall(
            "resourcegroupstaggingapi",
            "get_resources",
            ResourceTypeFilters=["kms:key"],
            TagFilters=[*OWNED_ANYWHERE, {"Key": "Name", "Values": [key]}],
        )


class KeyRotation(AwsFact):
    """
    Returns whether a key's material is rotated: ``KeyRotationEnabled``, ``RotationPeriodInDays``.

    + key: its id or ARN
    """

    def command(self, key):
        return AwsCall("kms", "get_key_rotation_status", missing=GONE, KeyId=key)


class KeyPolicy(AwsFact):
    """
    Returns a key's policy as a mapping.

    + key: its id or ARN
    """

    def process(self, output):
        """The policy, which AWS answers as text."""
        return json.loads(super().process(output)["Policy"])

    def command(self, key):
        return AwsCall("kms", "get_key_policy", missing=GONE, KeyId=key, PolicyName="default")


class KeyTags(AwsFact):
    """
    Returns a key's tags: ``[{"TagKey": "team", "TagValue": "data"}]``.

    + key: its id or ARN
    """

    pick = "Tags"

    def command(self, key):
        return AwsCall("kms", "list_resource_tags", missing=GONE, KeyId=key)

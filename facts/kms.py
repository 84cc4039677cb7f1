"""Facts about KMS keys."""

from __future__ import annotations

import json
import re

from pyinfra.context import host

from connectors.commands.command import AwsCall, AwsEach
from connectors.commands.reference import DEPLOYMENT_TAG
from facts.aws import AwsFact, named, owned_anywhere

GONE = ("NotFoundException",)
ID = re.compile(r"^arn:|^(mrk-)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$")
"""What is a key's id or ARN, and no alias."""


class Key(AwsFact):
    """
    Returns a KMS key, or ``None``: ``KeyId``, ``Arn``, ``KeyState``, ``Description``, ``DeletionDate`` when it is pending deletion.

    + key: its alias without ``alias/``, its id or its ARN

    .. code:: python

        {"KeyId": "1234abcd-...", "Arn": "arn:aws:kms:...", "KeyState": "Enabled", ...}
    """

    pick = "KeyMetadata"

    def command(self, key):
        return AwsCall("kms", "describe_key", missing=GONE, KeyId=key if ID.search(key) else f"alias/{key}")


class OwnKeys(AwsFact):
    """
    Returns the ids of the deployment's keys with this Name tag, whether they have an alias or not. Each key of the account is asked for its tags,
    since AWS's tagging API does not know a key that was made a moment ago; one that does not tell them is not the deployment's.

    + key: its Name tag
    """

    def command(self, key):
        self.key = key
        return AwsEach(
            AwsCall("kms", "list_keys"),
            "Keys[].{KeyId: KeyId}",
            AwsCall("kms", "list_resource_tags", missing=(*GONE, "AccessDeniedException")),
        )

    def process(self, output):
        wanted = {DEPLOYMENT_TAG: host.data.deployment, "Name": self.key}
        self.pick = "[?" + " && ".join(f"Tags[?TagKey=='{name}' && TagValue=='{value}']" for name, value in wanted.items()) + "].KeyId"
        return super().process(output)


class KeyArns(AwsFact):
    """
    Returns the ARNs of the deployment's keys with this Name tag as AWS's tagging API knows them: one made a moment ago may be unknown to it, a
    deleted one still known.

    + key: its Name tag
    """

    def command(self, key):
        self.pick = f"ResourceTagMappingList[?contains(ResourceARN, ':kms:') && {named(key)}].ResourceARN"
        return owned_anywhere()


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


class ShownKeyPolicy(AwsFact):
    """
    Returns the policy of a key that is somebody else's as a mapping, or ``None`` where it is not shown to the caller.

    + key: its ARN
    """

    def process(self, output):
        """The policy, which AWS answers as text."""
        answer = super().process(output)
        return answer and json.loads(answer["Policy"])

    def command(self, key):
        return AwsCall("kms", "get_key_policy", missing=(*GONE, "AccessDeniedException"), KeyId=key, PolicyName="default")


class KeyTags(AwsFact):
    """
    Returns a key's tags: ``[{"TagKey": "team", "TagValue": "data"}]``.

    + key: its id or ARN
    """

    pick = "Tags"

    def command(self, key):
        return AwsCall("kms", "list_resource_tags", missing=GONE, KeyId=key)

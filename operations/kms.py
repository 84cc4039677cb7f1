"""Operations on KMS keys."""

from __future__ import annotations

import json

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.kms import Key, KeyArns, KeyPolicy, KeyRotation, KeyTags, OwnKeys, ShownKeyPolicy
from operations import tags as tag
from operations.differ import Change, differing
from operations.existing import existing
from operations.foreign import absent, leave
from operations.ownership import own
from operations.policy import allowed

GONE = ("NotFoundException",)
PENDING = "PendingDeletion"
USED = ("Enabled", "Disabled")


@operation()
def key(
    key: str,
    description: str | None = None,
    policy: dict | None = None,
    days: int = 7,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a symmetric KMS key whose material is rotated every year, under an alias.

    A key is not removed but scheduled for deletion; it keeps its alias until AWS deletes both, so that installing again
    within the waiting period finds it, cancels the deletion and goes on with the same key.

    + key: its alias without ``alias/``, and its Name tag
    + description: what it is for
    + policy: its key policy (whole); ``None`` leaves AWS's default, which lets the account's IAM policies decide
    + days: waiting period of a removal, 7 to 30 (days)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** a pending deletion is cancelled and the key enabled; a key that lost its alias gets it back; rotation,
    description, policy and tags are put right. Of two keys of the deployment the one with the alias is kept, the other scheduled for deletion.
    A key under the alias without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        kms.key(key="airflow-dev-eks", description="Secrets of EKS cluster airflow-dev", name="Key for secrets")
    """
    aliased = _aliased(key, present)
    now, *more = [aliased, *_second(key, aliased)] if aliased else _unnamed(key) or [aliased]
    doubled = [AwsCall("kms", "schedule_key_deletion", missing=GONE, KeyId=one["KeyId"], PendingWindowInDays=days) for one in more if one["KeyState"] in USED]
    if not present:
        if now and now["KeyState"] != PENDING:
            yield AwsCall("kms", "schedule_key_deletion", missing=GONE, KeyId=now["KeyId"], PendingWindowInDays=days)
        elif now:
            host.noop(f"key {key} is already pending deletion")
        else:
            absent("key", key, now)
        yield from doubled
        return
    tags = {"Name": key, **(tags or {})}
    if not now:
        wanted = {"Description": description, "Policy": json.dumps(policy) if policy else None}
        made = Ref(OwnKeys, "[0]", key=key)
        yield AwsCall("kms", "create_key", made=made, Tags=tag.listed(tags, "TagKey", "TagValue"), **{field: value for field, value in wanted.items() if value})
        yield AwsCall("kms", "create_alias", AliasName=f"alias/{key}", TargetKeyId=made)
        yield AwsCall("kms", "enable_key_rotation", KeyId=made)
        return
    commands = list(_mended(now, None if aliased else key, description, policy, tags))
    commands += [command.because([Change("second key", command.params["KeyId"], None)]) for command in doubled]
    yield from commands
    if not commands:
        host.noop(f"key {key} is already present")


@operation()
def existing_key(key: str, statements: list | None = None, present: bool = True):
    """
    Look at a key that is somebody else's: whether it is in use, and whether its policy gives it to whom the deployment needs it for.

    + key: its ARN
    + statements: what its policy must say; where the policy is not shown to the caller, they are told
    + present: ``False`` leaves it alone too

    **Idempotency:** nothing is ever sent; a key that cannot serve is refused, with the statements its policy lacks.

    **Example:**

    .. code:: python

        kms.existing_key(key="arn:aws:kms:us-west-2:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555", name="Key of the account")
    """
    yield from existing("key", key, _unfit(key, statements or []) if present else "", present)


def _unfit(key: str, statements: list) -> str:
    now = host.get_fact(Key, key=key)
    if not now:
        return "there is none of this ARN"
    if (now["KeyState"], now["KeySpec"], now["KeyUsage"]) != ("Enabled", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        return f"it is {now['KeyState']}, {now['KeySpec']} for {now['KeyUsage']}: wanted an enabled symmetric key that encrypts"
    policy = host.get_fact(ShownKeyPolicy, key=key)
    lacking = [statement for statement in statements if not (policy and allowed(policy, statement))]
    told = json.dumps(lacking)
    if lacking and not policy:
        leave(f"key {key}, whose policy is not shown to the caller and has to have {told}")
        return ""
    return f"its policy lacks statements, add {told}" if lacking else ""


def _mended(now: dict, alias: str | None, description: str | None, policy: dict | None, tags: dict):
    key_id = now["KeyId"]
    rotation = differing(host.get_fact(KeyRotation, key=key_id), KeyRotationEnabled=True)
    worded = differing(now, Description=description)
    ruled = differing({"Policy": host.get_fact(KeyPolicy, key=key_id)}, Policy=policy) if policy else ()
    retagged = tag.missing(_tags(key_id), tags)
    if now["KeyState"] == PENDING:
        yield AwsCall("kms", "cancel_key_deletion", KeyId=key_id).because([Change("KeyState", PENDING, "Disabled")])
    if now["KeyState"] in (PENDING, "Disabled"):
        yield AwsCall("kms", "enable_key", KeyId=key_id).because([Change("KeyState", "Disabled", "Enabled")])
    if alias:
        yield AwsCall("kms", "create_alias", AliasName=f"alias/{alias}", TargetKeyId=key_id).because([Change("alias", None, alias)])
    if rotation:
        yield AwsCall("kms", "enable_key_rotation", KeyId=key_id).because(rotation)
    if worded:
        yield AwsCall("kms", "update_key_description", KeyId=key_id, Description=description).because(worded)
    if ruled:
        yield AwsCall("kms", "put_key_policy", KeyId=key_id, PolicyName="default", Policy=json.dumps(policy)).because(ruled)
    if retagged:
        yield AwsCall("kms", "tag_resource", KeyId=key_id, Tags=tag.listed(tags, "TagKey", "TagValue")).because(retagged)


def _aliased(key: str, present: bool):
    """The key that has the alias, if it is the deployment's."""
    now = host.get_fact(Key, key=key)
    return own("key", key, now, _tags(now["KeyId"]) if now else None, present)


def _second(key: str, aliased: dict) -> list[dict]:
    """Further keys of the deployment: the answer was lost when the first was made, and AWS took its time to list it."""
    return _described(arn for arn in host.get_fact(KeyArns, key=key) or [] if arn != aliased["Arn"])


def _unnamed(key: str) -> list[dict]:
    """The deployment's keys without an alias, those in use first."""
    return sorted(_described(host.get_fact(OwnKeys, key=key) or []), key=lambda one: one["KeyState"] == PENDING)


def _described(keys) -> list[dict]:
    return [now for now in (host.get_fact(Key, key=key) for key in keys) if now and now["KeyState"] in (*USED, PENDING)]


def _tags(key_id: str) -> dict:
    return {one["TagKey"]: one["TagValue"] for one in host.get_fact(KeyTags, key=key_id) or []}

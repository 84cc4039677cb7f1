"""Operations on Secrets Manager: secrets are made once and kept; those that others keep are looked at."""

from __future__ import annotations

import base64
import json
import secrets as random
import string

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError, OperationValueError
from pyinfra.context import host

from connectors.commands.command import AwsCall, HiddenValue
from connectors.commands.reference import unmasked
from facts.secrets import GONE, Secret, SecretValue
from operations import tags as tag
from operations.differ import differing
from operations.foreign import absent
from operations.ownership import own

ALPHANUMERIC = string.ascii_letters + string.digits
"""Safe in URLs, connection strings, ini files and for RDS."""

SHORTEST = 16


@operation()
def secret(
    secret: str,
    generated: str = "alphanumeric",
    length: int = 40,
    description: str | None = None,
    recovery_days: int | None = None,
    kms_key: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Make/remove a secret with a generated value.

    + secret: its name; not one that ends in a hyphen and six characters, which Secrets Manager takes for the end of an ARN
    + generated: how its value is made: ``alphanumeric``, or ``fernet`` (a key for Airflow's Fernet)
    + length: of an alphanumeric value (characters)
    + description: what it is for
    + recovery_days: how long it can be restored after its removal, 7 to 30 (days); 0: gone at once
    + kms_key: ARN of the key that encrypts it
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** the value is made once and never changed; a removed secret that can still be restored is, with its value. Description,
    key and tags are put right. A secret without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        secrets.secret(secret="airflow-dev/airflow/fernet-key", generated="fernet", name="Fernet key")
    """
    if generated not in ("alphanumeric", "fernet"):
        raise OperationValueError(f"secret {secret}: generated is {generated!r}, wanted alphanumeric or fernet")
    if length < SHORTEST:
        raise OperationValueError(f"secret {secret}: length is {length}, wanted {SHORTEST} or more")
    if secret[-7:-6] == "-" and "/" not in secret[-6:]:
        raise OperationValueError(
            f"secret {secret} ends in a hyphen and six characters, which Secrets Manager takes for the end of an ARN: choose another name"
        )
    now = host.get_fact(Secret, secret=secret)
    now = own("secret", secret, now, (now or {}).get("Tags"), present)
    tags = tags or {}
    if not present:
        if not now or (now.get("DeletedDate") and recovery_days != 0):
            absent("secret", secret, now)
        else:
            how = {"ForceDeleteWithoutRecovery": True} if recovery_days == 0 else {"RecoveryWindowInDays": recovery_days} if recovery_days else {}
            yield AwsCall("secretsmanager", "delete_secret", missing=GONE, SecretId=secret, **how)
        return
    if not now:
        yield AwsCall(
            "secretsmanager",
            "create_secret",
            Name=secret,
            **({"Description": description} if description else {}),
            **({"KmsKeyId": kms_key} if kms_key else {}),
            SecretString=HiddenValue(_fernet_key() if generated == "fernet" else _text(length)),
            Tags=tag.listed(tags),
        )
        return
    described, retagged = differing(now, Description=description, KmsKeyId=kms_key), tag.missing(now.get("Tags"), tags)
    if now.get("DeletedDate"):
        yield AwsCall("secretsmanager", "restore_secret", SecretId=secret)
    if described:
        wanted = {change.field: change.wanted for change in described}
        yield AwsCall("secretsmanager", "update_secret", SecretId=secret, **wanted).because(described)
    if retagged:
        yield AwsCall("secretsmanager", "tag_resource", SecretId=secret, Tags=tag.listed(tags)).because(retagged)
    if not (now.get("DeletedDate") or described or retagged):
        host.noop(f"secret {secret} is already present")


@operation()
def given(given: str, fields: list | None = None, setting: str | None = None, present: bool = True):
    """
    Look at a secret that somebody else keeps and this deployment reads: it is never changed.

    + given: its name or ARN
    + fields: what its value, a JSON object, has to hold: one of these names, or all of one of these lists of names
    + setting: the setting that names it, for a person
    + present: whether it is needed

    **Idempotency:** nothing is sent. A secret that is not there, or whose value is something else, is refused.

    **Example:**

    .. code:: python

        secrets.given(given="team/deploy-key", fields=["private_key"], setting="dags_secret", name="Deploy key")
    """
    if present:
        value = host.get_fact(SecretValue, secret=given)
        wanted = " or ".join(f"{{{', '.join(map(json.dumps, _names(field)))}}}" for field in fields or ())
        if value is None:
            raise OperationError(f"{setting}: Secrets Manager has no secret {given}, or none that this caller may read: wanted one with the value {wanted}")
        if not any(_object(value).keys() >= {*_names(field)} for field in fields or ()):
            raise OperationError(f"{setting}: the value of secret {given} is not what is wanted, a JSON object with {wanted}")
    host.noop(f"secret {given} is looked at alone")
    yield from ()


def _names(field) -> list[str]:
    return [field] if isinstance(field, str) else field


def _object(value) -> dict:
    try:
        found = json.loads(unmasked(value))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(length: int) -> str:
    return "".join(random.choice(ALPHANUMERIC) for _ in range(length))


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(random.token_bytes(32)).decode()

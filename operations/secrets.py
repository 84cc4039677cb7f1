"""Operations on Secrets Manager: secrets are made once and kept."""

from __future__ import annotations

import base64
import secrets as random
import string

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationValueError
from pyinfra.context import host

from connectors.commands.command import AwsCall, HiddenValue
from facts.secrets import GONE, Secret
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
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** the value is made once and never changed; a removed secret that can still be restored is, with its value. Description and
    tags are put right. A secret without the deployment's tag is refused, and never removed.

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
            SecretString=HiddenValue(_fernet_key() if generated == "fernet" else _text(length)),
            Tags=tag.listed(tags),
        )
        return
    described, retagged = differing(now, Description=description), tag.missing(now.get("Tags"), tags)
    if now.get("DeletedDate"):
        yield AwsCall("secretsmanager", "restore_secret", SecretId=secret)
    if described:
        yield AwsCall("secretsmanager", "update_secret", SecretId=secret, Description=description).because(described)
    if retagged:
        yield AwsCall("secretsmanager", "tag_resource", SecretId=secret, Tags=tag.listed(tags)).because(retagged)
    if not (now.get("DeletedDate") or described or retagged):
        host.noop(f"secret {secret} is already present")


def _text(length: int) -> str:
    return "".join(random.choice(ALPHANUMERIC) for _ in range(length))


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(random.token_bytes(32)).decode()

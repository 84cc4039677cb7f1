"""Secrets Manager: names, and the recovery window."""

import re

from moto.secretsmanager.models import secretsmanager_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses


def invalid(message: str) -> AwsError:
    return AwsError("InvalidRequestException", message, status=400)


def find_secret(call: Call, name: str):
    secrets = secretsmanager_backends[call.account][call.region].secrets
    return secrets[name] if name in secrets else None  # noqa: SIM401


@refuses("secretsmanager", "CreateSecret")
def check_secret(call: Call) -> None:
    name = call.params["Name"]
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
        message = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        raise AwsError("ValidationException", message, status=400)
    known = find_secret(call, name)
    if known and known.is_deleted():
        raise invalid("You can't create this secret because a secret with this name is already scheduled for deletion.")
    if any(tag["Key"].lower().startswith("aws:") for tag in call.params.get("Tags") or ()):
        raise AwsError("InvalidParameterException", "Tag keys can't start with the reserved prefix aws:", status=400)


@refuses("secretsmanager", "PutSecretValue", "UpdateSecret", "GetSecretValue", "TagResource", "RotateSecret", "PutResourcePolicy")
def refuse_deleted(call: Call) -> None:
    known = find_secret(call, call.params["SecretId"])
    if known and known.is_deleted():
        raise invalid("You can't perform this operation on the secret because it was marked for deletion.")


@refuses("secretsmanager", "DeleteSecret")
def check_window(call: Call) -> None:
    days, force = call.params.get("RecoveryWindowInDays"), call.params.get("ForceDeleteWithoutRecovery")
    if days is not None and force:
        message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
        raise AwsError("InvalidParameterException", message, status=400)
    if days is not None and not 7 <= days <= 30:
        message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
        raise AwsError("InvalidParameterException", message, status=400)

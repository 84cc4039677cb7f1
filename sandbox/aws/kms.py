"""KMS: aliases of our own, keys that wait for their deletion."""

import json
from fnmatch import fnmatchcase

from moto.kms.models import kms_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, refuses

MEMBERS = {"logs": "kmsKeyId"}
"""Where a service calls the parameter otherwise than `KmsKeyId`."""


@refuses("kms", "CreateAlias", "UpdateAlias", "DeleteAlias")
def check_alias(call: Call) -> None:
    name = call.params["AliasName"]
    if not name.startswith("alias/"):
        raise AwsError("ValidationException", "Alias must start with the prefix 'alias/'.", status=400)
    if name.startswith("alias/aws/"):
        raise AwsError("NotAuthorizedException", "", status=400)


@refuses("kms", "CreateAlias", "UpdateAlias", "EnableKeyRotation", "DisableKeyRotation", "Encrypt", "GenerateDataKey", "PutKeyPolicy")
@refuses("kms", "TagResource", "EnableKey", "DisableKey", "ScheduleKeyDeletion", "UpdateKeyDescription")
def refuse_pending_deletion(call: Call) -> None:
    number = (call.params.get("TargetKeyId") or call.params.get("KeyId") or "").rpartition("/")[2]
    key = kms_backends[call.account][call.region].keys.get(number)
    if key and key.key_state == "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.", status=400)


@refuses("kms", "ScheduleKeyDeletion")
def check_window(call: Call) -> None:
    if not 7 <= (call.params.get("PendingWindowInDays") or 30) <= 30:
        raise AwsError("ValidationException", "PendingWindowInDays must be between 7 and 30 (inclusive)", status=400)


@amends("kms", "DescribeKey", "CreateKey")
def tell_usage(call: Call, answer: dict) -> None:
    """The emulator forgets what AWS takes where nothing was said."""
    answer["KeyMetadata"].setdefault("KeyUsage", "ENCRYPT_DECRYPT")


def usable(account: str, arn: str):
    """The key of this ARN, if it is there and enabled; None otherwise."""
    key = kms_backends[account][arn.split(":")[3]].keys.get(arn.rpartition("/")[2]) if arn.startswith("arn:") else None
    return key if key and key.key_state == "Enabled" else None


def lets(key, kind: str, principal: str, action: str) -> bool:
    """Whether the key's own policy allows an action to a principal; conditions are not looked at."""
    for statement in json.loads(key.policy)["Statement"]:
        whom = statement["Principal"] if isinstance(statement["Principal"], dict) else {kind: statement["Principal"]}
        if statement["Effect"] == "Allow" and principal in _listed(whom.get(kind)) and any(fnmatchcase(action, one) for one in _listed(statement["Action"])):
            return True
    return False


@refuses("rds", "CreateDBInstance")
@refuses("efs", "CreateFileSystem")
@refuses("secretsmanager", "CreateSecret", "UpdateSecret")
@refuses("logs", "CreateLogGroup", "AssociateKmsKey")
def check_key(call: Call) -> None:
    """Whoever encrypts with a key needs one that is there; CloudWatch needs the key's own policy to name it."""
    arn = call.params.get(MEMBERS.get(call.service, "KmsKeyId"))
    key = usable(call.account, arn) if arn else None
    logs = f"logs.{call.region}.amazonaws.com"
    if arn and (key is None or (call.service == "logs" and not lets(key, "Service", logs, "kms:GenerateDataKey"))):
        code, message = REFUSALS[call.service]
        raise AwsError(code, message.format(arn), status=400)


REFUSALS = {
    "rds": ("KMSKeyNotAccessibleFault", "The specified KMS key [{}] does not exist, is not enabled or you do not have permissions to access it."),
    "efs": ("BadRequest", "The KMS key {} is not available."),
    "secretsmanager": ("EncryptionFailure", "Secrets Manager can't encrypt the protected secret text using the provided KMS key {}."),
    "logs": ("InvalidParameterException", "The specified KMS Key Id could not be found or is not allowed to be used with the log group: {}"),
}


def _listed(value) -> list:
    return value if isinstance(value, list) else [value]

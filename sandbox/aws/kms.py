"""KMS: aliases of our own, keys that wait for their deletion."""

from moto.kms.models import kms_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses


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

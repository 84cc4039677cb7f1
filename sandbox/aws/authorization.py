"""
What the role of a session lets it do in S3, and which secrets it may read.

Everything else takes every caller for one who may: its resources and conditions are not known here.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, .../list_awssecretsmanager.html
"""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from sandbox.aws.call import Call
from sandbox.aws.credentials import find_access_key
from sandbox.aws.errors import AwsError
from sandbox.aws.secrets import find_secret

ACTIONS = {
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:PutObject",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "DeleteObjects": ("s3:DeleteObject",),
    "HeadBucket": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject",),
    "ListBuckets": ("s3:ListAllMyBuckets",),
    "ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "ListObjects": ("s3:ListBucket",),
    "ListObjectsV2": ("s3:ListBucket",),
    "ListParts": ("s3:ListMultipartUploadParts",),
    "UploadPart": ("s3:PutObject",),
    "UploadPartCopy": ("s3:PutObject",),
}
"""The actions that an operation needs where it is not the one of its own name."""


def authorize(call: Call) -> None:
    """Refuse what the session's role does not allow, as S3 would; a role of another account has unknown policies. Raises AwsError."""
    _, key = find_access_key(call.access_key)
    held = call.service == "s3" or (call.service, call.action) == ("secretsmanager", "GetSecretValue")
    if not held or not key.role_arn or call.account != DEFAULT_ACCOUNT_ID:
        return
    policies = [IAMPolicy(document) for document in _policies(call.account, key.role_arn)]
    for action in ACTIONS.get(call.action, (f"{call.service}:{call.action}",)):
        for resource in _resources(call):
            told = {policy.is_action_permitted(action, resource) for policy in policies}
            if PermissionResult.DENIED in told or PermissionResult.PERMITTED not in told:
                raise _refusal(call, action, resource, PermissionResult.DENIED in told)


def _policies(account: str, role_arn: str) -> list[str]:
    """The documents of a role's policies; none where the role is gone."""
    backend = iam_backends[account]["aws"]
    role = next((role for role in backend.roles.values() if role.arn == role_arn), None)
    if role is None:
        return []
    managed = [next(version.document for version in policy.versions if version.is_default) for policy in role.managed_policies.values()]
    return [*role.policies.values(), *managed]


def _resources(call: Call) -> list[str]:
    return _objects(call) if call.service == "s3" else [_secret(call)]


def _secret(call: Call) -> str:
    """A secret's ARN ends with six characters that its name has not; of one that is not there it is the name alone."""
    name = call.params["SecretId"]
    known = find_secret(call, name)
    return known.arn if known else name if name.startswith("arn:") else f"arn:aws:secretsmanager:{call.region}:{call.account}:secret:{name}"


def _objects(call: Call) -> list[str]:
    bucket = call.params.get("Bucket")
    if bucket is None:
        return ["*"]
    keys = [call.params["Key"]] if "Key" in call.params else []
    keys += [each["Key"] for each in (call.params.get("Delete") or {}).get("Objects") or ()]
    return [f"arn:aws:s3:::{bucket}/{key}" for key in keys] or [f"arn:aws:s3:::{bucket}"]


def _refusal(call: Call, action: str, resource: str, explicit: bool) -> AwsError:
    who = sts_backends[call.account]["aws"].get_caller_identity(call.access_key, "us-east-1")[1]
    why = "with an explicit deny in an identity-based policy" if explicit else f"because no identity-based policy allows the {action} action"
    code, status = ("AccessDenied", 403) if call.service == "s3" else ("AccessDeniedException", 400)
    return AwsError(code, f'User: {who} is not authorized to perform: {action} on resource: "{resource}" {why}', status=status)

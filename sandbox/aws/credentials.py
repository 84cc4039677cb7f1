"""Who calls: access keys of the account's users and of assumed roles."""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import sts_backends

from sandbox.aws.errors import AwsError

ADMINISTRATOR = "administrator"
CODES = {"ec2": "AuthFailure", "s3": "InvalidAccessKeyId"}
MESSAGES = {
    "AuthFailure": "AWS was not able to validate the provided access credentials",
    "InvalidAccessKeyId": "The AWS Access Key Id you provided does not exist in our records.",
    "InvalidClientTokenId": "The security token included in the request is invalid.",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
    "MissingAuthenticationToken": "Request is missing Authentication Token",
    "AccessDenied": "Access Denied",
}


def make_administrator(region: str) -> AccessKey:
    """The account's only user, with every right; its access key is the sandbox's."""
    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    user = iam.create_user(region, ADMINISTRATOR)
    user.id = "AIDA" + user.id.upper()[:17]
    iam.attach_user_policy("arn:aws:iam::aws:policy/AdministratorAccess", ADMINISTRATOR)
    return iam.create_access_key(ADMINISTRATOR)


def find_access_key(access_key_id: str) -> tuple[str, AccessKey] | None:
    """The account and the key, of a user or of an assumed role's session."""
    for account, backends in list(iam_backends.items()):
        key = backends["aws"].access_keys.get(access_key_id)
        if key is not None and key.status == "Active":
            return account, key
    return None


def secret_of(access_key_id: str) -> str | None:
    found = find_access_key(access_key_id)
    return found and found[1].secret_access_key


def principal_of(access_key_id: str) -> str | None:
    """The ARN an access entry would name: of the user, or of the role behind the session."""
    found = find_access_key(access_key_id)
    if not found:
        return None
    account, key = found
    return key.role_arn or f"arn:aws:iam::{account}:user/{key.user_name}"


def unique_id_of(access_key_id: str) -> str:
    account, _ = find_access_key(access_key_id)
    return sts_backends[account]["aws"].get_caller_identity(access_key_id, "us-east-1")[0]


def authenticate(call) -> None:
    """Fills in the account and the principal, or refuses as the service would."""
    if not call.access_key:
        code = "AccessDenied" if call.service == "s3" else "MissingAuthenticationToken"
        raise AwsError(code, MESSAGES[code], status=403)
    found = find_access_key(call.access_key)
    if not found:
        query = call.protocol in ("query", "rest-xml")
        code = CODES.get(call.service, "InvalidClientTokenId" if query else "UnrecognizedClientException")
        raise AwsError(code, MESSAGES[code])
    call.account = found[0]
    call.principal = principal_of(call.access_key)

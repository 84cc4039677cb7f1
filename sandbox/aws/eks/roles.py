"""The IAM roles EKS is given: they must exist, be known to EKS yet, and trust the right service."""

import json

from moto.iam.models import Role, iam_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.iam import is_usable


def find_role(account: str, arn: str) -> Role | None:
    """The role, once IAM has told the other services of it."""
    for role in iam_backends[account]["aws"].roles.values():
        if role.arn == arn and is_usable(role):
            return role
    return None


def trusts(role: Role, service: str, *actions: str) -> bool:
    """Whether the service may take the role, with all these actions of STS."""
    document = role.assume_role_policy_document
    document = json.loads(document) if isinstance(document, str) else document
    granted: set[str] = set()
    for statement in listed(document.get("Statement")):
        principal = statement.get("Principal", {})
        services = listed(principal.get("Service")) if isinstance(principal, dict) else [principal]
        if statement.get("Effect") == "Allow" and (service in services or "*" in services):
            granted |= set(listed(statement.get("Action")))
    return all(action in granted or "sts:*" in granted or "*" in granted for action in actions or ("sts:AssumeRole",))


def require_role(call: Call, arn: str, service: str, error: AwsError, *actions: str) -> Role:
    """The role, or the error."""
    role = find_role(call.account, arn)
    if role is None or not trusts(role, service, *actions):
        raise error
    return role


def listed(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]

"""IAM: roles other services learn of a little later, things that must be let go of before they are removed, limits."""

import json
import re

from moto.iam.models import Role, iam_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, follows, refuses
from settings.durations import SECONDS

born: dict[str, float] = {}


@follows("iam", "CreateRole")
def remember_birth(call: Call) -> None:
    born[call.answer["Role"]["RoleId"]] = clock.now()


def is_usable(role: Role) -> bool:
    """Whether the news of the role has reached the other services."""
    return clock.now() - born.get(role.id, -SECONDS["iam role usable"]) >= SECONDS["iam role usable"]


@amends("iam", "ListInstanceProfiles")
def heed_path(call: Call, answer: dict) -> None:
    """The emulator lists them all."""
    answer["InstanceProfiles"] = [profile for profile in answer["InstanceProfiles"] if profile["Path"].startswith(call.params.get("PathPrefix") or "/")]


def conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", message, status=409)


@refuses("iam", "DeleteRole")
def keep_used_roles(call: Call) -> None:
    iam = iam_backends[call.account]["aws"]
    role = next((role for role in iam.roles.values() if role.name == call.params["RoleName"]), None)
    if role is None:
        return
    if any(role in profile.roles for profile in iam.instance_profiles.values()):
        raise conflict("Cannot delete entity, must remove roles from instance profile first.")
    if role.managed_policies:
        raise conflict("Cannot delete entity, must detach all policies first.")
    if role.policies:
        raise conflict("Cannot delete entity, must delete policies first.")


@refuses("iam", "CreateRole", "PutRolePermissionsBoundary")
def check_boundary(call: Call) -> None:
    boundary = call.params.get("PermissionsBoundary")
    if boundary and boundary not in iam_backends[call.account]["aws"].managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {boundary} does not exist or is not attachable.", status=404)


@refuses("iam", "CreateRole")
def keep_own_paths(call: Call) -> None:
    """The roles that IAM Identity Center makes are made here by whoever plays it, under the names it gives them."""
    if (call.params.get("Path") or "/").startswith(("/aws-service-role/", "/aws-reserved/")) and not call.params["RoleName"].startswith("AWSReservedSSO_"):
        raise AwsError("ValidationError", "The specified value for path is reserved for AWS.", status=400)


@refuses("iam", "DeletePolicy")
def keep_used_policies(call: Call) -> None:
    policy = iam_backends[call.account]["aws"].managed_policies.get(call.params["PolicyArn"])
    if policy and policy.attachment_count:
        raise conflict("Cannot delete a policy attached to entities.")
    if policy and len(policy.versions) > 1:
        raise conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions.")


@refuses("iam", "CreateRole", "UpdateAssumeRolePolicy")
def check_trust(call: Call) -> None:
    document = check_document(call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument"))
    for statement in listed(document.get("Statement")):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise malformed("Missing required field Principal")
        if "Resource" in statement:
            raise malformed("Has prohibited field Resource")
        check_principal(call, statement.get("Principal"))


def check_principal(call: Call, principal) -> None:
    """A role or user of this account that is named must exist."""
    iam = iam_backends[call.account]["aws"]
    known = {role.arn for role in iam.roles.values()} | {user.arn for user in iam.users.values()}
    for arn in listed(principal.get("AWS")) if isinstance(principal, dict) else []:
        if re.fullmatch(rf"arn:aws:iam::{call.account}:(role|user)/.+", arn) and arn not in known:
            raise malformed(f'Invalid principal in policy: "AWS":"{arn}"')


@refuses("iam", "CreatePolicy", "PutRolePolicy", "CreatePolicyVersion")
def check_policy(call: Call) -> None:
    text = call.params["PolicyDocument"]
    document = check_document(text)
    limit = 10240 if call.action == "PutRolePolicy" else 6144
    if len(re.sub(r"\s", "", text)) > limit:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PolicySize: {limit}", status=409)
    for statement in listed(document.get("Statement")):
        if not {"Action", "NotAction"} & set(statement):
            raise malformed("Policy statement must contain actions.")
        if not {"Resource", "NotResource"} & set(statement):
            raise malformed("Policy statement must contain resources.")


def check_document(text: str | None) -> dict:
    try:
        document = json.loads(text or "")
    except ValueError:
        raise malformed("This policy contains invalid Json") from None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise malformed("Syntax errors in policy.")
    for statement in listed(document["Statement"]):
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise malformed("Syntax errors in policy.")
    return document


def malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message, status=400)


def listed(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


@refuses("iam", "CreateRole", "CreatePolicy", "TagRole", "TagPolicy", "CreateInstanceProfile", "TagInstanceProfile")
def check_tags(call: Call) -> None:
    tags = call.params.get("Tags") or []
    if any(tag["Key"].lower().startswith("aws:") for tag in tags):
        raise AwsError("InvalidInput", "Tag keys beginning with aws: are reserved for system use", status=400)
    if len(tags) > 50:
        raise AwsError("LimitExceeded", "Cannot exceed quota for TagsPerRole: 50", status=409)


@refuses("iam", "AttachRolePolicy")
def check_attachments(call: Call) -> None:
    iam = iam_backends[call.account]["aws"]
    role = next((role for role in iam.roles.values() if role.name == call.params["RoleName"]), None)
    if role and call.params["PolicyArn"] not in role.managed_policies and len(role.managed_policies) >= 10:
        raise AwsError("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10", status=409)

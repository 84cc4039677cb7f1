"""Operations on IAM roles."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Json, Ref
from facts.iam import Role
from operations import attachments
from operations import policy as document
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent
from operations.ownership import own

GONE = ("NoSuchEntity",)


@operation()
def role(
    role: str,
    trust: dict | None = None,
    managed: list | None = None,
    policies: dict | None = None,
    shared: bool = False,
    description: str | None = None,
    path: str | None = None,
    boundary: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove an IAM role.

    + role: its name
    + trust: its trust policy (a policy document)
    + managed: ARNs of the managed policies attached to it (owned: others are detached)
    + policies: its inline policies, documents by name (owned: others are deleted)
    + shared: whether others may attach policies too: what the settings never attached stays, and is named
    + description: what it is for (set when the role is made)
    + path: what its ARN has before its name (fixed)
    + boundary: ARN of the policy that bounds what it may do
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** trust, boundary, policies and tags are put right; documents are compared by what they say, not by how they are written.
    Another path is refused. A role without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        iam.role(
            role="airflow-dev-us-west-2-node",
            trust={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            managed=["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"],
            name="Role of the nodes",
        )
    """
    now = host.get_fact(Role, role=role)
    now = own("role", role, now, (now or {}).get("Tags"), present)
    if not present:
        if now:
            yield from _remove(role, now)
        else:
            absent("role", role, now)
        return
    tags = {**(tags or {}), **(attachments.mark([*(managed or ()), *(policies or ())]) if shared else {})}
    if not now:
        yield AwsCall(
            "iam",
            "create_role",
            made=Ref(Role, "Arn", role=role),
            RoleName=role,
            AssumeRolePolicyDocument=Json(trust),
            **({"Path": path} if path else {}),
            **({"PermissionsBoundary": boundary} if boundary else {}),
            **({"Description": description} if description else {}),
            **({"Tags": tag.listed(tags)} if tags else {}),
        )
        now = {"AssumeRolePolicyDocument": trust, "Path": path, "PermissionsBoundary": {"PermissionsBoundaryArn": boundary}, "Tags": tags or {}}
    refused("role", role, differing(now, Path=path), "keep the path, or remove the deployment first")
    sent = False
    for command in _commands(role, now, trust, managed, policies, boundary, tags, shared):
        sent = True
        yield command
    if not sent:
        host.noop(f"role {role} is already present")


def _commands(role, now, trust, managed, policies, boundary, tags, shared):
    if changes := differing(now, PermissionsBoundary__PermissionsBoundaryArn=boundary):
        yield AwsCall("iam", "put_role_permissions_boundary", RoleName=role, PermissionsBoundary=boundary).because(changes)
    if changes := document.changed("trust", now["AssumeRolePolicyDocument"], trust):
        yield AwsCall("iam", "update_assume_role_policy", RoleName=role, PolicyDocument=Json(trust)).because(changes)
    attached = _attached(now)
    for arn in [arn for arn in managed or () if arn not in attached]:
        yield AwsCall("iam", "attach_role_policy", RoleName=role, PolicyArn=arn).because([Change("managed policy", None, arn)])
    for arn in _unwanted(role, now, [arn for arn in attached if managed is not None and arn not in managed], shared):
        yield AwsCall("iam", "detach_role_policy", missing=GONE, RoleName=role, PolicyArn=arn).because([Change("managed policy", arn, None)])
    inlined = _inlined(now)
    for name, wanted in (policies or {}).items():
        if changes := document.changed(f"inline policy {name}", inlined.get(name), wanted):
            yield AwsCall("iam", "put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=Json(wanted)).because(changes)
    for name in _unwanted(role, now, [name for name in inlined if policies is not None and name not in policies], shared):
        yield AwsCall("iam", "delete_role_policy", missing=GONE, RoleName=role, PolicyName=name).because([Change("inline policy", name, None)])
    if changes := tag.missing(now["Tags"], tags or {}):
        yield AwsCall("iam", "tag_role", RoleName=role, Tags=tag.listed(tags)).because(changes)


def _unwanted(role, now, policies, shared) -> list[str]:
    return attachments.ours(role, policies, now["Tags"]) if shared else policies


def _remove(role, now):
    for arn in _attached(now):
        yield AwsCall("iam", "detach_role_policy", missing=GONE, RoleName=role, PolicyArn=arn)
    for name in _inlined(now):
        yield AwsCall("iam", "delete_role_policy", missing=GONE, RoleName=role, PolicyName=name)
    for profile in now.get("InstanceProfileList") or ():
        yield AwsCall("iam", "remove_role_from_instance_profile", missing=GONE, InstanceProfileName=profile["InstanceProfileName"], RoleName=role)
    yield AwsCall("iam", "delete_role", missing=GONE, RoleName=role)


def _attached(now) -> list:
    return [policy["PolicyArn"] for policy in now.get("AttachedManagedPolicies") or ()]


def _inlined(now) -> dict:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in now.get("RolePolicyList") or ()}

"""Operations on who may speak to a cluster's Kubernetes."""

from __future__ import annotations

from pyinfra.api import OperationError, operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from facts.eks import MISSING, AccessEntry, AccessPolicies
from facts.iam import Role, SsoRoles, User
from operations import ownership
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent


@operation()
def access_entry(
    access_entry: str,
    cluster: str,
    type: str = "STANDARD",
    policies: dict | None = None,
    groups: list | None = None,
    own: bool = False,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a principal's access to a cluster.

    + access_entry: ARN of the IAM role or user
    + cluster: name of the cluster
    + type: ``STANDARD`` for people, ``EC2_LINUX`` for nodes that no node group starts (fixed)
    + policies: namespaces by ARN of the access policy, an empty list for the whole cluster (owned: others are taken away)
    + groups: its Kubernetes groups (owned)
    + own: whether it is of the caller's account and made before: IAM is asked for it, since EKS takes its ARN only as IAM says it, with its path
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** policies, groups and tags are put right; another type is refused, and a principal that IAM does not know. The entry that EKS
    makes for the cluster's creator, an administrator without a tag, is taken over. Any other without the deployment's tag is refused, and never
    removed.

    **Example:**

    .. code:: python

        eks.access_entry(
            access_entry="arn:aws:iam::123456789012:role/admin",
            cluster="airflow-dev",
            policies={"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy": []},
            name="Administrator",
        )
    """
    now = host.get_fact(AccessEntry, access_entry=access_entry, cluster=cluster)
    entry = {"clusterName": cluster, "principalArn": access_entry}
    associated = (host.get_fact(AccessPolicies, access_entry=access_entry, cluster=cluster) or ()) if now and present and policies is not None else ()
    if not (now and present and _creators(now, associated)):
        now = ownership.own("access entry", access_entry, now, (now or {}).get("tags"), present)
    if not present:
        if now:
            yield AwsCall("eks", "delete_access_entry", missing=MISSING, **entry)
        else:
            absent("access entry", access_entry, now)
        return
    commands = []
    if now:
        refused("access entry", access_entry, differing(now, type=type), "remove the entry first")
        if changes := differing(now, kubernetesGroups=groups):
            commands.append(AwsCall("eks", "update_access_entry", **entry, kubernetesGroups=groups).because(changes))
        if changes := tag.missing(now.get("tags"), tags or {}):
            commands.append(AwsCall("eks", "tag_resource", resourceArn=now["accessEntryArn"], tags=tags).because(changes))
    else:
        if own:
            _known(access_entry)
        given = {field: value for field, value in {"kubernetesGroups": groups, "tags": tags}.items() if value}
        commands.append(AwsCall("eks", "create_access_entry", **entry, type=type, **given))
    commands += _policies(entry, {item["policyArn"]: item["accessScope"] for item in associated}, policies)
    yield from commands
    if not commands:
        host.noop(f"access entry {access_entry} is already present")


def _known(principal: str) -> None:
    """Raise `OperationError` for a role or user that IAM does not know under its ARN."""
    kind, _, path = principal.rpartition(":")[2].partition("/")
    name = path.rpartition("/")[2]
    now = host.get_fact(Role, role=name) if kind == "role" else host.get_fact(User, user=name)
    near = [now["Arn"]] if now else [arn for arn in host.get_fact(SsoRoles) if f"/{name}_" in arn] if kind == "role" else []
    if principal not in near:
        is_there = f"IAM's is {' or '.join(near)}: put that" if near else f"IAM has no {kind} {name}: put one it has"
        raise OperationError(f"access entry {principal}: {is_there} in the setting admins")


def _creators(now, associated) -> bool:
    """Whether an entry is as EKS makes it for who creates a cluster."""
    everywhere = [item["policyArn"].rpartition("/")[2] for item in associated if item["accessScope"]["type"] == "cluster"]
    untouched = not now.get("tags") and not now.get("kubernetesGroups") and len(associated) == 1
    return untouched and everywhere == ["AmazonEKSClusterAdminPolicy"]


def _policies(entry, scopes, policies):
    for arn, namespaces in (policies or {}).items():
        wanted = {"type": "namespace", "namespaces": namespaces} if namespaces else {"type": "cluster"}
        if changes := differing({"policy": scopes.get(arn)}, policy=wanted):
            yield AwsCall("eks", "associate_access_policy", **entry, policyArn=arn, accessScope=wanted).because(
                [Change(f"{arn.rpartition('/')[2]}", change.now, change.wanted) for change in changes]
            )
    for arn in [arn for arn in scopes if policies is not None and arn not in policies]:
        yield AwsCall("eks", "disassociate_access_policy", missing=MISSING, **entry, policyArn=arn).because([Change("policy", arn, None)])

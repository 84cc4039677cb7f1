"""Access entries: who may speak to a cluster's Kubernetes."""

import re
import uuid

from moto.iam.models import iam_backends

from sandbox.aws.call import Call
from sandbox.aws.eks.backend import Cluster, Description, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_parameter, invalid_request, not_found
from sandbox.aws.eks.idempotency import idempotent
from sandbox.aws.eks.policies import PREFIX
from sandbox.aws.eks.roles import find_role
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

TYPES = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX")
PRINCIPAL = re.compile(r"arn:aws:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?P<name>.+)")


def make_entry(cluster: Cluster, principal: str, kind: str, groups: list[str], username: str | None, tags: dict) -> Description:
    match = PRINCIPAL.fullmatch(principal)
    entry = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": groups,
        "accessEntryArn": cluster.arn("access-entry", match["kind"], match["account"], match["name"].rpartition("/")[2], str(uuid.uuid4())),
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": tags,
        "username": username or default_username(match, principal),
        "type": kind,
    }
    cluster.access_entries[principal] = entry
    return entry


def default_username(principal: re.Match, arn: str) -> str:
    if principal["kind"] == "user":
        return arn
    return f"arn:aws:sts::{principal['account']}:assumed-role/{principal['name'].rpartition('/')[2]}/{{{{SessionName}}}}"


def admit_creator(cluster: Cluster) -> None:
    """Whoever made the cluster is its administrator, unless they said otherwise."""
    make_entry(cluster, cluster.creator, "STANDARD", [], None, {})
    scope = {"type": "cluster", "namespaces": []}
    arn = PREFIX + "AmazonEKSClusterAdminPolicy"
    policy = {"policyArn": arn, "accessScope": scope, "associatedAt": now(), "modifiedAt": now()}
    cluster.access_policies[cluster.creator] = {arn: policy}


def admit_nodes(cluster: Cluster, role: str) -> None:
    """EKS itself admits the role of a node group."""
    if role not in cluster.access_entries and cluster.description["accessConfig"]["authenticationMode"] != "CONFIG_MAP":
        make_entry(cluster, role, "EC2_LINUX", ["system:nodes"], "system:node:{{EC2PrivateDNSName}}", {})


def require_api_mode(cluster: Cluster) -> None:
    if cluster.status not in ("ACTIVE", "UPDATING"):
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)
    if cluster.description["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
        raise invalid_request(message, clusterName=cluster.name)


def find_entry(cluster: Cluster, principal: str) -> Description:
    if principal not in cluster.access_entries:
        message = "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."
        raise not_found(message, clusterName=cluster.name)
    return cluster.access_entries[principal]


@answers("eks", "CreateAccessEntry")
@idempotent(lambda call, made: made["accessEntry"]["principalArn"] in cluster_of(call).access_entries)
def create_access_entry(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    require_api_mode(cluster)
    principal, kind = given["principalArn"], given.get("type") or "STANDARD"
    if principal in cluster.access_entries:
        raise in_use("The specified access entry resource is already in use on this cluster.", clusterName=cluster.name)
    check_principal(call, principal)
    if kind not in TYPES:
        raise invalid_parameter("The type parameter is invalid", clusterName=cluster.name)
    groups = given.get("kubernetesGroups") or []
    check_groups(groups)
    if kind != "STANDARD":
        if groups or given.get("username"):
            raise invalid_parameter(f"kubernetesGroups and username cannot be specified for access entries of type {kind}")
        return {"accessEntry": make_entry(cluster, principal, kind, ["system:nodes"], "system:node:{{EC2PrivateDNSName}}", given.get("tags") or {})}
    return {"accessEntry": make_entry(cluster, principal, kind, groups, given.get("username"), given.get("tags") or {})}


def check_principal(call: Call, principal: str) -> None:
    match = PRINCIPAL.fullmatch(principal)
    if not match:
        raise invalid_parameter("The specified principalArn is invalid: invalid principal.")
    if match["account"] == call.account:
        users = {user.arn for user in iam_backends[call.account]["aws"].users.values()}
        if principal not in users and not find_role(call.account, principal):
            raise invalid_parameter("The specified principalArn is invalid: invalid principal.")


def check_groups(groups: list[str]) -> None:
    for group in groups:
        if group.startswith(("system:", "eks:", "amazon:", "iam:")):
            raise invalid_parameter(f"The kubernetes group name {group} is invalid, it cannot start with {group.split(':')[0]}:")


@answers("eks", "DescribeAccessEntry")
def describe_access_entry(call: Call) -> dict:
    return {"accessEntry": find_entry(cluster_of(call), call.params["principalArn"])}


@answers("eks", "ListAccessEntries")
def list_access_entries(call: Call) -> dict:
    cluster, policy = cluster_of(call), call.params.get("associatedPolicyArn")
    require_api_mode(cluster)
    entries = [arn for arn in cluster.access_entries if not policy or policy in cluster.access_policies.get(arn, {})]
    entries, token = page(call, sorted(entries))
    return {"accessEntries": entries, "nextToken": token}


@answers("eks", "UpdateAccessEntry")
def update_access_entry(call: Call) -> dict:
    entry = find_entry(cluster_of(call), call.params["principalArn"])
    if entry["type"] != "STANDARD":
        raise invalid_request(f"Access entries of type {entry['type']} cannot be updated")
    if call.params.get("kubernetesGroups") is not None:
        check_groups(call.params["kubernetesGroups"])
        entry["kubernetesGroups"] = call.params["kubernetesGroups"]
    entry["username"] = call.params.get("username") or entry["username"]
    entry["modifiedAt"] = now()
    return {"accessEntry": entry}


@answers("eks", "DeleteAccessEntry")
def delete_access_entry(call: Call) -> dict:
    cluster = cluster_of(call)
    entry = find_entry(cluster, call.params["principalArn"])
    del cluster.access_entries[entry["principalArn"]]
    cluster.access_policies.pop(entry["principalArn"], None)
    return {}

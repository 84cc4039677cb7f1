"""Add-ons: created, described, updated, deleted; unhealthy while their pods have no node."""

import uuid

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks import kubernetes_addons
from sandbox.aws.eks.addon_schemas import read_configuration
from sandbox.aws.eks.addon_versions import OFFERS, default_version, require_offer, versions_of
from sandbox.aws.eks.backend import Cluster, Description, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_parameter, invalid_request, not_found
from sandbox.aws.eks.idempotency import idempotent
from sandbox.aws.eks.pod_identity import associate
from sandbox.aws.eks.roles import require_role
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

NO_REPLICAS = "The add-on is unhealthy because it doesn't have the desired number of replicas."
SETTLED = ("ACTIVE", "DEGRADED")


def find_addon(cluster: Cluster, name: str) -> Description:
    if name not in cluster.addons:
        raise not_found(f"No addon: {name} found in cluster: {cluster.name}", clusterName=cluster.name, addonName=name)
    return cluster.addons[name]


def check_version(cluster: Cluster, name: str, version: str) -> None:
    if version not in versions_of(name, cluster.description["version"]):
        raise invalid_parameter("Addon version specified is not supported", clusterName=cluster.name, addonName=name)


def check_role(call: Call, arn: str | None) -> None:
    if arn:
        issuer = cluster_of(call).description["identity"]["oidc"]["issuer"].removeprefix("https://")
        error = invalid_parameter(f"Role {arn} does not exist, or does not trust {issuer}", addonName=call.params["addonName"])
        require_role(call, arn, "pods.eks.amazonaws.com", error)


def settle(cluster: Cluster, addon: Description) -> None:
    """ACTIVE or DEGRADED, as its pods are."""
    if addon["status"] not in SETTLED:
        return
    issues = kubernetes_addons.health(cluster, addon["addonName"])
    if issues is None:
        nodes = any(nodegroup.nodes for nodegroup in cluster.nodegroups.values())
        lacking = OFFERS[addon["addonName"]].replicated and not nodes
        issues = [{"code": "InsufficientNumberOfReplicas", "message": NO_REPLICAS, "resourceIds": []}] if lacking else []
    addon["health"] = {"issues": issues}
    addon["status"] = "DEGRADED" if issues else "ACTIVE"


@answers("eks", "CreateAddon")
@idempotent(lambda call, made: made["addon"]["addonName"] in cluster_of(call).addons)
def create_addon(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    name = given["addonName"]
    require_offer(name)
    if name in cluster.addons:
        raise in_use(f"Addon already exists: {name}", clusterName=cluster.name, addonName=name)
    if cluster.status not in ("ACTIVE", "UPDATING"):
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name, addonName=name)
    version = given.get("addonVersion") or default_version(name, cluster.description["version"])
    check_version(cluster, name, version)
    read_configuration(name, given.get("configurationValues"))
    check_role(call, given.get("serviceAccountRoleArn"))
    addon = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "CREATING",
        "addonVersion": version,
        "health": {"issues": []},
        "addonArn": cluster.arn("addon", name, str(uuid.uuid4())),
        "createdAt": now(),
        "modifiedAt": now(),
        "tags": given.get("tags") or {},
        "owner": "aws",
        "publisher": "eks",
    }
    for key in ("configurationValues", "serviceAccountRoleArn"):
        if given.get(key):
            addon[key] = given[key]
    associate_roles(call, cluster, addon)
    cluster.addons[name] = addon
    installed = kubernetes_addons.install(cluster, addon)
    clock.after("eks addon create", lambda: become_settled(cluster, addon, installed))
    return {"addon": dict(addon)}


def associate_roles(call: Call, cluster: Cluster, addon: Description) -> None:
    """The add-on's own pod identity associations become those of the request."""
    wanted = call.params.get("podIdentityAssociations")
    if wanted is None:
        return
    arn = addon["addonArn"]
    kept = {number: a for number, a in cluster.associations.items() if a.get("ownerArn") != arn}
    before, cluster.associations = cluster.associations, kept
    try:
        namespace = OFFERS[addon["addonName"]].namespace
        made = [associate(call, cluster, {"namespace": namespace, **association}, arn) for association in wanted]
    except Exception:
        cluster.associations = before
        raise
    addon["podIdentityAssociations"] = [association["associationArn"] for association in made]


def become_settled(cluster: Cluster, addon: Description, installed) -> None:
    if addon["status"] != "CREATING":
        return
    if not installed.is_set():
        clock.after(0.2 * clock.scale, lambda: become_settled(cluster, addon, installed))
        return
    addon["status"] = "ACTIVE"
    settle(cluster, addon)


@answers("eks", "DescribeAddon")
def describe_addon(call: Call) -> dict:
    cluster = cluster_of(call)
    addon = find_addon(cluster, call.params["addonName"])
    settle(cluster, addon)
    return {"addon": addon}


@answers("eks", "ListAddons")
def list_addons(call: Call) -> dict:
    names, token = page(call, sorted(cluster_of(call).addons))
    return {"addons": names, "nextToken": token}

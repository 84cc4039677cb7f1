"""Managed node groups: created, described, listed, deleted."""

import uuid

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks import kubernetes_nodes
from sandbox.aws.eks.access_entries import admit_nodes
from sandbox.aws.eks.backend import Cluster, Nodegroup, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_request, not_found
from sandbox.aws.eks.idempotency import idempotent
from sandbox.aws.eks.instances import make_group, remove_group, scale
from sandbox.aws.eks.node_health import issues_of
from sandbox.aws.eks.nodegroup_request import check_request, launch_template_of
from sandbox.aws.eks.optimized_images import RELEASES
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

GIVEN = ("labels", "taints", "updateConfig", "nodeRepairConfig", "remoteAccess", "diskSize", "warmPoolConfig")


def find_nodegroup(cluster: Cluster, name: str) -> Nodegroup:
    if name not in cluster.nodegroups:
        raise not_found(f"No node group found for name: {name}.", clusterName=cluster.name, nodegroupName=name)
    return cluster.nodegroups[name]


@answers("eks", "CreateNodegroup")
@idempotent(lambda call, made: made["nodegroup"]["nodegroupName"] in cluster_of(call).nodegroups)
def create_nodegroup(call: Call) -> dict:
    cluster, name = cluster_of(call), call.params["nodegroupName"]
    if name in cluster.nodegroups:
        message = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    if cluster.status not in ("ACTIVE", "UPDATING"):
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name, nodegroupName=name)
    check_request(call, cluster)
    nodegroup = Nodegroup(describe_new(call, cluster))
    cluster.nodegroups[name] = nodegroup
    make_group(cluster, nodegroup)
    admit_nodes(cluster, call.params["nodeRole"])
    clock.after("eks nodegroup launch", lambda: launch_nodes(cluster, nodegroup))
    return {"nodegroup": dict(nodegroup.description)}


def describe_new(call: Call, cluster: Cluster) -> dict:
    given, name = call.params, call.params["nodegroupName"]
    template = launch_template_of(call)
    version = given.get("version") or cluster.description["version"]
    described = {
        "nodegroupName": name,
        "nodegroupArn": cluster.arn("nodegroup", name, str(uuid.uuid4())),
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": given.get("releaseVersion") or f"{version}.2-{RELEASES[-1].removeprefix('v')}",
        "createdAt": now(),
        "modifiedAt": now(),
        "status": "CREATING",
        "capacityType": given.get("capacityType") or "ON_DEMAND",
        "scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 2} | (given.get("scalingConfig") or {}),
        "subnets": given["subnets"],
        "amiType": given.get("amiType") or "AL2023_x86_64_STANDARD",
        "nodeRole": given["nodeRole"],
        "labels": {},
        "taints": [],
        "updateConfig": {"maxUnavailable": 1},
        "health": {"issues": []},
        "tags": given.get("tags") or {},
    }
    described |= {key: given[key] for key in GIVEN if given.get(key) is not None}
    if template:
        described["launchTemplate"] = template
    else:
        described.setdefault("diskSize", 20)
    described["instanceTypes"] = given.get("instanceTypes") or ["t3.medium"]
    return described


def launch_nodes(cluster: Cluster, nodegroup: Nodegroup) -> None:
    if nodegroup.description["status"] != "CREATING":
        return
    scale(cluster, nodegroup, nodegroup.description["scalingConfig"]["desiredSize"])
    if issues_of(cluster, nodegroup):
        clock.after("eks nodegroup fails", lambda: fail(cluster, nodegroup))
        return
    joined = kubernetes_nodes.join(cluster, nodegroup, list(nodegroup.instances))
    clock.after("eks nodegroup create", lambda: become_active(cluster, nodegroup, joined))


def become_active(cluster: Cluster, nodegroup: Nodegroup, joined) -> None:
    if nodegroup.description["status"] != "CREATING":
        return
    if not joined.is_set():
        clock.after(0.2 * clock.scale, lambda: become_active(cluster, nodegroup, joined))
        return
    nodegroup.nodes = list(nodegroup.instances)
    nodegroup.description |= {"status": "ACTIVE", "modifiedAt": now()}


def fail(cluster: Cluster, nodegroup: Nodegroup) -> None:
    if nodegroup.description["status"] != "CREATING":
        return
    issues = issues_of(cluster, nodegroup)
    if issues:
        nodegroup.description |= {"status": "CREATE_FAILED", "health": {"issues": issues}, "modifiedAt": now()}
    else:
        become_active(cluster, nodegroup, kubernetes_nodes.join(cluster, nodegroup, list(nodegroup.instances)))


@answers("eks", "DescribeNodegroup")
def describe_nodegroup(call: Call) -> dict:
    return {"nodegroup": find_nodegroup(cluster_of(call), call.params["nodegroupName"]).description}


@answers("eks", "ListNodegroups")
def list_nodegroups(call: Call) -> dict:
    names, token = page(call, sorted(cluster_of(call).nodegroups))
    return {"nodegroups": names, "nextToken": token}


@answers("eks", "DeleteNodegroup")
def delete_nodegroup(call: Call) -> dict:
    cluster = cluster_of(call)
    nodegroup = find_nodegroup(cluster, call.params["nodegroupName"])
    name, status = nodegroup.description["nodegroupName"], nodegroup.description["status"]
    if status in ("UPDATING", "DELETING"):
        message = f"Nodegroup cannot be deleted as it is currently in {status} state"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    nodegroup.description |= {"status": "DELETING", "modifiedAt": now()}
    left = kubernetes_nodes.leave(cluster, nodegroup, list(nodegroup.instances))
    clock.after("eks nodegroup delete", lambda: vanish(cluster, nodegroup, left))
    return {"nodegroup": nodegroup.description}


def vanish(cluster: Cluster, nodegroup: Nodegroup, left) -> None:
    if not left.is_set():
        clock.after(0.2 * clock.scale, lambda: vanish(cluster, nodegroup, left))
        return
    remove_group(cluster, nodegroup)
    del cluster.nodegroups[nodegroup.description["nodegroupName"]]
    role = nodegroup.description["nodeRole"]
    if not any(other.description["nodeRole"] == role for other in cluster.nodegroups.values()):
        entry = cluster.access_entries.get(role)
        if entry and entry["type"] == "EC2_LINUX":
            del cluster.access_entries[role]

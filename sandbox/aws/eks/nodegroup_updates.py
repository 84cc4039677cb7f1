"""What can be changed on a node group: its configuration, or its version."""

from moto.autoscaling.models import autoscaling_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks import kubernetes_nodes
from sandbox.aws.eks.backend import Cluster, Nodegroup, cluster_of
from sandbox.aws.eks.errors import in_use, invalid_parameter
from sandbox.aws.eks.instances import scale, template_data, terminate
from sandbox.aws.eks.nodegroup_request import check_labels, check_launch_template, check_scaling, check_update_config, check_version, launch_template_of
from sandbox.aws.eks.nodegroups import find_nodegroup
from sandbox.aws.eks.optimized_images import RELEASES
from sandbox.aws.eks.updates import start_update
from sandbox.aws.rules import answers


def require_settled(cluster: Cluster, nodegroup: Nodegroup) -> None:
    status, name = nodegroup.description["status"], nodegroup.description["nodegroupName"]
    if status not in ("ACTIVE", "DEGRADED"):
        message = f"Nodegroup cannot be updated as it is currently in {status} status"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)


@answers("eks", "UpdateNodegroupConfig")
def update_nodegroup_config(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    nodegroup = find_nodegroup(cluster, given["nodegroupName"])
    require_settled(cluster, nodegroup)
    described = nodegroup.description
    labels, taints = given.get("labels") or {}, given.get("taints") or {}
    check_labels(labels.get("addOrUpdateLabels") or {}, taints.get("addOrUpdateTaints") or [])
    check_update_config(given.get("updateConfig") or {})
    changes = {}
    if labels:
        kept = {key: value for key, value in described["labels"].items() if key not in (labels.get("removeLabels") or ())}
        changes["labels"] = kept | (labels.get("addOrUpdateLabels") or {})
    if taints:
        changes["taints"] = merged_taints(described["taints"], taints)
    if given.get("scalingConfig"):
        changes["scalingConfig"] = described["scalingConfig"] | given["scalingConfig"]
        check_scaling(changes["scalingConfig"])
    changes |= {key: given[key] for key in ("updateConfig", "nodeRepairConfig", "warmPoolConfig") if given.get(key)}
    if not changes:
        raise invalid_parameter("No changes needed", clusterName=cluster.name, nodegroupName=described["nodegroupName"])

    def done() -> None:
        described.update(changes)
        kubernetes_nodes.relabel(cluster, nodegroup)
        rescale(cluster, nodegroup)

    params = {key[0].upper() + key[1:]: given[key] for key in ("labels", "taints", "scalingConfig", "updateConfig") if given.get(key)}
    name = described["nodegroupName"]
    return {"update": start_update(cluster, described, "ConfigUpdate", params, "eks nodegroup update", done, nodegroup=name)}


def merged_taints(current: list[dict], change: dict) -> list[dict]:
    removed = [(taint["key"], taint.get("effect")) for taint in change.get("removeTaints") or ()]
    added = change.get("addOrUpdateTaints") or []
    replaced = [(taint["key"], taint["effect"]) for taint in added]
    return [taint for taint in current if (taint["key"], taint["effect"]) not in [*removed, *replaced]] + added


def rescale(cluster: Cluster, nodegroup: Nodegroup) -> None:
    before = list(nodegroup.instances)
    surplus = scale(cluster, nodegroup, nodegroup.description["scalingConfig"]["desiredSize"])
    kubernetes_nodes.join(cluster, nodegroup, [number for number in nodegroup.instances if number not in before])
    retire(cluster, nodegroup, surplus)
    nodegroup.nodes = list(nodegroup.instances)


def retire(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> None:
    if not instances:
        return
    left = kubernetes_nodes.leave(cluster, nodegroup, instances)

    def finish() -> None:
        if left.is_set():
            terminate(cluster, nodegroup, [number for number in instances if number in nodegroup.instances])
        else:
            clock.after(0.2 * clock.scale, finish)

    finish()


@answers("eks", "UpdateNodegroupVersion")
def update_nodegroup_version(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    nodegroup = find_nodegroup(cluster, given["nodegroupName"])
    require_settled(cluster, nodegroup)
    described = nodegroup.description
    check_version(given, cluster)
    version = given.get("version") or cluster.description["version"]
    template = launch_template_of(call)
    if template:
        if "launchTemplate" not in described:
            raise invalid_parameter("A launch template cannot be added to a node group made without one", clusterName=cluster.name)
        if template["id"] != described["launchTemplate"]["id"]:
            raise invalid_parameter("The launch template of a node group cannot be replaced by another", clusterName=cluster.name)
        check_launch_template(call, template)
    release = given.get("releaseVersion") or f"{version}.2-{RELEASES[-1].removeprefix('v')}"
    changes = {"version": version, "releaseVersion": release} | ({"launchTemplate": template} if template else {})

    def done() -> None:
        described.update(changes)
        roll(cluster, nodegroup)

    params = {"Version": version, "ReleaseVersion": release} | ({"LaunchTemplateVersion": template["version"]} if template else {})
    name, fails = described["nodegroupName"], call.fault == "failed"
    return {"update": start_update(cluster, described, "VersionUpdate", params, "eks nodegroup version", done, nodegroup=name, fails=fails)}


def roll(cluster: Cluster, nodegroup: Nodegroup) -> None:
    """New instances first, then the old ones leave."""
    old = list(nodegroup.instances)
    group = autoscaling_backends[cluster.account][cluster.region].autoscaling_groups[nodegroup.group]
    group.ec2_launch_template.create_version(template_data(cluster, nodegroup), "")
    scale(cluster, nodegroup, len(old) + nodegroup.description["scalingConfig"]["desiredSize"])
    kubernetes_nodes.join(cluster, nodegroup, nodegroup.instances[len(old) :])
    retire(cluster, nodegroup, old)
    nodegroup.nodes = [number for number in nodegroup.instances if number not in old]
    group.desired_capacity = nodegroup.description["scalingConfig"]["desiredSize"]

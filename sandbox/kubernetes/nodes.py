"""The nodes that instances of managed node groups (and of Karpenter) join a cluster as. kwok plays their kubelets."""

from collections.abc import Iterable
from pathlib import Path

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.instances import Instance, node_of

EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


def join(
    kubeconfig: Path,
    instances: Iterable[Instance | dict],
    *,
    nodegroup: str | None = None,
    labels: dict[str, str] | None = None,
    taints: Iterable[dict] = (),
    capacity_type: str = "ON_DEMAND",
    image: str = "ami-0f3a1b2c4d5e6f708",
    version: str = "1.36",
    disk: int = 20,
) -> list[str]:
    """
    Make a node Ready for each instance, as EKS's AL2023 image does.

    Those that are nodes already get these labels and taints instead of those given before; labels of others stay.

    + instances: Instance, or dicts with its fields
    + nodegroup: name of the managed node group; ``None`` for an instance without one (Karpenter's)
    + labels: of the node group, besides those that EKS sets
    + taints: key, value, effect, as AWS (``NO_SCHEDULE``) or Kubernetes (``NoSchedule``) spells it
    + capacity_type: ``ON_DEMAND``, ``SPOT`` or ``CAPACITY_BLOCK``
    + image: AMI id
    + version: Kubernetes version of the node group
    + disk: size of the root volume (GiB)

    Answers the nodes' names.
    """
    api, names = Api(kubeconfig), []
    for instance in map(_instance, instances):
        group = {"eks.amazonaws.com/nodegroup": nodegroup, "eks.amazonaws.com/nodegroup-image": image} if nodegroup else {}
        if nodegroup:
            group["eks.amazonaws.com/capacityType"] = capacity_type
        node = node_of(instance, {**group, **(labels or {})}, [_taint(taint) for taint in taints], version, disk)
        status = node.pop("status")
        api.apply(node)
        api.merge(f"/api/v1/nodes/{instance.node}/status", {"status": status})
        names.append(instance.node)
    return names


def leave(kubeconfig: Path, instances: Iterable[Instance | dict | str]) -> None:
    """
    Take instances out of the cluster, their pods with them; those that are not in it are passed over.

    + instances: Instance, dicts with its fields, or names of nodes
    """
    api = Api(kubeconfig)
    names = {item if isinstance(item, str) else _instance(item).node for item in instances}
    present = {node["metadata"]["name"] for node in api.items("/api/v1/nodes")} & names
    for name in present:
        _unless_gone(api.merge, f"/api/v1/nodes/{name}", {"spec": {"unschedulable": True}})
    for name in present:
        api.delete(f"/api/v1/nodes/{name}")
    for pod in api.items("/api/v1/pods"):
        if pod["spec"].get("nodeName") in names:
            path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
            api.delete(path, {"gracePeriodSeconds": 0})


def _instance(item: Instance | dict) -> Instance:
    return item if isinstance(item, Instance) else Instance(**item)


def _unless_gone(call, *arguments) -> None:
    try:
        call(*arguments)
    except ApiError as error:
        if error.status != 404:
            raise


def _taint(taint: dict) -> dict:
    kept = {name: value for name, value in taint.items() if name in ("key", "value") and value is not None}
    return {**kept, "effect": EFFECTS.get(taint["effect"], taint["effect"])}

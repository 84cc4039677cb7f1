"""The nodes that instances of managed node groups (and of Karpenter) join a cluster as. kwok plays their kubelets."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.instance_types import architecture, offer

EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
HEALTHY = [
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
]


@dataclass(frozen=True)
class Instance:
    """An EC2 instance: ``i-...``, ``eu-west-1a``, ``euw1-az1``, ``10.0.1.23``, ``m5.xlarge``, ``eu-west-1``."""

    id: str
    zone: str
    zone_id: str
    private_ip: str
    type: str
    region: str

    @property
    def node(self) -> str:
        """The node's name: the instance's private DNS name."""
        domain = "ec2.internal" if self.region == "us-east-1" else f"{self.region}.compute.internal"
        return f"ip-{self.private_ip.replace('.', '-')}.{domain}"


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
    Make a node Ready for each instance, as EKS's AL2023 image does; those that exist get these labels and taints.

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
        node = _node(instance, {**group, **(labels or {})}, [_taint(taint) for taint in taints], version, disk)
        try:
            api.create("/api/v1/nodes", node)
        except ApiError as error:
            if error.status != 409:
                raise
            spec = {"taints": node["spec"].get("taints")}
            api.merge(f"/api/v1/nodes/{instance.node}", {"metadata": {"labels": node["metadata"]["labels"]}, "spec": spec})
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


def _node(instance: Instance, labels: dict[str, str], taints: list[dict], version: str, disk: int) -> dict:
    arch = architecture(instance.type)
    capacity, allocatable = offer(instance.type, disk)
    release = f"v{version}.3-eks-ecaa3a6"
    machine = hashlib.md5(instance.id.encode(), usedforsecurity=False).hexdigest()
    standard = {
        "kubernetes.io/arch": arch,
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": instance.node,
        "beta.kubernetes.io/arch": arch,
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/instance-type": instance.type,
        "node.kubernetes.io/instance-type": instance.type,
        "failure-domain.beta.kubernetes.io/region": instance.region,
        "failure-domain.beta.kubernetes.io/zone": instance.zone,
        "topology.kubernetes.io/region": instance.region,
        "topology.kubernetes.io/zone": instance.zone,
        "topology.k8s.aws/zone-id": instance.zone_id,
        "topology.ebs.csi.aws.com/zone": instance.zone,
        "k8s.io/cloud-provider-aws": hashlib.md5(instance.region.encode(), usedforsecurity=False).hexdigest(),
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": instance.node,
            "labels": {**standard, **labels},
            "annotations": {"alpha.kubernetes.io/provided-node-ip": instance.private_ip},
        },
        "spec": {
            "providerID": f"aws:///{instance.zone}/{instance.id}",
            **({"taints": taints} if taints else {}),
        },
        "status": {
            "capacity": capacity,
            "allocatable": allocatable,
            "conditions": [{"type": kind, "status": status, "reason": reason, "message": message} for kind, status, reason, message in HEALTHY],
            "addresses": [
                {"type": "InternalIP", "address": instance.private_ip},
                {"type": "InternalDNS", "address": instance.node},
                {"type": "Hostname", "address": instance.node},
            ],
            "nodeInfo": {
                "architecture": arch,
                "operatingSystem": "linux",
                "osImage": "Amazon Linux 2023.9.20251117",
                "kernelVersion": f"6.12.55-74.119.amzn2023.{'aarch64' if arch == 'arm64' else 'x86_64'}",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kubeletVersion": release,
                "kubeProxyVersion": release,
                "machineID": f"ec2{machine[3:]}",
                "systemUUID": f"ec2{machine[3:8]}-{machine[8:12]}-{machine[12:16]}-{machine[16:20]}-{machine[20:]}",
                "bootID": f"{machine[:8]}-{machine[8:12]}-{machine[12:16]}-{machine[16:20]}-{machine[20:]}",
            },
        },
    }

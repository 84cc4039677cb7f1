"""An EC2 instance, and the Node that EKS's AL2023 image registers it as."""

import hashlib
from dataclasses import dataclass

from sandbox.kubernetes.instance_types import architecture, offer

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


def node_of(instance: Instance, labels: dict[str, str], taints: list[dict], version: str, disk: int) -> dict:
    """
    The Node that the instance's kubelet registers, Ready.

    + labels: besides those that every node on EKS has
    + taints: as Kubernetes spells them
    + version: Kubernetes version, ``1.36``
    + disk: size of the root volume (GiB)
    """
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
        "spec": {"providerID": f"aws:///{instance.zone}/{instance.id}", "taints": taints},
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

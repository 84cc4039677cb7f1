"""
What a node of an EC2 instance type offers on EKS.

Computed from the type's name for the general, compute and memory optimised families of generation 4 and later and for t2 and
later. Sources: https://github.com/awslabs/amazon-eks-ami (eni-max-pods, kubelet reservations) and
https://aws.amazon.com/ec2/instance-types/.
"""

import re

SIZES = {"large": 2, "xlarge": 4, "metal": 96}
MEMORY_PER_CPU = {"c": 2, "d": 8, "g": 4, "i": 8, "inf": 2, "m": 4, "p": 8, "r": 8, "t": 4, "x": 16, "z": 8}
BURSTABLE = {  # vCPUs, GiB, pods
    "nano": (2, 0.5, 4), "micro": (2, 1, 4), "small": (2, 2, 11), "medium": (2, 4, 17), "large": (2, 8, 35),
}  # fmt: skip
UNKNOWN = (4, 16.0, 58)
RESERVED = {0: 60, 1: 10, 2: 5, 3: 5}
"""What the kubelet keeps of each core (millicores); 2.5 of those not listed."""
HYPERVISOR = 0.035
"""Share of the memory that the guest does not see."""


def architecture(instance_type: str) -> str:
    """``amd64`` or ``arm64`` (Graviton: a ``g`` after the generation, or a1)."""
    family = instance_type.partition(".")[0]
    return "arm64" if re.fullmatch(r"a1|[a-z]+\d+g[a-z]*", family) else "amd64"


def offer(instance_type: str, disk: int = 20) -> tuple[dict[str, str], dict[str, str]]:
    """
    Capacity and allocatable resources of a node of this type.

    + disk: size of the root volume (GiB)
    """
    cpus, gibibytes, pods = _size(instance_type)
    memory = int(gibibytes * 1024 * (1 - HYPERVISOR))
    reserved = 11 * pods + 255 + 100
    millicores = cpus * 1000 - round(sum(RESERVED.get(core, 2.5) for core in range(cpus)))
    same = {"pods": str(pods), "hugepages-1Gi": "0", "hugepages-2Mi": "0"}
    capacity = {"cpu": str(cpus), "memory": f"{memory}Mi", "ephemeral-storage": f"{disk * 1024 - 60}Mi", **same}
    allocatable = {
        "cpu": f"{millicores}m",
        "memory": f"{max(memory - reserved, 64)}Mi",
        "ephemeral-storage": str(int(disk * 0.9 * 1024**3) - 1024**3),
        **same,
    }
    return capacity, allocatable


def _size(instance_type: str) -> tuple[int, float, int]:
    family, _, size = instance_type.partition(".")
    kind = re.match(r"[a-z]+", family)
    kind = kind.group() if kind else ""
    if kind == "t" and size in BURSTABLE:
        return BURSTABLE[size]
    if kind not in MEMORY_PER_CPU:
        return UNKNOWN
    multiple = re.fullmatch(r"(\d+)xlarge", size)
    cpus = int(multiple.group(1)) * 4 if multiple else SIZES.get(size)
    if cpus is None:
        return UNKNOWN
    return cpus, cpus * MEMORY_PER_CPU[kind], _pods(cpus)


def _pods(cpus: int) -> int:
    """Network interfaces x (addresses - 1) + 2, as the sizes of generation 5 have them."""
    interfaces, addresses = (3, 10) if cpus <= 2 else (4, 15) if cpus <= 8 else (8, 30) if cpus <= 48 else (15, 50)
    return interfaces * (addresses - 1) + 2

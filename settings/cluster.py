"""The EKS cluster, its core nodes and its EKS add-ons."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, field_validator

from .ranges import much_of_the_world
from .subject import Cidrs, Contradiction, Count, Subject, Text, Texts, Version

NOT_PUBLIC = [
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]
OLDEST_MINOR, NEWEST_MINOR = 30, 59
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADDONS = (
    "vpc-cni",
    "kube-proxy",
    "coredns",
    "eks-pod-identity-agent",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "metrics-server",
    "amazon-cloudwatch-observability",
)


class Cluster(Subject):
    """The control plane and `core-node-group`."""

    kubernetes_version: Version
    endpoint_public: bool
    endpoint_public_cidrs: Cidrs
    endpoint_private_cidrs: Cidrs
    endpoint_open_to_world: bool
    control_plane_logs: Texts
    log_retention_days: int
    key_deletion_days: Annotated[int, Field(ge=7, le=30)]
    admins: Texts
    core_instance_types: Texts
    core_ami_type: Literal["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"]
    core_capacity_type: Literal["ON_DEMAND", "SPOT"]
    core_nodes: Count
    core_nodes_min: Count
    core_nodes_max: Count
    core_disk_size: Annotated[int, Field(ge=20, le=16384)]
    addon_versions: dict[str, Text]

    @field_validator("kubernetes_version")
    @classmethod
    def _kubernetes_version(cls, value: str) -> str:
        if not re.fullmatch(r"1\.\d{2}", value) or not OLDEST_MINOR <= int(value[2:]) <= NEWEST_MINOR:
            raise ValueError(f"wanted a minor version that EKS offers, 1.{OLDEST_MINOR} or newer, as 1.36")
        return value

    @field_validator("control_plane_logs")
    @classmethod
    def _control_plane_logs(cls, value: list[str]) -> list[str]:
        if set(value) - set(LOGS):
            raise ValueError(f"wanted some of {', '.join(LOGS)}")
        return value

    @field_validator("log_retention_days")
    @classmethod
    def _log_retention_days(cls, value: int) -> int:
        if value not in RETENTIONS:
            near = min(RETENTIONS, key=lambda days: abs(days - value))
            raise ValueError(f"wanted a number of days that CloudWatch takes; the nearest is {near}")
        return value

    @field_validator("admins")
    @classmethod
    def _admins(cls, value: list[str]) -> list[str]:
        for arn in value:
            if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:(user|role)/\S+", arn):
                raise ValueError(f"wanted ARNs of IAM roles and users, as arn:aws:iam::123456789012:role/admin, not {arn}")
        return value

    @field_validator("core_instance_types")
    @classmethod
    def _core_instance_types(cls, value: list[str]) -> list[str]:
        if not value or not all(re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", name) for name in value):
            raise ValueError("wanted EC2 instance types, as m5.xlarge")
        return value

    @field_validator("endpoint_public_cidrs")
    @classmethod
    def _endpoint_public_cidrs(cls, value: list[str]) -> list[str]:
        for cidr in value:
            if any(IPv4Network(cidr).subnet_of(reserved) for reserved in NOT_PUBLIC):
                raise ValueError(f"wanted public ranges: {cidr} is private or reserved, and EKS does not take it")
        return value

    @field_validator("addon_versions")
    @classmethod
    def _addon_versions(cls, value: dict[str, str]) -> dict[str, str]:
        for addon, pinned in value.items():
            if addon not in ADDONS:
                near = get_close_matches(addon, ADDONS, 1) or [", ".join(ADDONS)]
                raise ValueError(f"{addon} is not one of the EKS add-ons used; did you mean {near[0]}?")
            if not re.fullmatch(r"v\d+\.\d+\.\d+-eksbuild\.\d+", pinned):
                raise ValueError(f"wanted the add-on's own version for {addon}, as v1.20.0-eksbuild.1, not {pinned}")
        return value

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields an endpoint open to nobody or to everybody, administrators of another partition, node counts out of order, and nodes without an image."""
        yield from super().contradictions()
        cidrs = ("endpoint_public_cidrs", "endpoint_public", "endpoint_open_to_world")
        if self.endpoint_public and not self.endpoint_public_cidrs:
            yield Contradiction(
                cidrs,
                'endpoint_public_cidrs is []: put the ranges you install from in the inventory, as ["<your address>/32"], '
                "or set endpoint_public to False and install from within the VPC",
            )
        wide = much_of_the_world(self.endpoint_public_cidrs)
        if self.endpoint_public and wide and not self.endpoint_open_to_world:
            yield Contradiction(cidrs, f"endpoint_public_cidrs has {wide}, much of the world: name your ranges, or set endpoint_open_to_world to True")
        for arn in self.admins:
            if arn.split(":")[1] != self.partition:
                yield Contradiction(("admins", "region"), f"admins has {arn}: wanted ARNs of {self.region}'s partition, as arn:{self.partition}:iam::...")
        if not self.core_nodes_min <= self.core_nodes <= self.core_nodes_max:
            yield Contradiction(
                ("core_nodes", "core_nodes_min", "core_nodes_max"),
                f"core_nodes is {self.core_nodes}: wanted core_nodes_min {self.core_nodes_min} to core_nodes_max {self.core_nodes_max}",
            )
        arm = "ARM" in self.core_ami_type
        for name in self.core_instance_types:
            if bool(re.match(r"[a-z]+\d+g[a-z]*\.|a1\.", name)) is not arm:
                yield Contradiction(
                    ("core_instance_types", "core_ami_type"),
                    f"core_instance_types has {name}: wanted {'ARM' if arm else 'x86-64'} types, to run core_ami_type {self.core_ami_type}",
                )

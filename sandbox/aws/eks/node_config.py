"""What an instance's user data tells EKS's AL2023 image: which cluster to join, and with which labels and taints."""

import base64
import binascii
import email
import re
from dataclasses import dataclass, field

import yaml

NODE_LABELS = re.compile(r'--node-labels="?([^"]*)"?')


@dataclass
class NodeConfig:
    """`disks`: what the instance store is made into (`RAID0`), "" where it is left alone."""

    cluster: str
    labels: dict[str, str] = field(default_factory=dict)
    taints: list[dict] = field(default_factory=list)
    disks: str = ""


def node_config(user_data: str) -> NodeConfig | None:
    """The NodeConfig in an instance's user data, its documents merged; None where it holds none."""
    merged: dict = {}
    flags: list[str] = []
    for part in email.message_from_string(plain(user_data)).walk():
        if part.get_content_type() == "application/node.eks.aws":
            spec = yaml.safe_load(part.get_payload(decode=True))["spec"]
            flags += (spec.get("kubelet") or {}).get("flags") or []
            merge(merged, spec)
    if not merged.get("cluster"):
        return None
    kubelet = merged.get("kubelet") or {}
    return NodeConfig(
        cluster=merged["cluster"]["name"],
        labels=labels_of(flags),
        taints=(kubelet.get("config") or {}).get("registerWithTaints") or [],
        disks=((merged.get("instance") or {}).get("localStorage") or {}).get("strategy") or "",
    )


def plain(user_data: str) -> str:
    """As it was before it was sent."""
    try:
        return base64.b64decode(user_data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return user_data


def merge(into: dict, more: dict) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def labels_of(flags: list[str]) -> dict[str, str]:
    listed = [pair for flag in flags for match in NODE_LABELS.finditer(flag) for pair in match.group(1).split(",")]
    return dict(pair.split("=", 1) for pair in listed if "=" in pair)

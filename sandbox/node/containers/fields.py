"""Fields of the pod and resources of its containers, as the downward API gives them."""

import math
import re
from decimal import Decimal

from sandbox.node.containers.references import ConfigError

MAP = re.compile(r"metadata\.(labels|annotations)(?:\['(.+)'\])?")
UNITS = {"m": Decimal("0.001"), "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def field(cluster, pod: dict, path: str, address: str) -> str:
    """
    One field of a pod. Raises ConfigError.

    + path: as `metadata.name`, `metadata.labels['app']` or `status.podIP`
    + address: of the pod
    """
    metadata, spec = pod["metadata"], pod["spec"]
    if match := MAP.fullmatch(path):
        values = metadata.get(match[1]) or {}
        return values.get(match[2], "") if match[2] else "\n".join(f'{name}="{_escaped(value)}"' for name, value in sorted(values.items()))
    simple = {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata["namespace"],
        "metadata.uid": metadata["uid"],
        "spec.nodeName": spec["nodeName"],
        "spec.serviceAccountName": spec.get("serviceAccountName", "default"),
        "status.podIP": address,
        "status.podIPs": address,
    }
    if path in ("status.hostIP", "status.hostIPs"):
        return host_address(cluster, pod)
    if path not in simple:
        raise ConfigError(f"unsupported fieldPath: {path}")
    return simple[path]


def host_address(cluster, pod: dict) -> str:
    """The internal address of the node that the pod is on."""
    node = cluster.find("nodes", "", pod["spec"]["nodeName"]) or {}
    found = node.get("status", {}).get("addresses") or ()
    return next((entry["address"] for entry in found if entry["type"] == "InternalIP"), "")


def resource(cluster, pod: dict, container: dict, reference: dict) -> str:
    """A request or a limit of a container, in units of the divisor; for a limit that is not set, what the node has to give."""
    named = reference.get("containerName")
    if named:
        container = next(each for each in [*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"]] if each["name"] == named)
    kind, _, name = reference["resource"].partition(".")
    given = (container.get("resources") or {}).get(kind, {}).get(name)
    if given is None:
        node = cluster.find("nodes", "", pod["spec"]["nodeName"]) or {}
        given = node.get("status", {}).get("allocatable", {}).get(name, "0") if kind == "limits" else "0"
    divisor = quantity(reference.get("divisor") or "1") or Decimal(1)
    return str(math.ceil(quantity(given) / divisor))


def quantity(text: str) -> Decimal:
    """The number that Kubernetes's `500m` or `1Gi` is."""
    match = re.fullmatch(r"([0-9.]+)([a-zA-Z]*)", str(text))
    return Decimal(match[1]) * UNITS.get(match[2], 1)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

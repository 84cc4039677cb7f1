"""Objects that a controller has to let go of, and what is done when it does not run."""

from __future__ import annotations

from pyinfra.context import host

from connectors.kubernetes.finalizers import Free
from facts.k8s import Object
from operations.differ import Change


def running(deployment: str) -> bool:
    """Whether a Deployment, ``<namespace>/<name>``, has a pod that is ready."""
    namespace, _, name = deployment.partition("/")
    now = host.get_fact(Object, api_version="apps/v1", kind="Deployment", object=name, namespace=namespace) or {}
    return bool((now.get("status") or {}).get("availableReplicas"))


def freed(items: list[dict]):
    """
    The last resort for objects whose controller is gone: their finalizers are removed by hand.

    + items: live objects
    """
    for item in items:
        if finalizers := item["metadata"].get("finalizers"):
            yield Free(item).because([Change(f"{named(item)} finalizers, whose controller does not run", finalizers, None)])


def named(item: dict) -> str:
    """``Kind/name``, as plans call an object."""
    return f"{item['kind']}/{item['metadata']['name']}"

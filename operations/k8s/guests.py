"""What others run in the cluster, in namespaces that are not the deployment's: it goes when the cluster goes."""

from __future__ import annotations

from collections import Counter

from pyinfra.api import operation
from pyinfra.context import host

from connectors.kubernetes.removal import Remove
from facts.k8s import Object, Objects
from operations.differ import Change
from operations.k8s.controllers import freed, named, running
from operations.k8s.ownership import identity, ours

SYSTEM = ("kube-system", "kube-public", "kube-node-lease", "amazon-cloudwatch", "amazon-guardduty")
"""Namespaces of Kubernetes, of EKS and its add-ons."""

CONTROLLER = "kube-system/aws-load-balancer-controller"
ITS_FINALIZERS = ("ingress.k8s.aws/", "service.k8s.aws/", "gateway.k8s.aws/")

BALANCED = (("networking.k8s.io/v1", "Ingress"), ("gateway.networking.k8s.io/v1", "Gateway"), ("v1", "Service"))
"""What load balancers are made for."""

KINDS = (
    *(("apps/v1", kind) for kind in ("Deployment", "StatefulSet", "DaemonSet")),
    *(("batch/v1", kind) for kind in ("CronJob", "Job")),
    *(("v1", kind) for kind in ("Pod", "PersistentVolumeClaim")),
    *BALANCED,
)
"""What a namespace of guests is looked through for."""


def guests(owner: str) -> dict[str, Counter]:
    """
    How many things of each kind run in each namespace of others; empty without a cluster.

    + owner: the deployment
    """
    theirs = spaces(owner)
    found: dict[str, Counter] = {}
    for item in (item for api, kind in KINDS if theirs for item in _all(api, kind)):
        if item["metadata"]["namespace"] in theirs and not item["metadata"].get("ownerReferences"):
            found.setdefault(item["metadata"]["namespace"], Counter())[item["kind"]] += 1
    return found


def spaces(owner: str, system: bool = False) -> list[str]:
    """
    Namespaces that are not the deployment's.

    + owner: the deployment
    + system: whether those of Kubernetes, EKS and its add-ons count
    """
    live = host.get_fact(Objects, api_version="v1", kind="Namespace") or []
    return [name for name in (item["metadata"]["name"] for item in live if not ours(item, owner)) if system or name not in SYSTEM]


def held() -> list[dict]:
    """What the load balancer controller has made load balancers for."""
    return _held([item for api, kind in BALANCED for item in _all(api, kind)])


@operation()
def balanced(balanced: str, present: bool = True):
    """
    Remove what load balancers were made for, whoever's it is, while what made them runs: otherwise it makes them again, or they stay.
    Declare it after the load balancer controller and its leftovers.

    + balanced: name of the cluster
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Where the load balancer controller does not run any more
    its finalizers are removed by hand; see `elbv2.leftovers` for what it made.

    **Example:**

    .. code:: python

        k8s.balanced(balanced="airflow-dev", present=False, name="Ingresses and Services of others")
    """
    live = [] if present else [item for api, kind in BALANCED for item in _all(api, kind)]
    if live:
        hanging = _held(live)
        yield from freed(hanging if hanging and not running(CONTROLLER) else [])
        yield Remove("-f", "-", stdin=[identity(item) for item in live]).because([Change(named(item), "present", "absent") for item in live])
    else:
        host.noop(f"what load balancers of {balanced} were made for is {'left alone' if present else 'already absent'}")


def using(claims: list[dict]) -> list[dict]:
    """
    What holds claims: the pods that use them, or what makes such pods anew.

    + claims: ``name``, ``namespace`` of each
    """
    wanted = {(claim["namespace"], claim["name"]) for claim in claims}
    pods = [pod for pod in _all("v1", "Pod") if wanted & set(_claims(pod))]
    owners = [_owner(pod) for pod in pods]
    return list({(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]): item for item in owners}.values())


def _held(items: list[dict]) -> list[dict]:
    return [item for item in items if any(name.startswith(ITS_FINALIZERS) for name in item["metadata"].get("finalizers") or [])]


def _all(api: str, kind: str) -> list[dict]:
    items = host.get_fact(Objects, api_version=api, kind=kind) or []
    return [item for item in items if kind != "Service" or item["spec"].get("type") == "LoadBalancer"]


def _claims(pod: dict):
    for volume in pod["spec"].get("volumes") or []:
        if "persistentVolumeClaim" in volume:
            yield pod["metadata"]["namespace"], volume["persistentVolumeClaim"]["claimName"]
        if "ephemeral" in volume:
            yield pod["metadata"]["namespace"], f"{pod['metadata']['name']}-{volume['name']}"


def _owner(item: dict) -> dict:
    """What makes an object anew when it is removed: the last of its owners."""
    for reference in item["metadata"].get("ownerReferences") or []:
        place = {"api_version": reference["apiVersion"], "kind": reference["kind"], "object": reference["name"]}
        if reference.get("controller") and (owner := host.get_fact(Object, **place, namespace=item["metadata"]["namespace"])):
            return _owner(owner)
    return item

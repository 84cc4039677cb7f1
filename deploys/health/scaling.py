"""Scaling: Karpenter with the queue it listens to and its node pools, the autoscalers, metrics."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.context import host

from connectors.kubernetes.manifest import documents
from deploys.health.check import Check, of
from deploys.health.workloads import deployment
from deploys.platform.policies import queue_name
from deploys.platform.scaling import EVENTS, NAMESPACE
from deploys.want import Want
from facts import events, k8s, sqs
from settings import Settings

AUTOSCALERS = {
    "enable_cluster_autoscaler": "cluster-autoscaler-aws-cluster-autoscaler",
    "enable_cluster_proportional_autoscaler": "cluster-proportional-autoscaler",
    "enable_metrics_server": "metrics-server",
}


def checks(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    """What is switched on."""
    return of("scaling", _checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    if settings.enable_karpenter:
        yield deployment(NAMESPACE, "karpenter", 2)
        yield from _interruptions(settings)
    if settings.enable_karpenter and settings.task_placement == "karpenter":
        yield from pool("tasks", "karpenter-tasks", settings.task_cpu_limit)
    for switch, name in AUTOSCALERS.items():
        if getattr(settings, switch):
            yield deployment(NAMESPACE, name)


def pool(name: str, bundle: str, cpu: int) -> Iterator[Check]:
    """
    A node pool of Karpenter and its node class: there, ready as far as Karpenter says so, with the nodes and limits that were declared.

    + name: of both
    + bundle: the manifest that declares them
    + cpu: the limit that was set
    """
    declared = {item["kind"]: item for item in documents(f"manifests/{bundle}.yaml")}
    for kind, api in (("NodePool", "karpenter.sh/v1"), ("EC2NodeClass", "karpenter.k8s.aws/v1")):
        live = host.get_fact(k8s.Object, api_version=api, kind=kind, object=name) or {}
        yield Check(f"{kind} {name}", _state(live), "present" if live and not _ready(live) else "Ready", _why(live))
        if kind == "NodePool" and live:
            wanted = declared[kind]["spec"]["template"]["spec"]["requirements"]
            yield Check(f"NodePool {name}'s nodes", _requirements(live["spec"]["template"]["spec"]["requirements"]), _requirements(wanted))
            yield Check(f"NodePool {name}'s limit", f"{live['spec'].get('limits', {}).get('cpu', 'none')} vCPUs", f"{cpu} vCPUs")


def _interruptions(settings: Settings) -> Iterator[Check]:
    name = queue_name(settings)
    queue = host.get_fact(sqs.Queue, queue=name) or {}
    encrypted = "encrypted" if str(queue.get("SqsManagedSseEnabled")).lower() == "true" else "in clear"
    yield Check("queue of interruptions", encrypted if queue else "absent", "encrypted", name)
    passed = [event for event in EVENTS if _passes(f"{name}-{event}", queue.get("QueueArn"))]
    yield Check("events Karpenter is told of", ", ".join(passed) or "none", ", ".join(EVENTS))


def _passes(rule: str, queue_arn: str | None) -> bool:
    enabled = (host.get_fact(events.Rule, rule=rule) or {}).get("State") == "ENABLED"
    return enabled and any(target["Arn"] == queue_arn for target in host.get_fact(events.Targets, rule=rule) or ())


def _ready(item: dict) -> dict | None:
    return next((found for found in (item.get("status") or {}).get("conditions") or () if found["type"] == "Ready"), None)


def _state(item: dict) -> str:
    if not item:
        return "absent"
    ready = _ready(item)
    return "present" if ready is None else "Ready" if ready["status"] == "True" else "not Ready"


def _why(item: dict) -> str:
    ready = _ready(item) or {}
    return ready.get("message", "") if ready.get("status") != "True" else ""


def _requirements(items: list[dict]) -> str:
    return "; ".join(sorted(f"{item['key'].rpartition('/')[2]} {item['operator']} {','.join(sorted(item.get('values') or ()))}" for item in items))

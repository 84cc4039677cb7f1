"""Waiting for workloads of Kubernetes to be rolled out."""

from __future__ import annotations

import json
import time

from connectors.aws.effects import effect
from connectors.aws.sending import duration
from connectors.aws.telling import Telling
from connectors.commands.command import Command, KubernetesRead
from connectors.kubernetes.api_server import KubernetesFailure

LIMIT = 1200
"""Seconds workloads are given."""


class Rollout(Command):
    """
    Wait until every listed workload of a namespace is ready, telling which are not.

    + namespace: where they are
    + workloads: ``Kind/name`` of each
    """

    writes = False

    def __init__(self, namespace: str, workloads: list[str]):
        super().__init__()
        self.namespace, self.workloads = namespace, list(workloads)

    def text(self):
        return f"kubectl rollout status --namespace {self.namespace} {' '.join(name.lower() for name in self.workloads)}"

    def carry_out(self, connector):
        """Poll until all are ready; `connectors.eks` calls it."""
        telling = Telling(connector.aws, self.namespace)
        while True:
            connector.aws.cache.written(effect("kubernetes"))
            live = [item for kind in self.kinds for item in json.loads(connector.kubernetes.read(kind) or "[]")]
            waiting = self.waiting(live)
            waited = telling.waited
            if not waiting:
                return True, _nothing()
            if waited > LIMIT:
                raise KubernetesFailure(
                    f"{self.namespace}: {', '.join(waiting)} after {duration(waited)}; kubectl describe tells why, run again to go on waiting"
                )
            telling.stands(", ".join(waiting))
            time.sleep(min(max(waited * 0.05, 0.5), 10))

    @property
    def kinds(self) -> list[KubernetesRead]:
        """One read for each kind of workload that is waited for."""
        wanted = {name.partition("/")[0] for name in self.workloads}
        return [KubernetesRead("batch/v1" if kind == "Job" else "apps/v1", kind, None, self.namespace) for kind in sorted(wanted)]

    def waiting(self, live: list[dict]) -> list[str]:
        """
        What is not ready yet, as ``airflow-scheduler 1/2``.

        + live: the workloads of the namespace

        Raises `KubernetesFailure` when a Job has failed for good.
        """
        found = {f"{item['kind']}/{item['metadata']['name']}": item for item in live}
        return [text for name in self.workloads if (text := _missing(name, found.get(name)))]


def replicas(item: dict) -> tuple[int, int]:
    """How many pods of a workload are ready in its newest form, and how many are wanted."""
    spec, status = item["spec"], item.get("status") or {}
    if item["kind"] == "Job":
        return status.get("succeeded") or 0, spec.get("completions") or 1
    if item["kind"] == "DaemonSet":
        wanted, now = status.get("desiredNumberScheduled") or 0, min(status.get("numberAvailable") or 0, status.get("updatedNumberScheduled") or 0)
    else:
        wanted, now = spec.get("replicas", 1), min(status.get("availableReplicas") or 0, status.get("updatedReplicas") or 0)
    current = (status.get("observedGeneration") or 0) >= (item["metadata"].get("generation") or 0)
    return (now if current else 0), wanted


def _missing(name: str, item: dict | None) -> str:
    short = name.partition("/")[2]
    if item is None:
        return f"{short} absent"
    for condition in (item.get("status") or {}).get("conditions") or []:
        if item["kind"] == "Job" and condition["type"] == "Failed" and condition["status"] == "True":
            raise KubernetesFailure(f"job {short} failed: {condition.get('message', '')}: kubectl logs job/{short} tells why; delete it and run again")
    now, wanted = replicas(item)
    return "" if now >= wanted else f"{short} {now}/{wanted}"


def _nothing():
    from pyinfra.connectors.util import CommandOutput

    return CommandOutput([])

"""What a person asks about a workload."""

from __future__ import annotations

from pyinfra.context import host

from connectors.kubernetes.rollout import replicas
from deploys.health.check import Check
from facts import k8s


def deployment(namespace: str, name: str, wanted: int | None = None) -> Check:
    """
    Whether a Deployment has all its pods.

    + namespace: where it is
    + name: its name
    + wanted: how many pods it should have; ``None``: as many as it says itself, and one at least
    """
    return workload(namespace, f"Deployment/{name}", wanted)


def workload(namespace: str, name: str, wanted: int | None = None) -> Check:
    """
    Whether a workload has all its pods.

    + namespace: where it is
    + name: ``Kind/name``
    + wanted: how many pods it should have; ``None``: as many as it says itself, and one at least
    """
    kind, _, short = name.partition("/")
    live = host.get_fact(k8s.Object, api_version="apps/v1", kind=kind, object=short, namespace=namespace)
    if not live:
        return Check(f"{kind} {short}", "absent", f"{wanted or 1}/{wanted or 1}", f"in {namespace}: run the install again")
    ready, asked = replicas(live)
    count = wanted or max(asked, 1)
    return Check(f"{kind} {short}", f"{ready}/{asked}", f"{count}/{count}")


def cron_job(namespace: str, name: str) -> Check:
    """
    Whether a CronJob is there and its last run succeeded, if there was one.

    + namespace: where it is
    + name: its name
    """
    wanted = "last run succeeded"
    live = host.get_fact(k8s.Object, api_version="batch/v1", kind="CronJob", object=name, namespace=namespace)
    if not live:
        return Check(f"CronJob {name}", "absent", wanted, f"in {namespace}: run the install again")
    status = live.get("status", {})
    started, succeeded = status.get("lastScheduleTime"), status.get("lastSuccessfulTime")
    failed = started and not status.get("active") and (succeeded or "") < started
    return Check(f"CronJob {name}", f"failed at {started}" if failed else wanted, wanted)

"""What is in the way of an upgrade, and known before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.context import host

from deploys.upgrades.data import moving
from deploys.upgrades.kubernetes import Kubernetes
from facts.k8s import Objects
from facts.rds import FreeStorage, Instance
from settings import Settings
from settings.versions import karpenter_lacks, numbers, within

ROOM = 0.1
"""The part of a database's storage that is to be free before its version moves."""


def obstacles(settings: Settings, live: dict[str, str], kubernetes: Kubernetes) -> Iterator[str]:
    """
    Yields what has to be mended first, a line each.

    + settings: with the versions that are wanted
    + live: the versions of what runs, by setting
    + kubernetes: where the cluster stands
    """
    for setting, version in live.items():
        wanted = getattr(settings, setting)
        if not within(version, wanted) and numbers(wanted) < numbers(version):
            yield f"{setting} names {wanted}, which is older than the {version} that runs: deploys/rollback.py goes back"
    yield from _kubernetes(settings, kubernetes)
    if moving(settings, live):
        yield from _theirs(settings) if settings.db_endpoint else _database(settings)


def _kubernetes(settings: Settings, kubernetes: Kubernetes) -> Iterator[str]:
    karpenter = settings.chart("karpenter").version
    if settings.enable_karpenter and (first := karpenter_lacks(karpenter, kubernetes.step)):
        yield f"Karpenter {karpenter} does not fit Kubernetes {kubernetes.step}: raise the charts karpenter and karpenter-crd to {first} or newer, and install"
    if kubernetes.nodes != kubernetes.step and not kubernetes.waits:
        yield from (f"{name} lets no pod go, so nodes could not be drained: it has {why}" for name, why in _blocking())


def _blocking() -> Iterator[tuple[str, str]]:
    for budget in host.get_fact(Objects, api_version="policy/v1", kind="PodDisruptionBudget") or ():
        status, where = budget.get("status", {}), budget["metadata"]
        expected, allowed, healthy = (status.get(key, 0) for key in ("expectedPods", "disruptionsAllowed", "currentHealthy"))
        if expected and not allowed:
            yield f"PodDisruptionBudget {where['namespace']}/{where['name']}", f"{healthy} healthy pods of {expected}, wanted {status.get('desiredHealthy', 0)}"


def _theirs(settings: Settings) -> Iterator[str]:
    if settings.confirm != settings.deployment:
        yield (
            f"the database at {settings.db_endpoint} is not the deployment's, so no snapshot of it is taken: have whoever runs it take one, and then add "
            f"--data confirm={settings.deployment}"
        )


def _database(settings: Settings) -> Iterator[str]:
    instance = host.get_fact(Instance, instance=settings.deployment) or {}
    free = host.get_fact(FreeStorage, instance=settings.deployment)
    size = instance.get("AllocatedStorage", 0) * 2**30
    if free is not None and size and free < size * ROOM:
        yield f"database {settings.deployment} has {free / 2**30:.0f} of {size / 2**30:.0f} GiB free, wanted {size * ROOM / 2**30:.0f}: raise db_storage"

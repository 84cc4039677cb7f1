"""The core: cluster, nodes, add-ons of EKS, storage, database, Airflow."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.context import host

from connectors.kubernetes.rollout import replicas
from deploys.health.check import Check, of
from deploys.health.dags import dags
from deploys.health.workloads import cron_job
from deploys.platform.airflow import CLEANUP, DEPLOYMENTS, HISTORY, NAMESPACE
from deploys.want import Want
from facts import efs, eks, k8s, rds, s3, secrets
from settings import Settings

NODES, MOUNT_TARGETS = "core nodes' zones", "EFS mount targets"
"""Checks that have an answer for each zone."""


def checks(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    """What every deployment has."""
    yield from of("cluster", _cluster(settings))
    yield from of("nodes", _nodes(settings))
    yield from of("add-ons", _addons(settings, wants))
    yield from of("storage", _storage(settings))
    yield from of("database", _database(settings))
    yield from of("Airflow", _airflow(settings))
    yield from of("Airflow", dags(settings))


def _cluster(settings: Settings) -> Iterator[Check]:
    cluster = host.get_fact(eks.Cluster, cluster=settings.deployment) or {}
    yield Check(f"EKS cluster {settings.deployment}", cluster.get("status", "absent"), "ACTIVE", cluster.get("endpoint", ""))
    yield Check("Kubernetes version", cluster.get("version", "absent"), settings.kubernetes_version)


def _nodes(settings: Settings) -> Iterator[Check]:
    nodes = host.get_fact(k8s.Objects, api_version="v1", kind="Node", selector="eks.amazonaws.com/nodegroup=core-node-group") or []
    ready = [node for node in nodes if _condition(node, "Ready")]
    group = host.get_fact(eks.Nodegroup, nodegroup="core-node-group", cluster=settings.deployment) or {}
    wanted = group.get("scalingConfig", {}).get("desiredSize", settings.core_nodes)
    yield Check("core nodes Ready", f"{len(ready)}/{len(nodes)}", f"{wanted}/{wanted}")
    zones = sorted({node["metadata"]["labels"].get("topology.kubernetes.io/zone", "?") for node in ready})
    spread = settings.zones if settings.core_nodes >= len(settings.zones) else zones
    yield Check(NODES, ", ".join(zones) or "none", ", ".join(sorted(spread)) or "none")


def _addons(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    for want in wants:
        if want.kind == "eks.addon" and want.present:
            addon = host.get_fact(eks.Addon, addon=want.subject, cluster=settings.deployment) or {}
            yield Check(f"EKS add-on {want.subject}", addon.get("status", "absent"), "ACTIVE", addon.get("addonVersion", ""))


def _storage(settings: Settings) -> Iterator[Check]:
    claim = host.get_fact(k8s.Object, api_version="v1", kind="PersistentVolumeClaim", object="airflow-dags", namespace=NAMESPACE) or {}
    spec, status = claim.get("spec", {}), claim.get("status", {})
    yield Check("PVC airflow-dags", status.get("phase", "absent"), "Bound")
    volume = host.get_fact(k8s.Object, api_version="v1", kind="PersistentVolume", object=spec["volumeName"]) if spec.get("volumeName") else None
    volume = (volume or {}).get("spec", {})
    is_now = [volume.get("capacity", {}).get("storage", "absent"), ",".join(volume.get("accessModes", [])), volume.get("storageClassName", "")]
    yield Check("PV of airflow-dags", " ".join(filter(None, is_now)), f"{settings.dags_storage} ReadWriteMany efs-sc", spec.get("volumeName", ""))
    system = host.get_fact(efs.FileSystem, file_system=settings.deployment) or {}
    yield Check(f"EFS file system {settings.deployment}", system.get("LifeCycleState", "absent"), "available", system.get("FileSystemId", ""))
    targets = host.get_fact(efs.MountTargets, file_system=settings.deployment) or []
    zones = sorted(target["AvailabilityZoneName"] for target in targets if target["LifeCycleState"] == "available")
    yield Check(MOUNT_TARGETS, ", ".join(zones) or "none", ", ".join(sorted(settings.zones)))
    bucket, _ = settings.logs_folder
    fact = s3.ExistingBucket if settings.logs_bucket else s3.Bucket
    yield Check("S3 log bucket", bucket if host.get_fact(fact, bucket=bucket) else "absent", bucket)


def _database(settings: Settings) -> Iterator[Check]:
    if not settings.db_endpoint:
        instance = host.get_fact(rds.Instance, instance=settings.deployment) or {}
        yield Check(f"RDS instance {settings.deployment}", instance.get("DBInstanceStatus", "absent"), "available", instance.get("EngineVersion", ""))
    master = settings.db_secret_arn or settings.secret("database/master")
    for secret, what in ((master, "database password"), (settings.secret("airflow/admin"), "admin password")):
        readable = host.get_fact(secrets.SecretValue, secret=secret) is not None
        yield Check(f"secret of the {what}", "readable" if readable else "absent", "readable", secret)


def _airflow(settings: Settings) -> Iterator[Check]:
    live = host.get_fact(k8s.Objects, api_version="apps/v1", kind="Deployment", namespace=NAMESPACE) or []
    found = {item["metadata"]["name"]: item for item in live}
    for name, wanted in DEPLOYMENTS.items():
        ready = "/".join(map(str, replicas(found[name]))) if name in found else "absent"
        yield Check(f"Deployment {name}", ready, f"{wanted}/{wanted}")
    yield cron_job(NAMESPACE, CLEANUP)
    if settings.metadata_keep_days:
        yield cron_job(NAMESPACE, HISTORY)


def _condition(item: dict, kind: str) -> bool:
    return any(condition["type"] == kind and condition["status"] == "True" for condition in item.get("status", {}).get("conditions", []))

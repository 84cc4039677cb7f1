"""What each declared thing uses in a month, by its kind: hours, gigabytes, pieces. What nothing declares is assumed, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.kubernetes.manifest import values
from settings import Settings

HOURS = 730
"""In a month, as AWS counts them."""

ASSUMED = {
    "nat gigabyte": (100, "100 GB through all NAT gateways"),
    "load balancer capacity": (HOURS, "one capacity unit around the clock"),
    "logs gigabyte": (20, "20 GB of logs into CloudWatch"),
    "s3 standard": (50, "50 GB of task logs in S3"),
    "efs standard": (1, "1 GB of DAGs on EFS"),
}
"""What use is taken for, a month, where nothing declares it."""

UNCOUNTED = "nodes that Karpenter or the autoscaler adds, metrics of CloudWatch and Managed Prometheus, traffic out of the region, backups, taxes"
"""What the bill leaves out."""

Use = tuple[str, str, float]
"""What it is for a person, what it is for the Price List, how many units."""


def uses(settings: Settings, kind: str, subject: str, fields: dict) -> Iterator[Use]:
    """
    What a thing uses in a month.

    + kind, subject, fields: of its want
    """
    if kind in KINDS:
        yield from KINDS[kind](settings, subject, fields)


def _cluster(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "EKS control plane", "eks cluster", HOURS


def _nodes(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    number, kind, spot = fields["desired"], fields["instance_types"][0], " on spot" if fields["capacity"] == "SPOT" else ""
    yield f"{number} core nodes, {kind}{spot}", f"ec2 {kind}{spot}", number * HOURS
    yield f"disks of {number} core nodes", "ebs gp3", number * settings.core_disk_size


def _database(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    how = "Multi-AZ" if fields["multi_az"] else "Single-AZ"
    yield f"database {fields['instance_class']}, {how}", f"rds {fields['instance_class']} {how}", HOURS
    yield f"storage of the database, {how}", f"rds storage {how}", fields["storage"]


def _gateway(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "NAT gateways", "nat hour", HOURS
    gateways = len(settings.zones) if settings.nat_gateways == "per_zone" else 1
    yield from _assumed("traffic through them", "nat gigabyte", gateways)


def _address(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "public addresses", "public address", HOURS


def _balancer(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "load balancer of the UI", "load balancer", HOURS
    yield from _assumed("its use", "load balancer capacity")
    if settings.ingress_scheme == "internet-facing":
        yield "public addresses", "public address", len(settings.zones) * HOURS


def _key(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "KMS key", "key", 1


def _secret(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield "secrets", "secret", 1


def _bucket(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    if subject == settings.bucket("airflow-logs"):
        yield from _assumed("task logs", "s3 standard")


def _file_system(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    yield from _assumed("file system of the DAGs", "efs standard")


def _logs(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    if subject == f"/aws/eks/{settings.deployment}/cluster":
        yield from _assumed("logs into CloudWatch", "logs gigabyte")


def _volumes(settings: Settings, subject: str, fields: dict) -> Iterator[Use]:
    if asked := VOLUMES.get(subject):
        yield f"volumes of {subject}", "ebs gp3", sum(float(size.removesuffix("Gi")) for size in asked(values(subject)))


def _assumed(what: str, item: str, parts: int = 1) -> Iterator[Use]:
    yield what, item, ASSUMED[item][0] / parts


def _claimed(storage: dict) -> str:
    return storage["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"]


VOLUMES: dict[str, Callable[[dict], list[str]]] = {
    "kube-prometheus-stack": lambda given: [
        _claimed(given["prometheus"]["prometheusSpec"]["storageSpec"]),
        _claimed(given["alertmanager"]["alertmanagerSpec"]["storage"]),
    ],
    "kubecost": lambda given: [given["aggregator"]["aggregatorDbStorage"]["storageRequest"]],
}
"""The sizes of the volumes that a release's values ask for."""

KINDS: dict[str, Callable[[Settings, str, dict], Iterator[Use]]] = {
    "eks.cluster": _cluster,
    "eks.nodegroup": _nodes,
    "rds.instance": _database,
    "ec2.nat_gateway": _gateway,
    "ec2.elastic_ip": _address,
    "elbv2.load_balancer": _balancer,
    "kms.key": _key,
    "secrets.secret": _secret,
    "s3.bucket": _bucket,
    "efs.file_system": _file_system,
    "logs.log_group": _logs,
    "helm.release": _volumes,
}

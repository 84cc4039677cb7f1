"""Airflow: its roles, secrets, database user and DAGs, then the release."""

from __future__ import annotations

import json

from connectors.commands.reference import Ref
from deploys.platform import airflow_objects as objects
from deploys.platform.airflow_dags import dags_access
from deploys.platform.policies import VERSION, airflow_logs, airflow_secrets, pod_identity_trust
from deploys.want import Want, want
from facts.efs import FileSystem
from operations import eks, helm, iam, k8s, rds, secrets
from settings import Settings
from settings.tasks import COMPONENTS

NAMESPACE = "airflow"
RELEASED = "airflowVersion"
"""The release's value that the schema of the database follows."""

DRIVERS = ("ebs.csi.aws.com", "efs.csi.aws.com")
JOBS = ("airflow-run-airflow-migrations", "airflow-create-user")
CLEANUP, HISTORY = "airflow-cleanup", "airflow-database-cleanup"
"""CronJobs of the release: of task pods, and of the metadata database where `metadata_keep_days` is set."""

DEPLOYMENTS = {"airflow-api-server": 2, "airflow-scheduler": 2, "airflow-dag-processor": 1, "airflow-triggerer": 1, "airflow-statsd": 1, "airflow-pgbouncer": 2}


def airflow_roles(settings: Settings) -> list[Want]:
    """One role for each of Airflow's service accounts, bound to it by Pod Identity."""
    wants = []
    for component in COMPONENTS:
        role = settings.role(f"airflow-{component}")
        wants += [
            want(
                iam.role,
                role,
                trust=pod_identity_trust(settings),
                managed=settings.managed_policies(component),
                policies=_policies(settings, component),
                shared=True,
                description=f"Airflow's {component} of {settings.deployment}",
            ),
            want(
                eks.pod_identity,
                f"{NAMESPACE}/airflow-{component}",
                cluster=settings.deployment,
                role_arn=settings.role_arn(f"airflow-{component}"),
            ),
        ]
    return wants


def _policies(settings: Settings, component: str) -> dict:
    """A component's own policies, by name."""
    bucket, folder = settings.logs_folder
    policies = {"logs": airflow_logs(settings.arn("s3", bucket, region=False, account=False), folder, write=component != "api-server")}
    if settings.airflow_secrets:
        policies["secrets"] = airflow_secrets(settings.arn("secretsmanager", f"secret:{settings.airflow_secrets}"))
    if statements := settings.statements(component):
        policies["team"] = {"Version": VERSION, "Statement": statements}
    return policies


def airflow_volume(settings: Settings) -> list[Want]:
    """The namespace, the storage classes and the volume for DAGs: as soon as the cluster can be talked to."""
    file_system = {"parameters": {"fileSystemId": Ref(FileSystem, "FileSystemId", file_system=settings.deployment)}}
    tagged = {"parameters": {f"tagSpecification_{number}": f"{key}={value}" for number, (key, value) in enumerate(settings.tag.items(), 1)}}
    tagged["parameters"].update({"kmsKeyId": settings.kms_key_arn} if settings.kms_key_arn else {})
    size = {"spec": {"resources": {"requests": {"storage": settings.dags_storage}}}}
    return [
        *(want(k8s.volumes, driver) for driver in DRIVERS),
        want(k8s.bundle, "namespaces"),
        want(k8s.bundle, "storage", overlay={"StorageClass/efs-sc": file_system, "StorageClass/gp3": tagged}),
        want(k8s.bundle, "airflow-service-accounts"),
        want(k8s.bundle, "airflow-dags", overlay={"PersistentVolumeClaim/airflow-dags": size}),
    ]


def _login(settings: Settings) -> list[Want]:
    """The login to the registry of the image, from a secret that is not ours."""
    name, on = settings.airflow_image_secret, settings.airflow_image_secret is not None
    return [
        *([want(secrets.given, name, fields=["auths"], setting="airflow_image_secret")] if on else []),
        want(k8s.bundle, objects.PULL, objects=objects.login(settings), present=on),
    ]


def airflow(settings: Settings) -> list[Want]:
    """What needs the database, and the release."""
    chart = settings.chart("airflow")
    return [
        want(k8s.bundle, "rds-ca-bundle", objects=objects.ca_bundle(settings), once=settings.db_ca_bundle == "global"),
        want(k8s.bundle, "airflow-secrets", objects=objects.secrets(settings)),
        *_login(settings),
        *dags_access(settings),
        want(k8s.bundle, "database-user", overlay=objects.job(settings, "database-user", objects.stamp(settings))),
        want(k8s.bundle, "airflow-dags-samples", objects=objects.samples(settings), present=not settings.bundles),
        *_snapshot(settings),
        want(
            helm.release,
            "airflow",
            namespace=NAMESPACE,
            chart=chart.name,
            version=chart.version,
            source=chart.repo,
            overlay=objects.airflow_values(settings),
            jobs=list(JOBS),
            forward=RELEASED,
        ),
        want(
            k8s.ready,
            NAMESPACE,
            workloads=[*(f"Deployment/{name}" for name in DEPLOYMENTS), *(f"Job/{name}" for name in (*JOBS, "airflow-database-user"))],
        ),
        *_pools(settings),
    ]


def _pools(settings: Settings) -> list[Want]:
    """The job that puts the pools right."""
    on = settings.airflow_pools is not None
    annotations = {"airflow-on-eks/pools": json.dumps(settings.airflow_pools, sort_keys=True)}
    return [
        want(k8s.bundle, "airflow-pools", overlay=objects.job(settings, "airflow-pools", annotations), present=on),
        want(k8s.ready, f"{NAMESPACE}/pools", workloads=["Job/airflow-pools"], present=on),
    ]


def _snapshot(settings: Settings) -> list[Want]:
    """What a new release of Airflow is preceded by; on somebody else's server it is theirs to make."""
    where = {"instance": settings.deployment, "release": "airflow", "namespace": NAMESPACE, "value": RELEASED, "version": settings.airflow_version}
    return [] if settings.db_endpoint else [want(rds.snapshot, f"{settings.deployment}-airflow", **where)]

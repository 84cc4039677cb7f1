"""Spark: the operator, its definitions, the team's namespace, its node pool, the history server and its event logs."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.context import host

from deploys.health.check import Check, of
from deploys.health.scaling import pool
from deploys.health.workloads import deployment
from deploys.platform.spark import HISTORY, OPERATOR, POOL, TEAM
from deploys.want import Want
from facts import k8s, s3
from settings import Settings

DEFINITION = "sparkapplications.sparkoperator.k8s.io"


def checks(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    """What is switched on."""
    return of("Spark", _checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    if settings.enable_airflow_spark_example:
        yield deployment(OPERATOR, "spark-operator-controller")
        yield deployment(OPERATOR, "spark-operator-webhook")
        yield _definition()
        yield from _team()
        yield from pool(POOL, "karpenter-spark", settings.spark_cpu_limit)
    if settings.enable_spark_history_server:
        yield deployment(HISTORY, "spark-history-server")
        bucket = settings.bucket("spark-events")
        yield Check("S3 bucket of Spark's event logs", bucket if host.get_fact(s3.Bucket, bucket=bucket) else "absent", bucket)


def _definition() -> Check:
    live = host.get_fact(k8s.Object, api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition", object=DEFINITION) or {}
    conditions = {item["type"]: item["status"] for item in (live.get("status") or {}).get("conditions") or ()}
    state = "Established" if conditions.get("Established") == "True" else "not Established" if live else "absent"
    return Check("CRD SparkApplication", state, "Established", DEFINITION)


def _team() -> Iterator[Check]:
    namespace = host.get_fact(k8s.Object, api_version="v1", kind="Namespace", object=TEAM) or {}
    yield Check(f"namespace {TEAM}", (namespace.get("status") or {}).get("phase", "absent"), "Active")
    account = host.get_fact(k8s.Object, api_version="v1", kind="ServiceAccount", object=TEAM, namespace=TEAM)
    yield Check(f"service account {TEAM}", "present" if account else "absent", "present")
    binding = host.get_fact(k8s.Object, api_version="rbac.authorization.k8s.io/v1", kind="RoleBinding", object="airflow-spark-submitter", namespace=TEAM)
    who = ", ".join(f"{subject.get('namespace', '')}/{subject['name']}" for subject in (binding or {}).get("subjects") or ()) or "nobody"
    yield Check("who submits Spark applications", who, "airflow/airflow-worker", "RoleBinding airflow-spark-submitter")

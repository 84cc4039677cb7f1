"""Spark on Karpenter's nodes: the Spark operator, the namespace spark-team-a with its node pool, and the history server."""

from __future__ import annotations

from deploys.platform.policies import event_logs, pod_identity_trust, tls_only
from deploys.platform.scaling import CONTROLLER, node_class, pool
from deploys.want import Want, want
from operations import eks, helm, iam, k8s, s3
from settings import Settings

TEAM = "spark-team-a"
OPERATOR = "spark-operator"
HISTORY = "spark-history-server"
POOL = "spark-compute-optimized"


def spark(settings: Settings) -> list[Want]:
    """The history server's bucket before the applications that write to it, and the node pool before the pods that need it."""
    return [*_history(settings), *_nodes(settings), *_team(settings), *_operator(settings)]


def spark_ready(settings: Settings) -> list[Want]:
    """The operator and the history server, rolled out."""
    return [
        want(
            k8s.ready,
            OPERATOR,
            workloads=["Deployment/spark-operator-controller", "Deployment/spark-operator-webhook"],
            present=settings.enable_airflow_spark_example,
        ),
        want(k8s.ready, HISTORY, workloads=["Deployment/spark-history-server"], present=settings.enable_spark_history_server),
    ]


def _nodes(settings: Settings) -> list[Want]:
    return [
        want(
            k8s.bundle,
            "karpenter-spark",
            overlay={f"EC2NodeClass/{POOL}": node_class(settings, "karpenter-spark"), f"NodePool/{POOL}": pool(settings, settings.spark_cpu_limit)},
            controller=CONTROLLER,
            present=settings.enable_airflow_spark_example,
        )
    ]


def _team(settings: Settings) -> list[Want]:
    """The namespace, who submits there, and the role its applications take."""
    on = settings.enable_airflow_spark_example
    policies = {"event-logs": event_logs(_bucket_arn(settings), write=True)} if settings.enable_spark_history_server else {}
    description = f"Spark applications of {settings.deployment}"
    return [
        want(iam.role, settings.role(TEAM), trust=pod_identity_trust(settings), policies=policies, description=description, present=on),
        want(eks.pod_identity, f"{TEAM}/{TEAM}", cluster=settings.deployment, role_arn=settings.role_arn(TEAM), present=on),
        want(k8s.bundle, TEAM, present=on),
    ]


def _operator(settings: Settings) -> list[Want]:
    chart, on = settings.chart(OPERATOR), settings.enable_airflow_spark_example
    return [
        want(helm.crds, OPERATOR, version=chart.version, source=chart.repo, present=on),
        want(k8s.bundle, OPERATOR, present=on),
        want(helm.release, OPERATOR, namespace=OPERATOR, chart=chart.name, version=chart.version, source=chart.repo, present=on),
        want(
            k8s.leftovers,
            f"{TEAM}/sparkapplications.sparkoperator.k8s.io",
            api_version="sparkoperator.k8s.io/v1beta2",
            kind="SparkApplication",
            controller=f"{OPERATOR}/spark-operator-controller",
            present=on,
        ),
    ]


def _history(settings: Settings) -> list[Want]:
    """The event logs and who shows them. The logs lie at the root of their bucket: another folder would have to exist before the first log."""
    chart, on = settings.chart(HISTORY), settings.enable_spark_history_server
    bucket, arn = settings.bucket("spark-events"), _bucket_arn(settings)
    policies = {"event-logs": event_logs(arn, write=False)}
    overlay = {"logStore": {"s3": {"bucket": bucket}}}
    return [
        want(s3.bucket, bucket, region=settings.region, policy=tls_only(arn), expire_days=settings.logs_expire_days, present=on),
        want(iam.role, settings.role(HISTORY), trust=pod_identity_trust(settings), policies=policies, description="Spark's history server", present=on),
        want(eks.pod_identity, f"{HISTORY}/{HISTORY}", cluster=settings.deployment, role_arn=settings.role_arn(HISTORY), present=on),
        want(k8s.bundle, HISTORY, present=on),
        want(helm.release, HISTORY, namespace=HISTORY, chart=chart.name, version=chart.version, source=chart.repo, overlay=overlay, present=on),
    ]


def _bucket_arn(settings: Settings) -> str:
    return settings.arn("s3", settings.bucket("spark-events"), region=False, account=False)

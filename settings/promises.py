"""What of the charts' values is not an inventory's to change, and what to set in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

EXECUTOR = (
    "every task runs in a pod of its own (KubernetesExecutor): LocalExecutor would run DAG code beside the database's URL and the Fernet key, "
    "CeleryExecutor in workers that hold both; docs/airflow.md says how to run many short tasks"
)
ANOTHER_EXECUTOR = re.compile(r"(Local|Celery|Sequential)\w*Executor|AIRFLOW__CORE__EXECUTOR")
OPTION = "AIRFLOW__"
ACCOUNT = "the account's role is bound to its name"
KEPT = "the secret is made once and kept in Secrets Manager"
DATABASE = "the database is RDS, reached through pgbouncer over verified TLS as a user of Airflow's own"
LOGIN = "people log in through the FAB auth manager, and nobody is let in without"
JOB = "as a hook the job would wait for pods that wait for it"
LOGS = "task logs go to the deployment's bucket"
NAMES = "the workloads are looked for by their names"
SECRETS = "(?:password|passwd|token|secret_?key|api_?key)"
PASSWORD = re.compile(f"{SECRETS}$", re.IGNORECASE)

FETCHING = ("dagProcessor", "triggerer", "workers.kubernetes")
"""What reads DAGs."""

EVERYWHERE = {"fullnameOverride": NAMES, "nameOverride": NAMES, "namespaceOverride": NAMES}
PROMISES = {
    "airflow": {
        "executor": EXECUTOR,
        "config.core.executor": EXECUTOR,
        "config.core.auth_manager": LOGIN,
        "config.core.simple_auth_manager_all_admins": LOGIN,
        "airflowVersion": "set airflow_version",
        "defaultAirflowRepository": "set airflow_image",
        "defaultAirflowTag": "set airflow_image",
        "defaultAirflowDigest": "set airflow_image",
        "images.airflow": "set airflow_image",
        "images.pod_template": "set airflow_image",
        "imagePullSecrets": "set airflow_image_secret",
        "config.kubernetes_executor.worker_container_repository": "set airflow_image",
        "config.kubernetes_executor.worker_container_tag": "set airflow_image",
        "env": "set airflow_env",
        "fernetKey": KEPT,
        "fernetKeySecretName": KEPT,
        "apiSecretKey": KEPT,
        "apiSecretKeySecretName": KEPT,
        "jwtSecret": KEPT,
        "jwtSecretName": KEPT,
        "config.core.fernet_key": KEPT,
        "config.api.secret_key": KEPT,
        "config.api_auth.jwt_secret": KEPT,
        "data": DATABASE,
        "enableBuiltInSecretEnvVars": DATABASE,
        "config.database": DATABASE,
        "postgresql": DATABASE,
        "redis": EXECUTOR,
        "pgbouncer.enabled": DATABASE,
        "pgbouncer.configSecretName": DATABASE,
        "pgbouncer.extraVolumes": DATABASE,
        "pgbouncer.extraVolumeMounts": DATABASE,
        "pgbouncer.podAnnotations.airflow-on-eks/secrets": KEPT,
        "pgbouncer.metricsExporterSidecar.statsSecretName": DATABASE,
        "airflowPodAnnotations.airflow-on-eks/secrets": KEPT,
        "rbac": "the components' rights in Kubernetes are the chart's",
        "config.kubernetes_executor.namespace": "task pods are made, watched and cleaned up there",
        "config.kubernetes_executor.pod_template_file": "task pods take their shape from workers.kubernetes",
        "config.logging.remote_logging": LOGS,
        "config.logging.remote_base_log_folder": LOGS,
        "config.logging.remote_log_conn_id": LOGS,
        "config.api.base_url": "set domain",
        "ingress": "set ingress_scheme and domain",
        "dags": "set dags_repo or dags_bundles",
        "dagProcessor.dagBundleConfigList": "set dags_repo or dags_bundles",
        "config.dag_processor.dag_bundle_config_list": "set dags_repo or dags_bundles",
        **{f"{part}.env": "set airflow_env" for part in FETCHING},
        **{f"{part}.extraVolumes": "name yours in volumes and volumeMounts" for part in FETCHING},
        **{f"{part}.extraVolumeMounts": "name yours in volumes and volumeMounts" for part in FETCHING},
        "workers.kubernetes.nodeSelector": "set task_placement",
        "workers.kubernetes.tolerations": "set task_placement",
        "migrateDatabaseJob.useHelmHooks": JOB,
        "migrateDatabaseJob.applyCustomEnv": JOB,
        "createUserJob.useHelmHooks": JOB,
        "createUserJob.applyCustomEnv": JOB,
        "createUserJob.args": KEPT,
        "createUserJob.env": KEPT,
        "webserver.defaultUser": KEPT,
    },
    "aws-for-fluent-bit": {
        "cloudWatchLogs.region": "set region",
        "cloudWatchLogs.logGroupName": "its role writes to that group alone",
        "volumes": "the token among them may read pods and namespaces alone",
        "volumeMounts": "the token among them may read pods and namespaces alone",
    },
    "aws-load-balancer-controller": {"clusterName": NAMES, "region": "set region", "vpcId": "it follows from the network", "defaultTags": "set tags"},
    "cluster-autoscaler": {"autoDiscovery.clusterName": NAMES, "awsRegion": "set region", "image.tag": "it follows from kubernetes_version"},
    "karpenter": {"settings.clusterName": NAMES, "settings.interruptionQueue": "its role reads that queue alone"},
    "kube-prometheus-stack": {
        "crds": "the definitions are applied before the release",
        "alertmanager.config": "set alerts",
        "alertmanager.alertmanagerSpec.secrets": "set alerts",
        "alertmanager.alertmanagerSpec.podMetadata.annotations": ACCOUNT,
        "prometheus.prometheusSpec.externalLabels.cluster": NAMES,
        "prometheus.prometheusSpec.remoteWrite": "set enable_amazon_prometheus; a further one is an item of additionalRemoteWrite",
        "prometheus.prometheusSpec.podMetadata.annotations.airflow-on-eks/role": ACCOUNT,
        "grafana.admin": KEPT,
        "grafana.additionalDataSources": "a further one is a ConfigMap with the label grafana_datasource, in `manifests`",
        "grafana.rbac": "it would read every Secret of the cluster",
        "kube-state-metrics.collectorsExclude": "it would read every Secret of the cluster",
    },
    "kubecost": {"global.clusterId": NAMES},
    "spark-history-server": {"logStore.type": LOGS, "logStore.s3": LOGS},
    "spark-operator": {"spark.jobNamespaces": "Spark applications run in spark-team-a", "spark.rbac": "Spark applications have an account of the project's"},
}
"""By release and the path of a value."""

Path = tuple[str, ...]


def broken(release: str, values: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    """
    Yields what of an inventory's values for a release would break the platform, a line each.

    + release: its name
    + values: the inventory's
    + ours: the project's own
    """
    held = {tuple(path.split(".")): why for path, why in {**EVERYWHERE, **PROMISES.get(release, {})}.items()}
    held |= {path[: path.index("serviceAccount") + 1]: ACCOUNT for path, _ in _leaves(ours) if "serviceAccount" in path}
    for path, value in _leaves(values):
        where = f"{release}.{'.'.join(path)}"
        if why := next((why for kept, why in held.items() if kept[: len(path)] == path[: len(kept)]), None):
            yield f"{where} is not yours to set: {why}"
        elif release == "airflow" and ANOTHER_EXECUTOR.search(f"{path[-1]} {value}"):
            yield f"{where} names another executor: {EXECUTOR}"
        elif release == "airflow" and OPTION in f"{path[-1]} {value}":
            yield f"{where} sets an option of Airflow in the environment: set airflow_config, where it is looked at"
        elif isinstance(value, str) and value and PASSWORD.search(path[-1]):
            yield f"{where} would be read in clear by whoever may read the release: name a Secret in its place"


def overridden(values: dict[str, Any], ours: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """
    Yields each value that an inventory lays over the project's: its path, the project's own and the inventory's.

    + values: the inventory's
    + ours: the project's own
    """
    for path, value in _leaves(values):
        now: Any = ours
        for key in path:
            now = now.get(key) if isinstance(now, dict) else None
        yield ".".join(path), now, value


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif path and value != {}:
        yield path, value

"""What the Airflow declaration lays over the plain files: secrets, certificates, sample DAGs and values."""

from __future__ import annotations

from pathlib import Path

import yaml

from connectors.commands.reference import Digest, Ref, Text
from connectors.kubernetes.manifest import documents, merge, values
from deploys.platform.airflow_dags import dags_values, git_secret
from deploys.platform.airflow_pool import pool_size
from deploys.platform.spark_example import application
from facts.rds import CaBundle, Instance
from facts.secrets import SecretField, SecretValue
from settings import Settings
from settings.root import ROOT

NAMESPACE = "airflow"
SPARK_EXAMPLE = "example_pyspark_pi_job"
POOL = "airflow-platform-pgbouncer-config"
PULL = "airflow-platform-image"

PGBOUNCER_INI = """\
[databases]
airflow-metadata = host={host} dbname={database} port={port} pool_size={pool_size}

[pgbouncer]
pool_mode = transaction
listen_port = 6543
listen_addr = *
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/users.txt
stats_users = {user}
ignore_startup_parameters = extra_float_digits
max_client_conn = 500
max_prepared_statements = 100
verbose = 0
log_disconnections = 0
log_connections = 0
server_tls_sslmode = verify-full
server_tls_ca_file = /etc/rds/ca-bundle.pem
server_tls_ciphers = secure
"""
"""Source: https://www.pgbouncer.org/config.html"""


def secret(name: str, **data) -> dict:
    """A Secret of namespace airflow."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE}, "type": "Opaque", "stringData": data}


def config_map(name: str, data: dict) -> dict:
    """A ConfigMap of namespace airflow."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}, "data": data}


def job(settings: Settings, bundle: str, annotations: dict) -> dict:
    """
    What is laid over a job of ours that runs Airflow's image: the image, and annotations of its pod.

    + bundle: the manifest it is in
    """
    plain = next(item for item in documents(f"manifests/{bundle}.yaml") if item["kind"] == "Job")
    containers = [{**container, "image": settings.image_of_airflow} for container in plain["spec"]["template"]["spec"]["containers"]]
    login = {"imagePullSecrets": [{"name": PULL}]} if settings.airflow_image_secret else {}
    return {f"Job/{plain['metadata']['name']}": {"spec": {"template": {"metadata": {"annotations": annotations}, "spec": {"containers": containers, **login}}}}}


def secrets(settings: Settings) -> list[dict]:
    """Airflow's Secrets, each filled from Secrets Manager."""

    def value(purpose: str) -> Ref:
        return Ref(SecretValue, secret=settings.secret(purpose))

    endpoint, master = _server(settings)
    user = settings.db_name
    password = value("airflow/database")
    connection = "postgresql://{user}:{password}@{host}:6543/{name}"
    return [
        secret("airflow-platform-fernet-key", **{"fernet-key": value("airflow/fernet-key")}),
        secret("airflow-platform-api-secret-key", **{"api-secret-key": value("airflow/api-secret-key")}),
        secret("airflow-platform-jwt-secret", **{"jwt-secret": value("airflow/jwt")}),
        secret("airflow-platform-admin", username="admin", password=value("airflow/admin")),
        secret(
            "airflow-platform-database-master",
            **master,
            host=endpoint["host"],
            port=Text("{port}", port=endpoint["port"]),
        ),
        secret("airflow-platform-database-user", username=user, password=password),
        secret(
            "airflow-platform-metadata",
            connection=Text(connection, user=user, password=password, host=f"airflow-pgbouncer.{NAMESPACE}", name="airflow-metadata"),
        ),
        secret(
            POOL,
            **{
                "pgbouncer.ini": Text(
                    PGBOUNCER_INI, database=user, user=user, pool_size=pool_size(values("airflow", settings.values_of("airflow"))), **endpoint
                ),
                "users.txt": Text('"{user}" "{password}"\n', user=user, password=password),
            },
        ),
        secret(
            "airflow-platform-pgbouncer-stats",
            connection=Text(connection + "?sslmode=disable", user=user, password=password, host="127.0.0.1", name="pgbouncer"),
        ),
    ]


def _server(settings: Settings) -> tuple[dict, dict]:
    """Host and port of the database's server, and its master: our own RDS instance's, or those that are given."""
    if settings.db_endpoint:
        host, _, port = settings.db_endpoint.rpartition(":")
        return {"host": host, "port": port}, {field: Ref(SecretField, secret=settings.db_secret_arn, field=field) for field in ("username", "password")}
    fields = {"host": "Address", "port": "Port"}
    endpoint = {part: Ref(Instance, f"Endpoint.{field}", instance=settings.deployment) for part, field in fields.items()}
    return endpoint, {"username": settings.db_master, "password": Ref(SecretValue, secret=settings.secret("database/master"))}


def login(settings: Settings) -> list[dict]:
    """The login to the image's registry."""
    data = {".dockerconfigjson": Ref(SecretValue, secret=settings.airflow_image_secret)}
    return [{**secret(PULL, **data), "type": "kubernetes.io/dockerconfigjson"}]


def stamp(settings: Settings, pool: bool = False) -> dict:
    """
    The annotation that makes pods anew when one of Airflow's secrets was changed: they read them only when they start.

    + pool: for the pods of pgbouncer, which alone read its configuration
    """
    read = [item for item in secrets(settings) if pool or item["metadata"]["name"] != POOL]
    read += [git_secret(settings)] if settings.bundles else []
    return {"airflow-on-eks/secrets": Digest([item["stringData"] for item in read])}


def ca_bundle(settings: Settings) -> list[dict]:
    """The certificates pgbouncer and the database job trust."""
    bundle = Ref(CaBundle, address=settings.db_ca_bundle_address) if settings.db_ca_bundle == "global" else Path(settings.db_ca_bundle).read_text()
    return [config_map("rds-ca-bundle", {"ca-bundle.pem": bundle})]


def samples(settings: Settings) -> list[dict]:
    """The project's own DAGs and the files they need beside them; the Spark example where it is enabled."""
    files = {path.name: path.read_text() for path in sorted((ROOT / "dags").iterdir()) if path.suffix in (".py", ".yaml") or path.name == ".airflowignore"}
    (sample,) = documents(f"dags/{SPARK_EXAMPLE}.yaml")
    files[f"{SPARK_EXAMPLE}.yaml"] = yaml.safe_dump(merge(sample, application(settings)), sort_keys=False, width=1000)
    wanted = {name: text for name, text in files.items() if settings.enable_airflow_spark_example or not name.startswith(SPARK_EXAMPLE)}
    return [config_map("airflow-dags-samples", wanted)]


def airflow_values(settings: Settings) -> dict:
    """What differs between deployments in the release's values."""
    bucket, folder = settings.logs_folder
    repository, _, tag = settings.image_of_airflow.rpartition(":")
    common = {
        "airflowVersion": settings.airflow_version,
        "defaultAirflowRepository": repository,
        "defaultAirflowTag": tag,
        "config": merge(settings.options_of_airflow, {"logging": {"remote_base_log_folder": f"s3://{bucket}/{folder}"}, **_address(settings)}),
        "airflowPodAnnotations": stamp(settings),
        "pgbouncer": {"podAnnotations": stamp(settings, pool=True)},
        **_placement(settings),
        **_environment(settings),
        **_history(settings),
    }
    return merge(common, dags_values(settings))


def _address(settings: Settings) -> dict:
    return {"api": {"base_url": f"https://{settings.domain}"}} if settings.domain else {}


def _environment(settings: Settings) -> dict:
    """Variables beside the project's own, and the login to the image's registry."""
    variables = [{"name": name, "value": value} for name, value in settings.airflow_env.items()]
    env = {"env": [*values("airflow")["env"], *variables]} if variables else {}
    return {**env, "imagePullSecrets": [{"name": PULL}]} if settings.airflow_image_secret else env


def _history(settings: Settings) -> dict:
    """What is old leaves the metadata database, where that is wanted."""
    days = settings.metadata_keep_days
    return {"databaseCleanup": {"enabled": True, "retentionDays": days}} if days else {}


def _placement(settings: Settings) -> dict:
    """Task pods on the node pool ``tasks``, where they are wanted there."""
    if settings.task_placement == "core":
        return {}
    toleration = {"key": "airflow-on-eks/tasks", "operator": "Exists", "effect": "NoSchedule"}
    return {"workers": {"kubernetes": {"nodeSelector": {"airflow-on-eks/node-group": "tasks"}, "tolerations": [toleration]}}}

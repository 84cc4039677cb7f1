"""Where Airflow's DAGs come from: the volume, Git bundles that Airflow fetches, or a sidecar that does."""

from __future__ import annotations

from connectors.commands.reference import Json, Ref, Text
from connectors.kubernetes.manifest import values
from deploys.want import Want, want
from facts.secrets import SecretField
from operations import k8s, secrets
from settings import Settings
from settings.dags import ALONE, Bundle

NAMESPACE = "airflow"
GIT = "airflow-platform-git"
"""The Secret with what opens the repositories."""

LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"
GIT_BUNDLE = "airflow.providers.git.bundles.git.GitDagBundle"
KNOWN_HOSTS = "/etc/airflow-git"


def dags_access(settings: Settings) -> list[Want]:
    """The secrets that open the repositories, which somebody else keeps, and the Secret made of them."""
    named = {bundle.secret: bundle for bundle in settings.bundles.values() if bundle.secret}
    given = (want(secrets.given, name, fields=[_fields(bundle)], setting="the secret of DAGs") for name, bundle in named.items())
    return [*given, want(k8s.bundle, GIT, objects=[git_secret(settings)], present=bool(settings.bundles))]


def dags_values(settings: Settings) -> dict:
    """What the release is told of DAGs."""
    if not settings.bundles:
        return {"dags": {"persistence": {"enabled": True, "existingClaim": "airflow-dags"}}}
    return _sidecar(settings) if settings.dags_fetch == "git-sync" else _bundles(settings)


def connection(bundle: str) -> str:
    """
    The id of a bundle's connection.

    + bundle: its name
    """
    return f"dags_{bundle.replace('-', '_')}"


def _bundles(settings: Settings) -> dict:
    """The connections are in the environment of what fetches: the DAG processor, the triggerer and the tasks."""
    listed = [_bundle(name, bundle) for name, bundle in settings.bundles.items()]
    env = [
        {"name": f"AIRFLOW_CONN_{connection(name).upper()}", "valueFrom": {"secretKeyRef": {"name": GIT, "key": connection(name)}}} for name in settings.bundles
    ]
    hosts = {"name": "git-known-hosts", "secret": {"secretName": GIT, "items": [{"key": "known_hosts", "path": "known_hosts"}]}}
    mount = {"name": "git-known-hosts", "mountPath": KNOWN_HOSTS, "readOnly": True}
    samples = values("airflow")["dagProcessor"]
    fetching = {"env": env, "extraVolumes": [*samples["extraVolumes"], hosts], "extraVolumeMounts": [*samples["extraVolumeMounts"], mount]}
    return {"dagProcessor": {**fetching, "dagBundleConfigList": listed}, "triggerer": fetching, "workers": {"kubernetes": fetching}}


def _bundle(name: str, bundle: Bundle) -> dict:
    kwargs = {"repo_url": bundle.repo, "tracking_ref": bundle.ref, "subdir": bundle.subpath or None, "git_conn_id": connection(name)}
    return {"name": name, "classpath": GIT_BUNDLE, "kwargs": kwargs}


def _sidecar(settings: Settings) -> dict:
    sync = {"enabled": True, "repo": settings.dags_repo, "ref": settings.dags_ref, "subPath": settings.dags_subpath}
    if (bundle := settings.bundles[ALONE]).secret:
        opened = {"sshKeySecret": GIT, "knownHosts": "".join(f"{line}\n" for line in settings.dags_known_hosts)}
        sync |= opened if bundle.over_ssh else {"credentialsSecret": GIT}
    return {"dags": {"gitSync": sync}, "dagProcessor": {"dagBundleConfigList": [{"name": "dags-folder", "classpath": LOCAL_BUNDLE, "kwargs": {}}]}}


def _fields(bundle: Bundle) -> list[str]:
    return ["private_key"] if bundle.over_ssh else ["username", "token"]


def git_secret(settings: Settings) -> dict:
    """What opens the repositories, as Airflow or the sidecar reads it."""
    data = {"known_hosts": "".join(f"{line}\n" for line in settings.dags_known_hosts)}
    for name, bundle in settings.bundles.items():
        field = {key: Ref(SecretField, secret=bundle.secret, field=key) for key in _fields(bundle)} if bundle.secret else {}
        data |= _of_sidecar(field) if settings.dags_fetch == "git-sync" else {connection(name): Json(_connection(bundle, field))}
    metadata = {"name": GIT, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}


def _connection(bundle: Bundle, field: dict) -> dict:
    """As GitHook reads it. Source: https://airflow.apache.org/docs/apache-airflow-providers-git/stable/connections/git.html"""
    found = {"conn_type": "git", "host": bundle.repo}
    if not bundle.over_ssh:
        return {**found, "login": field["username"], "password": field["token"]} if field else found
    key = Text("{key}\n", key=field["private_key"])
    return {**found, "extra": {"private_key": key, "strict_host_key_checking": "yes", "known_hosts_file": f"{KNOWN_HOSTS}/known_hosts"}}


def _of_sidecar(field: dict) -> dict:
    if "private_key" in field:
        return {"gitSshKey": Text("{key}\n", key=field["private_key"])}
    pairs = (("USERNAME", "username"), ("PASSWORD", "token"))
    return {f"{prefix}_{name}": field[key] for prefix in ("GIT_SYNC", "GITSYNC") for name, key in pairs if field}

"""DAGs from repositories: who fetches them, and with what."""

import json
import re

import pytest
import yaml
from test_team_values import containers, plain, wants

from connectors.commands.reference import Ref, Text
from connectors.kubernetes.manifest import values
from facts.secrets import SecretField

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OVER_SSH = {"dags_repo": "git@github.com:example/dags.git", "dags_secret": "team/key", "dags_known_hosts": [f"github.com {KEY}"]}
OVER_HTTPS = {"dags_repo": "https://github.com/example/dags.git", "dags_secret": "team/token"}
SEVERAL = {**OVER_SSH, "dags_bundles": {"team-a": {"repo": "https://git.example.com/a.git", "ref": "v1", "subpath": "dags"}}}
FETCHING = {"Deployment/airflow-dag-processor dag-processor", "Deployment/airflow-triggerer triggerer", "task base"}


def secret(**given) -> dict:
    (found,) = wants(**given)["k8s.bundle airflow-platform-git"].fields["objects"]
    return found["stringData"]


def configuration(render, **given) -> dict:
    overlay = plain(wants(**given)["helm.release airflow"].fields["overlay"])
    return render(values("airflow", overlay))["ConfigMap/airflow-config"]["data"]


def field(secret: str, name: str) -> Ref:
    return Ref(SecretField, secret=secret, field=name)


def test_bundles_are_listed_and_nothing_else(render):
    listed = json.loads(re.search(r"^dag_bundle_config_list = (.*)$", configuration(render, **SEVERAL)["airflow.cfg"], re.M)[1])
    assert [(bundle["name"], bundle["classpath"].rpartition(".")[2]) for bundle in listed] == [("dags", "GitDagBundle"), ("team-a", "GitDagBundle")]
    assert listed[0]["kwargs"] == {"repo_url": "git@github.com:example/dags.git", "tracking_ref": "main", "subdir": None, "git_conn_id": "dags_dags"}
    assert listed[1]["kwargs"] == {"repo_url": "https://git.example.com/a.git", "tracking_ref": "v1", "subdir": "dags", "git_conn_id": "dags_team_a"}
    assert "k8s.bundle airflow-dags-samples" not in wants(**SEVERAL)


def test_only_what_reads_dags_can_open_them(render):
    def connections(container) -> set:
        references = {item["name"]: item.get("valueFrom", {}).get("secretKeyRef") for item in container["env"]}
        return {(name, reference["name"], reference["key"]) for name, reference in references.items() if name.startswith("AIRFLOW_CONN_DAGS")}

    found = {name: connections(container) for name, container in containers(render, **SEVERAL).items()}
    wanted = {("AIRFLOW_CONN_DAGS_DAGS", "airflow-platform-git", "dags_dags"), ("AIRFLOW_CONN_DAGS_TEAM_A", "airflow-platform-git", "dags_team_a")}
    assert {name: held for name, held in found.items() if held} == dict.fromkeys(FETCHING, wanted)


def test_a_deploy_key_goes_with_pinned_host_keys(render):
    data = secret(**OVER_SSH)
    extra = data["dags_dags"].document["extra"]
    assert extra["private_key"] == Text("{key}\n", key=field("team/key", "private_key"))
    assert (extra["strict_host_key_checking"], extra["known_hosts_file"]) == ("yes", "/etc/airflow-git/known_hosts")
    assert data["known_hosts"] == f"github.com {KEY}\n"
    mounts = {name: {mount["mountPath"] for mount in container["volumeMounts"]} for name, container in containers(render, **OVER_SSH).items()}
    assert {name for name, paths in mounts.items() if "/etc/airflow-git" in paths and "wait-for" not in name} == FETCHING
    assert wants(**OVER_SSH)["secrets.given team/key"].fields["fields"] == [["private_key"]]


def test_a_token_is_the_password_of_the_connection():
    document = secret(**OVER_HTTPS)["dags_dags"].document
    assert (document["login"], document["password"]) == (field("team/token", "username"), field("team/token", "token"))
    assert secret(dags_repo=OVER_HTTPS["dags_repo"])["dags_dags"].document == {"conn_type": "git", "host": OVER_HTTPS["dags_repo"]}
    assert wants(**OVER_HTTPS)["secrets.given team/token"].fields["fields"] == [["username", "token"]]


@pytest.mark.parametrize(
    ("given", "keys"), [(OVER_SSH, {"gitSshKey"}), (OVER_HTTPS, {"GITSYNC_USERNAME", "GITSYNC_PASSWORD", "GIT_SYNC_USERNAME", "GIT_SYNC_PASSWORD"})]
)
def test_the_sidecar_gets_what_the_chart_looks_for(render, given, keys):
    assert {*secret(**given, dags_fetch="git-sync")} - {"known_hosts"} == keys
    overlay = plain(wants(**given, dags_fetch="git-sync")["helm.release airflow"].fields["overlay"])
    live = render(values("airflow", overlay))
    pod = live["Deployment/airflow-dag-processor"]["spec"]["template"]["spec"]
    task = yaml.safe_load(live["ConfigMap/airflow-config"]["data"]["pod_template_file.yaml"])["spec"]
    over_ssh = given is OVER_SSH
    for sidecar in (pod["initContainers"][-1], pod["containers"][-1], task["initContainers"][0]):
        names = {item["name"] for item in sidecar["env"]}
        assert ("GITSYNC_SSH_KEY_FILE" in names, "GITSYNC_PASSWORD" in names) == (over_ssh, not over_ssh)
    if over_ssh:
        assert live["ConfigMap/airflow-config"]["data"]["known_hosts"] == f"github.com {KEY}\n"
        assert {"secretName": "airflow-platform-git", "defaultMode": 288} in [volume.get("secret") for volume in pod["volumes"]]

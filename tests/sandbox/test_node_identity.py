"""A pod that is a process has the credentials of its role, and AWS's own names lead it to the sandbox, over TLS."""

import json
import os
import re
import signal

import boto3
import pytest
from aws_world import World, wait
from kubernetes_world import eventually
from node_world import family, kubectl, require_namespaces

import sandbox
from sandbox.home import home, read_daemon
from sandbox.kubernetes.api import Api
from sandbox.status import print_status

CREDENTIALS = """
import json, os, urllib.request
token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
ask = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": token})
print(urllib.request.urlopen(ask).read().decode())
"""
ENDPOINT = """
import ssl, urllib.request, urllib.error
trusting = ssl.create_default_context(cafile="/etc/ssl/certs/ca-certificates.crt")
for name in ("s3.eu-west-1", "a-bucket.s3.eu-west-1", "sts"):
    try:
        urllib.request.urlopen(f"https://{name}.amazonaws.com/", context=trusting)
    except urllib.error.HTTPError as answer:
        print(answer.status)
"""


class Platform:
    """A sandbox whose pods of namespace airflow are processes, a cluster in it, and an association of `writer`."""

    namespace = "airflow"

    def __init__(self):
        up = sandbox.up(time_scale=600, region="eu-west-1", pods="processes")
        keys = {"aws_access_key_id": up.access_key_id, "aws_secret_access_key": up.secret_access_key}
        self.client = lambda service, **own: boto3.client(service, endpoint_url=up.endpoint, region_name="eu-west-1", **(own or keys))
        world = World(self.client)
        world.eks.create_cluster(**world.request())
        wait(lambda: world.status() == "ACTIVE", 60)
        world.__dict__["cluster"] = world.name
        for addon in ("vpc-cni", "kube-proxy"):
            world.eks.create_addon(clusterName=world.name, addonName=addon)
        world.nodegroup()
        wait(lambda: world.nodegroup_status() == "ACTIVE", 60)
        self.role, self.eks, self.cluster, self.iam = world.pod_role, world.eks, world.name, world.iam
        kubeconfig = next((home() / "clusters").glob("*/*/kubeconfig"))
        self.directory, self.api = kubeconfig.parent, Api(kubeconfig)
        self.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "airflow"}})
        self.api.create("/api/v1/namespaces/airflow/serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "writer"}})
        self.eks.create_pod_identity_association(clusterName=world.name, namespace="airflow", serviceAccount="writer", roleArn=self.role)

    def printed(self, name, account, script):
        """What a pod of a service account prints."""
        container = {"name": "main", "image": "busybox", "command": ["python3", "-c", script]}
        spec = {"serviceAccountName": account, "restartPolicy": "Never", "containers": [container]}
        path = "/api/v1/namespaces/airflow/pods"
        eventually(lambda: self.api.get(f"/api/v1/namespaces/airflow/serviceaccounts/{account}"))
        self.api.create(path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
        eventually(lambda: self.api.get(f"{path}/{name}")["status"].get("phase") in ("Succeeded", "Failed"))
        uid = self.api.get(f"{path}/{name}")["metadata"]["uid"]
        return "\n".join(line.split(" ", 3)[3] for line in (self.directory / "node/pods" / uid / "main/0.log").read_text().splitlines())


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    require_namespaces()
    directory = tmp_path_factory.mktemp("identity")
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(directory / "home")
    try:
        yield Platform()
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before
        assert family(directory) == [] and not (directory / "home").exists()


def test_an_associated_service_account_has_the_credentials_of_its_role(platform):
    given = json.loads(platform.printed("writer", "writer", CREDENTIALS))
    own = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"], "aws_session_token": given["Token"]}
    arn = platform.client("sts", **own).get_caller_identity()["Arn"]
    assert arn.split("/")[1:] == [platform.role.rpartition("/")[2], f"eks-{platform.cluster}-writer"]


def test_another_service_account_has_none(platform):
    assert "KeyError: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'" in platform.printed("default", "default", CREDENTIALS)


def test_a_token_for_another_audience_is_refused(platform):
    script = CREDENTIALS.replace('os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]', '"/var/run/secrets/kubernetes.io/serviceaccount/token"')
    assert "HTTP Error 400" in platform.printed("other-audience", "writer", script)


def test_names_of_aws_answer_with_a_certificate_that_the_pod_trusts(platform):
    assert platform.printed("endpoint", "writer", ENDPOINT).split() == ["403", "403", "403"]


def test_status_tells_of_the_node_and_its_pods(platform, capsys):
    platform.api.create(
        "/api/v1/namespaces/airflow/pods",
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "stays"},
            "spec": {"containers": [{"name": "main", "image": "busybox", "command": ["sleep", "600"]}]},
        },
    )
    eventually(lambda: platform.api.get("/api/v1/namespaces/airflow/pods/stays")["status"]["phase"] == "Running")
    assert print_status() == 0
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows["processes"] == "up: pods of airflow; exec probes one at a time and 10 times slower"
    assert rows["port"].endswith(" leads to airflow-api-server.airflow.svc.cluster.local:8080")
    assert re.fullmatch(r"stays 1/1 Running, 0 restarts, 1 processes, \d+ MiB", rows["pod"])


def test_kubectl_reads_its_logs_through_the_daemon(platform):
    class Plane:
        kubeconfig = platform.directory / "kubeconfig"

    class Here:
        plane = Plane

    assert kubectl(Here, "--namespace", "airflow", "logs", "endpoint").stdout.split() == ["403", "403", "403"]


def test_a_daemon_that_is_killed_leaves_nothing_running(platform):
    """The last of this file: the fixture then sees that `down` removes what is left of its files."""
    assert len(family(home())) > 6
    os.kill(read_daemon().pid, signal.SIGKILL)
    eventually(lambda: family(home()) == [])

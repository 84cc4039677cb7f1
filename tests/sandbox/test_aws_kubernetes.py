"""EKS with its Kubernetes half: a cluster that serves, takes EKS's tokens, has nodes and add-ons, and goes."""

import base64
import json
import os

import boto3
import pytest
import urllib3
from aws_world import World, wait
from botocore.signers import RequestSigner

import sandbox
from connectors.kubernetes.verification import verifying
from sandbox.home import home
from sandbox.programs import OVERRIDE
from sandbox.programs.cache import built

pytestmark = pytest.mark.skipif(
    not (os.environ.get(OVERRIDE) or built()), reason="the control plane's programs are not built: python -m sandbox up builds them"
)


class Cluster(World):
    """With a sandbox of its own."""

    def __init__(self, up: sandbox.Sandbox):
        self.session = boto3.Session(up.access_key_id, up.secret_access_key, region_name="eu-west-1")
        self.endpoint = up.endpoint
        super().__init__(lambda service: self.session.client(service, endpoint_url=up.endpoint))

    def token(self, cluster: str) -> str:
        service = self.session.client("sts").meta.service_model.service_id
        signer = RequestSigner(service, "eu-west-1", "sts", "v4", self.session.get_credentials(), self.session.events)
        request = {"method": "GET", "url": f"{self.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15", "body": {}, "context": {}}
        request["headers"] = {"x-k8s-aws-id": cluster}
        url = signer.generate_presigned_url(request, region_name="eu-west-1", expires_in=60, operation_name="")
        return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")

    def get(self, path: str, token: str) -> tuple[int, dict]:
        cluster = self.eks.describe_cluster(name=self.name)["cluster"]
        authority = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
        pool = urllib3.PoolManager(ca_cert_data=authority, ssl_context=verifying())
        answer = pool.request("GET", cluster["endpoint"] + path, headers={"Authorization": f"Bearer {token}"})
        return answer.status, json.loads(answer.data)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(tmp_path_factory.mktemp("with-kubernetes") / "home")
    try:
        yield Cluster(sandbox.up(time_scale=300))
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before


def test_a_cluster_from_creation_to_deletion(world):
    eks, name = world.eks, world.name
    eks.create_cluster(**world.request())
    wait(lambda: world.status() == "ACTIVE", 60)
    world.__dict__["cluster"] = name
    assert world.get("/api/v1/nodes", world.token("another"))[0] == 401
    status, nodes = world.get("/api/v1/nodes", world.token(name))
    assert status == 200 and nodes["items"] == []
    for addon in ("vpc-cni", "kube-proxy", "coredns"):
        eks.create_addon(clusterName=name, addonName=addon)
    world.nodegroup(labels={"role": "core"})
    wait(lambda: world.nodegroup_status() == "ACTIVE", 60)
    nodes = world.get("/api/v1/nodes", world.token(name))[1]["items"]
    assert [node["metadata"]["labels"]["role"] for node in nodes] == ["core", "core"]
    coredns = lambda: eks.describe_addon(clusterName=name, addonName="coredns")["addon"]["status"]  # noqa: E731
    wait(lambda: coredns() == "ACTIVE", 60)
    eks.delete_access_entry(clusterName=name, principalArn="arn:aws:iam::123456789012:user/administrator")
    wait(lambda: world.get("/api/v1/nodes", world.token(name))[0] == 401, 30)
    eks.delete_nodegroup(clusterName=name, nodegroupName="core")
    wait(lambda: not eks.list_nodegroups(clusterName=name)["nodegroups"], 60)
    eks.delete_cluster(name=name)
    wait(lambda: not eks.list_clusters()["clusters"], 60)
    assert not (home() / "clusters" / "eu-west-1" / name).exists()

"""A started control plane, from nodes to volumes. Builds the programs where they are missing (minutes, once per user)."""

import base64
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from eks_token import presigned, token
from kubernetes_world import authenticator, claim, deployment, eventually, listens, pids, resident, storage_class

from sandbox.kubernetes import ControlPlane, ControlPlaneError, addons, control_plane, nodes, volumes
from sandbox.kubernetes.api import Api, ApiError

CLUSTER = "airflow-dev"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
ADDONS = [
    "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver", "coredns", "eks-pod-identity-agent",
    "kube-proxy", "metrics-server", "vpc-cni",
]  # fmt: skip
INSTANCES = [nodes.Instance(f"i-0{n}", f"eu-west-1{z}", f"euw1-az{n}", f"10.0.{n}.23", "m5.xlarge", "eu-west-1") for n, z in ((1, "a"), (2, "b"))]


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with authenticator(CLUSTER) as url:
        plane = ControlPlane(CLUSTER, "eu-west-1", tmp_path_factory.mktemp("cluster") / "plane", url)
        plane.start()
        yield plane
        plane.stop()


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


@pytest.fixture(scope="module")
def workers(plane, api):
    """Two nodes with the two CSI drivers on them."""
    for addon in ("aws-ebs-csi-driver", "aws-efs-csi-driver"):
        addons.install(plane.kubeconfig, addon, "v1.0.0-eksbuild.1")
    names = nodes.join(plane.kubeconfig, INSTANCES, nodegroup="core", labels={"team": "data"})
    for addon in ("aws-ebs-csi-driver", "aws-efs-csi-driver"):
        eventually(lambda addon=addon: not addons.health(plane.kubeconfig, addon))
    return names


@pytest.fixture
def provisioner(plane):
    made, gone = {}, []

    def create(driver, claim, storage_class):
        if claim["metadata"]["name"] == "refused":
            raise RuntimeError("VolumeLimitExceeded: no more volumes")
        return made.setdefault(claim["metadata"]["name"], volumes.plausible_handle(driver, claim, storage_class))

    provisioner = volumes.Provisioner(plane.kubeconfig, create, lambda driver, handle: gone.append((driver, handle)), interval=0.1)
    provisioner.made, provisioner.gone = made, gone
    provisioner.start()
    yield provisioner
    provisioner.stop()


def as_bearer(plane, api, bearer):
    """The same API server with another token."""
    other = Api(plane.kubeconfig)
    other._pool.headers = {"Authorization": f"Bearer {bearer}"}
    return other


def status_of(call, *arguments):
    try:
        call(*arguments)
        return 200
    except ApiError as error:
        return error.status


def eks_token(key):
    return token(presigned(X_Amz_Credential=f"{key}/20261122/eu-west-1/sts/aws4_request"))


def test_it_serves_the_version_that_was_built(plane, api):
    assert api.get("/version")["gitVersion"] == "v1.36.3"
    assert b"BEGIN CERTIFICATE" in base64.b64decode(plane.certificate_authority)
    assert plane.endpoint == api.server
    assert plane.kubeconfig.stat().st_mode & 0o777 == 0o600


def test_starting_it_again_changes_nothing(plane):
    before = sorted(pids(plane))
    plane.start()
    assert sorted(pids(plane)) == before and len(before) == 5


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads /proc")
def test_it_listens_on_one_port_of_loopback(plane):
    assert [address for pid in pids(plane) for address in listens(pid)] == ["0100007F"]
    assert sum(resident(pid) for pid in pids(plane)) < 900


def test_services_get_the_addresses_that_eks_gives_them(api):
    assert api.get("/api/v1/namespaces/default/services/kubernetes")["spec"]["clusterIP"] == "172.20.0.1"


def test_there_is_no_default_storage_class(api):
    assert [item["metadata"]["name"] for item in api.items("/apis/storage.k8s.io/v1/storageclasses")] == ["gp2"]


@pytest.mark.parametrize("bearer", ["nonsense", "k8s-aws-v1.nonsense", eks_token("AKIASTRANGER")])
def test_a_bad_token_is_not_let_in(plane, api, bearer):
    assert status_of(as_bearer(plane, api, bearer).get, "/api/v1/namespaces") == 401


@pytest.mark.parametrize(
    ("key", "pods", "secrets", "create"),
    [("AKIAVIEW", 200, 403, 403), ("AKIAADMINVIEW", 200, 200, 403), ("AKIAADMIN", 200, 200, 200), ("AKIANOGROUP", 403, 403, 403)],
)
def test_access_policies_allow_what_they_do_on_eks(plane, api, key, pods, secrets, create):
    user = as_bearer(plane, api, eks_token(key))
    assert status_of(user.get, "/api/v1/pods") == pods
    assert status_of(user.get, "/api/v1/secrets") == secrets
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "made-"}}
    assert status_of(user.create, "/api/v1/namespaces/default/configmaps", config_map) == create


def test_a_service_account_has_tokens(plane, api):
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    given = eventually(lambda: api.create(path, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}))
    assert status_of(as_bearer(plane, api, given["status"]["token"]).get, "/api/v1/pods") == 403


def test_nodes_are_what_a_managed_node_group_makes(api, workers):
    node = eventually(lambda: api.get(f"/api/v1/nodes/{workers[0]}"))
    labels = node["metadata"]["labels"]
    assert workers[0] == "ip-10-0-1-23.eu-west-1.compute.internal"
    assert node["spec"]["providerID"] == "aws:///eu-west-1a/i-01"
    assert labels["eks.amazonaws.com/nodegroup"] == "core" and labels["team"] == "data"
    assert labels["topology.kubernetes.io/zone"] == "eu-west-1a" and labels["node.kubernetes.io/instance-type"] == "m5.xlarge"
    assert node["status"]["capacity"]["pods"] == "58"
    assert {"type": "InternalIP", "address": "10.0.1.23"} in node["status"]["addresses"]
    assert next(c for c in node["status"]["conditions"] if c["type"] == "Ready")["status"] == "True"
    eventually(lambda: api.get(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{workers[0]}"))


def test_joining_again_takes_over_labels_and_taints(plane, api):
    instance = nodes.Instance("i-09", "eu-west-1c", "euw1-az3", "10.0.9.9", "c5.large", "eu-west-1")
    (name,) = nodes.join(plane.kubeconfig, [instance], taints=[{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}])
    taints = eventually(lambda: api.get(f"/api/v1/nodes/{name}")["spec"].get("taints"))
    assert {"key": "a", "value": "b", "effect": "NoSchedule"} in taints
    nodes.join(plane.kubeconfig, [vars(instance)], labels={"new": "yes"})
    node = api.get(f"/api/v1/nodes/{name}")
    assert node["metadata"]["labels"]["new"] == "yes" and "taints" not in node["spec"]
    nodes.leave(plane.kubeconfig, [name])
    assert api.get(f"/api/v1/nodes/{name}") is None
    nodes.leave(plane.kubeconfig, [instance])


def test_a_deployment_becomes_ready(api, workers):
    side = [{"name": "first", "image": "busybox"}, {"name": "beside", "image": "busybox", "restartPolicy": "Always"}]
    api.apply(deployment("web", initContainers=side))
    eventually(lambda: api.get(f"{DEPLOYMENTS}/web")["status"].get("availableReplicas") == 2)
    for pod in api.items("/api/v1/namespaces/default/pods", labelSelector="app=web"):
        assert pod["status"]["podIP"].startswith("100.64.") and pod["status"]["hostIP"].startswith("10.0.")
    api.delete(f"{DEPLOYMENTS}/web")
    eventually(lambda: not api.items("/api/v1/namespaces/default/pods", labelSelector="app=web"))


def test_a_job_completes(api, workers):
    containers = {"initContainers": [{"name": "first", "image": "busybox"}], "containers": [{"name": "main", "image": "busybox"}]}
    template = {"spec": {"restartPolicy": "Never", **containers}}
    api.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": {"template": template}})
    eventually(lambda: api.get("/apis/batch/v1/namespaces/default/jobs/once")["status"].get("succeeded") == 1)


def test_a_namespace_can_be_deleted(api):
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "brief"}})
    api.delete("/api/v1/namespaces/brief")
    eventually(lambda: api.get("/api/v1/namespaces/brief") is None)


def phase(api, name):
    return api.get(f"/api/v1/namespaces/default/persistentvolumeclaims/{name}")["status"].get("phase")


def test_a_claim_waits_for_its_first_pod_and_its_volume_goes_with_it(api, workers, provisioner):
    api.apply(storage_class("gp3", "ebs.csi.aws.com", volumeBindingMode="WaitForFirstConsumer"))
    api.apply(claim("data", "gp3"))
    eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector="reason=WaitForFirstConsumer"))
    assert phase(api, "data") == "Pending" and not provisioner.made

    api.apply(deployment("db", 1, ["data"]))
    eventually(lambda: api.get(f"{DEPLOYMENTS}/db")["status"].get("readyReplicas") == 1)
    (volume,) = api.items("/api/v1/persistentvolumes")
    assert phase(api, "data") == "Bound"
    assert volume["spec"]["csi"]["volumeHandle"] == provisioner.made["data"]
    assert volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"] == "ebs.csi.aws.com"
    zone = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]
    assert zone["key"] == "topology.kubernetes.io/zone" and zone["values"][0] in ("eu-west-1a", "eu-west-1b")

    api.delete(f"{DEPLOYMENTS}/db")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/data")
    eventually(lambda: not api.items("/api/v1/persistentvolumes"))
    assert provisioner.gone == [("ebs.csi.aws.com", provisioner.made["data"])]


def test_a_file_system_is_bound_at_once_by_many_and_kept_when_told(api, workers, provisioner):
    parameters = {"provisioningMode": "efs-ap", "fileSystemId": "fs-0123456789abcdef0", "directoryPerms": "700"}
    api.apply(storage_class("efs", "efs.csi.aws.com", parameters=parameters, reclaimPolicy="Retain"))
    api.apply(claim("dags", "efs", "ReadWriteMany"))
    eventually(lambda: phase(api, "dags") == "Bound")
    assert provisioner.made["dags"].startswith("fs-0123456789abcdef0::fsap-")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/dags")
    (volume,) = api.items("/api/v1/persistentvolumes")
    eventually(lambda: api.get(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")["status"]["phase"] == "Released")
    assert not provisioner.gone
    api.delete(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")
    eventually(lambda: not api.items("/api/v1/persistentvolumes"))


@pytest.mark.parametrize(("name", "mode", "told"), [("refused", "ReadWriteOnce", "VolumeLimitExceeded"), ("shared", "ReadWriteMany", "cannot be")])
def test_why_a_claim_gets_no_volume_is_told_with_it(api, workers, provisioner, name, mode, told):
    api.apply(storage_class("now", "ebs.csi.aws.com", volumeBindingMode="Immediate"))
    api.apply(claim(name, "now", mode))
    selector = f"reason=ProvisioningFailed,involvedObject.name={name}"
    (event,) = eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector=selector))
    assert told in event["message"] and phase(api, name) == "Pending"
    api.delete(f"/api/v1/namespaces/default/persistentvolumeclaims/{name}")


def test_claims_wait_while_the_driver_is_away(plane, api, workers, provisioner):
    addons.remove(plane.kubeconfig, "aws-ebs-csi-driver")
    eventually(lambda: not api.items("/api/v1/namespaces/kube-system/pods", labelSelector="app=ebs-csi-controller"))
    api.apply(storage_class("now", "ebs.csi.aws.com", volumeBindingMode="Immediate"))
    api.apply(claim("early", "now"))
    eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector="involvedObject.name=early"))
    assert phase(api, "early") == "Pending" and not provisioner.made
    addons.install(plane.kubeconfig, "aws-ebs-csi-driver", "v1.0.0-eksbuild.1")
    eventually(lambda: phase(api, "early") == "Bound")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/early")
    eventually(lambda: provisioner.gone and not api.items("/api/v1/persistentvolumes"))


@pytest.mark.parametrize("addon", ADDONS)
def test_an_addon_becomes_healthy_on_nodes_and_leaves_nothing(plane, api, workers, addon):
    addons.install(plane.kubeconfig, addon, "v1.2.3-eksbuild.4", role_arn="arn:aws:iam::123456789012:role/x")
    eventually(lambda: not addons.health(plane.kubeconfig, addon))
    if addon.endswith("-csi-driver"):
        return
    addons.remove(plane.kubeconfig, addon)
    for manifest in addons._manifests(addon, "v1"):
        eventually(lambda manifest=manifest: api.get(addons.path_of(manifest)) is None)


def test_the_addons_are_those_of_the_files():
    assert addons.names() == ADDONS
    with pytest.raises(addons.UnknownAddon, match="no add-on kubecost; it has amazon-cloudwatch"):
        addons.install(None, "kubecost", "v1")


def test_a_configuration_acts(plane, api, workers):
    addons.install(plane.kubeconfig, "coredns", "v1.12.4-eksbuild.1", {"replicaCount": 3, "resources": {"requests": {"cpu": "77m"}}})
    now = api.get("/apis/apps/v1/namespaces/kube-system/deployments/coredns")
    container = now["spec"]["template"]["spec"]["containers"][0]
    assert now["spec"]["replicas"] == 3 and container["resources"]["requests"]["cpu"] == "77m"
    assert container["image"].endswith(":v1.12.4-eksbuild.1")
    addons.remove(plane.kubeconfig, "coredns")


def test_container_logs_can_be_turned_off_later(plane, api):
    fluent_bit = "/apis/apps/v1/namespaces/amazon-cloudwatch/daemonsets/fluent-bit"
    addon = "amazon-cloudwatch-observability"
    eventually(lambda: api.get("/api/v1/namespaces/amazon-cloudwatch") is None)
    addons.install(plane.kubeconfig, addon, "v4")
    assert api.get(fluent_bit)
    addons.install(plane.kubeconfig, addon, "v4", {"containerLogs": {"enabled": False}})
    assert api.get(fluent_bit) is None
    addons.remove(plane.kubeconfig, addon)


def test_nodes_that_leave_take_their_pods_and_coredns_degrades(plane, api, workers):
    addons.install(plane.kubeconfig, "coredns", "v1")
    addons.install(plane.kubeconfig, "kube-proxy", "v1")
    eventually(lambda: not addons.health(plane.kubeconfig, "coredns"))
    nodes.leave(plane.kubeconfig, INSTANCES)
    assert not api.items("/api/v1/nodes")
    assert not [pod for pod in api.items("/api/v1/pods") if pod["spec"].get("nodeName")]
    (issue,) = eventually(lambda: addons.health(plane.kubeconfig, "coredns"))
    assert issue["code"] == "InsufficientNumberOfReplicas" and issue["resourceIds"] == ["coredns"]
    eventually(lambda: not addons.health(plane.kubeconfig, "kube-proxy"))


def test_another_control_plane_runs_beside_it_and_stops_without_a_trace(plane, api, tmp_path):
    other = ControlPlane("airflow-prod", "us-east-1", tmp_path / "other")
    other.start()
    theirs = pids(other)
    assert other.endpoint != plane.endpoint
    with pytest.raises(ApiError):
        as_bearer(plane, api, "x").get("/api/v1/namespaces")
    other.stop()
    assert not (tmp_path / "other").exists() and not other.running
    assert not [pid for pid in theirs if Path(f"/proc/{pid}").exists()]
    assert plane.running and api.get("/readyz")
    other.stop()


OWNER = """
import sys
from pathlib import Path
from sandbox.kubernetes import ControlPlane
ControlPlane("orphan", "eu-west-1", Path(sys.argv[1])).start()
print("started", flush=True)
sys.stdin.read()
"""


def test_it_does_not_outlive_its_owner(tmp_path):
    root = Path(__file__).parent.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", OWNER, str(tmp_path / "orphan")]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "started\n"
        plane = ControlPlane("orphan", "eu-west-1", tmp_path / "orphan")
        left = pids(plane)
        owner.send_signal(signal.SIGKILL)
    eventually(lambda: not [pid for pid in left if Path(f"/proc/{pid}").exists()], 5)
    plane.stop()
    assert not plane.directory.exists()


def test_a_program_that_ends_is_named_with_its_last_words(tmp_path, monkeypatch):
    fake = tmp_path / "programs"
    shutil.copytree(control_plane.programs(), fake, symlinks=True)
    (fake / "kube-scheduler").unlink()
    (fake / "kube-scheduler").write_text("#!/bin/sh\necho 'Error: no room' >&2; exit 1\n")
    (fake / "kube-scheduler").chmod(0o755)
    monkeypatch.setenv("AIRFLOW_ON_EKS_PROGRAMS", str(fake))
    plane = ControlPlane("broken", "eu-west-1", tmp_path / "plane")
    with pytest.raises(ControlPlaneError, match=r"control plane broken: kube-scheduler ended: Error: no room \(log: .*\)"):
        plane.start()
    assert not plane.running
    plane.stop()

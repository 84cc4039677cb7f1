"""Nodes, what runs on them, and EKS's add-ons."""

import pytest
from kubernetes_world import DEPLOYMENTS, INSTANCES, deployment, eventually, started

from sandbox.kubernetes import addons, nodes
from sandbox.kubernetes.api import Api

ADDONS = [
    "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver", "coredns", "eks-pod-identity-agent",
    "kube-proxy", "metrics-server", "vpc-cni",
]  # fmt: skip


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with started(tmp_path_factory.mktemp("cluster")) as plane:
        yield plane


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


@pytest.fixture(scope="module")
def workers(plane):
    return nodes.join(plane.kubeconfig, INSTANCES, nodegroup="core", labels={"team": "data"})


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
    (name,) = nodes.join(plane.kubeconfig, [instance], labels={"old": "yes"}, taints=[{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}])
    taints = eventually(lambda: api.get(f"/api/v1/nodes/{name}")["spec"].get("taints"))
    assert {"key": "a", "value": "b", "effect": "NoSchedule"} in taints
    api.merge(f"/api/v1/nodes/{name}", {"metadata": {"labels": {"theirs": "yes"}}})
    nodes.join(plane.kubeconfig, [vars(instance)], labels={"new": "yes"})
    node = api.get(f"/api/v1/nodes/{name}")
    assert {"new", "theirs"} <= node["metadata"]["labels"].keys() and "old" not in node["metadata"]["labels"]
    assert "taints" not in node["spec"]
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

"""Ingresses, as the load balancer controller sees to them: only while it runs, with a finalizer, and told why not."""

import pytest
from kubernetes_world import INSTANCES, deployment, eventually, started

from sandbox.kubernetes import nodes
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.ingresses import CLASSES, DEPLOYMENT, FINALIZER, LoadBalancerController
from sandbox.kubernetes.services import ServiceController

INGRESSES = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
COLLECTION = "/apis/apps/v1/namespaces/kube-system/deployments"


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with started(tmp_path_factory.mktemp("cluster")) as plane:
        nodes.join(plane.kubeconfig, INSTANCES, nodegroup="core")
        api = Api(plane.kubeconfig)
        api.kubeconfig = plane.kubeconfig
        api.create(CLASSES, {"metadata": {"name": "alb"}, "spec": {"controller": "ingress.k8s.aws/alb"}})
        yield api


@pytest.fixture
def controller(api):
    made, gone = {}, []

    def create(ingress, arguments):
        name = ingress["metadata"]["name"]
        if name == "refused":
            raise ValueError("couldn't auto-discover subnets")
        made[name] = arguments
        return f"{name}.elb.amazonaws.com"

    controller = LoadBalancerController(api.kubeconfig, create, lambda ingress: gone.append(ingress["metadata"]["name"]) or True, interval=0.1)
    controller.made, controller.gone = made, gone
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def deployed(api):
    wanted = deployment("aws-load-balancer-controller", 1)
    wanted["metadata"]["namespace"] = "kube-system"
    wanted["spec"]["template"]["spec"]["containers"][0]["args"] = ["--aws-vpc-id=vpc-1"]
    api.create(COLLECTION, wanted)
    eventually(lambda: api.get(DEPLOYMENT)["status"].get("readyReplicas") == 1)
    yield
    api.delete(DEPLOYMENT)
    eventually(lambda: api.get(DEPLOYMENT) is None)


def make(api, name, ingress_class="alb"):
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    api.create(INGRESSES, {"metadata": {"name": name}, "spec": {"ingressClassName": ingress_class, "defaultBackend": backend}})


def address(api, name):
    return (api.get(f"{INGRESSES}/{name}")["status"].get("loadBalancer") or {}).get("ingress")


def test_an_ingress_gets_an_address_and_is_let_go_when_its_load_balancer_is(api, controller, deployed):
    make(api, "web")
    assert eventually(lambda: address(api, "web")) == [{"hostname": "web.elb.amazonaws.com"}]
    assert controller.made["web"] == {"aws-vpc-id": "vpc-1"}
    assert api.get(f"{INGRESSES}/web")["metadata"]["finalizers"] == [FINALIZER]
    api.delete(f"{INGRESSES}/web")
    eventually(lambda: api.get(f"{INGRESSES}/web") is None)
    assert controller.gone == ["web"]


def test_nothing_happens_while_the_controller_does_not_run(api, controller):
    make(api, "waiting")
    for _ in range(5):
        controller.step()
    assert not address(api, "waiting") and not controller.made
    api.delete(f"{INGRESSES}/waiting")


def test_an_ingress_of_another_class_is_somebody_elses(api, controller, deployed):
    make(api, "other", "nginx")
    controller.step()
    assert not address(api, "other") and "other" not in controller.made


def test_a_refusal_is_an_event(api, controller, deployed):
    make(api, "refused")
    events = eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector="reason=FailedDeployModel"))
    assert "couldn't auto-discover subnets" in events[0]["message"] and not address(api, "refused")


def test_services_that_name_no_class_are_served_by_the_cluster_itself(api):
    gone = []
    controller = ServiceController(
        api.kubeconfig, lambda service, _: "classic.elb.amazonaws.com", lambda service: gone.append(1) or len(gone) > 1, interval=0.1
    )
    controller.start()
    path, balanced = "/api/v1/namespaces/default/services", {"type": "LoadBalancer", "ports": [{"port": 80}]}
    try:
        for name, spec in {"plain": balanced, "classed": {**balanced, "loadBalancerClass": "service.k8s.aws/nlb"}, "inside": {"ports": [{"port": 80}]}}.items():
            api.create(path, {"metadata": {"name": name}, "spec": spec})
        eventually(lambda: api.get(f"{path}/plain")["status"]["loadBalancer"].get("ingress") == [{"hostname": "classic.elb.amazonaws.com"}])
        assert all(not api.get(f"{path}/{name}")["status"]["loadBalancer"] for name in ("classed", "inside"))
        api.delete(f"{path}/plain")
        eventually(lambda: api.get(f"{path}/plain") is None)
        assert len(gone) == 2, "it is kept until nothing is left"
    finally:
        controller.stop()

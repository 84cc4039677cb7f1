"""Verification of the traffic: green when all works, red with a message that helps when something was broken by hand."""

import pytest
from health_world import World, red, workload

from deploys.health import traffic

ADDRESS = "internal-airflow-airflow-dev-1.us-west-2.elb.amazonaws.com"


@pytest.fixture
def world():
    kubernetes = dict([workload("kube-system/Deployment/aws-load-balancer-controller", 2, 2)])
    for name in ("airflow-ingress", "airflow-ingress-https"):
        kubernetes[f"airflow/Ingress/{name}"] = {"metadata": {"name": name}, "status": {"loadBalancer": {"ingress": [{"hostname": ADDRESS}]}}}
    return World(
        kubernetes,
        {
            "elbv2.LoadBalancer airflow-airflow-dev": {"DNSName": ADDRESS, "State": {"Code": "active"}, "Scheme": "internal"},
            "acm.Certificate airflow-dev": {"Status": "ISSUED"},
        },
    )


@pytest.mark.parametrize("domain", [None, "airflow.example.com"])
def test_all_works(world, domain):
    assert red(traffic, world, domain=domain) == []


def test_deleted_controller(world):
    del world.kubernetes["kube-system/Deployment/aws-load-balancer-controller"]
    assert red(traffic, world) == ["Deployment aws-load-balancer-controller: absent, wanted 1/1 (in kube-system: run the install again)"]


def test_controller_with_a_pod_away(world):
    world.kubernetes |= dict([workload("kube-system/Deployment/aws-load-balancer-controller", 1, 2)])
    assert red(traffic, world) == ["Deployment aws-load-balancer-controller: 1/2, wanted 2/2"]


def test_deleted_ingress(world):
    del world.kubernetes["airflow/Ingress/airflow-ingress"]
    assert red(traffic, world) == [f"Ingress airflow-ingress: absent, wanted {ADDRESS} (kubectl describe ingress airflow-ingress --namespace airflow)"]


def test_ingress_without_an_address(world):
    world.kubernetes["airflow/Ingress/airflow-ingress"]["status"] = {"loadBalancer": {}}
    assert red(traffic, world) == [f"Ingress airflow-ingress: no address, wanted {ADDRESS} (kubectl describe ingress airflow-ingress --namespace airflow)"]


def test_deleted_load_balancer(world):
    del world.aws["elbv2.LoadBalancer airflow-airflow-dev"]
    assert red(traffic, world) == [
        f"Ingress airflow-ingress: {ADDRESS}, wanted an address",
        "load balancer of the UI: absent, wanted active (airflow-airflow-dev)",
        "scheme of the UI's load balancer: absent, wanted internal",
    ]


def test_load_balancer_open_to_the_internet(world):
    world.aws["elbv2.LoadBalancer airflow-airflow-dev"]["Scheme"] = "internet-facing"
    assert red(traffic, world) == ["scheme of the UI's load balancer: internet-facing, wanted internal"]


def test_certificate_that_was_not_issued(world):
    world.aws["acm.Certificate airflow-dev"] = {"Status": "PENDING_VALIDATION", "CertificateArn": "arn:c"}
    assert red(traffic, world, domain="airflow.example.com") == ["certificate of airflow.example.com: PENDING_VALIDATION, wanted ISSUED (arn:c)"]


def test_what_is_off_has_no_row(world):
    assert red(traffic, World({}, {}), enable_aws_load_balancer_controller=False) == []

"""The load balancer controller and the UI's Ingress: values upstream knows, its traps avoided, annotations for each way in."""

import pytest
import upstream

from connectors.kubernetes.manifest import documents, manifest, values
from deploys.platform import platform
from deploys.platform.traffic import RELEASE, load_balancer
from settings import Settings

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}
ALB = "alb.ingress.kubernetes.io"
FREE = {"nodeSelector", "resources", "podDisruptionBudget", "defaultTags"}


def wanted(**given) -> dict:
    return {str(want): want for want in platform(Settings.of({**LEAST, **given}))}


def merged(**given) -> dict:
    return values(RELEASE, wanted(**given)[f"helm.release {RELEASE}"].fields["overlay"])


def ingress(**given) -> dict:
    bundle = "airflow-ingress-https" if given.get("domain") else "airflow-ingress"
    want = wanted(**given)[f"k8s.bundle {bundle}"]
    (one,) = manifest(bundle, want.fields.get("overlay"), want.fields.get("objects")).objects
    return {key.removeprefix(f"{ALB}/"): value for key, value in one["metadata"]["annotations"].items()} if want.present else {}


def test_upstream_knows_every_value():
    assert upstream.unknown(merged(), upstream.values(RELEASE), FREE) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("clusterName", "airflow-dev"),
        ("region", "us-west-2"),
        ("keepTLSSecret", True),
        ("enableServiceMutatorWebhook", False),
        ("tolerateNonExistentBackendService", True),
        ("replicaCount", 2),
        ("serviceAccount.name", RELEASE),
        ("defaultTags", {"airflow-on-eks/deployment": "airflow-dev"}),
    ],
)
def test_trap_is_avoided(path, value):
    assert upstream.at(merged(), path) == value


def test_vpc_is_given_since_pods_cannot_ask_the_instance():
    assert str(merged()["vpcId"]) == "<ec2.Vpc airflow-dev>"


def test_service_account_is_the_one_with_the_role():
    assert f"eks.pod_identity kube-system/{merged()['serviceAccount']['name']}" in wanted()


def test_controller_comes_before_whatever_passes_its_webhooks():
    order = list(wanted())
    ready = order.index("k8s.ready kube-system/traffic")
    later = [name for name in order if name.startswith("helm.release ") and name != f"helm.release {RELEASE}"]
    assert later and all(order.index(name) > ready for name in [*later, "k8s.bundle airflow-ingress"])


def test_what_it_leaves_is_swept_between_the_ingress_and_the_controller():
    order = list(wanted())
    assert order.index(f"helm.release {RELEASE}") < order.index("elbv2.leftovers airflow-dev") < order.index("k8s.bundle airflow-ingress")


def test_ui_is_open_to_the_vpc_alone_by_default():
    annotations = ingress()
    assert (annotations["scheme"], annotations["inbound-cidrs"]) == ("internal", "10.1.0.0/16,100.64.0.0/16")
    assert "certificate-arn" not in annotations


def test_ui_on_the_internet_is_open_to_the_ranges_given():
    annotations = ingress(ingress_scheme="internet-facing", ingress_cidrs=["52.94.76.0/24"], domain="airflow.example.com")
    assert (annotations["scheme"], annotations["inbound-cidrs"]) == ("internet-facing", "52.94.76.0/24")


def test_domain_brings_https_and_turns_plain_http_away():
    annotations = ingress(domain="airflow.example.com")
    assert str(annotations["certificate-arn"]) == "<acm.Certificate airflow-dev>"
    assert (annotations["listen-ports"], annotations["ssl-redirect"]) == ('[{"HTTP": 80}, {"HTTPS": 443}]', "443")


@pytest.mark.parametrize("off", [{"enable_aws_load_balancer_controller": False}, {"ingress_scheme": None}])
def test_no_ingress_without_a_load_balancer(off):
    assert ingress(**off) == {}


def test_health_is_asked_where_airflow_3_answers():
    (one,) = documents("manifests/airflow-ingress.yaml")
    assert one["metadata"]["annotations"][f"{ALB}/healthcheck-path"] == "/api/v2/monitor/health"
    assert one["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"] == {"name": "airflow-api-server", "port": {"name": "api-server"}}


def test_name_of_the_load_balancer_fits_every_deployment():
    name = load_balancer(Settings.of({**LEAST, "deployment": "internal-abcdefghijklm"}))
    assert len(name) <= 32 and not name.startswith("internal-")

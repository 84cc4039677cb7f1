"""What install says of others before it switches off what they use."""

from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host

from deploys.dependants import dependants
from deploys.plan import Step
from deploys.platform import platform
from deploys.run import spare
from deploys.want import tagged
from facts.helm import Release
from facts.k8s import Objects
from settings import Settings

LABEL = {"airflow-on-eks/deployment": "airflow-dev"}
HELM = {"meta.helm.sh/release-name": "kube-prometheus-stack", "meta.helm.sh/release-namespace": "monitoring"}
SETTINGS = Settings.of({"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]})
WANTS = tagged(platform(SETTINGS), SETTINGS.tag)


def definition(kind, labels=None, annotations=None):
    spec = {"group": "example.com", "names": {"kind": kind}, "versions": [{"name": "v1", "storage": False}, {"name": "v2", "storage": True}]}
    return {"kind": "CustomResourceDefinition", "metadata": {"name": kind, "labels": labels, "annotations": annotations}, "spec": spec}


def thing(kind, name, namespace=None, **metadata):
    space = {"namespace": namespace} if namespace else {}
    return {"apiVersion": "example.com/v2", "kind": kind, "metadata": {"name": name, **space, "managedFields": [{"manager": "kubectl"}], **metadata}}


LIVE = {
    "Namespace": [{"metadata": {"name": "monitoring", "labels": LABEL}}, *({"metadata": {"name": name}} for name in ("team-a", "kube-system"))],
    "CustomResourceDefinition": [
        definition("ServiceMonitor", labels={**LABEL, "airflow-on-eks/chart": "kube-prometheus-stack"}),
        definition("NodePool", annotations={"meta.helm.sh/release-name": "karpenter-crd"}),
        definition("Kept", annotations={"meta.helm.sh/release-name": "karpenter-crd", "helm.sh/resource-policy": "keep"}),
        definition("Certificate", annotations={"meta.helm.sh/release-name": "cert-manager"}),
    ],
    "ServiceMonitor": [
        *(thing("ServiceMonitor", name, "team-a") for name in ("one", "two")),
        thing("ServiceMonitor", "theirs", "kube-system"),
        thing("ServiceMonitor", "of-ours", "kube-system", annotations=HELM),
        thing("ServiceMonitor", "ours", "monitoring"),
    ],
    "NodePool": [thing("NodePool", "ours", labels=LABEL), thing("NodePool", "theirs"), thing("NodePool", "made", ownerReferences=[{"kind": "NodePool"}])],
    "Kept": [thing("Kept", "x", "team-a")],
    "Certificate": [thing("Certificate", "x", "team-a")],
    "Ingress": [
        thing("Ingress", "theirs", "team-a", finalizers=["ingress.k8s.aws/resources"]),
        thing("Ingress", "of-another-controller", "team-a"),
        thing("Ingress", "airflow-ingress", "monitoring", finalizers=["ingress.k8s.aws/resources"]),
    ],
}


def answer(fact, **arguments):
    if fact is Objects:
        assert arguments["kind"] not in ("ServiceMonitor", "NodePool") or arguments["api_version"] == "example.com/v2", "the version that is stored"
        return LIVE.get(arguments["kind"], [])
    return {"labels": LABEL, "config": {}, "chart": {"name": arguments["release"]}} if fact is Release else None


def lost(*going):
    deployment = SimpleNamespace(data=SimpleNamespace(deployment="airflow-dev"), get_fact=answer, log_styled=lambda *said, **how: None)
    with ctx_host.use(deployment):
        return dependants("airflow-dev", WANTS, [want for want in WANTS if str(want) in going])


@pytest.mark.parametrize(
    ("going", "said"),
    [
        ("helm.crds kube-prometheus-stack", ["guests in namespace kube-system (ServiceMonitor)", "guests in namespace team-a (ServiceMonitor ×2)"]),
        ("helm.release karpenter-crd", ["guests outside of namespaces (NodePool)"]),
        ("elbv2.leftovers airflow-dev", ["guests in namespace team-a (Ingress)"]),
        ("helm.release kubecost", []),
        ("helm.crds spark-operator", []),
    ],
)
def test_what_others_lose_with_a_part_is_named_by_namespace(going, said):
    assert [str(risk) for risk in lost(going)] == said


def test_where_nothing_goes_nothing_is_read():
    with ctx_host.use(SimpleNamespace(get_fact=lambda *asked, **arguments: pytest.fail("asked"))):
        assert dependants("airflow-dev", WANTS, []) == []


def test_what_they_lose_wants_a_confirmation():
    steps = [Step(want.absent()) for want in WANTS if str(want) == "helm.crds kube-prometheus-stack"]
    shown = []
    deployment = SimpleNamespace(data=SimpleNamespace(deployment="airflow-dev"), get_fact=answer, log_styled=lambda line, **how: shown.append(line))
    with ctx_host.use(deployment):
        with pytest.raises(PyinfraError, match=r"airflow-dev has guests .* they would lose: guests in namespace kube-system .*confirm=airflow-dev"):
            spare(SETTINGS, WANTS, steps)
        assert any("gone with the definition of its kind" in line for line in shown)
        spare(SETTINGS.model_copy(update={"confirm": "airflow-dev"}), WANTS, steps)
        spare(SETTINGS, WANTS, [])

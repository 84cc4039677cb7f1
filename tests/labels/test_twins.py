"""What bears the name of a thing of ours in the cluster and is somebody else's: install refuses it, cleanup leaves it byte for byte and names it."""

import inspect
import json

import pytest
from cluster_world import NAME, WANTS, plain
from pyinfra.api.exceptions import OperationError

from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.manifest import manifest, merge, rendered
from deploys.run import backwards
from operations import foreign
from operations.k8s.ownership import identity

KINDS = ("k8s.bundle", "helm.release", "helm.crds")
"""What makes objects of a name of its own."""

SKIPPED = {
    "k8s.ready": "it only waits",
    "k8s.volumes": "claims go with the cluster, whoever's they are, once a person has confirmed it",
    "k8s.balanced": "as claims",
}
MADE = [want for want in WANTS if want.kind in KINDS and want.present]
THEIRS = {"annotations": {"example.com/owner": "somebody"}}
OWNERS = [None, "airflow-prod"]
each = pytest.mark.parametrize("want", MADE, ids=str)

CHART = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ .Release.Name }}-of-somebody"
"""


def objects(want) -> list[dict]:
    """The objects of a bundle as somebody else might have made them."""
    fields = want.fields
    items = plain(manifest(want.subject, fields.get("overlay"), fields.get("objects")).objects)
    return [merge(item, {"metadata": THEIRS}) for item in items]


@pytest.fixture(scope="module", params=OWNERS, ids=["nobody's", "another deployment's"])
def twins(request, cluster, deployment, tmp_path_factory):
    """A twin of everything, and what the cluster says of each."""
    (chart := tmp_path_factory.mktemp("chart") / "theirs").mkdir()
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: theirs\nversion: 0.1.0\n")
    (chart / "templates/object.yaml").write_text(CHART)
    definitions = [
        item for want in MADE if want.kind == "helm.crds" for item in rendered(cluster.tool("helm", "show", "crds", f"sandbox/charts/{want.subject}"))
    ]
    definitions += rendered(cluster.tool("helm", "template", "sandbox/charts/karpenter-crd"))
    items = [item for want in MADE if want.kind == "k8s.bundle" for item in objects(want)]
    spaces = [item for item in items if item["kind"] == "Namespace"]
    every = [*definitions, *spaces, *(item for item in items if item["kind"] != "Namespace")]
    releases = [want for want in MADE if want.kind == "helm.release"]
    if request.param is None:
        cluster.tool("kubectl", "create", "-f", "-", stdin=list(definitions))
        cluster.tool("kubectl", "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        cluster.tool("kubectl", "create", "-f", "-", stdin=spaces)
        cluster.tool("kubectl", "create", "-f", "-", stdin=[item for item in items if item["kind"] != "Namespace"])
        for want in releases:
            cluster.tool("helm", "install", want.subject, str(chart), "--namespace", want.fields["namespace"])
    else:
        cluster.tool("kubectl", "label", "-f", "-", f"{DEPLOYMENT_TAG}={request.param}", stdin=every)
        for want in releases:
            secrets = ("label", "secret", "--namespace", want.fields["namespace"], "--selector", f"name={want.subject}", f"{DEPLOYMENT_TAG}={request.param}")
            cluster.tool("kubectl", *secrets)
    kept = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{want.subject}-of-somebody", "namespace": want.fields["namespace"]}}
        for want in releases
    ]
    kept += [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"sh.helm.release.v1.{want.subject}.v1", "namespace": want.fields["namespace"]}}
        for want in releases
    ]
    deployment.connector.aws.cache.clear()
    return {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]): item for item in [*every, *kept]}


def state(cluster, twins) -> dict:
    """Every twin, without what Kubernetes' own controllers write."""
    found = json.loads(cluster.tool("kubectl", "get", "-f", "-", "--show-managed-fields", "--output=json", stdin=[identity(item) for item in twins.values()]))
    return {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]): settled(item) for item in found["items"]}


def settled(item: dict) -> dict:
    changing = ("resourceVersion", "generation", "managedFields") if "status" in item else ()
    metadata = {key: value for key, value in item["metadata"].items() if key not in changing}
    return {**{key: value for key, value in item.items() if key != "status"}, "metadata": metadata}


@each
def test_the_plan_refuses_it_and_says_how_to_adopt_it(twins, want):
    with pytest.raises(
        OperationError, match="so it is not this deployment's: (remove|uninstall) it, or give it to the deployment with `kubectl label"
    ) as refused:
        want.commands()
    assert f"{DEPLOYMENT_TAG}={NAME}" in str(refused.value)


def test_cleanup_leaves_it_byte_for_byte_and_names_it(cluster, deployment, twins, monkeypatch):
    monkeypatch.setattr(foreign, "_NAMED", {})
    before = state(cluster, twins)
    assert before.keys() == twins.keys()
    going = [want for want in backwards(WANTS) if want.kind.startswith(("k8s.", "helm.")) and want.kind not in SKIPPED]
    for want in going:
        for command in want.commands():
            deployment.run_shell_command(command)
    assert state(cluster, twins) == before
    named = "\n".join(foreign.named())
    for want in MADE:
        for word in [item["metadata"]["name"] for item in objects(want)] if want.kind == "k8s.bundle" else [want.subject] * (want.kind == "helm.release"):
            assert word in named


def test_every_operation_of_the_cluster_asks_whose_a_thing_is():
    kinds = {want.kind: want for want in WANTS if want.kind.startswith(("k8s.", "helm.")) and want.kind not in SKIPPED}
    assert all("owner" in inspect.signature(want.operation._inner).parameters and want.fields["owner"] == NAME for want in kinds.values())

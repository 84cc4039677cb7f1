"""Objects and releases of ours that are older than the label are labelled; what somebody made by hand becomes ours by the command that is named."""

import re
import shutil
from dataclasses import replace

import pytest
import yaml
from cluster_world import NAME, WANTS, plain
from pyinfra.api.exceptions import OperationError

from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.cluster import FIELD_MANAGER
from connectors.kubernetes.manifest import manifest, values

LABEL = {DEPLOYMENT_TAG: NAME}
PRIORITY = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "platform"}}
RELEASE = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sh.helm.release.v1.cluster-proportional-autoscaler.v1", "namespace": "kube-system"}}
ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "cluster-proportional-autoscaler", "namespace": "kube-system"}}
BUNDLES = [want for want in WANTS if want.kind == "k8s.bundle" and want.present]
BUILT_IN = ("apps", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io")
BARE = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "airflow-worker", "namespace": "airflow"}}
CHART = "sandbox/charts/cluster-proportional-autoscaler"

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing, plural: things}
  scope: Cluster
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""


def wanted(name: str):
    return next(want for want in WANTS if str(want) == name)


def done(deployment, want) -> int:
    """Carry a want out: how many commands that took."""
    deployment.connector.aws.cache.clear()
    commands = want.commands()
    for command in commands:
        succeeded, output = deployment.run_shell_command(command)
        assert succeeded, output.stderr
    deployment.connector.aws.cache.clear()
    return len(commands)


def labels(cluster, item) -> dict:
    return cluster.read(item)["metadata"].get("labels") or {}


@pytest.fixture
def priorities(cluster):
    yield wanted("k8s.bundle priorities")
    cluster.tool("kubectl", "delete", "priorityclass", "platform", "airflow-core", "--ignore-not-found")


@pytest.fixture
def autoscaler(cluster):
    yield wanted("helm.release cluster-proportional-autoscaler")
    cluster.tool("helm", "uninstall", "cluster-proportional-autoscaler", "--namespace", "kube-system", "--ignore-not-found")
    cluster.tool("kubectl", "delete", "serviceaccount", "cluster-proportional-autoscaler", "--namespace", "kube-system", "--ignore-not-found")


def test_what_it_makes_carries_the_label_and_is_removed(cluster, deployment, priorities):
    done(deployment, priorities)
    assert labels(cluster, PRIORITY) == LABEL
    assert done(deployment, priorities) == 0
    done(deployment, priorities.absent())
    assert cluster.read(PRIORITY) is None


def test_an_object_it_applied_before_there_was_a_label_is_labelled(cluster, deployment, priorities):
    older = manifest("priorities").objects
    cluster.tool("kubectl", "apply", "--server-side", f"--field-manager={FIELD_MANAGER}", "-f", "-", stdin=older)
    done(deployment, priorities)
    assert labels(cluster, PRIORITY) == LABEL


def test_an_object_of_somebody_is_adopted_by_the_command_that_is_named(cluster, deployment, priorities):
    cluster.tool("kubectl", "create", "-f", "-", stdin=manifest("priorities").objects)
    deployment.connector.aws.cache.clear()
    with pytest.raises(OperationError) as refused:
        priorities.commands()
    for command in re.search("`(.*)`", str(refused.value))[1].split("; "):
        cluster.tool(*command.split())
    done(deployment, priorities)
    assert labels(cluster, PRIORITY) == LABEL


def test_an_object_made_meanwhile_is_not_taken_over(cluster, deployment, priorities):
    deployment.connector.aws.cache.clear()
    (command,) = priorities.commands()
    theirs = [{**item, "description": "somebody's"} for item in manifest("priorities").objects]
    cluster.tool("kubectl", "apply", "--server-side", "--field-manager=somebody", "-f", "-", stdin=theirs)
    succeeded, _ = deployment.run_shell_command(command)
    assert not succeeded and cluster.read(PRIORITY)["description"] == "somebody's"


def test_a_release_carries_the_label(cluster, deployment, autoscaler):
    done(deployment, autoscaler)
    assert labels(cluster, RELEASE).items() >= LABEL.items()
    assert done(deployment, autoscaler) == 0


def test_a_release_leaves_the_definitions_in_its_charts_folder_to_whom_they_are(cluster, deployment, autoscaler, tmp_path):
    shutil.copytree(CHART, tmp_path / autoscaler.subject)
    (folder := tmp_path / autoscaler.subject / "crds").mkdir()
    (folder / "definitions.yaml").write_text(DEFINITION)
    done(deployment, replace(autoscaler, fields={**autoscaler.fields, "source": str(tmp_path)}))
    assert cluster.read(RELEASE) and cluster.read(yaml.safe_load(DEFINITION)) is None


def test_a_release_older_than_the_label_is_labelled_and_not_upgraded(cluster, deployment, autoscaler, tmp_path):
    (given := tmp_path / "values.yaml").write_text(yaml.safe_dump(values("cluster-proportional-autoscaler", autoscaler.fields["overlay"])))
    cluster.tool("helm", "install", "cluster-proportional-autoscaler", CHART, "--namespace", "kube-system", "--values", str(given))
    assert done(deployment, autoscaler) == 1
    assert labels(cluster, RELEASE).items() >= LABEL.items()
    assert done(deployment, autoscaler) == 0


def test_a_release_of_the_same_chart_with_other_values_is_somebodys(cluster, deployment, autoscaler):
    cluster.tool("helm", "install", "cluster-proportional-autoscaler", CHART, "--namespace", "kube-system", "--set", "options.target=deployment/theirs")
    deployment.connector.aws.cache.clear()
    with pytest.raises(OperationError, match="so it is not this deployment's: uninstall it") as refused:
        autoscaler.commands()
    (command,) = re.findall("`(.*)`", str(refused.value))
    cluster.tool(*command.split())
    done(deployment, autoscaler)
    assert labels(cluster, {**RELEASE, "metadata": {**RELEASE["metadata"], "name": RELEASE["metadata"]["name"][:-1] + "2"}}).items() >= LABEL.items()


def test_an_object_in_a_releases_way_is_refused_in_the_plan(cluster, deployment, autoscaler):
    cluster.tool("kubectl", "create", "-f", "-", stdin=[ACCOUNT])
    deployment.connector.aws.cache.clear()
    with pytest.raises(OperationError, match="would make ServiceAccount/cluster-proportional-autoscaler in kube-system, which is there and somebody else's"):
        autoscaler.commands()


@pytest.fixture(scope="module")
def bundles(cluster):
    """Every bundle of a deployment that is older than the label."""
    items = [plain(item) for want in BUNDLES for item in manifest(want.subject, want.fields.get("overlay"), want.fields.get("objects")).objects]
    known = [item for item in items if "/" not in item["apiVersion"] or item["apiVersion"].partition("/")[0] in BUILT_IN]
    cluster.tool("kubectl", "apply", "--server-side", f"--field-manager={FIELD_MANAGER}", "-f", "-", stdin=known)
    yield BUNDLES
    cluster.tool("kubectl", "delete", "--ignore-not-found", "-f", "-", stdin=known[::-1])


def test_every_bundle_older_than_the_label_is_taken_for_ours(cluster, deployment, bundles):
    for want in bundles:
        want.commands()
    assert "managedFields" not in cluster.read(BARE)["metadata"]
    done(deployment, wanted("k8s.bundle airflow-service-accounts"))
    assert labels(cluster, BARE) == LABEL


def test_an_object_without_fields_in_somebodys_namespace_is_somebodys(cluster, deployment, bundles):
    cluster.tool("kubectl", "label", "namespace", "spark-team-a", f"{DEPLOYMENT_TAG}=airflow-prod")
    with pytest.raises(OperationError, match="ServiceAccount/spark-team-a lacks the label") as refused:
        wanted("k8s.bundle spark-team-a").commands()
    assert "Role/spark-driver lacks" not in str(refused.value)

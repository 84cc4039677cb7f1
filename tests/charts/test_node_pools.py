"""Karpenter's node pools and what is placed on them agree with each other."""

import pytest

from connectors.kubernetes.manifest import documents
from deploys.platform import platform
from deploys.platform.airflow_objects import airflow_values
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
BUNDLES = pytest.mark.parametrize("bundle", ["karpenter-tasks", "karpenter-spark"])


def kinds(bundle: str) -> dict:
    return {item["kind"]: item for item in documents(f"manifests/{bundle}.yaml")}


def pool(bundle: str) -> dict:
    return kinds(bundle)["NodePool"]["spec"]


def overlay(bundle: str) -> dict:
    wants = platform(Settings.of({**GIVEN, "enable_airflow_spark_example": True, "task_placement": "karpenter"}))
    return next(want for want in wants if want.subject == bundle).fields["overlay"]


def tolerated(taint: dict, tolerations: list[dict]) -> bool:
    return any(found["key"] == taint["key"] and found["effect"] == taint["effect"] and found["operator"] == "Exists" for found in tolerations)


@BUNDLES
def test_pool_names_its_class(bundle):
    reference = pool(bundle)["template"]["spec"]["nodeClassRef"]
    assert reference == {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": kinds(bundle)["EC2NodeClass"]["metadata"]["name"]}


@BUNDLES
def test_nodes_are_tainted(bundle):
    """Everything without a toleration stays on the core nodes."""
    assert [taint["effect"] for taint in pool(bundle)["template"]["spec"]["taints"]] == ["NoSchedule"]


@BUNDLES
def test_nodes_scale_to_zero(bundle):
    assert pool(bundle)["disruption"]["consolidationPolicy"] == "WhenEmpty"


@BUNDLES
def test_nodes_are_encrypted_and_keep_their_role_to_themselves(bundle):
    spec = kinds(bundle)["EC2NodeClass"]["spec"]
    assert all(disk["ebs"]["encrypted"] and disk["ebs"]["volumeType"] == "gp3" for disk in spec["blockDeviceMappings"])
    assert (spec["metadataOptions"]["httpTokens"], spec["metadataOptions"]["httpPutResponseHopLimit"]) == ("required", 1)


@BUNDLES
def test_deployment_says_where_nodes_go(bundle):
    (found,) = [value["spec"] for key, value in overlay(bundle).items() if key.startswith("EC2NodeClass/")]
    assert found["role"] == "airflow-dev-us-west-2-karpenter-node"
    assert found["subnetSelectorTerms"] == found["securityGroupSelectorTerms"] == [{"tags": {"karpenter.sh/discovery": "airflow-dev"}}]
    assert found["tags"]["airflow-on-eks/deployment"] == "airflow-dev"


@BUNDLES
def test_image_is_of_a_day_that_the_settings_alone_name(bundle):
    (found,) = [value["spec"] for key, value in overlay(bundle).items() if key.startswith("EC2NodeClass/")]
    assert found["amiSelectorTerms"] == [{"alias": Settings.of(GIVEN).karpenter_image}]
    assert "amiSelectorTerms" not in kinds(bundle)["EC2NodeClass"]["spec"]


@pytest.mark.parametrize("part", ["driver", "executor"])
def test_spark_pods_are_not_disturbed(part):
    """Nobody starts a driver again, and an executor takes its part of the work with it."""
    (application,) = documents("dags/example_pyspark_pi_job.yaml")
    assert application["spec"][part]["annotations"]["karpenter.sh/do-not-disrupt"] == "true"


def test_only_tasks_have_a_last_hour():
    """With a grace period drift takes nodes from under pods that are not to be disturbed; a driver may run for days."""
    assert pool("karpenter-tasks")["template"]["spec"]["terminationGracePeriod"] == "24h"
    assert "terminationGracePeriod" not in pool("karpenter-spark")["template"]["spec"]


def test_only_what_is_meant_for_karpenter_carries_the_tag_it_looks_for():
    tagged = [str(want) for want in platform(Settings.of(GIVEN)) if "karpenter.sh/discovery" in (want.fields.get("tags") or {})]
    assert tagged == [*(f"ec2.subnet airflow-dev-data-us-west-2{zone}" for zone in "abc"), "ec2.security_group airflow-dev-nodes"]


def test_spark_pool_is_the_reference_documents():
    spec, template = pool("karpenter-spark"), pool("karpenter-spark")["template"]
    requirements = {item["key"].rpartition("/")[2]: (item["operator"], item["values"]) for item in template["spec"]["requirements"]}
    assert requirements == {
        "capacity-type": ("In", ["spot", "on-demand"]),
        "arch": ("In", ["amd64"]),
        "instance-category": ("In", ["c"]),
        "instance-family": ("In", ["c5d"]),
        "instance-cpu": ("In", ["4", "8", "16", "36"]),
        "instance-hypervisor": ("In", ["nitro"]),
        "instance-generation": ("Gt", ["2"]),
    }
    assert template["metadata"]["labels"] == {"type": "karpenter", "NodeGroupType": "SparkComputeOptimized", "multiArch": "Spark"}
    assert (spec["weight"], spec["limits"], template["spec"]["expireAfter"]) == (100, {"cpu": 20}, "720h")
    assert spec["disruption"] == {"consolidationPolicy": "WhenEmpty", "consolidateAfter": "30s"}
    assert kinds("karpenter-spark")["EC2NodeClass"]["spec"]["instanceStorePolicy"] == "RAID0"


@pytest.mark.parametrize(("part", "capacity"), [("driver", "on-demand"), ("executor", "spot")])
def test_sample_application_fits_the_pool(part, capacity):
    (application,) = documents("dags/example_pyspark_pi_job.yaml")
    pod, nodes = application["spec"][part], pool("karpenter-spark")["template"]
    assert pod["nodeSelector"] == {"NodeGroupType": nodes["metadata"]["labels"]["NodeGroupType"], "karpenter.sh/capacity-type": capacity}
    assert all(tolerated(taint, pod["tolerations"]) for taint in nodes["spec"]["taints"])
    assert pod["serviceAccount"] == next(item for item in documents("manifests/spark-team-a.yaml") if item["kind"] == "ServiceAccount")["metadata"]["name"]


def test_task_pods_fit_their_pool():
    placed = airflow_values(Settings.of({**GIVEN, "task_placement": "karpenter"}))["workers"]["kubernetes"]
    nodes = pool("karpenter-tasks")["template"]
    assert placed["nodeSelector"].items() <= nodes["metadata"]["labels"].items()
    assert all(tolerated(taint, placed["tolerations"]) for taint in nodes["spec"]["taints"])


def test_task_pods_stay_on_the_core_nodes_unless_told():
    assert "workers" not in airflow_values(Settings.of(GIVEN))

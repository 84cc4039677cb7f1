"""Verification of Spark: green when all works, red with a message that helps when something was broken by hand."""

from copy import deepcopy

import pytest
from health_world import World, red, workload

from connectors.kubernetes.manifest import documents
from deploys.health import spark

BUCKET = "spark-events-airflow-dev-123456789012-us-west-2"
ON = {"enable_airflow_spark_example": True, "enable_spark_history_server": True}
TEAM = "spark-team-a"


@pytest.fixture
def world():
    kubernetes = dict(
        [
            workload("spark-operator/Deployment/spark-operator-controller"),
            workload("spark-operator/Deployment/spark-operator-webhook", 2, 2),
            workload("spark-history-server/Deployment/spark-history-server"),
        ]
    )
    kubernetes |= {f"None/{item['kind']}/spark-compute-optimized": deepcopy(item) for item in documents("manifests/karpenter-spark.yaml")}
    for item in documents("manifests/spark-team-a.yaml"):
        kubernetes[f"{item['metadata'].get('namespace')}/{item['kind']}/{item['metadata']['name']}"] = deepcopy(item)
    kubernetes[f"None/Namespace/{TEAM}"]["status"] = {"phase": "Active"}
    established = {"status": {"conditions": [{"type": "Established", "status": "True"}]}}
    kubernetes["None/CustomResourceDefinition/sparkapplications.sparkoperator.k8s.io"] = established
    return World(kubernetes, {f"s3.Bucket {BUCKET}": {"Name": BUCKET}})


def test_all_works(world):
    assert red(spark, world, **ON) == []


def test_what_is_off_is_not_looked_at():
    assert red(spark, World({}, {})) == []


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        ("spark-operator/Deployment/spark-operator-controller", "Deployment spark-operator-controller: absent, wanted 1/1"),
        ("spark-operator/Deployment/spark-operator-webhook", "Deployment spark-operator-webhook: absent, wanted 1/1"),
        ("spark-history-server/Deployment/spark-history-server", "Deployment spark-history-server: absent, wanted 1/1"),
        ("None/CustomResourceDefinition/sparkapplications.sparkoperator.k8s.io", "CRD SparkApplication: absent, wanted Established"),
        (f"None/Namespace/{TEAM}", f"namespace {TEAM}: absent, wanted Active"),
        (f"{TEAM}/ServiceAccount/{TEAM}", f"service account {TEAM}: absent, wanted present"),
        (f"{TEAM}/RoleBinding/airflow-spark-submitter", "who submits Spark applications: nobody, wanted airflow/airflow-worker"),
        ("None/NodePool/spark-compute-optimized", "NodePool spark-compute-optimized: absent, wanted Ready"),
        ("None/EC2NodeClass/spark-compute-optimized", "EC2NodeClass spark-compute-optimized: absent, wanted Ready"),
    ],
)
def test_deleted(world, thing, line):
    del world.kubernetes[thing]
    (found,) = red(spark, world, **ON)
    assert found.startswith(line)


def test_namespace_on_its_way_out(world):
    world.kubernetes[f"None/Namespace/{TEAM}"]["status"] = {"phase": "Terminating"}
    assert red(spark, world, **ON) == [f"namespace {TEAM}: Terminating, wanted Active"]


def test_edited_node_pool(world):
    world.kubernetes["None/NodePool/spark-compute-optimized"]["spec"]["limits"] = {}
    assert red(spark, world, **ON) == ["NodePool spark-compute-optimized's limit: none vCPUs, wanted 20 vCPUs"]


def test_deleted_bucket(world):
    world.aws.clear()
    assert red(spark, world, **ON) == [f"S3 bucket of Spark's event logs: absent, wanted {BUCKET}"]

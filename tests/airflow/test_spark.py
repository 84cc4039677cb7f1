"""The Spark sample submits its application to a real API server with upstream's definition, and ends as the application ends."""

import os
import re
from pathlib import Path

import pytest
import yaml
from spark_operator import APPLICATIONS, SparkOperator

from sandbox.kubernetes import ControlPlane
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.kubeconfig import write_kubeconfig

DAG, TASK = "example_pyspark_pi_job", "pyspark_pi"
DEFINITION = "spark-operator/crds/sparkoperator.k8s.io_sparkapplications.yaml"
pytestmark = pytest.mark.usefixtures("definition")  # before anything is started
TEAM = Path(__file__).parents[2] / "manifests" / "spark-team-a.yaml"
WORKER = "/api/v1/namespaces/airflow/serviceaccounts/airflow-worker/token"


@pytest.fixture(scope="session")
def definition():
    """Upstream's definition of SparkApplications."""
    folder = os.environ.get("REFERENCE")
    if not folder:
        pytest.skip("REFERENCE is unset: upstream's definition of SparkApplications is in the folder it names")
    file = Path(folder) / DEFINITION
    assert file.is_file(), f"REFERENCE is {folder}, and {file} is not there"
    return yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="module")
def cluster(definition, airflow, tmp_path_factory):
    """A control plane, as its administrator; Airflow's tasks come to it as the worker's service account."""
    plane = ControlPlane("airflow-sandbox", "us-west-2", tmp_path_factory.mktemp("cluster") / "plane")
    plane.start()
    try:
        api = Api(plane.kubeconfig)
        worker = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "airflow"}},
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "airflow-worker", "namespace": "airflow"}},
        ]
        for item in (definition, *worker, *yaml.safe_load_all(TEAM.read_text())):
            api.apply(item)
        token = api.create(WORKER, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})["status"]["token"]
        write_kubeconfig(airflow.world.kubeconfig, plane.name, plane.endpoint, plane.certificate_authority, token)
        airflow.eventually("applications are served", lambda: served(api), 30)
        yield api
    finally:
        plane.stop()


def served(api: Api) -> bool:
    try:
        return api.get(APPLICATIONS) is not None
    except ApiError:  # "storage is (re)initializing"
        return False


@pytest.fixture
def operator(cluster):
    """What plays the Spark operator."""
    playing = SparkOperator(cluster)
    playing.start()
    yield playing
    playing.stop()


def runs(airflow, operator, ending: str) -> tuple[str, str]:
    airflow.eventually("the sample is listed", lambda: DAG in [dag["dag_id"] for dag in airflow.ask("GET", "/api/v2/dags")["dags"]], 120)
    operator.ending = ending
    run = airflow.trigger(DAG)
    return run, airflow.finished(DAG, run, 300)


def test_task_succeeds_when_the_application_completes(airflow, release, cluster, operator):
    run, state = runs(airflow, operator, "COMPLETED")
    assert state == "success", "\n".join(airflow.log(DAG, run, TASK))
    (application,) = cluster.items(APPLICATIONS)
    assert re.fullmatch(r"pyspark-pi-\d{8}-\d{6}-1", application["metadata"]["name"])
    spec = application["spec"]
    assert spec["image"] == release.settings.spark_image
    assert [part["nodeSelector"]["karpenter.sh/capacity-type"] for part in (spec["driver"], spec["executor"])] == ["on-demand", "spot"]
    assert spec["driver"]["labels"]["dag_id"] == DAG
    cluster.delete(f"{APPLICATIONS}/{application['metadata']['name']}")


@pytest.mark.slow
def test_task_fails_when_the_application_fails(airflow, cluster, operator):
    """The second try has an application of its own: it does not meet the first one's."""
    run, state = runs(airflow, operator, "FAILED")
    assert state == "failed"
    names = sorted(application["metadata"]["name"] for application in cluster.items(APPLICATIONS))
    assert [name.rpartition("-")[2] for name in names] == ["1", "2"]
    assert airflow.tasks(DAG, run)[TASK]["try_number"] == 2


def test_definition_refuses_an_application_that_is_wrong(cluster, release):
    """It is upstream's: the stand-in's would take anything."""
    application = yaml.safe_load(release.samples[f"{DAG}.yaml"])
    application["metadata"]["name"] = "wrong"
    application["spec"]["driver"]["cores"] = "one"
    with pytest.raises(ApiError, match="spec.driver.cores"):
        cluster.create(APPLICATIONS, application)

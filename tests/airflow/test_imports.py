"""Both samples are imported by the pinned Airflow without an error, and without a warning that is about them."""

import json
import subprocess

import pytest
from airflow_mount import mount
from airflow_release import settings

from deploys.platform import airflow_objects as objects

SCRIPT = """
import json, sys, warnings
from airflow.dag_processing.dagbag import DagBag
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bag = DagBag(sys.argv[1], collect_dags=True)
told = [f"{item.category.__name__}: {item.message} ({item.filename})" for item in caught
        if item.filename.startswith(sys.argv[1]) or item.category.__name__.startswith(("Airflow", "RemovedIn"))]
told += [line for lines in bag.captured_warnings.values() for line in lines]
print(json.dumps({"dags": {name: dag.fileloc for name, dag in bag.dags.items()}, "errors": bag.import_errors, "warnings": told}))
"""


@pytest.fixture
def imported(programs, tmp_path):
    def load(*, spark: bool) -> dict:
        samples = tmp_path / "samples"
        mount(objects.samples(settings(enable_airflow_spark_example=spark))[0]["data"], samples)
        variables = {"AIRFLOW_HOME": str(tmp_path / "home"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
        answer = subprocess.run([programs / "bin/python", "-c", SCRIPT, samples], env=variables, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout.splitlines()[-1])

    return load


@pytest.mark.parametrize(("spark", "dags"), [(False, {"hello_world_scheduled_dag"}), (True, {"hello_world_scheduled_dag", "example_pyspark_pi_job"})])
def test_samples_are_imported_without_a_word(imported, spark, dags):
    found = imported(spark=spark)
    assert found["errors"] == {} and found["warnings"] == []
    assert found["dags"].keys() == dags

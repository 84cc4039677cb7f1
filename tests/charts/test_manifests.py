"""The plain manifests: objects that belong together agree with each other and with the release's values."""

import ast

import pytest
import yaml

from connectors.kubernetes.manifest import documents, values
from settings.root import ROOT

FILES = sorted(file.name for file in (ROOT / "manifests").glob("*.yaml"))


def named(bundle: str) -> dict:
    return {f"{item['kind']}/{item['metadata']['name']}": item for item in documents(f"manifests/{bundle}.yaml")}


@pytest.mark.parametrize("file", FILES)
def test_every_document_is_an_object_with_a_name(file):
    items = documents(f"manifests/{file}")
    assert items and all(item["apiVersion"] and item["kind"] and item["metadata"]["name"] for item in items)


def test_no_object_is_in_two_bundles():
    all_of_them = [(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) for file in FILES for item in documents(f"manifests/{file}")]
    assert len(all_of_them) == len(set(all_of_them))


def test_exactly_one_storage_class_is_the_default():
    classes = [item for item in named("storage").values() if item["kind"] == "StorageClass"]
    default = "storageclass.kubernetes.io/is-default-class"
    assert [item["metadata"]["name"] for item in classes if item["metadata"].get("annotations", {}).get(default) == "true"] == ["gp3"]


def test_volume_belongs_to_airflows_user():
    """An access point forces its owner on every file, and Airflow could not write to another's."""
    efs, user = named("storage")["StorageClass/efs-sc"], values("airflow")["securityContexts"]["pod"]
    assert (efs["parameters"]["uid"], efs["parameters"]["gid"]) == (str(user["runAsUser"]), str(user["runAsGroup"]))
    assert named("airflow-dags")["PersistentVolumeClaim/airflow-dags"]["spec"]["storageClassName"] == "efs-sc"


def test_priority_of_the_release_exists():
    wanted = {part["priorityClassName"] for part in values("airflow").values() if isinstance(part, dict) and "priorityClassName" in part}
    assert {f"PriorityClass/{name}" for name in wanted} <= set(named("priorities"))


def test_database_script_is_python_and_its_job_runs_it():
    bundle = named("database-user")
    (script,) = bundle["ConfigMap/airflow-database-user"]["data"].items()
    ast.parse(script[1])
    (container,) = bundle["Job/airflow-database-user"]["spec"]["template"]["spec"]["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert container["command"] == ["python", f"{mounts['script']}/{script[0]}"]


def test_database_is_reached_over_verified_tls():
    (container,) = named("database-user")["Job/airflow-database-user"]["spec"]["template"]["spec"]["containers"]
    plain = {item["name"]: item["value"] for item in container["env"] if "value" in item}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert plain["PGSSLMODE"] == "verify-full" and plain["PGSSLROOTCERT"].startswith(mounts["rds-ca-bundle"])
    assert not [name for name in plain if "PASSWORD" in name]


def test_values_files_are_mappings():
    for file in (ROOT / "values").glob("*.yaml"):
        assert isinstance(yaml.safe_load(file.read_text()), dict), file.name

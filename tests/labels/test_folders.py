"""Manifests of an inventory: applied, put right, and gone when they leave the folder."""

import pytest
import yaml
from cluster_world import NAME
from pyinfra.api.exceptions import OperationError
from test_adoption import done

from deploys.want import want
from operations import k8s

RECORD = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "manifests-of-a-test", "namespace": "default"}}


def config_map(name: str, **data) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}, "data": data}


def put(directory, name: str, *objects: dict):
    (directory / f"{name}.yaml").write_text(yaml.safe_dump_all(objects))


def folder(directory, **more):
    return want(k8s.folder, "default/manifests-of-a-test", directory=str(directory), owner=NAME, **more)


def test_a_folder_is_followed(cluster, deployment, tmp_path):
    one, two = config_map("folder-one", a="1"), config_map("folder-two", a="1")
    put(tmp_path, "one", one)
    put(tmp_path, "two", two)
    done(deployment, folder(tmp_path))
    assert cluster.read(one)["data"] == {"a": "1"} and cluster.read(two)["metadata"]["labels"] == {"airflow-on-eks/deployment": NAME}
    assert done(deployment, folder(tmp_path)) == 0, "again"
    put(tmp_path, "one", config_map("folder-one", a="2"))
    (tmp_path / "two.yaml").unlink()
    done(deployment, folder(tmp_path))
    assert cluster.read(one)["data"] == {"a": "2"} and cluster.read(two) is None
    assert done(deployment, folder(tmp_path)) == 0
    done(deployment, folder(tmp_path).absent())
    assert cluster.read(one) is None and cluster.read(RECORD) is None
    assert done(deployment, folder(tmp_path).absent()) == 0


def test_somebody_elses_object_is_refused_and_kept(cluster, deployment, tmp_path):
    theirs = config_map("folder-theirs", a="1")
    cluster.tool("kubectl", "apply", "-f", "-", stdin=[theirs])
    put(tmp_path, "theirs", config_map("folder-theirs", a="2"))
    with pytest.raises(OperationError, match="ConfigMap/folder-theirs lacks the label"):
        folder(tmp_path).commands()
    assert cluster.read(theirs)["data"] == {"a": "1"}
    cluster.tool("kubectl", "delete", "configmap", "folder-theirs")


@pytest.mark.parametrize(
    ("text", "said"), [("kind: [", "no valid YAML"), ("- a", "wanted Kubernetes manifests"), ("kind: ConfigMap", "wanted Kubernetes manifests")]
)
def test_what_is_no_manifest_is_refused(deployment, tmp_path, text, said):
    (tmp_path / "wrong.yaml").write_text(text)
    with pytest.raises(OperationError, match=said):
        folder(tmp_path).commands()

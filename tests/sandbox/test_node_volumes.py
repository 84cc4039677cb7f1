"""The files of volumes appear and change all at once, as a kubelet writes them."""

import asyncio

import pytest

from sandbox.node.containers.references import ConfigError
from sandbox.node.volumes import content, writer
from sandbox.node.volumes.mounting import NotYet, Volumes

POD = {"metadata": {"name": "p", "namespace": "airflow", "uid": "u", "labels": {"app": "x"}}, "spec": {"nodeName": "n"}}


class Cluster:
    """What the API server says: Secrets and ConfigMaps of the test."""

    def __init__(self, **objects):
        self.objects = objects

    def find(self, kind, namespace, name):
        return self.objects.get(kind, {}).get(name)

    def all(self, kind):
        return {}


def test_files_are_links_through_data_and_change_with_one_rename(tmp_path):
    assert writer.write(tmp_path, {"a": (b"1", 0o644), "dir/b": (b"2", 0o400)})
    first = (tmp_path / "..data").readlink()
    assert (tmp_path / "a").readlink().as_posix() == "..data/a" and (tmp_path / "dir").readlink().as_posix() == "..data/dir"
    assert (tmp_path / "dir/b").read_bytes() == b"2" and (tmp_path / "dir/b").stat().st_mode & 0o777 == 0o400
    assert not writer.write(tmp_path, {"a": (b"1", 0o644), "dir/b": (b"2", 0o400)})
    assert (tmp_path / "..data").readlink() == first
    assert writer.write(tmp_path, {"a": (b"3", 0o644), "c": (b"4", 0o644)})
    assert (tmp_path / "a").read_bytes() == b"3" and (tmp_path / "c").read_bytes() == b"4"
    assert not (tmp_path / "dir").is_symlink() and not (tmp_path / first).exists()


def files(cluster, volume):
    return asyncio.run(content.files(cluster, None, POD, "100.64.128.1", volume))


def test_a_secret_is_decoded_and_its_items_have_paths_and_modes():
    cluster = Cluster(secrets={"s": {"data": {"user": "YQ==", "password": "Yg=="}}})
    secret = {"secretName": "s", "defaultMode": 0o440, "items": [{"key": "user", "path": "x/u"}, {"key": "password", "path": "p", "mode": 0o400}]}
    assert files(cluster, {"name": "v", "secret": secret}) == {"x/u": (b"a", 0o440), "p": (b"b", 0o400)}


def test_a_projected_volume_joins_its_sources():
    cluster = Cluster(configmaps={"c": {"data": {"k": "v"}}})
    sources = [{"configMap": {"name": "c"}}, {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]
    sources.append({"secret": {"name": "none", "optional": True}})
    assert files(cluster, {"name": "v", "projected": {"sources": sources}}) == {"k": (b"v", 0o644), "labels": (b'app="x"', 0o644)}


@pytest.mark.parametrize("source", [{"secret": {"secretName": "none"}}, {"configMap": {"name": "none"}}])
def test_a_volume_of_what_is_missing_waits_and_says_for_what(source, tmp_path):
    pod = {**POD, "spec": {"volumes": [{"name": "v", **source}]}}
    with pytest.raises(NotYet, match=r'MountVolume.SetUp failed for volume "v" : (secret|configmap) "none" not found'):
        asyncio.run(Volumes(Cluster(), None, pod, tmp_path, tmp_path / "claims").mount("100.64.128.1"))


def test_a_claim_is_a_directory_that_outlives_the_pod_once_it_is_bound(tmp_path):
    claim = {"status": {"phase": "Pending"}, "spec": {}}
    pod = {**POD, "spec": {"volumes": [{"name": "logs", "persistentVolumeClaim": {"claimName": "logs"}}]}}
    volumes = Volumes(Cluster(persistentvolumeclaims={"logs": claim}), None, pod, tmp_path / "pod", tmp_path / "claims")
    with pytest.raises(NotYet, match='PersistentVolumeClaim is not bound: "airflow/logs"'):
        asyncio.run(volumes.mount("100.64.128.1"))
    claim |= {"status": {"phase": "Bound"}, "spec": {"volumeName": "pvc-1"}}
    asyncio.run(volumes.mount("100.64.128.1"))
    mounts = [{"name": "logs", "mountPath": "/logs/deep", "subPath": "a"}, {"name": "logs", "mountPath": "/logs", "readOnly": True}]
    where = str(tmp_path / "claims/pvc-1")
    assert volumes.steps({"volumeMounts": mounts}, {}) == [["bind", where, "/logs", True], ["bind", f"{where}/a", "/logs/deep", False]]


def test_a_sub_path_stays_in_its_volume(tmp_path):
    pod = {**POD, "spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}
    volumes = Volumes(Cluster(), None, pod, tmp_path, tmp_path)
    asyncio.run(volumes.mount("100.64.128.1"))
    (volumes.path("v") / "out").symlink_to("/")
    with pytest.raises(ConfigError, match="leads out of its volume"):
        volumes.steps({"volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "out/etc"}]}, {})

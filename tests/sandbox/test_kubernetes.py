"""A started control plane and its end. Builds the programs where they are missing (minutes, once per user)."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from eks_token import presigned, token
from kubernetes_world import eventually, listens, pids, resident, started

from sandbox.kubernetes import ControlPlane, ControlPlaneError, control_plane
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.ports import free_port


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with started(tmp_path_factory.mktemp("cluster")) as plane:
        yield plane


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


def as_bearer(plane, api, bearer):
    """The same API server with another token."""
    other = Api(plane.kubeconfig)
    other._pool.headers = {"Authorization": f"Bearer {bearer}"}
    return other


def status_of(call, *arguments):
    try:
        call(*arguments)
        return 200
    except ApiError as error:
        return error.status


def eks_token(key):
    return token(presigned(X_Amz_Credential=f"{key}/20261122/eu-west-1/sts/aws4_request"))


def test_it_serves_the_version_that_was_built(plane, api):
    assert api.get("/version")["gitVersion"] == "v1.36.3"
    assert b"BEGIN CERTIFICATE" in base64.b64decode(plane.certificate_authority)
    assert plane.endpoint == api.server
    assert plane.kubeconfig.stat().st_mode & 0o777 == 0o600


def test_starting_it_again_changes_nothing(plane):
    before = sorted(pids(plane))
    plane.start()
    assert sorted(pids(plane)) == before and len(before) == 5


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads /proc")
def test_it_listens_on_one_port_of_loopback(plane):
    assert [address for pid in pids(plane) for address in listens(pid)] == ["0100007F"]
    assert sum(resident(pid) for pid in pids(plane)) < 900


def test_services_get_the_addresses_that_eks_gives_them(api):
    assert api.get("/api/v1/namespaces/default/services/kubernetes")["spec"]["clusterIP"] == "172.20.0.1"


def test_there_is_no_default_storage_class(api):
    assert [item["metadata"]["name"] for item in api.items("/apis/storage.k8s.io/v1/storageclasses")] == ["gp2"]


@pytest.mark.parametrize("bearer", ["nonsense", "k8s-aws-v1.nonsense", eks_token("AKIASTRANGER")])
def test_a_bad_token_is_not_let_in(plane, api, bearer):
    assert status_of(as_bearer(plane, api, bearer).get, "/api/v1/namespaces") == 401


@pytest.mark.parametrize(
    ("key", "pods", "secrets", "create"),
    [("AKIAVIEW", 200, 403, 403), ("AKIAADMINVIEW", 200, 200, 403), ("AKIAADMIN", 200, 200, 200), ("AKIANOGROUP", 403, 403, 403)],
)
def test_access_policies_allow_what_they_do_on_eks(plane, api, key, pods, secrets, create):
    user = as_bearer(plane, api, eks_token(key))
    assert status_of(user.get, "/api/v1/pods") == pods
    assert status_of(user.get, "/api/v1/secrets") == secrets
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "made-"}}
    assert status_of(user.create, "/api/v1/namespaces/default/configmaps", config_map) == create


def test_a_service_account_has_tokens(plane, api):
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    given = eventually(lambda: api.create(path, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}))
    assert status_of(as_bearer(plane, api, given["status"]["token"]).get, "/api/v1/pods") == 403


def test_a_namespace_can_be_deleted(api):
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "brief"}})
    api.delete("/api/v1/namespaces/brief")
    eventually(lambda: api.get("/api/v1/namespaces/brief") is None)


def test_another_control_plane_runs_beside_it_and_stops_without_a_trace(plane, api, tmp_path):
    other = ControlPlane("airflow-prod", "us-east-1", tmp_path / "other")
    other.start()
    theirs = pids(other)
    assert other.endpoint != plane.endpoint
    with pytest.raises(ApiError):
        as_bearer(plane, api, "x").get("/api/v1/namespaces")
    other.stop()
    assert not (tmp_path / "other").exists() and not other.running
    assert not [pid for pid in theirs if Path(f"/proc/{pid}").exists()]
    assert plane.running and api.get("/readyz")
    other.stop()


OWNER = """
import sys
from pathlib import Path
from sandbox.kubernetes import ControlPlane
ControlPlane("orphan", "eu-west-1", Path(sys.argv[1])).start()
print("started", flush=True)
sys.stdin.read()
"""


def test_it_does_not_outlive_its_owner(tmp_path):
    root = Path(__file__).parent.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", OWNER, str(tmp_path / "orphan")]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "started\n"
        plane = ControlPlane("orphan", "eu-west-1", tmp_path / "orphan")
        left = pids(plane)
        owner.send_signal(signal.SIGKILL)
    eventually(lambda: not [pid for pid in left if Path(f"/proc/{pid}").exists()], 5)
    plane.stop()
    assert not plane.directory.exists()


def test_a_port_that_was_taken_meanwhile_is_given_up(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [free_port(), taken.getsockname()[1]]
        monkeypatch.setattr(control_plane, "free_port", ports.pop)
        plane = ControlPlane("second-try", "eu-west-1", tmp_path / "plane")
        plane.start()
        assert plane.running and not ports
        plane.stop()


def replace_program(name, script, directory, monkeypatch):
    fake = directory / "programs"
    shutil.copytree(control_plane.programs(), fake, symlinks=True)
    (fake / name).unlink()
    (fake / name).write_text(f"#!/bin/sh\n{script}\n")
    (fake / name).chmod(0o755)
    monkeypatch.setenv("AIRFLOW_ON_EKS_PROGRAMS", str(fake))


@pytest.mark.slow
def test_an_api_server_that_takes_its_time_is_waited_for_by_the_controllers(tmp_path, monkeypatch):
    real = control_plane.programs() / "kube-apiserver"
    replace_program("kube-apiserver", f'sleep 12; exec {real} "$@"', tmp_path, monkeypatch)
    plane = ControlPlane("many-at-once", "eu-west-1", tmp_path / "plane")
    plane.start()
    assert plane.running
    plane.stop()


def test_a_program_that_ends_is_named_with_its_last_words(tmp_path, monkeypatch):
    replace_program("kube-scheduler", "echo 'Error: no room' >&2; exit 1", tmp_path, monkeypatch)
    plane = ControlPlane("broken", "eu-west-1", tmp_path / "plane")
    with pytest.raises(ControlPlaneError, match=r"control plane broken: kube-scheduler ended: Error: no room \(log: .*\)"):
        plane.start()
    assert not plane.running
    plane.stop()

"""The cluster is read as the caller's AWS identity; an absent cluster is no request, an unreachable one no absence."""

import base64
import json
import os
import socket
import socketserver
import ssl
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import certifi
import pytest
from aws_server import one_line
from gevent.pool import Pool
from kubernetes_server import KubernetesServer
from pyinfra.api import HiddenValue
from pyinfra.api.exceptions import FactError

from connectors.aws.client import Patience
from connectors.commands.command import KubernetesRead
from connectors.commands.reference import Ref
from connectors.kubernetes import kubeconfig
from connectors.kubernetes.api_server import KubernetesFailure
from connectors.kubernetes.manifest import Manifest
from facts.ec2 import Vpc
from facts.k8s import Object, Objects, Planned

CONFIG = {"api_version": "v1", "kind": "ConfigMap", "object": "airflow-config", "namespace": "airflow"}


def config_map(**data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-config", "namespace": "airflow"}, "data": data}


@pytest.fixture
def deployment(host, cluster, monkeypatch, tmp_path):
    """The deployment with a cluster, and a directory for temporary files of its own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return host


def test_an_object_is_read_with_a_token_of_eks(deployment, cluster):
    assert deployment.get_fact(Object, **CONFIG)["data"] == {"a": "1"}
    url = base64.urlsafe_b64decode(cluster.tokens[-1].removeprefix("k8s-aws-v1.") + "==").decode()
    assert "Action=GetCallerIdentity" in url and "X-Amz-Expires=60" in url and "x-k8s-aws-id" in url


def test_what_is_not_there_is_nothing(deployment):
    assert deployment.get_fact(Object, **{**CONFIG, "object": "another"}) is None
    assert deployment.get_fact(Object, **{**CONFIG, "api_version": "karpenter.sh/v1", "kind": "NodePool"}) is None


def test_without_a_cluster_everything_is_absent_and_nothing_is_asked(host, server, cluster):
    server.cluster = None
    assert host.get_fact(Object, **CONFIG) is None and host.get_fact(Objects, api_version="v1", kind="ConfigMap") is None
    wanted = config_map(b=HiddenValue("hunter2"))
    assert host.get_fact(Planned, manifest=Manifest("x", [wanted]))[0][0] is None
    assert cluster.paths == []


@pytest.mark.parametrize("state", ["CREATING", "DELETING", "FAILED"])
def test_while_it_comes_and_goes_as_well(host, server, cluster, state):
    server.cluster["status"] = state
    assert host.get_fact(Object, **CONFIG) is None and cluster.paths == []


def test_reading_does_not_import_the_package_before_it_is_used(server):
    assert os.system(f"{sys.executable} -c 'import connectors.eks, sys; assert \"kubernetes.client\" not in sys.modules'") == 0


def test_one_that_cannot_be_reached_is_no_absence(deployment, server):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server.cluster["endpoint"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    started = time.monotonic()
    with pytest.raises(FactError) as caught:
        deployment.get_fact(Object, **CONFIG)
    line = str(caught.value)
    assert one_line(line) and server.cluster["endpoint"] in line and "cannot be reached from here (NewConnectionError)" in line
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("status", [401, 403])
def test_whoever_may_not_read_is_told_what_to_do(deployment, cluster, status):
    cluster.status = status
    with pytest.raises(FactError) as caught:
        deployment.get_fact(Object, **CONFIG)
    line = str(caught.value)
    assert line.startswith(f"@eks/airflow-test: kubernetes airflow-test: {status} ") and line.endswith("(add your role to the setting `admins`)")


def test_a_token_that_is_not_taken_any_more_is_made_anew(deployment, cluster):
    deployment.get_fact(Object, **CONFIG)
    cluster.refused.add(cluster.tokens[-1])
    time.sleep(1)
    deployment.connector.aws.cache.clear()
    assert deployment.get_fact(Object, **CONFIG)["data"] == {"a": "1"}


def test_a_token_is_renewed_before_it_ends(deployment, cluster, monkeypatch):
    deployment.get_fact(Object, **CONFIG)
    first = cluster.tokens[-1]
    monkeypatch.setattr(kubeconfig, "TOKEN_LIFE", 0)
    monkeypatch.setattr(deployment.connector.kubernetes.kubeconfig, "_signed", lambda: "k8s-aws-v1.another")
    deployment.connector.aws.cache.clear()
    deployment.get_fact(Object, **CONFIG)
    assert cluster.tokens[-1] == "k8s-aws-v1.another" != first


def test_objects_are_read_once_until_something_is_written(deployment, cluster):
    for _ in range(2):
        deployment.get_fact(Object, **CONFIG)
    reads = [path for path in cluster.paths if path.endswith("airflow-config")]
    assert len(reads) == 1


def test_a_plan_changes_nothing(deployment, cluster):
    (now, planned) = deployment.get_fact(Planned, manifest=Manifest("x", [config_map(a="2")]))[0]
    assert now["data"] == {"a": "1"} and planned["data"] == {"a": "2"}
    assert all(query["dryRun"] == ["All"] for query, _ in cluster.patches)


def test_what_refers_to_something_absent_is_planned_without_asking(deployment, cluster):
    wanted = config_map(a="1", vpc=Ref(Vpc, "VpcId", vpc="airflow-test"))
    (now, planned) = deployment.get_fact(Planned, manifest=Manifest("x", [wanted]))[0]
    assert now["data"] == {"a": "1"} and planned["data"] == {"a": "1", "vpc": "(known after create)"} and cluster.patches == []


def test_the_values_of_secrets_are_hidden(deployment, cluster):
    secret = deployment.get_fact(Object, **{**CONFIG, "kind": "Secret", "object": "airflow-admin"})
    assert "aHVudGVy" not in json.dumps(secret, default=lambda value: value.to_json()) and secret["data"]["password"].unmask() == "aHVudGVyMmh1bnRlcjI="
    assert deployment.get_fact(Objects, api_version="v1", kind="Secret", namespace="airflow")[0]["data"]["password"].to_json() == "*MASKED*"


def test_its_files_are_private_and_gone_at_the_end(deployment, tmp_path):
    deployment.get_fact(Object, **CONFIG)
    directory = deployment.connector.kubernetes.kubeconfig.directory
    path = deployment.connector.kubernetes.kubeconfig.write(deployment.connector.kubernetes.description)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700 and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found for found in tmp_path.rglob("*") if found.is_file() and directory not in found.parents and "aws" not in found.name] == []
    deployment.connector.disconnect()
    assert not directory.exists() and not Path.home().joinpath(".kube").exists()


def test_it_can_be_used_again_afterwards(deployment):
    deployment.get_fact(Object, **CONFIG)
    deployment.connector.disconnect()
    deployment.connector.aws.cache.clear()
    assert deployment.get_fact(Object, **CONFIG)["data"] == {"a": "1"}


def test_one_that_answers_anything_is_not_given_up(deployment, cluster):
    for cluster.status in (200, 401, 403, 500):
        assert deployment.connector.kubernetes.give_up() is None


def test_one_that_is_silent_is_given_up_after_its_time_and_counts_as_absent(deployment, server):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server.cluster["endpoint"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    deployment.connector.aws.patience = Patience(silence=0.1)
    assert deployment.connector.kubernetes.give_up() >= 0.1
    assert deployment.get_fact(Object, **CONFIG) is None


def test_so_is_one_that_takes_connections_and_says_nothing(deployment, server, monkeypatch):
    monkeypatch.setattr("connectors.kubernetes.api_server.PROBE", (0.2, 0.2))
    deployment.connector.aws.patience = Patience(silence=0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server.cluster["endpoint"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert deployment.connector.kubernetes.give_up() >= 0.1


@pytest.fixture
def intercepting(tmp_path):
    """Somebody who answers in the API server's place, with a certificate of their own."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate]
    subprocess.run([*made, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    proxy = KubernetesServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    yield proxy.endpoint.replace("http:", "https:")
    proxy.shutdown()
    proxy.server_close()


def test_a_cluster_in_whose_place_another_answers_is_not_given_up(deployment, server, intercepting):
    server.cluster["endpoint"] = intercepting
    server.cluster["certificateAuthority"]["data"] = base64.b64encode(Path(certifi.where()).read_bytes()).decode()
    with pytest.raises(KubernetesFailure, match="is not the cluster .*CERTIFICATE_VERIFY_FAILED.*: a proxy that intercepts") as caught:
        deployment.connector.kubernetes.give_up()
    assert one_line(str(caught.value))


def test_nor_is_one_whose_name_nobody_knows(deployment, server):
    server.cluster["endpoint"] = "https://airflow-test.invalid"
    with pytest.raises(KubernetesFailure, match="cannot be reached from here .NameResolutionError."):
        deployment.connector.kubernetes.give_up()


def test_nor_is_one_whose_connections_somebody_ends(deployment, server):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), lambda connection, *_: connection.close()) as ending:
        threading.Thread(target=ending.serve_forever, args=(0.02,), daemon=True).start()
        server.cluster["endpoint"] = f"http://127.0.0.1:{ending.server_address[1]}"
        with pytest.raises(KubernetesFailure, match="cannot be reached from here .ProtocolError."):
            deployment.connector.kubernetes.give_up()
        ending.shutdown()


def test_where_there_is_no_cluster_nothing_is_given_up(host, server):
    server.cluster = None
    assert host.connector.kubernetes.give_up() is None


def test_many_readers_wait_for_one_that_cannot_be_reached_as_long_as_one(deployment, server):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server.cluster["endpoint"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    started = time.monotonic()
    read = KubernetesRead("v1", "ConfigMap", "airflow-config", "airflow")

    def failed(number):
        with pytest.raises(KubernetesFailure, match="cannot be reached from here"):
            deployment.connector.kubernetes._api(server.cluster).get(read)

    Pool(8).map(failed, range(8))
    assert time.monotonic() - started < 8

"""Installed as a package it has all it reads, from an empty directory, with an inventory of one's own."""

import http.server
import ssl
import subprocess
import threading

import pytest

from sandbox.kubernetes.certificates import Authority

INVENTORY = """from pathlib import Path

given = {"account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"], "chart_mirror": "charts", "db_ca_bundle": "ca.pem"}
deployments = [("@sandbox/airflow-own", given)]
"""
ASK = """
import base64, sys, tempfile, pathlib
import pyinfra_cli.main
from connectors.kubernetes.api_server import ApiServer, KubernetesFailure

class Kubeconfig:
    cluster, directory = "airflow-own", pathlib.Path(tempfile.mkdtemp(dir="."))
    token = lambda self: "none"

authority = base64.b64encode(pathlib.Path(sys.argv[2]).read_bytes()).decode()

def answers(host):
    try:
        return ApiServer(Kubeconfig(), {"endpoint": f"https://{host}:{sys.argv[1]}", "certificateAuthority": {"data": authority}}).answers()
    except KubernetesFailure as failure:
        return "another" if "is not the cluster" in str(failure) else failure

print(answers("127.0.0.1"), answers("localhost"))
"""


def run(*command, **options) -> str:
    ran = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **options)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


@pytest.fixture
def eks(tmp_path_factory):
    """An HTTPS server whose certificates have the shape of EKS's: its port and its authority; another's authority."""
    ours, other = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("other")
    Authority(ours).serve("server", "127.0.0.1")
    Authority(other)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours / "server.crt", ours / "server.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.handle_error = lambda *who: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port, ours / "ca.crt", other / "ca.crt"
    server.shutdown()
    server.server_close()


def test_an_api_server_with_eks_certificates_is_reached_and_no_other(installed, eks, tmp_path):
    port, ours, other = eks
    assert run(installed / "python", "-c", ASK, port, ours, cwd=tmp_path) == "True another\n", "its authority and its name alone"
    assert run(installed / "python", "-c", ASK, port, other, cwd=tmp_path) == "another another\n"


def test_a_plan_from_an_empty_directory(installed, account, tmp_path):
    deploys = run(installed / "python", "-m", "deploys", cwd=tmp_path).strip()
    assert str(installed.parent) in deploys
    beside, empty = tmp_path / "beside", tmp_path / "empty"
    beside.mkdir()
    empty.mkdir()
    (beside / "own.py").write_text(INVENTORY)
    (beside / "charts").symlink_to(f"{deploys}/../sandbox/charts")
    (beside / "ca.pem").symlink_to(f"{deploys}/../sandbox/aws/rds-ca.pem")
    told = run(installed / "pyinfra", "-y", "--dry", "--diff", "../beside/own.py", f"{deploys}/install.py", cwd=empty, env=account)
    for thing in ("ec2.vpc airflow-own", "k8s.bundle airflow-dags-samples", "k8s.bundle grafana-dashboards", "helm.release airflow"):
        assert f"+ {thing}" in told
    assert list(empty.iterdir()) == []

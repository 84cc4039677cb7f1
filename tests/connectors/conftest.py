"""AWS on 127.0.0.1, and a deployment of ours that is connected to it."""

import base64

import pytest
from aws_server import ACCOUNT, AwsServer
from kubernetes_server import KubernetesServer
from pyinfra.api import Config, Inventory, State
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host, ctx_state

from connectors.aws import sending
from connectors.aws.client import Patience
from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes import api_server
from connectors.tools import outages


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No credentials of the caller, no metadata service, no home; and no long pauses."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sending, "PAUSE", 0.02)
    monkeypatch.setattr(outages, "PAUSES", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(api_server, "PAUSES", (0.01, 0.01, 0.01, 0.01))


@pytest.fixture(scope="session")
def listening():
    """AWS."""
    server = AwsServer()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(listening, monkeypatch):
    """The AWS of this test, and credentials it takes."""
    server = listening
    server.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    return server


@pytest.fixture
def lines():
    """What the connector told the person."""
    return []


@pytest.fixture
def host(server, lines):
    """The deployment `airflow-test`, in context and connected; AWS is given a moment."""
    data = {"account_id": ACCOUNT, "region": "us-west-2", "endpoint_public_cidrs": ["52.94.76.10/32"]}
    state = State(Inventory(([("@eks/airflow-test", data)], {})), Config())
    host = state.inventory.get_host("@eks/airflow-test")
    host.log = lambda message, **styles: lines.append(message)
    host.connector.patience = lambda: Patience(look=0.2, seen=0.6, not_yet=0.6, release=0.6)
    with ctx_state.use(state), ctx_host.use(host):
        host.connector.connect()
        host.connected = True
        server.calls.clear()
        yield host
        host.connector.disconnect()
    ctx_state.reset()
    ctx_host.reset()


@pytest.fixture
def run(host):
    """Carry out a command: whether it succeeded, and its one line or its answer."""

    def carry_out(command):
        try:
            done, output = host.run_shell_command(command)
        except PyinfraError as error:
            return False, str(error)
        return done, "\n".join(line.line for line in output)

    return carry_out


@pytest.fixture(scope="session")
def serving():
    """An API server."""
    server = KubernetesServer()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cluster(server, serving):
    """The API server of the deployment's cluster, which is ACTIVE."""
    serving.reset()
    authority = base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()
    server.cluster = {"name": "airflow-test", "status": "ACTIVE", "endpoint": serving.endpoint, "certificateAuthority": {"data": authority}}
    server.cluster["tags"] = {DEPLOYMENT_TAG: "airflow-test"}
    return serving

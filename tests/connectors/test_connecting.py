"""Who cannot be connected is told so in one line, within seconds, and nothing is sent."""

import socket
import time

import pytest
from aws_server import ACCOUNT, one_line
from pyinfra.api import Config, Inventory, State
from pyinfra.api.exceptions import ConnectError

from connectors.aws import session

GIVEN = {"account_id": ACCOUNT, "region": "us-west-2", "endpoint_public_cidrs": ["52.94.76.10/32"]}


@pytest.fixture(autouse=True)
def stranger():
    """Nobody has signed in in this process."""
    forget()
    yield
    forget()


def forget():
    session._session.cache_clear()
    session.client.cache_clear()


def connect(**data):
    """The line a person reads, empty when it worked."""
    state = State(Inventory(([("@eks/airflow-test", {**GIVEN, **data})], {})), Config())
    started = time.monotonic()
    try:
        state.inventory.get_host("@eks/airflow-test").connector.connect()
    except ConnectError as error:
        assert time.monotonic() - started < 8
        assert one_line(str(error))
        return str(error)
    return ""


def test_whoever_belongs_to_the_account_is_connected(server):
    assert connect() == ""


def test_the_credentials_of_another_account_are_refused(server):
    server.account = "210987654321"
    line = connect()
    assert "account 210987654321 (arn:aws:iam::210987654321:user/somebody)" in line and f"wants {ACCOUNT}: switch AWS_PROFILE" in line
    assert server.count("GetCallerIdentity") == len(server.calls) == 1


@pytest.mark.parametrize(
    "code, cure",
    [("ExpiredToken", "sign in again"), ("InvalidClientTokenId", "use credentials AWS knows"), ("SignatureDoesNotMatch", "set this machine's clock")],
)
def test_credentials_aws_does_not_take(server, code, cure):
    server.errors["GetCallerIdentity"] = (code, "The security token included in the request is expired")
    line = connect()
    assert f"{code}: The security token" in line and cure in line and server.count("GetCallerIdentity") == 1


def test_no_credentials(server, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    line = connect()
    assert "the default credentials: sts get-caller-identity: NoCredentialsError" in line and "(set AWS_PROFILE or sign in)" in line
    assert server.calls == []


def test_half_of_the_credentials(server, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "PartialCredentialsError" in connect()


def test_an_unknown_profile(server, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    line = connect()
    assert "profile production" in line and "could not be found" in line and "aws configure list-profiles" in line


def test_a_broken_configuration(server, monkeypatch, tmp_path):
    (tmp_path / "aws-config").write_text("[profile x\n")
    assert "ConfigParseError" in connect()


SSO = """[profile work]
sso_session = work
sso_account_id = 123456789012
sso_role_name = admin
[sso-session work]
sso_region = us-west-2
sso_start_url = https://example.awsapps.com/start
sso_registration_scopes = sso:account:access
"""


def test_a_single_sign_on_that_is_over(server, monkeypatch, tmp_path):
    (tmp_path / "aws-config").write_text(SSO)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "work")
    line = connect()
    assert "profile work" in line and "sign in again" in line
    assert server.calls == []


def test_an_endpoint_where_nobody_listens(server, monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    line = connect()
    assert f'Could not connect to the endpoint URL: "{endpoint}/"' in line and "check the region, the network or proxy, and AWS_ENDPOINT_URL" in line


def test_an_endpoint_without_a_name(server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.invalid")
    assert 'endpoint URL: "http://aws.invalid/"' in connect()


@pytest.mark.parametrize("endpoint", ["aws.example.com", "http://", "ht tp://127.0.0.1"])
def test_an_endpoint_that_is_none(server, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    line = connect()
    assert endpoint in line and "AWS_ENDPOINT_URL" in line


def test_somebody_else_answers(server):
    server.faults["GetCallerIdentity"] = ["html"] * 3
    line = connect()
    assert "something else than AWS answered" in line


def test_a_connection_that_drops(server):
    server.faults["GetCallerIdentity"] = ["dropped"] * 3
    line = connect()
    assert "Connection was closed" in line and server.endpoint in line


def test_one_that_drops_once_is_no_trouble(server):
    server.faults["GetCallerIdentity"] = ["dropped", "throttled"]
    assert connect() == ""


def test_settings_that_cannot_be_meant(server):
    with pytest.raises(ConnectError) as caught:
        state = State(Inventory(([("@eks/airflow-test", {**GIVEN, "vpc_cdir": "10.1.0.0/16"})], {})), Config())
        state.inventory.get_host("@eks/airflow-test").connector.connect()
    assert "vpc_cidr" in str(caught.value) and server.calls == []

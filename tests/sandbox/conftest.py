"""A sandbox without Kubernetes for the session, in a home of its own; AWS's ten minutes pass in one second."""

import os

import boto3
import pytest

import sandbox
from sandbox.home import read_daemon
from sandbox.lifecycle import ask

SCALE = 600


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    """The sandbox; `aws(service)` is a client of it."""
    home = tmp_path_factory.mktemp("sandbox") / "home"
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(home)
    try:
        yield Account(sandbox.up(time_scale=SCALE, kubernetes=False, region="eu-west-1"))
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before


class Account:
    def __init__(self, up: sandbox.Sandbox):
        self.sandbox = up
        self.clients = {}

    def __call__(self, service: str, region: str | None = None, **credentials):
        key = service, region, tuple(credentials.items())
        if key not in self.clients:
            self.clients[key] = boto3.client(
                service,
                region_name=region or self.sandbox.region,
                endpoint_url=self.sandbox.endpoint,
                **(credentials or self.credentials()),
            )
        return self.clients[key]

    def credentials(self) -> dict:
        return {"aws_access_key_id": self.sandbox.access_key_id, "aws_secret_access_key": self.sandbox.secret_access_key}

    def ask(self, route: str, document=None):
        return ask(read_daemon(), route, document)

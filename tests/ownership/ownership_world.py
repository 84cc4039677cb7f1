"""What the tests of ownership look at: a deployment that declares every kind, and what a stranger has beside it."""

import contextlib
from types import SimpleNamespace

import boto3
from pyinfra.api import Config, Inventory, State
from pyinfra.context import ctx_host, ctx_state
from twins import TWINS, Stranger

from connectors.aws.client import Patience
from deploys.platform import platform
from deploys.want import tagged

CLUSTERS_OWN = ("helm.", "k8s.")
"""What is in the cluster, where labels say whose it is."""


def everything(name):
    """The settings of a deployment that declares every kind."""
    return {
        "account_id": "123456789012",
        "region": "us-west-2",
        "endpoint_public_cidrs": ["52.94.76.10/32"],
        "domain": f"airflow.{name}.example.com",
        "admins": [f"arn:aws:iam::123456789012:role/{name}-admin"],
        "budget": 100_000,
        "budget_alerts": ["you@example.com"],
        "enable_airflow_spark_example": True,
        "enable_spark_history_server": True,
    }


@contextlib.contextmanager
def connected(account, name, **given):
    """A deployment of this name, connected, with what it wants of AWS and the names of it."""
    data = {**everything(name), **given}
    state = State(Inventory(([(f"@eks/{name}", data)], {})), Config())
    host = state.inventory.get_host(f"@eks/{name}")
    host.connector.patience = lambda: Patience(look=0.02, seen=1, release=10, silence=0)
    with ctx_state.use(state), ctx_host.use(host):
        host.connector.connect()
        settings = host.connector.settings
        wants = [want for want in tagged(platform(settings), settings.tag) if not want.kind.startswith(CLUSTERS_OWN)]
        subjects = {}
        for want in wants:
            subjects.setdefault(want.kind, want.subject)
        yield SimpleNamespace(host=host, settings=settings, data=data, wants=wants, subjects=subjects)
        host.connector.disconnect()
    ctx_state.reset()
    ctx_host.reset()


def made_by(account, name, tags, subjects):
    """What a stranger has of each kind under these names: what reads each, and what it answers now."""

    def client(service):
        return boto3.client(service, region_name=account.region, endpoint_url=account.endpoint)

    stranger = Stranger(client, name, tags, subjects)
    read = {kind: make(stranger) for kind, make in TWINS.items()}
    return read, {kind: look() for kind, look in read.items()}

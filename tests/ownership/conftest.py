"""An account without Kubernetes in which somebody else has a thing of each kind, under the names a deployment would use."""

import os
from types import SimpleNamespace

import boto3
import pytest
from ownership_world import CLUSTERS_OWN, everything
from pyinfra.api import Config, Inventory, State
from pyinfra.context import ctx_host, ctx_state
from twins import TWINS, Stranger

import sandbox
from connectors.commands.reference import DEPLOYMENT_TAG
from deploys.plan import plan
from deploys.platform import platform
from deploys.run import backwards, forwards
from deploys.want import tagged

SCALE = 6000
OWNERS = {"no tag of ours": {"team": "theirs"}, "the tag of another deployment": {DEPLOYMENT_TAG: "other"}}


@pytest.fixture(scope="session")
def account(tmp_path_factory):
    """The sandbox of these tests, and what reaches it."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AIRFLOW_ON_EKS_SANDBOX", str(tmp_path_factory.mktemp("ownership") / "home"))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    up = sandbox.up(time_scale=SCALE, kubernetes=False)
    keys = {"AWS_ACCESS_KEY_ID": up.access_key_id, "AWS_SECRET_ACCESS_KEY": up.secret_access_key, "AWS_ENDPOINT_URL": up.endpoint}
    for name, value in {**keys, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        patch.setenv(name, value)
    yield up
    sandbox.down()
    patch.undo()


@pytest.fixture(scope="session", params=OWNERS)
def twins(request, account):
    """One of each kind that is not ours, and what install and cleanup of a deployment of that name would do about it."""
    name = f"t{list(OWNERS).index(request.param)}"
    data = everything(name)
    state = State(Inventory(([(f"@eks/{name}", data)], {})), Config())
    host = state.inventory.get_host(f"@eks/{name}")
    with ctx_state.use(state), ctx_host.use(host):
        host.connector.connect()
        settings = host.connector.settings
        wants = [want for want in tagged(platform(settings), settings.tag) if not want.kind.startswith(CLUSTERS_OWN)]
        subjects = {}
        for want in wants:
            subjects.setdefault(want.kind, want.subject)
        client = lambda service: boto3.client(service, region_name=account.region, endpoint_url=account.endpoint)  # noqa: E731
        stranger = Stranger(client, name, OWNERS[request.param], subjects)
        read = {kind: make(stranger) for kind, make in TWINS.items()}
        before = {kind: look() for kind, look in read.items()}
        host.connector.aws.cache.clear()
        install, cleanup = plan(forwards(wants)), plan(backwards(wants))
        yield SimpleNamespace(host=host, data=data, wants=wants, subjects=subjects, read=read, before=before, install=install, cleanup=cleanup)
        host.connector.disconnect()
    ctx_state.reset()
    ctx_host.reset()

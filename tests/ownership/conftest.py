"""An account without Kubernetes in which somebody else has a thing of each kind, under the names a deployment would use."""

import os
from types import SimpleNamespace

import pytest
from ownership_world import connected, made_by

import sandbox
from connectors.aws import session
from connectors.commands.reference import DEPLOYMENT_TAG
from deploys.plan import plan
from deploys.run import backwards, forwards

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
    _forget_the_caller()
    yield up
    sandbox.down()
    patch.undo()
    _forget_the_caller()


def _forget_the_caller():
    """A process has one session of its caller's, and other tests have called as somebody else."""
    session._session.cache_clear()
    session.client.cache_clear()


@pytest.fixture(scope="session", params=OWNERS)
def twins(request, account):
    """One of each kind that is not ours, and what install and cleanup of a deployment of that name would do about it."""
    name = f"t{list(OWNERS).index(request.param)}"
    with connected(account, name) as deployment:
        read, before = made_by(account, name, OWNERS[request.param], deployment.subjects)
        install, cleanup = plan(forwards(deployment.wants)), plan(backwards(deployment.wants))
        yield SimpleNamespace(**vars(deployment), read=read, before=before, install=install, cleanup=cleanup)


@pytest.fixture
def among_neighbours(account):
    """A deployment in an account where somebody else has something of each kind, under names of their own."""
    with connected(account, "airflow-t2", domain=None, admins=[], db_deletion_protection=False) as deployment:
        theirs = {kind: subject.replace("airflow-t2", "payroll") for kind, subject in deployment.subjects.items()}
        theirs["route53.alias"] = theirs["acm.certificate"] = "payroll"
        read, before = made_by(account, "payroll", {"team": "payroll"}, theirs)
        yield SimpleNamespace(**vars(deployment), read=read, before=before)

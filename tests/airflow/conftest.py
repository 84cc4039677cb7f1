"""The pinned Airflow, running once for these tests on a PostgreSQL and an emulated S3."""

import contextlib
import os
from pathlib import Path

import boto3
import pytest
from airflow_database import Database
from airflow_metrics import Metrics
from airflow_overrides import World
from airflow_processes import Processes
from airflow_release import Release, settings
from airflow_running import Airflow

import sandbox
from sandbox.airflow import environment
from sandbox.kubernetes.ports import free_port

HERE = Path(__file__).parent
STARTED = contextlib.ExitStack()


def pytest_runtest_teardown(item, nextitem):
    """End what runs with the last test of this folder: a session's fixtures would keep it through all the others."""
    if nextitem is None or HERE not in nextitem.path.parents:
        STARTED.close()


@pytest.fixture(scope="session")
def started():
    """What is to end with these tests, should they be interrupted too."""
    with STARTED:
        yield STARTED


@pytest.fixture(scope="session")
def programs(request):
    """The environment that has Airflow."""
    plugins = request.config.pluginmanager

    def told(line):
        with plugins.getplugin("capturemanager").global_and_fixture_disabled():
            plugins.getplugin("terminalreporter").write_line(line)

    return environment(told)


@pytest.fixture(scope="session")
def release():
    """The release, with the Spark example."""
    return Release(settings(enable_airflow_spark_example=True), "127.0.0.1", free_port())


@contextlib.contextmanager
def living_in(home: Path):
    """The sandbox of a home."""
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(home)
    try:
        yield sandbox
    finally:
        del os.environ["AIRFLOW_ON_EKS_SANDBOX"]
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before


@pytest.fixture(scope="session")
def s3(started, tmp_path_factory, release):
    """A sandbox without Kubernetes in a home of its own, and in it the bucket of the release: a client, with its environment variables."""
    home = tmp_path_factory.mktemp("sandbox") / "home"

    def down():
        with living_in(home):
            sandbox.down()

    started.callback(down)
    with living_in(home):
        up = sandbox.up(kubernetes=False, region=release.settings.region)
    credentials = {"aws_access_key_id": up.access_key_id, "aws_secret_access_key": up.secret_access_key}
    client = boto3.client("s3", endpoint_url=up.endpoint, region_name=up.region, **credentials)
    client.create_bucket(Bucket=release.settings.bucket("airflow-logs"), CreateBucketConfiguration={"LocationConstraint": up.region})
    client.variables = {
        **{name.upper(): value for name, value in credentials.items()},
        "AWS_ENDPOINT_URL": up.endpoint,
        "AWS_DEFAULT_REGION": up.region,
    }
    return client


@pytest.fixture(scope="session")
def metrics(started):
    """What listens where the release has statsd."""
    return started.enter_context(Metrics())


@pytest.fixture(scope="session")
def airflow(started, programs, release, s3, metrics, tmp_path_factory):
    """Airflow, up and logged in to as the release's admin."""
    home = tmp_path_factory.mktemp("airflow") / "home"
    database, processes = Database(release.port), Processes(tmp_path_factory.mktemp("logs"))
    started.callback(database.remove)
    started.callback(processes.stop)
    world = World(home, free_port(), release.port, metrics.port, s3.variables, home / "kubeconfig")
    running = Airflow(release, world, programs, processes)
    database.start(processes)
    database.admit(release, programs / "bin/python")
    running.prepare()
    running.start()
    running.log_in(**release.secrets["airflow-platform-admin"])
    return running

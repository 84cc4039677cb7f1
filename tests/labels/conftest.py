"""The cluster of a deployment, and the deployment."""

import cluster_world
import pytest


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A control plane in which nothing of the deployment is."""
    with cluster_world.cluster(tmp_path_factory.mktemp("ownership")) as made:
        yield made


@pytest.fixture(scope="session")
def deployment(cluster):
    """The deployment, connected."""
    with cluster_world.deployment(cluster) as host:
        yield host


@pytest.fixture(autouse=True)
def fresh(deployment):
    """What was read for one test says nothing about the next."""
    deployment.connector.aws.cache.clear()

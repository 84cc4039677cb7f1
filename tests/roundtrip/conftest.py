"""Sandboxes of the round trips: one that holds an installed platform, one without Kubernetes, and new ones."""

import pytest
from roundtrip_world import boxed
from watching import watched_run


@pytest.fixture(scope="session")
def platform():
    """A platform as `inventories/sandbox.py` declares it. Whoever changes it leaves it as declared."""
    with boxed() as box:
        box.up()
        box.first_plan = box.done("install", "--dry", "--diff")
        box.first, box.seen = watched_run(box, "install", "-vvv", "--debug-all", "--diff")
        yield box


@pytest.fixture(scope="session")
def account():
    """An AWS account without Kubernetes, where nothing is ever made."""
    with boxed() as box:
        yield box.up(kubernetes=False)


@pytest.fixture(scope="module")
def box_of_aws():
    """A new sandbox without Kubernetes for the tests of a module."""
    with boxed() as box:
        yield box.up(kubernetes=False)


@pytest.fixture(scope="module")
def box():
    """A new sandbox for the tests of a module."""
    with boxed() as box:
        yield box.up()

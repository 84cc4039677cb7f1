"""A run that is ended in the middle leaves nothing that the next one cannot complete, and nothing twice."""

import pytest
from kills import called, counted, doubled, helm_runs, killed, kubectl_deletes
from roundtrip_world import OWNER, boxed

INSTALL = {
    "nat": called("CreateNatGateway"),
    "cluster": called("CreateCluster"),
    "nodes": called("CreateNodegroup"),
    "helm": helm_runs,
}
CLEANUP = {
    "objects": kubectl_deletes,
    "database": called("DeleteDBInstance"),
    "nodes": called("DeleteNodegroup"),
    "network": called("DeleteSubnet"),
}


def left(box):
    return [thing for thing in box.left() if thing["tags"].get(OWNER)]


def completed(box):
    box.done("install")
    assert doubled(box) == {}
    assert {kind: counted(box, kind) for kind in ("vpc", "natgateway", "elastic-ip", "db", "subnet")} == {
        "vpc": 1,
        "natgateway": 1,
        "elastic-ip": 1,
        "db": 1,
        "subnet": 12,
    }
    box.done("verify")


def removed(box):
    box.done("cleanup")
    assert left(box) == []
    again = box.done("cleanup")
    assert again.writes == [] and again.changed == []


@pytest.fixture(scope="module")
def killed_box():
    """A sandbox where install and cleanup are ended in turn: each test starts without a platform and ends without one."""
    with boxed() as box:
        yield box.up()


@pytest.mark.slow
def test_an_install_killed_before_its_nodes_and_a_cleanup_killed_with_its_database_are_completed(killed_box):
    killed(killed_box, "install", INSTALL["nodes"])
    completed(killed_box)
    killed(killed_box, "cleanup", CLEANUP["database"])
    removed(killed_box)


@pytest.mark.slow
@pytest.mark.parametrize(("install", "cleanup"), [("nat", "objects"), ("helm", "nodes"), ("cluster", "network")])
def test_install_and_cleanup_killed_elsewhere_are_completed(killed_box, install, cleanup):
    killed(killed_box, "install", INSTALL[install])
    completed(killed_box)
    killed(killed_box, "cleanup", CLEANUP[cleanup])
    removed(killed_box)


@pytest.mark.slow
def test_a_platform_half_installed_can_be_removed_and_one_half_removed_installed(killed_box):
    killed(killed_box, "install", INSTALL["nodes"])
    killed(killed_box, "cleanup", CLEANUP["nodes"])
    completed(killed_box)
    removed(killed_box)

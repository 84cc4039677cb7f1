"""Whatever happened before: cleanup leaves nothing, says so, and has nothing to do a second time."""

import os
import signal

import pytest
import stories
from kills import called, helm_runs, killed
from roundtrip_world import OWNER, boxed

from sandbox.programs import KARPENTER
from sandbox.programs.cache import built

SPARK = {"enable_airflow_spark_example": True}

POINTS = {
    "vpc": called("CreateVpc"),
    "subnets": called("CreateSubnet"),
    "nat": called("CreateNatGateway"),
    "security groups": called("CreateSecurityGroup"),
    "database": called("CreateDBInstance"),
    "cluster": called("CreateCluster"),
    "endpoint": called("CreateVpcEndpoint"),
    "nodes": called("CreateNodegroup"),
    "add-ons": called("CreatePodIdentityAssociation"),
    "charts": helm_runs,
}
"""Where an install is killed: after the first of these."""


@pytest.fixture(scope="module")
def empty():
    """A sandbox where every story starts and ends without a platform, and what its account held from the start."""
    with boxed() as box:
        box.up()
        box.held = {thing["id"] for thing in box.things()}
        yield box


@pytest.fixture(scope="module")
def with_karpenter():
    """The same with Karpenter's own controller."""
    with boxed() as box:
        box.up(300, True, "--karpenter")
        box.held = {thing["id"] for thing in box.things()}
        yield box


@pytest.fixture
def platform(empty):
    empty.done("install", **SPARK)
    return empty


def remains(box):
    """What is there that was not there before, or carries our tag."""
    new = [thing for thing in box.left() if thing["id"] not in box.held or thing["tags"].get(OWNER)]
    return [f"{thing['service']} {thing['type']} {thing['id']}" for thing in new]


def removed(box, **data):
    """Cleanup, which leaves nothing, and a second one, which writes nothing."""
    cleaned = box.done("cleanup", **data)
    print(f"cleanup: {cleaned.seconds:.0f} s")
    assert remains(box) == [], cleaned.output
    again = box.done("cleanup", **data)
    assert (again.writes, again.changed) == ([], [])
    return cleaned


def test_of_half_an_install_one_step_cannot_be_removed_at_first(empty):
    """What could not be removed is told with the reason and the rest is gone; the next cleanup leaves nothing."""
    killed(empty, "install", POINTS["nat"])
    empty.tell("faults", {"faults": [{"service": "ec2", "action": "ReleaseAddress", "kind": "denied", "times": 0}]})
    failed = empty.run("cleanup")
    empty.tell("faults", {})
    assert failed.code != 0 and "Traceback" not in failed.output
    assert "left: ec2.elastic_ip airflow-sandbox-us-west-2a: ec2 release-address: UnauthorizedOperation" in failed.output
    assert [thing.partition(" eipalloc-")[0] for thing in remains(empty)] == ["ec2 elastic-ip"]
    removed(empty)


@pytest.mark.slow
def test_what_nodes_stand_on_stays_while_they_do(platform):
    platform.tell("faults", {"faults": [{"service": "eks", "action": "DeleteNodegroup", "kind": "denied", "times": 0}]})
    failed = platform.run("cleanup", **SPARK)
    platform.tell("faults", {})
    assert failed.code != 0
    assert "left: eks.nodegroup core-node-group: " in failed.output
    there = [thing["type"] for thing in platform.things() if thing["tags"].get(OWNER) and not thing["default"]]
    assert {"natgateway", "route-table", "role", "eks:cluster", "eks:nodegroup"} <= {*there} and not {"bucket", "db", "file-system"} & {*there}
    removed(platform, **SPARK)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_half_an_install_is_removed(empty, point):
    killed(empty, "install", POINTS[point])
    removed(empty)


@pytest.mark.slow
def test_a_platform_with_a_running_spark_job_is_removed(platform):
    stories.job_runs(platform)
    removed(platform, **SPARK)


@pytest.mark.slow
@pytest.mark.parametrize("story", stories.ANYWHERE, ids=lambda story: story.__name__)
def test_a_platform_is_removed_after(platform, story):
    story(platform)
    removed(platform, **SPARK)


@pytest.mark.slow
@pytest.mark.skipif(not (os.environ.get(KARPENTER.override) or built(KARPENTER)), reason="Karpenter is not built: python -m sandbox.programs builds it")
@pytest.mark.parametrize("story", stories.WITH_KARPENTER, ids=lambda story: story.__name__)
def test_a_platform_with_a_node_of_karpenter_is_removed_after(with_karpenter, story):
    with_karpenter.done("install", **SPARK)
    story(with_karpenter)
    assert any("karpenter.sh/nodepool" in thing["tags"] for thing in with_karpenter.things() if thing["type"] == "instance")
    removed(with_karpenter, **SPARK)


@pytest.mark.slow
def test_a_platform_is_removed_though_its_api_server_cannot_be_reached(platform):
    (record,) = platform.home.glob("clusters/*/airflow-sandbox/kube-apiserver.pid")
    os.kill(int(record.read_text().split()[0]), signal.SIGKILL)
    for verb in ("install", "verify"):
        refused = platform.run(verb, **SPARK)
        assert refused.code != 0 and refused.writes == []
        assert "its endpoint https://127.0.0.1" in refused.output and "cannot be reached from here" in refused.output
        assert "Traceback" not in refused.output
    cleaned = removed(platform, **SPARK)
    assert "its API server does not answer since" in cleaned.output

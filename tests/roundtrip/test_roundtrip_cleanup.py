"""Remove a platform and make it again: what is left is what AWS itself keeps, and each of it is told."""

import pytest
from roundtrip_world import KEPT, OWNER, kind

TWO = "us-west-2a,us-west-2b"


@pytest.fixture(scope="module")
def before(box):
    """What a new account holds."""
    return {thing["id"] for thing in box.things()}


@pytest.fixture(scope="module")
def installed(box, before):
    return box.done("install")


@pytest.fixture(scope="module")
def dropped(box, installed):
    """A zone less: what verify and install say, and the cleanup with it."""
    return box.run("verify", zones=TWO), box.run("install", prune="true", zones=TWO), box.done("cleanup", zones=TWO)


def test_a_subnet_dropped_from_the_settings_is_named_by_verify(dropped):
    answer, _, _ = dropped
    assert answer.code != 0
    for subnet in ("public", "private", "database", "data"):
        assert f"airflow-sandbox-{subnet}-us-west-2c" in answer.output


def test_a_zone_its_nodes_stand_in_is_not_dropped_by_install(dropped):
    _, refused, _ = dropped
    assert refused.code != 0 and refused.writes == []
    assert "! eks.nodegroup core-node-group: " in refused.output and "remove the node group first" in refused.output


def test_cleanup_leaves_nothing_but_what_aws_keeps_and_lists_it(box, before, dropped):
    _, _, cleanup = dropped
    print(f"cleanup: {cleanup.seconds:.0f} s")
    assert [thing for thing in box.left() if thing["id"] not in before] == []
    new = [thing for thing in box.things() if thing["id"] not in before]
    kept = [thing for thing in new if kind(thing) in KEPT and (thing["tags"].get(OWNER) or thing["id"] == "alias/airflow-sandbox")]
    assert {kind(thing) for thing in kept} == KEPT
    told = [line.partition("kept by AWS: ")[2] for line in cleanup.output.splitlines() if "kept by AWS: " in line]
    for thing in kept:
        name = thing["id"].partition(":secret:")[2].rpartition("-")[0] or thing["id"].rpartition(":snapshot:")[2]
        assert any(name in line for line in told), f"{thing['id']} is not told"
    assert len(told) == len(kept)


def test_cleanup_ends_the_control_plane(box, dropped):
    assert box.processes() == [box.daemon["pid"]]
    assert box.ask("clusters") == []


def test_a_second_cleanup_changes_nothing_and_sends_no_write(box, dropped):
    again = box.done("cleanup")
    assert len(again.results) > 90
    assert again.changed == []
    assert again.writes == []


def test_a_new_install_under_the_same_name_succeeds_at_once(box, dropped):
    box.done("install")
    box.done("verify")
    assert len([thing for thing in box.things() if kind(thing) == ("kms", "key") and thing["tags"].get(OWNER)]) == 1, "the key was taken back"

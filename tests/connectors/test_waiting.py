"""Waits end in the awaited state, in one that is never left, or after a while; meanwhile they tell how it stands."""

from functools import partial
from itertools import count
from types import SimpleNamespace

import pytest
from aws_server import one_line

from connectors.aws import telling, waiting
from connectors.aws.client import Patience
from connectors.aws.waiters import WAITERS, Waiter
from connectors.commands.command import AwsCall, Wait

ACTIVE = Wait("eks", "cluster_active", name="airflow-test")


def test_it_ends_when_the_thing_is_ready(server, run):
    server.states["cluster"] = ["CREATING", "ACTIVE"]
    assert run(ACTIVE) == (True, "") and server.count("DescribeCluster") == 2


def test_it_ends_when_the_thing_is_gone(server, run):
    server.states["cluster"] = ["DELETING", "absent"]
    assert run(Wait("eks", "cluster_deleted", name="airflow-test"))[0]


def test_it_tells_how_it_stands(server, run, lines, monkeypatch):
    monkeypatch.setattr(telling, "TELL_EVERY", 0.5)
    server.states["cluster"] = ["CREATING"] * 8 + ["ACTIVE"]
    assert run(ACTIVE)[0]
    assert lines[:2] == ["eks cluster airflow-test: CREATING, 0s", "eks cluster airflow-test: CREATING, 1s"]


def test_it_looks_less_and_less_often(server, run, monkeypatch):
    pauses = []
    monkeypatch.setattr(waiting, "time", SimpleNamespace(sleep=pauses.append))
    monkeypatch.setattr(telling, "time", SimpleNamespace(monotonic=partial(next, count(step=20))))
    server.states["cluster"] = ["CREATING"] * 3 + ["ACTIVE"]
    monkeypatch.setattr(telling, "TELL_EVERY", 1000)
    assert run(ACTIVE)[0]
    assert pauses == sorted(pauses) and len(set(pauses)) == 3 and pauses[0] > 0.2


def test_every_fifteen_seconds(monkeypatch):
    assert telling.TELL_EVERY == 15


@pytest.mark.parametrize("state", ["FAILED", "DELETING"])
def test_a_state_it_never_gets_out_of_ends_it(server, run, state):
    server.states["cluster"] = ["CREATING", state]
    done, line = run(ACTIVE)
    assert not done and line == f"eks cluster airflow-test: {state}, wanted cluster_active"


def test_it_is_given_up_after_a_while(server, run, monkeypatch):
    monkeypatch.setitem(WAITERS, ("eks", "cluster_active"), Waiter("describe_cluster", "cluster.status", ("ACTIVE",), limit=1))
    server.states["cluster"] = ["CREATING"]
    done, line = run(ACTIVE)
    assert not done and line == "eks cluster airflow-test: still CREATING after 1s, wanted cluster_active; run again to go on waiting"


def test_what_is_not_listed_yet_is_given_a_moment(server, run):
    server.states["cluster"] = ["absent", "CREATING", "ACTIVE"]
    assert run(ACTIVE)[0]


def test_what_is_not_there_after_that_is_a_failure(server, run):
    done, line = run(ACTIVE)
    assert not done and one_line(line) and "eks describe-cluster: ResourceNotFoundException" in line


def test_a_poll_that_is_lost_is_sent_again(server, run):
    server.states["cluster"] = ["ACTIVE"]
    server.faults["DescribeCluster"] = ["dropped", "throttled", "500"]
    assert run(ACTIVE)[0]


def test_a_poll_that_is_refused_is_a_failure(server, run):
    server.errors["DescribeCluster"] = ("AccessDeniedException", "not authorized")
    done, line = run(ACTIVE)
    assert not done and "allow the action" in line


@pytest.mark.parametrize("key", WAITERS)
def test_every_wait_can_end(key):
    waiter = WAITERS[key]
    assert waiter.done or waiter.gone
    assert not set(waiter.done) & set(waiter.failed)


def test_once_a_removal_has_waited_in_vain_the_next_do_not_wait_as_long(server, run, host, monkeypatch):
    monkeypatch.setattr("connectors.aws.sending.IN_VAIN", 0)
    host.connector.aws.patience = Patience(release=0.5)
    server.errors["DeleteVpc"] = ("DependencyViolation", "The vpc has dependencies and cannot be deleted.")
    assert not run(AwsCall("ec2", "delete_vpc", VpcId="vpc-1"))[0]
    tried = server.count("DeleteVpc")
    assert not run(AwsCall("ec2", "delete_vpc", VpcId="vpc-2"))[0]
    assert tried > 1 and server.count("DeleteVpc") == tried + 1

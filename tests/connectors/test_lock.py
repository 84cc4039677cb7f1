"""A deployment's lock: of those who want it one has it, whatever happens to the others, the answers and the clocks."""

import json
import os
import random
import subprocess
import sys
import time

import gevent
import pytest
from aws_server import ACCOUNT, one_line
from command_line import ROOT, until

from connectors.aws.client import Aws, AwsFailure, Patience
from connectors.commands.command import AwsCall, Kubectl, Wait
from connectors.lock import lock as locks
from connectors.lock import process
from connectors.lock.lock import LIFETIME, MARGIN, Lock

NAME = "/airflow-on-eks/airflow-test/lock"
TAGS = {"airflow-on-eks/deployment": "airflow-test", "team": "data"}
VPC = AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16")
ENDED = "import json; from connectors.lock import process; print(json.dumps(process.here()), flush=True)"
ZOMBIE = f"import os, sys\nif os.fork(): sys.stdin.read(); sys.exit()\n{ENDED}"


@pytest.fixture
def runs(server, lines):
    """Makes a run's view of the lock; all are released at the end."""
    made = []

    def run(unlock=False):
        made.append(Lock(Aws("us-west-2", lines.append, patience=Patience(seen=0.1)), "airflow-test", TAGS))
        if unlock:
            made[-1].unlock()
        return made[-1]

    yield run
    for lock in made:
        lock.release()


def refused(lock):
    """The line a run is refused the lock with, empty when it has it."""
    try:
        lock.take()
    except AwsFailure as failure:
        assert one_line(str(failure))
        return str(failure)
    return ""


def kept(server):
    return [json.loads(version["Value"]) for version in server.parameters.kept.get(NAME, [])]


def test_it_says_who_where_since_and_until_when_and_carries_our_tag(server, runs):
    assert runs().take() is True
    (sent,) = server.sent("PutParameter")
    assert sent["Tags"] == [{"Key": key, "Value": value} for key, value in TAGS.items()] and "Overwrite" not in sent
    (said,) = kept(server)
    assert said["who"] == f"arn:aws:iam::{ACCOUNT}:user/somebody" and f"(process {os.getpid()})" in said["where"]
    since, until = (time.mktime(time.strptime(said[name], "%Y-%m-%dT%H:%M:%SZ")) for name in ("since", "expires"))
    assert until - since == pytest.approx(LIFETIME, abs=1)


def test_it_is_taken_once_and_gone_when_released(server, runs):
    lock = runs()
    assert [lock.take(), lock.take(), lock.take()] == [True, False, False]
    assert server.count("PutParameter") == 1
    lock.release()
    assert kept(server) == []
    assert runs().take() is True


def test_another_run_is_told_who_has_it_and_what_to_do(server, runs):
    runs().take()
    line = refused(runs())
    assert line.startswith(f"airflow-test is locked (held by arn:aws:iam::{ACCOUNT}:user/somebody on ")
    assert " since 20" in line and ", until 20" in line and "wait until that run is over" in line and "--data unlock=true" in line
    assert len(kept(server)) == 1


def test_an_expired_lock_is_taken_over_with_a_line_and_not_before(server, runs, lines):
    gone = runs()
    gone.take()
    server.parameters.age(LIFETIME + MARGIN - 5)
    assert "is locked" in refused(runs())
    server.parameters.age(10)
    heir = runs()
    assert heir.take() is True
    assert [line for line in lines if "the lock has expired (held by" in line and "it is taken over" in line]
    gone.release()
    assert kept(server)[-1]["run"] == heir.run, "who lost it does not remove it"


def test_what_a_run_on_this_machine_left_that_ended_is_taken_over_at_once(server, runs, lines, monkeypatch):
    ended = json.loads(subprocess.run([sys.executable, "-c", ENDED], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    with monkeypatch.context() as patched:
        patched.setattr(process, "here", lambda: ended)
        runs().take()
    runs().take()
    assert any("left by a run on this machine that ended (held by" in line for line in lines)


@pytest.mark.parametrize(
    "other",
    [{"boot": "another"}, {"namespace": "pid:[1]"}, {"pid": 1, "start": "none"}, {"start": None}],
    ids=["another machine", "another container", "a process of another user", "itself, unreadable"],
)
def test_a_process_that_may_run_has_not_ended(other, monkeypatch):
    def unreadable(pid):
        raise PermissionError

    there = {**process.here(), **other}
    assert process.ended(process.here()) is False
    if there["boot"] == process.here()["boot"] and there["namespace"] == process.here()["namespace"]:
        here = process.here()
        monkeypatch.setattr(process, "here", lambda: here)
        monkeypatch.setattr(process, "_started", unreadable)
    assert process.ended(there) is False


def test_a_number_that_another_process_has_by_now_and_a_zombie_have_ended():
    assert process.ended({**process.here(), "start": "1"}) is True
    parent = subprocess.Popen([sys.executable, "-c", ZOMBIE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    zombie = json.loads(parent.stdout.readline())
    until(lambda: process.ended(zombie), 10)
    os.kill(zombie["pid"], 0)
    parent.communicate()
    assert process.ended(zombie) is True


def test_unlock_breaks_it_and_whoever_had_it_stops(server, runs, lines):
    broken = runs()
    broken.take()
    heir = runs(unlock=True)
    assert heir.take() is True
    assert any("the lock is broken, as unlock=true asks for (held by" in line for line in lines)
    broken._sent = (0, 0)
    line = refused(broken)
    assert line.startswith("the lock of airflow-test is lost (held by") and line.endswith("nothing more is changed")
    assert refused(broken) == line
    broken.release()
    assert kept(server)[-1]["run"] == heir.run


def test_a_lock_that_somebody_removed_is_lost(server, runs):
    lock = runs()
    lock.take()
    server.parameters.kept.clear()
    assert refused(lock) == ""
    lock._sent = (0, 0)
    assert "somebody removed it" in refused(lock)
    assert kept(server) == []


def test_it_is_renewed_while_a_run_waits(server, runs, monkeypatch):
    for name, seconds in {"LIFETIME": 0.6, "LOOK_EVERY": 0.05}.items():
        monkeypatch.setattr(locks, name, seconds)
    lock = runs()
    lock.take()
    gevent.sleep(1)
    assert len(kept(server)) >= 3 and len({said["since"] for said in kept(server)}) == 1
    assert refused(lock) == ""
    lock.release()
    assert kept(server) == []


def test_a_run_that_slept_goes_on_if_nobody_took_its_lock(server, runs):
    lock = runs()
    lock.take()
    server.parameters.age(10 * LIFETIME)
    lock._sent = (0, 0)
    assert refused(lock) == ""
    assert "is locked" in refused(runs())


@pytest.mark.parametrize("fault", ["lost", "500 done", "dropped", "500", "throttled"])
def test_a_lost_answer_loses_no_lock_and_leaves_none(server, runs, fault):
    server.faults["PutParameter"] = [fault]
    lock = runs()
    assert lock.take() is True
    assert "is locked" in refused(runs())
    lock._sent, server.faults["PutParameter"] = (0, 0), [fault]
    assert refused(lock) == ""
    server.faults["DeleteParameter"] = [fault]
    lock.release()
    assert kept(server) == []


def test_aws_that_does_not_answer_at_the_end_is_told_and_no_failure(server, runs, lines):
    lock = runs()
    lock.take()
    server.errors["DeleteParameter"] = ("AccessDeniedException", "not authorized to perform: ssm:DeleteParameter")
    lock.release()
    assert any("the lock could not be removed, it stays until it expires: ssm delete-parameter: AccessDenied" in line for line in lines)


def test_what_people_write_there_locks_too(server, runs):
    server.parameters.put({"Name": NAME, "Value": "hands off until Monday"})
    assert "held by unknown" in refused(runs())
    assert runs(unlock=True).take() is True


FORGED = ["x", 7, [], {"pid": "x"}, {"pid": 0}, {"pid": -1}, {"pid": 10**30}, {"pid": True}, {"pid": None, "start": []}, {}]


@pytest.mark.parametrize("forged", FORGED, ids=repr)
def test_a_forged_process_locks_like_any_other_and_can_be_unlocked(server, runs, forged):
    mine = {**process.here(), **forged} if isinstance(forged, dict) else forged
    content = {"who": ["nobody"], "where": "here\nthere\x1b[2J" + "x" * 4000, "since": {}, "run": {"a": 1}, "process": mine if forged != {} else {}}
    server.parameters.put({"Name": NAME, "Value": json.dumps(content)})
    line = refused(runs())
    assert "is locked (held by ['nobody'] on here there [2Jxxx" in line and len(line) < 800
    assert runs(unlock=True).take() is True


@pytest.mark.parametrize("value", ["null", "7", '"x"', "[]", "[[1, 2]]", "{", "{}"])
def test_whatever_the_parameter_says_can_be_unlocked(server, runs, value):
    server.parameters.put({"Name": NAME, "Value": value})
    assert "held by unknown" in refused(runs())
    assert runs(unlock=True).take() is True


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("left", ["nothing", "expired", "broken", "expired, with writes that do not count"])
def test_of_many_that_want_it_at_once_one_has_it(server, runs, left, rounds, monkeypatch):
    put, get = server.parameters.put, server.parameters.get
    for action, call in (("put", put), ("get", get)):
        monkeypatch.setattr(server.parameters, action, lambda params, call=call: (gevent.sleep(random.random() / 200), call(params))[1])
    for _ in range(rounds):
        server.parameters.kept.clear()
        if left != "nothing":
            old = runs()
            old.take()
            old._renewing.kill()
            old._since = ""
        if "do not count" in left:
            put({"Name": NAME, "Overwrite": True, "Value": json.dumps({"run": "too late", "id": "x", "follows": "another"})})
        if "expired" in left:
            server.parameters.age(2 * LIFETIME)
        racing = [runs(unlock=left == "broken") for _ in range(4)]
        lines = [task.get() for task in [gevent.spawn(refused, lock) for lock in racing]]
        (winner,) = [lock for lock, line in zip(racing, lines, strict=True) if not line]
        assert all("is locked (held by" in line for line in lines if line)
        for lock in racing:
            if lock is not winner:
                lock.release()
        winner._sent = (0, 0)
        assert refused(winner) == "", "the others took nothing from it"
        winner.release()
        assert kept(server) == []


def test_a_write_that_came_too_late_to_a_lock_that_was_made_anew_does_not_count(server, runs):
    old, slow = runs(), runs()
    old.take()
    server.parameters.age(2 * LIFETIME)
    newest, _ = slow.parameter.look()
    old._sent = (time.time(), time.monotonic())
    old.release()
    heir = runs()
    heir.take()
    assert slow.parameter.write(newest, {"run": slow.run}) is True
    assert "is locked" in refused(runs())
    heir._sent = (0, 0)
    assert refused(heir) == ""


def test_reads_and_waits_take_no_lock_and_writes_do(server, cluster, run, host):
    assert run(AwsCall("ec2", "describe_vpcs"))[0]
    assert run(Wait("eks", "cluster_active", name="airflow-test"))[0]
    assert server.count("PutParameter") == 0
    assert run(VPC)[0] and run(VPC)[0]
    assert server.count("PutParameter") == 1
    host.connector.disconnect()
    assert kept(server) == []


def test_who_is_refused_writes_nothing(server, cluster, run, runs):
    runs().take()
    for command in (VPC, Kubectl("apply", "-f", "-", stdin=[])):
        done, line = run(command)
        assert not done and line.startswith("airflow-test is locked (held by")
    assert server.count("CreateVpc") == 0


def test_unlock_breaks_what_there_was_when_the_run_began_and_nothing_later(server, runs):
    stale = runs()
    stale.take()
    first, second = runs(unlock=True), runs(unlock=True)
    assert first.take() is True
    assert "is locked" in refused(second)

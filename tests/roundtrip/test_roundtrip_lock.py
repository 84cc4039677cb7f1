"""Who changes a deployment has its lock: of two that run at once one stays outside, and whoever is killed is in nobody's way."""

import json
import os
import signal
import subprocess
import threading
import time
import uuid

import pytest
from kills import called, doubled, killed
from roundtrip_world import LIMIT, OWNER, ROOT

LOCK = "/airflow-on-eks/airflow-sandbox/lock"
ANNA = {"who": "arn:aws:iam::123456789012:user/anna", "where": "laptop (process 4711)", "since": "2026-11-22T19:00:00Z", "expires": "2026-11-22T19:15:00Z"}


def held(box):
    """Anna has it."""
    tags = [{"Key": OWNER, "Value": "airflow-sandbox"}]
    box.client("ssm").put_parameter(Name=LOCK, Type="String", Value=json.dumps({**ANNA, "run": uuid.uuid4().hex}), Tags=tags)


def locks(box):
    return [thing["id"] for thing in box.things() if thing["type"] == "parameter" and thing["tags"].get(OWNER) == "airflow-sandbox"]


def refusal(ran):
    """The line a run that changed nothing is refused with."""
    (line,) = {line.strip() for line in ran.output.splitlines() if "is locked (held by" in line}
    assert ran.code != 0 and "Traceback" not in ran.output
    return line


def test_a_locked_deployment_is_left_alone_and_the_line_says_whose_it_is(account):
    held(account)
    try:
        ran = account.run("install")
        assert ran.writes == []
        line = refusal(ran)
        assert line.startswith(f"airflow-sandbox is locked (held by {ANNA['who']} on {ANNA['where']} since {ANNA['since']}, until {ANNA['expires']}")
        assert line.endswith("break its lock with --data unlock=true")
        assert locks(account) == [LOCK]
    finally:
        account.client("ssm").delete_parameter(Name=LOCK)


@pytest.mark.slow
def test_of_two_installs_at_once_one_writes_and_the_other_says_why_not(box):
    ran = []
    racing = [threading.Thread(target=lambda: ran.append(box.run("install"))) for _ in range(2)]
    before = len(box.calls)
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    loser, winner = sorted(ran, key=lambda run: run.seconds)
    assert winner.code == 0, winner.output
    refusal(loser)
    assert "failed" not in winner.results.values() and not {"create", "change", "remove"} & set(loser.results.values())
    taken = [call for call in box.calls[before:] if call["action"] == "PutParameter" and call["status"] == 200]
    assert len(taken) == 1 and doubled(box) == {} and locks(box) == []
    assert box.done("install").writes == []


@pytest.mark.slow
def test_another_ones_lock_is_no_stranger_and_its_plan_can_be_read(box):
    box.done("install")
    held(box)
    assert "is as declared and works" in box.done("verify").output
    assert box.done("install").writes == [], "who changes nothing needs no lock"
    changed = box.run("install", log_retention_days=30)
    refusal(changed)
    assert changed.writes == []
    broken = box.done("install", log_retention_days=30, unlock="true")
    assert "the lock is broken, as unlock=true asks for (held by arn:aws:iam::123456789012:user/anna" in broken.output
    assert locks(box) == []
    held(box)
    assert locks(box) == [LOCK]
    refusal(box.run("cleanup"))
    box.done("cleanup", unlock="true")
    assert locks(box) == []


@pytest.mark.slow
def test_a_lock_that_a_killed_run_left_is_taken_over_and_cleanup_removes_it(box):
    killed(box, "install", called("CreateVpc"))
    assert locks(box) == [LOCK]
    assert "left by a run on this machine that ended (held by" in box.done("cleanup").output
    assert locks(box) == []
    killed(box, "install", called("PutParameter"))
    box.done("cleanup")
    assert locks(box) == [] and box.done("cleanup").writes == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_releases_it(box, number):
    before = len(box.calls)
    process = subprocess.Popen(box.command("install"), cwd=ROOT, env=box.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + LIMIT
    while not any(call["action"] == "CreateNatGateway" for call in box.calls[before:]) and time.monotonic() < end:
        time.sleep(0.05)
    assert locks(box) == [LOCK]
    os.kill(process.pid, number)
    assert process.wait(60) == 128 + number
    assert locks(box) == []
    box.done("cleanup")

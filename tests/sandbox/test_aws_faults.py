"""Faults of calls and of commands: each kind, and what it leaves."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time

import boto3
import pytest
from aws_world import refused
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from sandbox.commands import directory
from sandbox.home import home

TOOL = """#!/bin/sh
echo "$(basename $0) $*" >> {ran}
case "$*" in *"-f -"*) cat >> {ran};; esac
case "$*" in *broken*) exit 3;; esac
"""
BUNDLE = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: door\nstringData:\n  key: hush\n"


@pytest.fixture
def faults(aws):
    yield lambda *given: aws.ask("faults", {"faults": list(given)})
    aws.ask("faults", {"faults": []})


@pytest.fixture
def once(aws):
    """A client that sends a call once."""
    retries = Config(retries={"total_max_attempts": 1})
    return boto3.client("ec2", region_name="eu-west-1", endpoint_url=aws.sandbox.endpoint, config=retries, **aws.credentials())


def count(client):
    return len(client.describe_vpcs()["Vpcs"])


def make(client, cidr="10.0.0.0/16"):
    return client.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def struck(aws):
    return [(call["service"], call["action"], call["kind"]) for call in aws.ask("faults")["struck"]]


def until(true):
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_the_second_call_of_an_action_is_throttled(aws, faults, once):
    before = count(once)
    faults({"service": "ec2", "action": "CreateVpc", "nth": 2, "kind": "throttled"})
    make(once)
    with refused("RequestLimitExceeded"):
        make(once)
    assert count(once) == before + 1
    assert struck(aws) == [("ec2", "CreateVpc", "throttled")]


@pytest.mark.parametrize(("kind", "code"), [("denied", "UnauthorizedOperation"), ("error", "InternalFailure"), ("throttled", "RequestLimitExceeded")])
def test_a_write_is_turned_away_and_not_carried_out(faults, once, kind, code):
    before = count(once)
    faults({"writes": True, "kind": kind})
    assert count(once) == before
    with refused(code):
        make(once)
    assert count(once) == before


def test_an_answer_is_lost_after_the_effect(faults, once):
    before = count(once)
    faults({"action": "CreateVpc", "kind": "lost"})
    with pytest.raises(ConnectionClosedError):
        make(once)
    assert count(once) == before + 1


def test_a_kind_that_is_none_is_refused(aws):
    with pytest.raises(OSError):
        aws.ask("faults", {"faults": [{"kind": "thrown"}]})


def test_each_write_is_struck_once_whatever_its_token(aws, faults, once):
    faults({"writes": True, "each": True, "times": 0, "kind": "throttled"})
    for cidr in ("10.0.0.0/16", "10.1.0.0/16"):
        with refused("RequestLimitExceeded"):
            make(once, cidr)
        make(once, cidr)
    for token, code in (("a", "RequestLimitExceeded"), ("b", "InvalidSubnetID.NotFound")):
        with refused(code):
            once.create_nat_gateway(SubnetId="subnet-1", AllocationId="eipalloc-1", ClientToken=token)
    assert [call["params"].get("CidrBlock") for call in aws.ask("faults")["struck"]] == ["10.0.0.0/16", "10.1.0.0/16", None]
    assert [call["action"] for call in aws.ask("faults/2")["struck"]] == ["CreateNatGateway"]


def test_each_counts_from_the_nth(aws, faults, once):
    faults({"writes": True, "each": True, "nth": 2, "times": 1, "kind": "throttled"})
    make(once, "10.2.0.0/16")
    make(once, "10.2.0.0/16")
    with refused("RequestLimitExceeded"):
        make(once, "10.3.0.0/16")
    make(once, "10.4.0.0/16")
    assert len(struck(aws)) == 1


def test_what_is_refused_anyway_is_not_lost_but_its_next_time_is(aws, faults, once):
    faults({"action": "DeleteSubnet", "each": True, "times": 0, "kind": "lost"})
    with refused("InvalidSubnetID.NotFound"):
        once.delete_subnet(SubnetId="subnet-1")
    assert struck(aws) == []
    vpc = make(once)
    subnet = once.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    with pytest.raises(ConnectionClosedError):
        once.delete_subnet(SubnetId=subnet)
    assert struck(aws) == [("ec2", "DeleteSubnet", "lost")]


def test_a_write_is_noted(aws, faults, once):
    faults({"writes": True, "each": True, "times": 0, "kind": "noted"})
    make(once)
    assert struck(aws) == [("ec2", "CreateVpc", "noted")]


def test_a_held_call_is_carried_out_and_let_go_when_its_caller_is_gone(aws, faults, once):
    before = count(once)
    faults({"action": "CreateVpc", "kind": "held"})
    call = "import boto3; boto3.client('ec2').create_vpc(CidrBlock='10.0.0.0/16')"
    names = {"AWS_ENDPOINT_URL": aws.sandbox.endpoint, "AWS_DEFAULT_REGION": "eu-west-1"}
    names |= {name.upper(): value for name, value in aws.credentials().items()}
    caller = subprocess.Popen([sys.executable, "-c", call], env={**os.environ, **names})
    until(lambda: [one["held"] for one in aws.ask("faults")["struck"]] == [True])
    assert caller.poll() is None and count(once) == before + 1
    until(lambda: json.loads((home() / "calls.jsonl").read_text().splitlines()[-2])["fault"] == "held")
    caller.kill()
    caller.wait()
    until(lambda: [one["held"] for one in aws.ask("faults")["struck"]] == [False])


def test_a_held_call_is_let_go_when_other_faults_are_set(aws, faults, once):
    faults({"action": "CreateVpc", "kind": "held"})

    def lost():
        with contextlib.suppress(ConnectionClosedError):
            make(once)

    thread = threading.Thread(target=lost)
    thread.start()
    until(lambda: struck(aws))
    faults()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def tool(aws, tmp_path):
    """Runs helm or kubectl as the sandbox has it; what really ran is in `ran`."""
    ran = tmp_path / "ran"
    for name in ("helm", "kubectl"):
        (tmp_path / name).write_text(TOOL.format(ran=ran))
        (tmp_path / name).chmod(0o755)
    ran.touch()

    def run(*words, given=""):
        environment = {**os.environ, "PATH": f"{directory()}:{tmp_path}:{os.environ['PATH']}"}
        return subprocess.run(words, env=environment, input=given, capture_output=True, text=True, timeout=30)

    run.ran = lambda: ran.read_text()
    run.environment = {**os.environ, "PATH": f"{directory()}:{tmp_path}:{os.environ['PATH']}"}
    return run


def test_commands_run_as_they_are_and_those_that_write_are_written_down(tool):
    assert tool("helm", "list", "--namespace", "x").returncode == 0
    assert tool("kubectl", "apply", "-f", "-", given=BUNDLE).returncode == 0
    assert tool("helm", "uninstall", "broken").returncode == 3
    assert tool.ran() == f"helm list --namespace x\nkubectl apply -f -\n{BUNDLE}helm uninstall broken\n"
    text = (home() / "calls.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()[-2:]]
    assert [(line["service"], line["action"], line["write"]) for line in lines] == [("kubectl", "apply", True), ("helm", "uninstall", True)]
    assert lines[0]["params"] == {"arguments": ["-f", "-"], "objects": ["Secret/door"]} and "hush" not in text


@pytest.mark.parametrize(("kind", "said"), [("throttled", "too many requests"), ("error", "an error on the server"), ("denied", "forbidden")])
@pytest.mark.parametrize("words", [("helm", "upgrade", "--install", "airflow", "--values", "-"), ("kubectl", "apply", "-f", "-")])
def test_a_command_that_writes_is_turned_away_and_not_run(aws, faults, tool, kind, said, words):
    faults({"service": words[0], "action": words[1], "kind": kind})
    assert tool(words[0], "version").returncode == 0
    assert tool("kubectl", "apply", "--dry-run=server", "-f", "-", given=BUNDLE).returncode == 0
    before = tool.ran()
    answer = tool(*words, given=BUNDLE)
    assert answer.returncode == 1 and said in answer.stderr and tool.ran() == before
    assert struck(aws) == [(words[0], words[1], kind)]
    assert tool(*words, given=BUNDLE).returncode == 0


def test_a_command_is_carried_out_and_its_end_is_lost(aws, faults, tool):
    faults({"service": "helm", "each": True, "times": 0, "kind": "lost"})
    assert tool("helm", "upgrade", "broken").returncode == 3
    answer = tool("helm", "upgrade", "airflow")
    assert answer.returncode == 1 and "unexpected EOF" in answer.stderr
    assert tool("helm", "upgrade", "airflow").returncode == 0
    assert tool.ran() == "helm upgrade broken\n" + "helm upgrade airflow\n" * 2
    assert len(struck(aws)) == 1


def test_a_held_command_has_run_and_does_not_end_until_it_is_killed(aws, faults, tool):
    faults({"service": "kubectl", "writes": True, "kind": "held"})
    process = subprocess.Popen(["kubectl", "delete", "pod", "x"], env=tool.environment)
    until(lambda: [one["held"] for one in aws.ask("faults")["struck"]] == [True])
    assert tool.ran() == "kubectl delete pod x\n" and process.poll() is None
    process.kill()
    process.wait()
    until(lambda: [one["held"] for one in aws.ask("faults")["struck"]] == [False])


def test_env_puts_the_programs_on_the_path_while_faults_are_in_force(aws, faults):
    env = lambda: subprocess.run([sys.executable, "-m", "sandbox", "env"], capture_output=True, text=True, env=os.environ).stdout  # noqa: E731
    assert "PATH" not in env()
    faults({"service": "helm", "kind": "error"})
    assert f"export PATH={directory()}:$PATH\n" in env()

"""The sandbox itself: its home, its log of calls, its state."""

import json
import os
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aws_world import World

import sandbox
from sandbox.home import home, read_daemon


def run(*arguments, **environment):
    words = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(words, capture_output=True, text=True, env=os.environ | environment, cwd=Path(sandbox.__file__).parents[1])


def test_up_env_status_down_and_again(tmp_path):
    own = {"AIRFLOW_ON_EKS_SANDBOX": str(tmp_path / "home")}
    assert run("status", **own).returncode != 0
    assert run("down", **own).returncode == 0
    first = run("up", "--no-kubernetes", "--time-scale", "300", **own)
    assert first.returncode == 0 and "is up at http://127.0.0.1:" in first.stdout, first
    try:
        assert "already up" in run("up", "--no-kubernetes", **own).stdout
        lines = run("env", **own).stdout.splitlines()
        exported = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        assert exported["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:") and len(exported["AWS_SECRET_ACCESS_KEY"]) == 40
        status = run("status", **own).stdout
        assert "resident" in status and "karpenter   off: NodePools stay without nodes" in status
        assert oct((tmp_path / "home" / "daemon.json").stat().st_mode & 0o777) == "0o600"
    finally:
        assert run("down", **own).returncode == 0
    assert not (tmp_path / "home").exists()


def test_a_daemon_that_was_killed_leaves_nothing_in_the_way(tmp_path):
    own = {"AIRFLOW_ON_EKS_SANDBOX": str(tmp_path / "home")}
    assert run("up", "--no-kubernetes", **own).returncode == 0
    killed = json.loads((tmp_path / "home" / "daemon.json").read_text())
    os.kill(killed["pid"], 9)
    try:
        assert "already" not in run("up", "--no-kubernetes", **own).stdout
        assert json.loads((tmp_path / "home" / "daemon.json").read_text())["pid"] != killed["pid"]
    finally:
        assert run("down", **own).returncode == 0


def test_a_directory_of_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    for verb in ("up", "down"):
        answer = run(verb, "--no-kubernetes", AIRFLOW_ON_EKS_SANDBOX=str(tmp_path))
        assert answer.returncode == 1 and "holds other files" in answer.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_python_api(aws):
    assert sandbox.running() == aws.sandbox == sandbox.up(time_scale=600)
    assert aws.sandbox.account_id == "123456789012"


def test_calls_are_written_down_without_secrets(aws):
    secret = uuid.uuid4().hex
    aws("secretsmanager").create_secret(Name=f"n{secret[:6]}", SecretString=secret)
    aws("ssm").put_parameter(Name=f"/n{secret[:6]}", Value=secret, Type="SecureString")
    text = (home() / "calls.jsonl").read_text()
    assert secret not in text
    calls = [json.loads(line) for line in text.splitlines()]
    made = next(call for call in reversed(calls) if call["action"] == "CreateSecret")
    assert made["service"] == "secretsmanager" and made["write"] and made["params"]["SecretString"] == "***" and made["status"] == 200
    aws("ec2").describe_vpcs()
    last = json.loads((home() / "calls.jsonl").read_text().splitlines()[-1])
    assert (last["action"], last["write"], last["error"], last["region"]) == ("DescribeVpcs", False, None, "eu-west-1")


def test_state_tells_what_there_is(aws):
    world = World(aws)
    vpc = world.vpc
    state = aws.ask("state")["123456789012"]
    assert state["eu-west-1"]["ec2"][vpc]["type"] == "vpc" and not state["eu-west-1"]["ec2"][vpc]["default"]
    assert any(thing["default"] for thing in state["eu-west-1"]["ec2"].values())
    assert state["global"]["iam"]["arn:aws:iam::123456789012:user/administrator"]["default"]
    world.ec2.delete_vpc(VpcId=vpc)
    left = aws.ask("state")["123456789012"]["eu-west-1"]["ec2"]
    assert vpc not in left


def test_calls_are_fast(aws):
    aws.ask("time-scale", {"time_scale": 600})
    for _ in range(50):
        aws("ec2").describe_vpcs()
    calls = [json.loads(line) for line in (home() / "calls.jsonl").read_text().splitlines()[-50:]]
    assert sorted(call["ms"] for call in calls)[25] < 8


def test_only_loopback_listens(aws):
    port = f"{read_daemon().port:04X}"
    addresses = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [address for address in addresses if address.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_latency_is_added_to_every_answer_and_holds_up_nobody_else(aws):
    ec2 = aws("ec2")
    aws.ask("latency", {"milliseconds": 500})
    try:
        started = time.monotonic()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda _: ec2.describe_vpcs(), range(4)))
        assert 0.5 <= time.monotonic() - started < 4 * 0.5
    finally:
        aws.ask("latency", {"milliseconds": 0})


def test_a_latency_that_is_none_is_refused(tmp_path):
    answer = run("up", "--no-kubernetes", "--latency", "-5", AIRFLOW_ON_EKS_SANDBOX=str(tmp_path / "home"))
    assert answer.returncode == 1 and "-5 ms" in answer.stderr and not (tmp_path / "home").exists()

"""Reading is enough for a plan: every write of AWS is denied, and the cluster lets the caller look only."""

import json

import pytest
from drift_world import NAME, ROOT, Platform, plan_of

from connectors.aws.permissions import action
from deploys.permissions import reads
from inventories.sandbox import deployments
from sandbox.home import read_daemon
from sandbox.lifecycle import ask

pytestmark = pytest.mark.slow

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy"
MIRROR = {"chart_mirror": str(ROOT / "sandbox" / "charts")}
CHANGE = {"core.parallelism": 64}
"""Of what is applied nothing is left out: that alone a plan without dry runs does not see."""
EVERY_WRITE = {"faults": [{"writes": True, "kind": "denied", "times": 0}]}


@pytest.fixture(scope="module")
def planner(platform, tmp_path_factory):
    """The platform as somebody sees it who may read."""
    iam, eks = platform.aws("iam"), platform.aws("eks")
    arn = iam.create_user(UserName="planner")["User"]["Arn"]
    key = iam.create_access_key(UserName="planner")["AccessKey"]
    eks.create_access_entry(clusterName=NAME, principalArn=arn, type="STANDARD")
    eks.associate_access_policy(clusterName=NAME, principalArn=arn, policyArn=VIEW, accessScope={"type": "cluster"})
    inventory = tmp_path_factory.mktemp("inventory") / "planner.py"
    inventory.write_text(f"deployments = {[(f'@eks/{NAME}', data | MIRROR) for _, data in deployments]!r}\n")
    made = Platform(platform.sandbox, platform.home, platform.settings, str(inventory))
    made.environment |= {"AWS_ENDPOINT_URL": platform.sandbox.endpoint, "AWS_REGION": platform.sandbox.region, "NO_PROXY": "127.0.0.1"}
    made.environment |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    ask(read_daemon(), "faults", EVERY_WRITE)
    yield made
    ask(read_daemon(), "faults", {"faults": []})


@pytest.fixture(scope="module")
def plans(platform):
    """What there is to plan, as an administrator sees it."""
    platform.kubectl("--namespace=airflow", "scale", "deployment/airflow-statsd", "--replicas=3")
    platform.kubectl("--namespace=airflow", "delete", "service", "airflow-statsd")
    platform.kubectl("patch", "nodepool", "tasks", "--type=merge", '--patch={"spec":{"limits":{"cpu":"777"}}}')
    platform.kubectl("--namespace=airflow", "patch", "secret", "airflow-platform-admin", "--type=merge", '--patch={"stringData":{"password":"hunter2"}}')
    platform.aws("logs").put_retention_policy(logGroupName=f"/aws/eks/{NAME}/cluster", retentionInDays=1)
    yield plan_of(platform.run("install", "--dry", "--diff", airflow_config=CHANGE)[1])
    platform.converge()


def test_the_plan_is_the_administrators(plans, planner):
    before = len(calls(planner))
    code, lines = planner.run("install", "--dry", "--diff", airflow_config=CHANGE)
    assert code == 0, "\n".join(lines[-20:])
    notes = [line for line in plan_of(lines) if "compared field by field" in line]
    assert notes == [f"kubernetes {NAME}: the caller may not ask for a dry run: objects are compared field by field"]
    assert [line for line in plan_of(lines) if line not in notes] == plans
    sent = calls(planner)[before:]
    assert [call["action"] for call in sent if call["write"]] == []
    assert {action(call["service"], call["action"]) for call in sent} - {"sts:GetCallerIdentity"} <= set(reads())


def test_verify_answers(plans, planner):
    code, lines = planner.run("verify")
    assert code == 1
    assert any("Deployment/airflow-statsd spec.replicas: 3 -> 1" in line for line in lines)


def test_an_install_is_refused_by_aws_in_a_line(plans, planner):
    code, lines = planner.run("install")
    assert code == 1
    assert any("AccessDenied" in line and "allow the action in the caller's IAM policy" in line for line in lines)
    assert not any("Traceback" in line for line in lines)


def calls(platform) -> list[dict]:
    return [json.loads(line) for line in (platform.home / "calls.jsonl").read_text().splitlines()]

"""Karpenter's own controller with the platform's node pool: from pending Spark pods to terminated instances."""

import fnmatch
import json
import os

import boto3
import pytest
from karpenter_world import CLAIMS, KARPENTER, POOL, Platform
from kubernetes_world import eventually, listens

import sandbox
from sandbox.home import home, read_daemon
from sandbox.lifecycle import ask
from sandbox.programs import KARPENTER as MODULE
from sandbox.programs.cache import built

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (os.environ.get(MODULE.override) or built(MODULE)), reason="Karpenter is not built: python -m sandbox.programs builds it"),
]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(tmp_path_factory.mktemp("karpenter") / "home")
    try:
        sandbox.up(time_scale=300, karpenter=True, region="us-west-2")
        made = Platform()
        made.install()
        yield made
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before


def test_pending_spark_pods_get_nodes_and_give_them_back(platform):
    platform.start_job("pi")
    eventually(lambda: platform.job_runs("pi"), 90)
    kinds = sorted((i["InstanceType"].split(".")[0], i.get("InstanceLifecycle", "on-demand")) for i in platform.instances())
    assert kinds == [("c5d", "on-demand"), ("c5d", "spot")]
    for instance in platform.instances():
        tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
        assert tags["airflow-on-eks/deployment"] == tags["eks:eks-cluster-name"] == "airflow-sandbox"
        assert [group["GroupName"] for group in instance["SecurityGroups"]] == ["airflow-sandbox-nodes"]
        volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        assert platform.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Encrypted"]
    record = next(home().glob("clusters/*/*/karpenter.pid"))
    assert listens(int(record.read_text().split()[0])) == []
    for node in platform.nodes():
        assert [taint["key"] for taint in node["spec"]["taints"]] == ["spark-compute-optimized"]
        assert node["metadata"]["labels"]["karpenter.sh/registered"] == "true"
    platform.end_job("pi")
    eventually(lambda: not platform.api.items(CLAIMS), 240)
    assert not platform.alive() and not platform.nodes()


def test_a_platform_with_nodes_of_karpenter_is_as_declared(platform):
    platform.start_job("declared")
    eventually(lambda: platform.job_runs("declared"), 90)
    verified = platform.run("verify", enable_airflow_spark_example=True)
    assert verified.returncode == 0, verified.stderr[-3000:]
    assert platform.job_runs("declared")


def test_a_node_pool_that_is_deleted_takes_its_nodes_along(platform):
    assert platform.alive()
    platform.api.delete(POOL)
    eventually(lambda: not platform.api.get(POOL) and not platform.api.items(CLAIMS), 120)
    assert not platform.alive() and not platform.nodes()
    platform.install()
    assert platform.api.get(POOL)


def test_its_role_allows_what_it_has_done(platform):
    """No call of the controller but is named in the policies of its role."""
    iam = boto3.client("iam", endpoint_url=platform.up.endpoint, region_name="us-west-2", **keys(platform))
    role = "airflow-sandbox-us-west-2-karpenter"
    documents = [iam.get_role_policy(RoleName=role, PolicyName=n)["PolicyDocument"] for n in iam.list_role_policies(RoleName=role)["PolicyNames"]]
    allowed = [action for document in documents for statement in document["Statement"] for action in listed(statement["Action"])]
    calls = [json.loads(line) for line in (home() / "calls.jsonl").read_text().splitlines()]
    done = {f"{call['service']}:{call['action']}" for call in calls if (call["principal"] or "").endswith(f"role/{role}")}
    assert {"ec2:CreateFleet", "ec2:TerminateInstances", "iam:CreateInstanceProfile", "sqs:ReceiveMessage"} <= done
    assert [action for action in sorted(done) if not any(fnmatch.fnmatchcase(action, pattern) for pattern in allowed)] == []


def test_switched_off_it_takes_the_nodes_of_a_running_job_along(platform):
    platform.start_job("off")
    eventually(lambda: platform.job_runs("off"), 90)
    done = platform.run("install", enable_airflow_spark_example=False, enable_karpenter=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not platform.alive() and not platform.nodes() and not platform.api.get(POOL)
    assert ask(read_daemon(), "karpenter") == ["airflow-sandbox waits for its Deployment"]
    assert [entry for entry in leftovers() if "karpenter" in entry] == []


def test_cleanup_sweeps_what_karpenter_left_when_it_was_removed_first(platform):
    platform.install()
    platform.start_job("left")
    eventually(lambda: platform.job_runs("left"), 90)
    left = platform.alive()
    platform.api.delete(KARPENTER)
    eventually(lambda: "waits for its Deployment" in ask(read_daemon(), "karpenter")[0])
    platform.end_job("left")
    assert platform.alive() == left != []
    cleaned = platform.run("cleanup", enable_airflow_spark_example=True)
    assert cleaned.returncode == 0, cleaned.stderr[-3000:]
    assert not platform.alive()
    assert [entry for entry in leftovers() if ":snapshot:airflow-sandbox-final-" not in entry and ":secret:airflow-sandbox/backup/final-" not in entry] == []


def leftovers() -> list[str]:
    """What the account still holds that AWS did not put there and does not keep by itself."""
    return [
        f"{service} {number}"
        for regions in ask(read_daemon(), "state").values()
        for services in regions.values()
        for service, things in services.items()
        for number, thing in things.items()
        if not thing["default"]
    ]


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def keys(platform) -> dict:
    return {"aws_access_key_id": platform.up.access_key_id, "aws_secret_access_key": platform.up.secret_access_key}

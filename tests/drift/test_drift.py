"""What is changed behind the platform's back: named by verify, put right by install where it is ours, left alone and named where it is not."""

import json
import re
from dataclasses import dataclass

import pytest
from drift_world import NAME, plan_of

TAG = [{"Key": "airflow-on-eks/deployment", "Value": NAME}]
WORKER = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
MADE = {}


@dataclass(frozen=True)
class Drift:
    """
    What somebody did by hand.

    + make: how
    + named: what verify says of it, a regular expression for one line
    + ours: whether install puts it right
    """

    make: object
    named: str
    ours: bool = True


def tag_changed(platform):
    ec2 = platform.aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"][0]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "team", "Value": "somebody"}])


def setting_changed(platform):
    platform.aws("logs").put_retention_policy(logGroupName=f"/aws/eks/{NAME}/cluster", retentionInDays=1)


def database_changed(platform):
    platform.aws("rds").modify_db_instance(DBInstanceIdentifier=NAME, BackupRetentionPeriod=1, ApplyImmediately=True)


def rule_added(platform):
    ec2 = platform.aws("ec2")
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [f"{NAME}-database"]}])["SecurityGroups"][0]["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def policy_detached(platform):
    platform.aws("iam").detach_role_policy(RoleName=f"{NAME}-us-west-2-node", PolicyArn=WORKER)


def policy_changed(platform):
    wide = {"Version": "2012-10-17", "Statement": [{"Sid": "Logs", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    platform.aws("iam").put_role_policy(RoleName=f"{NAME}-us-west-2-airflow-worker", PolicyName="logs", PolicyDocument=json.dumps(wide))


def deployment_edited(platform):
    platform.kubectl("--namespace=airflow", "set", "image", "deployment/airflow-scheduler", "scheduler=apache/airflow:0")


def service_deleted(platform):
    platform.kubectl("--namespace=airflow", "delete", "service", "airflow-statsd")


def release_rolled_back(platform):
    release = ("karpenter", "--namespace=kube-system")
    platform.helm("upgrade", "karpenter", "sandbox/charts/karpenter", "--namespace=kube-system", "--reuse-values", "--set=replicas=1")
    platform.helm("rollback", *release[:1], "1", *release[1:])
    platform.helm("rollback", *release[:1], "2", *release[1:])


def node_pool_edited(platform):
    platform.kubectl("patch", "nodepool", "tasks", "--type=merge", '--patch={"spec":{"limits":{"cpu":"777"}}}')


def secret_edited(platform):
    platform.kubectl("--namespace=airflow", "patch", "secret", "airflow-platform-admin", "--type=merge", '--patch={"stringData":{"password":"hunter2"}}')


def volume_of_somebody(platform):
    tags = [{"ResourceType": "volume", "Tags": TAG}]
    MADE["volume"] = platform.aws("ec2").create_volume(AvailabilityZone="us-west-2a", Size=1, TagSpecifications=tags)["VolumeId"]


def bucket_of_somebody(platform):
    s3 = platform.aws("s3")
    s3.create_bucket(Bucket="bucket-of-somebody", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_tagging(Bucket="bucket-of-somebody", Tagging={"TagSet": TAG})


def subnet_of_somebody(platform):
    ec2 = platform.aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"][0]["VpcId"]
    tags = [{"ResourceType": "subnet", "Tags": [*TAG, {"Key": "Name", "Value": "subnet-of-somebody"}]}]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.255.0/28", AvailabilityZone="us-west-2d", TagSpecifications=tags)


DRIFTS = [
    Drift(tag_changed, f"~ ec2.vpc {NAME}: tag team: somebody -> data"),
    Drift(setting_changed, f"~ logs.log_group /aws/eks/{NAME}/cluster: retentionInDays: 1 -> 90"),
    Drift(database_changed, rf"~ rds.instance {NAME}: BackupRetentionPeriod: 1 -> \d+"),
    Drift(rule_added, f"~ ec2.security_group {NAME}-database: ingress: tcp 5432 0.0.0.0/0 -> nothing"),
    Drift(policy_detached, f"~ iam.role {NAME}-us-west-2-node: managed policy: nothing -> {WORKER}"),
    Drift(policy_changed, rf"~ iam.role {NAME}-us-west-2-airflow-worker: inline policy logs\.Statement\[Logs\]\.Action: s3:\* -> "),
    Drift(deployment_edited, r"Deployment/airflow-scheduler spec\.template\.spec\.containers\[scheduler\]\.image: apache/airflow:0 -> apache/airflow:3\.3\.2"),
    Drift(service_deleted, "Service/airflow-statsd: absent -> present"),
    Drift(release_rolled_back, "~ helm.release karpenter: values replicas: 1 -> 2"),
    Drift(node_pool_edited, r"~ k8s.bundle karpenter-tasks: NodePool/tasks spec\.limits\.cpu: 777 -> "),
    Drift(secret_edited, r"Secret/airflow-platform-admin data\.password: \*MASKED\* -> \*MASKED\*"),
    Drift(volume_of_somebody, "volume vol-[0-9a-f]+ carries the deployment's tag", ours=False),
    Drift(bucket_of_somebody, "s3 arn:aws:s3:::bucket-of-somebody carries the deployment's tag", ours=False),
    Drift(subnet_of_somebody, "ec2.subnet.*subnet-of-somebody", ours=False),
]
each = pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.make.__name__)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return tmp_path_factory.mktemp("records") / "verify.json"


@pytest.fixture(scope="module")
def drifted(platform, records):
    """What verify says when all of it has happened."""
    for drift in DRIFTS:
        drift.make(platform)
    code, lines = platform.run("verify", json=str(records))
    assert code == 1
    return lines


@pytest.fixture(scope="module")
def mended(platform, drifted):
    """What install says of it, and verify afterwards."""
    code, said = platform.run("install")
    assert code == 0, "\n".join(said[-30:])
    return said, platform.run("verify")[1]


@each
def test_verify_names_it(drifted, drift):
    assert any(re.search(drift.named, line) for line in drifted if line.startswith("not ")), "\n".join(drifted)


@each
def test_install_puts_right_what_is_ours_and_says_what_is_not(mended, drift):
    said, now = mended
    left = [line for line in now if line.startswith("not ") and re.search(drift.named, line)]
    told = [line for line in said if line.startswith("? ") and re.search(drift.named, line)]
    assert (left, told) == ([], []) if drift.ours else left and told


def test_no_secret_is_shown(drifted, records):
    assert not any("hunter2" in line for line in [*drifted, records.read_text()])


def test_machines_read_the_same(drifted, records):
    (found,) = json.loads(records.read_text()).values()
    assert found["healthy"] is False
    assert found["problems"] == [line for line in drifted if line.startswith(("not ", "does not "))]
    release = next(step for step in found["steps"] if (step["kind"], step["thing"]) == ("helm.release", "airflow"))
    assert release["verb"] == "change"
    assert {"part": "Service/airflow-statsd", "field": None, "now": "absent", "wanted": "present"} in release["changes"]
    assert len(found["unmanaged"]) == sum(line.startswith("not declared: ") for line in drifted)


def test_install_prunes_what_is_no_longer_listed(platform, mended):
    code, lines = platform.run("install", "--dry", "--diff", prune=True)
    assert code == 0
    assert [line for line in plan_of(lines) if line[:1] in "+-~!"] == ["- strays.strays ec2.subnet"]


@pytest.mark.parametrize(("tag", "cure"), [("Name", "put the tag back"), (TAG[0]["Key"], f"set the tag {TAG[0]['Key']}={NAME} on it")])
def test_a_vpc_that_lost_a_tag_is_not_made_twice(platform, mended, tag, cure):
    ec2 = platform.aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["Vpcs"][0]["VpcId"]
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": tag}])
    code, lines = platform.run("install")
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": tag, "Value": NAME}])
    assert code == 1
    refusals = [line.strip() for line in lines if line.strip().startswith("! ")]
    assert len(refusals) == 1, "\n".join(lines)
    assert refusals[0].startswith(f"! ec2.vpc {NAME}: ") and cure in refusals[0]


def test_a_rotated_secret_makes_the_pods_that_read_it_anew(platform, mended):
    platform.aws("secretsmanager").put_secret_value(SecretId=f"{NAME}/airflow/jwt", SecretString="rotated-by-hand")
    code, lines = platform.run("install", "--dry", "--diff")
    assert code == 0
    said = "\n".join(plan_of(lines))
    assert "Secret/airflow-platform-jwt-secret data.jwt-secret: *MASKED* -> *MASKED*" in said
    fingerprint = "[0-9a-f]{16}"
    assert re.search(rf"values airflowPodAnnotations.airflow-on-eks/secrets: {fingerprint} -> {fingerprint}", said)
    assert re.search(rf"Deployment/airflow-.*spec.template.metadata.annotations.airflow-on-eks/secrets: {fingerprint} -> {fingerprint}", said)
    assert re.search("Job/airflow-database-user .*airflow-on-eks/secrets", said)
    assert "rotated-by-hand" not in said

"""No secret in any output at any verbosity, in any argument list, or in any file outside AWS and the cluster."""

import json
import os
import re
import time

import boto3
import pytest
from command_line import CommandLine, arguments_of_children, until

import sandbox

INVENTORY = """
given = {"account_id": "ACCOUNT", "region": "us-west-2", "endpoint_public_cidrs": ["52.94.76.10/32"]}
deployments = [("@sandbox/airflow-test", given)]
"""
DEPLOY = """
from pyinfra.api import operation

from connectors.commands.command import AwsCall, HiddenValue, Kubectl
from connectors.commands.reference import Ref, Text
from facts.secrets import SecretValue
from operations import secrets

PASSWORD = Ref(SecretValue, secret="airflow-test/admin")
DATABASE = {"Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": 20, "MasterUsername": "airflow"}


@operation()
def database(subject, present=True):
    yield AwsCall("rds", "create_db_instance", DBInstanceIdentifier=subject, MasterUserPassword=PASSWORD, **DATABASE)


@operation()
def wrong(subject, present=True):
    yield AwsCall("secretsmanager", "create_secret", Name=subject, SecretString=PASSWORD)


@operation()
def connection(subject, present=True):
    url = Text("postgresql://airflow:{password}@db", password=PASSWORD)
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": subject, "namespace": "airflow"}, "stringData": {"url": url}}
    yield Kubectl("apply", "-f", "-", stdin=[secret])


secrets.secret("airflow-test/admin", name="secret")
database("airflow-test", name="database")
connection("connection", name="connection")
wrong("airflow-test/admin", name="a secret that is there")
"""


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """A sandbox without Kubernetes, in a home of its own."""
    before = os.environ.get("AIRFLOW_ON_EKS_SANDBOX")
    os.environ["AIRFLOW_ON_EKS_SANDBOX"] = str(tmp_path_factory.mktemp("sandbox") / "home")
    try:
        yield sandbox.up(time_scale=20000, kubernetes=False, region="us-west-2")
    finally:
        sandbox.down()
        os.environ.pop("AIRFLOW_ON_EKS_SANDBOX")
        if before:
            os.environ["AIRFLOW_ON_EKS_SANDBOX"] = before


@pytest.fixture
def clients(account):
    keys = {"aws_access_key_id": account.access_key_id, "aws_secret_access_key": account.secret_access_key}
    return lambda service: boto3.client(service, region_name=account.region, endpoint_url=account.endpoint, **keys)


@pytest.fixture
def active(clients):
    """An EKS cluster called `airflow-test`."""
    ec2, iam, eks = map(clients, ("ec2", "iam", "eks"))
    statement = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="cluster", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="cluster", PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    places = [{"CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": f"us-west-2{zone}"} for number, zone in enumerate("ab")]
    subnets = [ec2.create_subnet(VpcId=vpc, **place)["Subnet"]["SubnetId"] for place in places]
    eks.create_cluster(name="airflow-test", roleArn=role, resourcesVpcConfig={"subnetIds": subnets}, tags={"airflow-on-eks/deployment": "airflow-test"})
    until(lambda: eks.describe_cluster(name="airflow-test")["cluster"]["status"] == "ACTIVE")


def test_no_secret_is_seen_anywhere(account, clients, active, tmp_path):
    pyinfra = CommandLine(tmp_path)
    pyinfra.kubectl(1)
    inventory = pyinfra.file("inventory.py", INVENTORY.replace("ACCOUNT", account.account_id))
    seen, kept = set(), ""
    with open(tmp_path / "output", "w") as output:
        process = pyinfra.start("--debug-all", "-vvv", "-y", inventory, pyinfra.file("deploy.py", DEPLOY), output=output)
    while process.poll() is None:
        time.sleep(0.05)
        seen |= arguments_of_children(process.pid)
        for path in [*pyinfra.temporary.rglob("*"), *pyinfra.home.rglob("*")]:
            try:
                kept += path.read_text(errors="replace")
            except OSError:
                continue
    out = (tmp_path / "output").read_text()
    secret = clients("secretsmanager").get_secret_value(SecretId="airflow-test/admin")["SecretString"]
    assert clients("rds").describe_db_instances()["DBInstances"][0]["MasterUsername"] == "airflow"
    assert f"postgresql://airflow:{secret}@db" in pyinfra.stdin.read_text()
    assert "[connection] " not in out and "botocore" not in out and "DEBUG:urllib3" not in out
    assert any("kubectl apply -f -" in line for line in seen) and "Starting operation" in out
    for hidden in (secret, account.secret_access_key, "k8s-aws-v1."):
        assert hidden not in out
        assert not any(hidden in line for line in seen)
    assert secret not in kept and account.secret_access_key not in kept
    assert re.search(r"ResourceExistsException", out) and process.returncode == 1
    assert list(pyinfra.temporary.iterdir()) == []

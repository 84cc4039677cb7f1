"""What a person sees of failures and interrupts, with pyinfra's own command."""

import signal

import pytest
from aws_server import ACCOUNT
from command_line import CommandLine, until

INVENTORY = f"""
given = {{"account_id": "{ACCOUNT}", "region": "us-west-2", "endpoint_public_cidrs": ["52.94.76.10/32"]}}
deployments = [(f"@eks/{{name}}", given) for name in NAMES]
"""
DEPLOY = """
from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Kubectl, Wait
from facts.ec2 import Vpc
from facts.eks import Cluster


@operation()
def reads(subject, present=True):
    if host.get_fact(Cluster, cluster=host.data.deployment):
        yield AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16")


@operation()
def waits(subject, present=True):
    yield Wait("eks", "cluster_active", name=host.data.deployment)


@operation()
def applies(subject, present=True):
    yield Kubectl("apply", "-f", "-", stdin=[{"kind": "ConfigMap"}])


@operation()
def then(subject, present=True):
    yield AwsCall("ec2", "create_nat_gateway", SubnetId="subnet-1")


"""


@pytest.fixture
def pyinfra(server, tmp_path):
    return CommandLine(tmp_path)


def files(pyinfra, names, *operations):
    inventory = pyinfra.file("inventory.py", INVENTORY.replace("NAMES", repr(list(names))))
    calls = "".join(f"{operation}('x', name='{operation}')\n" for operation in operations)
    return inventory, pyinfra.file("deploy.py", DEPLOY + calls)


def test_a_read_that_fails_while_operations_run_fails_its_deployment_alone(server, cluster, pyinfra):
    server.denied = "airflow-two"
    code, out = pyinfra.run("-y", *files(pyinfra, ["airflow-test", "airflow-two"], "reads", "then"))
    assert code == 1 and "Traceback" not in out
    assert out.count("@eks/airflow-two: eks describe-cluster: AccessDeniedException: not authorized (allow the action in the caller's IAM policy)") == 1
    assert server.count("CreateVpc") == server.count("CreateNatGateway") == 1
    assert "[@eks/airflow-test] ~ then" in out


def test_one_that_fails_before_stops_the_run_before_anything_is_sent(server, cluster, pyinfra):
    server.denied = "airflow-two"
    inventory, deploy = files(pyinfra, ["airflow-test", "airflow-two"], "reads", "then")
    deploy = pyinfra.file("deploy.py", DEPLOY + "host.get_fact(Cluster, cluster=host.data.deployment)\nthen('x', name='then')\n")
    code, out = pyinfra.run("-y", inventory, deploy)
    assert code == 1 and "Traceback" not in out and "AccessDeniedException: not authorized" in out
    assert server.count("CreateNatGateway") == 0


def test_no_wait_is_refused_before_anything_is_sent(server, pyinfra):
    code, out = pyinfra.run("-y", "--no-wait", *files(pyinfra, ["airflow-test"], "then"))
    assert code == 1 and "--no-wait hides failures" in out and "Traceback" not in out and server.calls == []


@pytest.mark.parametrize("operation, number", [("waits", signal.SIGTERM), ("applies", signal.SIGINT)])
def test_an_interrupt_ends_what_is_under_way_and_leaves_nothing_behind(server, cluster, pyinfra, operation, number):
    pyinfra.kubectl(60)
    if operation == "waits":
        server.states["cluster"] = ["CREATING"]
    process = pyinfra.start("-y", *files(pyinfra, ["airflow-test"], operation))
    until(pyinfra.stdin.exists if operation == "applies" else lambda: server.count("DescribeCluster") > 2)
    if operation == "applies":
        assert len(list(pyinfra.temporary.glob("airflow-on-eks-*/kubeconfig"))) == 1
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 128 + number and "Traceback" not in out
    assert out.count("interrupted: run the same command again to go on") == 1
    assert list(pyinfra.temporary.iterdir()) == []


def test_a_fact_is_read_from_the_shell(server, cluster, pyinfra):
    server.secrets["airflow-test/admin"] = "hunter2hunter2"
    inventory, _ = files(pyinfra, ["airflow-test"])
    facts = ["facts.secrets.SecretValue", "secret=airflow-test/admin", "facts.eks.Cluster", "cluster=airflow-test"]
    facts += ["facts.k8s.Object", "api_version=v1", "kind=Secret", "object=airflow-admin", "namespace=airflow"]
    code, out = pyinfra.run(inventory, "fact", *facts)
    assert code == 0 and '"status": "ACTIVE"' in out and out.count('"*MASKED*"') == 2 and '"password": "*MASKED*"' in out
    assert "hunter2" not in out and "aHVudGVy" not in out


def test_a_fact_that_cannot_be_read_is_a_failure(server, cluster, pyinfra):
    server.denied = "airflow-test"
    inventory, _ = files(pyinfra, ["airflow-test"])
    code, out = pyinfra.run(inventory, "fact", "facts.eks.Cluster", "cluster=airflow-test", "facts.ec2.Vpc", "vpc=airflow-test")
    assert code == 1 and out.count("eks describe-cluster: AccessDeniedException: not authorized") == 1 and "Traceback" not in out
    assert "facts.ec2.Vpc (vpc=airflow-test)" in out


def test_a_public_file_that_cannot_be_had_is_a_failure(server, pyinfra):
    inventory, _ = files(pyinfra, ["airflow-test"])
    code, out = pyinfra.run(inventory, "fact", "facts.rds.CaBundle", HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="127.0.0.1")
    assert code == 1 and "cannot be had" in out and "set db_ca_bundle to a PEM file" in out and "Traceback" not in out


def test_a_sandbox_that_cannot_be_started(pyinfra, tmp_path):
    inventory = pyinfra.file("inventory.py", INVENTORY.replace("NAMES", "['airflow-test']").replace("@eks", "@sandbox"))
    places = {"AIRFLOW_ON_EKS_SANDBOX": str(tmp_path / "sandbox"), "AIRFLOW_ON_EKS_PROGRAMS": str(tmp_path)}
    code, out = pyinfra.run(inventory, "fact", "facts.ec2.Vpc", "vpc=airflow-test", **places)
    assert code == 1 and "the sandbox cannot be started: AIRFLOW_ON_EKS_PROGRAMS is" in out and "Traceback" not in out

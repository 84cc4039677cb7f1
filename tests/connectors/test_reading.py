"""What is read: absence is nothing, an error is one line with its cure, and the cache is never older than a write."""

import json
import time
from functools import cache as remembered

import pytest
from aws_server import one_line
from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from gevent.pool import Pool
from pyinfra.api import HiddenValue
from pyinfra.api.exceptions import FactError

from connectors.aws.cache import ReadCache
from connectors.aws.effects import KNOWN, effect
from connectors.aws.waiters import WAITERS
from connectors.commands.command import AwsCall, AwsEach, Wait
from connectors.commands.reference import DEPLOYMENT, Json, Ref, Text, resolve
from facts.ec2 import Vpc
from facts.eks import Cluster
from facts.secrets import SecretValue


@remembered
def operations(service: str) -> dict:
    """The operations of a service, as clients spell them."""
    model = create_loader().load_service_model(service, "service-2")
    shapes = ServiceModel(model)
    return {xform_name(name): shapes.operation_model(name) for name in shapes.operation_names}


def test_what_is_missing_is_nothing(server, host):
    assert host.get_fact(Cluster, cluster="airflow-test") is None
    assert host.get_fact(SecretValue, secret="airflow-test/admin") is None


@pytest.mark.parametrize(
    "code, cure",
    [
        ("UnauthorizedOperation", "allow the action in the caller's IAM policy"),
        ("RequestExpired", "sign in again"),
        ("AuthFailure", "use credentials AWS knows"),
    ],
)
def test_what_cannot_be_read_is_no_absence(server, host, code, cure):
    server.errors["DescribeVpcs"] = (code, "You are not authorized\n   to perform this operation.")
    with pytest.raises(FactError) as caught:
        host.get_fact(Vpc, vpc="airflow-test")
    line = str(caught.value)
    assert line.startswith(f"@eks/airflow-test: ec2 describe-vpcs: {code}: You are not authorized to perform this operation. (") and cure in line
    assert one_line(line)


def test_it_is_read_once(server, host):
    for name in ("airflow-test", "another"):
        host.get_fact(Vpc, vpc=name)
    assert server.count("DescribeVpcs") == 1


def test_absence_is_remembered_as_well(server, host):
    for _ in range(2):
        host.get_fact(Cluster, cluster="airflow-test")
    assert server.count("DescribeCluster") == 1


def test_a_write_is_seen(server, host, run):
    assert host.get_fact(Vpc, vpc="airflow-test") is None
    run(AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16"))
    assert host.get_fact(Vpc, vpc="airflow-test")["VpcId"] == "vpc-0"


def test_a_write_that_failed_is_doubted_too(server, host, run):
    host.get_fact(Vpc, vpc="airflow-test")
    run(AwsCall("ec2", "delete_vpc", VpcId="vpc-7"))
    host.get_fact(Vpc, vpc="airflow-test")
    assert server.count("DescribeVpcs") == 2


def test_who_asks_what_is_being_asked_waits_for_that_answer():
    cache, asked = ReadCache(), []

    def ask():
        asked.append("once")
        time.sleep(0.05)
        return "{}"

    answers = Pool(8).map(lambda _: cache.answer("ec2", "describe_vpcs", "", ask), range(8))
    assert answers == ["{}"] * 8 and asked == ["once"]


def test_a_write_drops_what_aws_changes_by_itself_and_nothing_else():
    cache = ReadCache()
    services = ("eks", "ec2", "iam", "logs", "autoscaling", "kubernetes", "rds", "s3", "secretsmanager", "resourcegroupstaggingapi")
    for service in services:
        cache.answer(service, "describe", "", lambda: "{}")
    cache.written(effect("eks"))
    assert [service for service in services if cache.answer(service, "describe", "", lambda: "")] == ["rds", "s3", "secretsmanager"]


def test_a_write_to_one_thing_leaves_what_is_known_of_others():
    cache, asked = ReadCache(), []

    def read(about=None, action="get_account_authorization_details"):
        cache.answer("iam", action, "", lambda: asked.append(about or action) or "{}", about)

    read("one"), read("two"), read(action="list_users")
    cache.written(effect("iam", "create_role", {"RoleName": "one"}))
    read("two"), read(action="list_users")
    assert asked == ["one", "list_users"]
    read("one"), read("two"), read()
    assert asked == ["one", "list_users", "one"]
    cache.written(effect("iam", "create_role", {"RoleName": "two"}))
    read()
    assert asked == ["one", "list_users", "one", "get_account_authorization_details"]


def test_a_write_that_is_not_known_makes_all_of_its_service_doubtful():
    cache, asked = ReadCache(), []
    for _ in range(2):
        cache.answer("iam", "get_account_authorization_details", "", lambda: asked.append("read") or "{}", "one")
        cache.written(effect("iam", "update_role", {"RoleName": "two"}))
    assert len(asked) == 2


@pytest.mark.parametrize("write", KNOWN, ids=str)
def test_the_effects_of_a_write_are_reads_and_a_parameter_of_it(write):
    service, _, action = write.partition(" ")
    reads, name = KNOWN[write]
    for read in reads:
        of, _, method = read.partition(" ")
        assert not method or method in operations(of)
    if action not in operations(service):
        assert (service, action) in WAITERS and name is None
    elif name:
        assert any(member in name for member in operations(service)[action].input_shape.members)


def test_what_was_confirmed_is_read_again(server, host, run):
    state = host.state
    host.get_fact(Vpc, vpc="airflow-test")
    state.check_for_changes, state.is_executing = True, True
    for _ in range(2):
        host.get_fact(Vpc, vpc="airflow-test")
    assert server.count("DescribeVpcs") == 2


def test_without_a_confirmation_nothing_is_read_twice(server, host):
    host.get_fact(Vpc, vpc="airflow-test")
    host.state.check_for_changes, host.state.is_executing = False, True
    host.get_fact(Vpc, vpc="airflow-test")
    assert server.count("DescribeVpcs") == 1


def test_a_poll_does_not_believe_the_cache(server, host, run):
    server.states["cluster"] = ["CREATING", "CREATING", "ACTIVE"]
    assert host.get_fact(Cluster, cluster="airflow-test")["status"] == "CREATING"
    assert run(Wait("eks", "cluster_active", name="airflow-test"))[0]
    assert host.get_fact(Cluster, cluster="airflow-test")["status"] == "ACTIVE"


def test_each_of_a_list_is_read_side_by_side_for_the_deployment_that_asks(server, host, run):
    server.vpcs += ["vpc-0", "vpc-1"]
    server.secrets["airflow-test/admin"] = "s3cret"
    name = Text("{deployment}/admin", deployment=DEPLOYMENT)
    each = AwsCall("secretsmanager", "get_secret_value", SecretId=name)
    done, answer = run(AwsEach(AwsCall("ec2", "describe_vpcs"), "Vpcs[].{VersionStage: VpcId}", each))
    assert done and [item["SecretString"] for item in json.loads(answer)] == ["s3cret", "s3cret"]


def test_one_of_a_list_that_cannot_be_read_fails_in_one_line(server, run, capsys):
    server.vpcs += ["vpc-0", "vpc-1"]
    done, line = run(AwsEach(AwsCall("ec2", "describe_vpcs"), "Vpcs[].{SecretId: VpcId}", AwsCall("secretsmanager", "get_secret_value")))
    assert not done and "ResourceNotFoundException" in line and one_line(line)
    assert "Traceback" not in capsys.readouterr().err


def test_what_is_made_in_this_run_is_waited_for(server, host, run):
    run(AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16"))
    server.slow = 1
    assert run(AwsCall("ec2", "delete_vpc", VpcId=Ref(Vpc, "VpcId", vpc="airflow-test")))[0]


def test_what_nobody_made_is_named(server, host, run):
    done, line = run(AwsCall("ec2", "delete_vpc", VpcId=Ref(Vpc, "VpcId", vpc="airflow-test")))
    assert not done and line == "aws ec2 delete-vpc: <ec2.Vpc airflow-test> does not exist, and it is needed here: run the install again"


def test_an_error_that_quotes_a_secret_does_not_show_it(server, run):
    server.errors["CreateSecret"] = ("InvalidRequestException", "hunter2hunter2 is no good SecretString")
    done, line = run(AwsCall("secretsmanager", "create_secret", Name="x", SecretString=HiddenValue("hunter2hunter2")))
    assert not done and "*MASKED* is no good" in line and "hunter2" not in line


def test_so_do_the_checks_before_it_is_sent(server, run):
    done, line = run(AwsCall("secretsmanager", "create_secret", Name="x", SecretString=[HiddenValue("hunter2hunter2")]))
    assert not done and one_line(line) and "ParamValidationError" in line and "hunter2" not in line


def test_a_document_with_a_secret_in_it_is_a_secret(host):
    value = resolve(Json({"password": HiddenValue("hunter2")}))
    assert isinstance(value, HiddenValue) and json.loads(value.unmask()) == {"password": "hunter2"}


def test_there_is_no_machine(server, host):
    from pyinfra.api import StringCommand

    done, output = host.run_shell_command(StringCommand("uname"))
    assert not done and "is a deployment, not a machine" in output.stderr

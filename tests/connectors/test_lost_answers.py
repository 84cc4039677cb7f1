"""Whatever happens between us and AWS, nothing is doubled and nothing is taken for done that is not."""

import pytest
from aws_server import one_line

from connectors.aws.client import Patience
from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.ec2 import Vpc

TAGS = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "airflow-test"}]}]
LOST = ["lost", "500 done"]
UNDONE = ["dropped", "500"]


def create_vpc(**options):
    return AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16", TagSpecifications=TAGS, **options)


MADE = Ref(Vpc, "VpcId", vpc="airflow-test")


@pytest.mark.parametrize("fault", LOST)
def test_a_create_without_a_token_is_looked_for_before_it_is_sent_again(server, run, fault):
    server.faults["CreateVpc"] = [fault]
    assert run(create_vpc(made=MADE))[0]
    assert len(server.vpcs) == 1 and server.count("CreateVpc") == 1


@pytest.mark.parametrize("fault", LOST)
def test_it_is_looked_for_until_aws_has_had_time_to_list_it(server, run, fault):
    server.faults["CreateVpc"], server.slow = [fault], 3
    assert run(create_vpc(made=MADE))[0]
    assert len(server.vpcs) == 1 and server.count("CreateVpc") == 1


@pytest.mark.parametrize("fault", UNDONE)
def test_it_is_sent_again_when_it_turns_out_not_to_be_there(server, run, fault):
    server.faults["CreateVpc"] = [fault]
    assert run(create_vpc(made=MADE))[0]
    assert len(server.vpcs) == 1 and server.count("CreateVpc") == 2


def test_it_is_not_sent_for_ever(server, run, host):
    host.connector.aws.patience = Patience(seen=0.1)
    server.faults["CreateVpc"] = ["500"] * 9
    done, line = run(create_vpc(made=MADE))
    assert not done and one_line(line) and "run the same command again" in line
    assert server.count("CreateVpc") == 3


def test_while_aws_cannot_be_asked_for_it_it_is_not_sent_again(server, run):
    server.faults["CreateVpc"] = ["lost"]
    server.errors["DescribeVpcs"] = ("UnauthorizedOperation", "You are not authorized to perform this operation.")
    done, line = run(create_vpc(made=MADE))
    assert not done and one_line(line) and "describe-vpcs: UnauthorizedOperation" in line
    assert len(server.vpcs) == 1


@pytest.mark.parametrize("fault", LOST + UNDONE)
def test_a_create_that_nothing_protects_is_sent_once(server, run, fault):
    server.faults["CreateKey"] = [fault]
    done, line = run(AwsCall("kms", "create_key", Description="secrets"))
    assert not done and one_line(line) and "whether it was carried out is not known: run the same command again" in line
    assert server.count("CreateKey") == 1


@pytest.mark.parametrize("action, params", [("create_nat_gateway", {"SubnetId": "subnet-1"}), ("create_vpc_endpoint", {"VpcId": "vpc-1", "ServiceName": "s3"})])
@pytest.mark.parametrize("fault", LOST + UNDONE)
def test_a_create_with_a_token_is_sent_again_with_the_same_token(server, run, fault, action, params):
    wire = "".join(map(str.capitalize, action.split("_")))
    server.faults[wire] = [fault]
    assert run(AwsCall("ec2", action, **params))[0]
    first, second = server.sent(wire)
    assert first["ClientToken"] == second["ClientToken"] and len(server.nats) == 1


def test_two_creates_have_two_tokens(server, run):
    for _ in range(2):
        run(AwsCall("ec2", "create_nat_gateway", SubnetId="subnet-1"))
    assert len(server.nats) == 2


def test_a_create_that_is_refused_the_second_time_had_been_carried_out(server, run):
    server.faults["CreateCluster"] = ["lost"]
    role, net = "arn:aws:iam::123456789012:role/a", {"subnetIds": ["subnet-1"]}
    assert run(AwsCall("eks", "create_cluster", name="airflow-test", roleArn=role, resourcesVpcConfig=net))[0]


def test_a_create_that_is_refused_the_first_time_was_not(server, run):
    server.cluster = {"name": "airflow-test", "status": "ACTIVE"}
    role, net = "arn:aws:iam::123456789012:role/a", {"subnetIds": ["subnet-1"]}
    done, line = run(AwsCall("eks", "create_cluster", name="airflow-test", roleArn=role, resourcesVpcConfig=net))
    assert not done and "ResourceInUseException" in line


ASSOCIATED = Ref(Vpc, "CidrBlockAssociationSet[?CidrBlock=='100.64.0.0/16'].CidrBlock | [0]", vpc="airflow-test")


@pytest.mark.parametrize("made, done", [(ASSOCIATED, True), (None, False)])
def test_a_change_that_is_refused_the_second_time_had_been_carried_out_if_it_shows(server, run, made, done):
    server.vpcs.append("vpc-0")
    server.faults["AssociateVpcCidrBlock"] = ["lost"]
    assert run(AwsCall("ec2", "associate_vpc_cidr_block", made=made, VpcId="vpc-0", CidrBlock="100.64.0.0/16"))[0] is done
    assert server.count("AssociateVpcCidrBlock") == 2


def test_a_change_that_is_refused_the_first_time_was_not(server, run):
    server.vpcs.append("vpc-0")
    server.ranges.append("100.64.0.0/16")
    assert not run(AwsCall("ec2", "associate_vpc_cidr_block", made=ASSOCIATED, VpcId="vpc-0", CidrBlock="100.64.0.0/16"))[0]


@pytest.mark.parametrize("fault", LOST)
def test_a_removal_whose_answer_was_lost_is_done(server, run, fault):
    server.vpcs.append("vpc-0")
    server.faults["DeleteVpc"] = [fault]
    assert run(AwsCall("ec2", "delete_vpc", VpcId="vpc-0"))[0]
    assert server.vpcs == []


def test_a_removal_that_is_under_way_is_done(server, run):
    server.cluster = {"name": "airflow-test", "status": "ACTIVE"}
    server.faults["DeleteCluster"] = ["lost"]
    assert run(AwsCall("eks", "delete_cluster", name="airflow-test"))[0]


def test_a_removal_of_nothing_is_no_success_unless_it_was_told_so(server, run):
    assert not run(AwsCall("eks", "delete_cluster", name="airflow-test"))[0]
    assert run(AwsCall("eks", "delete_cluster", missing=("ResourceNotFoundException",), name="airflow-test"))[0]


@pytest.mark.parametrize("action", ["CreateVpc", "DescribeVpcs"])
def test_what_is_throttled_is_sent_again(server, run, action):
    server.faults[action] = ["throttled", "throttled"]
    command = create_vpc() if action == "CreateVpc" else AwsCall("ec2", "describe_vpcs")
    assert run(command)[0]
    assert server.count(action) == 3 and len(server.vpcs) == (action == "CreateVpc")


@pytest.mark.parametrize("fault", ["dropped", "500", "lost"])
def test_a_read_is_sent_again(server, run, fault):
    server.faults["DescribeVpcs"] = [fault]
    assert run(AwsCall("ec2", "describe_vpcs"))[0]

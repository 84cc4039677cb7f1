"""What keeps a VPC from going is named, with the command that removes it, once AWS has said that something does."""

from types import SimpleNamespace

import boto3
import jmespath
import pytest
from pyinfra.context import ctx_host

from deploys.obstacles import in_the_way
from facts.ec2 import Vpc
from facts.obstacles import OBSTACLES, Inside

SAID = ["left: ec2.vpc airflow-dev: ec2 delete-vpc: DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted."]
OURS = [{"Key": "airflow-on-eks/deployment", "Value": "airflow-dev"}]
THERE = {
    "VPC endpoint": [{"id": "vpce-1", "what": "com.amazonaws.us-west-2.execute-api", "tags": [{"Key": "team", "Value": "theirs"}]}],
    "network interface": [{"id": "eni-1", "what": "", "tags": None}],
    "subnet": [{"id": "subnet-1", "what": "10.1.0.0/24", "tags": OURS}],
}


def lines(said, vpc="vpc-1"):
    asked = []

    def get_fact(fact, **given):
        asked.append(fact)
        return (vpc and {"VpcId": vpc}) if fact is Vpc else THERE.get(given["obstacle"].kind)

    with ctx_host.use(SimpleNamespace(get_fact=get_fact, data=SimpleNamespace(deployment="airflow-dev"))):
        return in_the_way("airflow-dev", "us-west-2", said), asked


def test_what_is_not_the_deployments_is_named():
    assert lines(SAID)[0] == [
        "in the way in vpc-1: VPC endpoint vpce-1 (com.amazonaws.us-west-2.execute-api; team=theirs): "
        "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-1 --region us-west-2 removes it",
        "in the way in vpc-1: network interface eni-1: aws ec2 delete-network-interface --network-interface-id eni-1 --region us-west-2 removes it",
    ]


@pytest.mark.parametrize(("said", "vpc"), [(["left: iam.role: AccessDenied"], "vpc-1"), ([], "vpc-1"), (SAID, None)])
def test_nothing_is_looked_for_unless_something_is_in_the_way(said, vpc):
    found, asked = lines(said, vpc)
    assert found == [] and Inside not in asked


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda obstacle: f"{obstacle.kind} {obstacle.filter}")
def test_each_kind_is_read_from_what_aws_answers(obstacle):
    shape = boto3.client(obstacle.service, region_name="us-west-2").meta.service_model.operation_model(_operation(obstacle.action)).output_shape
    (found,) = jmespath.search(obstacle.pick.replace("{vpc}", "vpc-1"), _filled(shape))
    assert found["id"] and {*found} == {"id", "what", "tags"}


def _operation(action: str) -> str:
    return "".join(word.title() for word in action.split("_"))


def _filled(shape, name=""):
    """An answer with one of everything, in the VPC."""
    if shape.type_name == "structure":
        return {key: _filled(member, key) for key, member in shape.members.items() if key not in ("RequesterManaged", "Associations")}
    if shape.type_name == "list":
        return [_filled(shape.member)]
    if shape.type_name == "boolean":
        return True
    return "vpc-1" if name.lower() == "vpcid" else "x"

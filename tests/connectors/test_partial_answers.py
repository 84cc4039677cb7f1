"""What failed inside a success has failed."""

import re
from types import SimpleNamespace

import jmespath
import pytest
from calls_made import calls_made, model

from connectors.aws import sending
from connectors.aws.client import Patience
from connectors.aws.errors import AwsFailure
from connectors.aws.partial import PARTIAL, WARNED
from connectors.commands.command import AwsCall

FAILED = re.compile("fail|error|unsuccess|unprocess|unknown|reject|invalid", re.IGNORECASE)
STATES = {
    ("acm", "describe_certificate"): "why it was not issued: the wait for it tells",
    ("ec2", "create_nat_gateway"): "of one that could not be made: the wait for it tells",
    ("ec2", "create_vpc_endpoint"): "of one that could not be made: its state tells",
    ("ec2", "revoke_security_group_egress"): "rules that are not there any more",
    ("ec2", "revoke_security_group_ingress"): "rules that are not there any more",
    ("eks", "update_addon"): "of the update that was started: the wait for it tells",
    ("eks", "update_cluster_config"): "of the update that was started: the wait for it tells",
    ("eks", "update_cluster_version"): "of the update that was started: the wait for it tells",
    ("eks", "update_nodegroup_config"): "of the update that was started: the wait for it tells",
    ("eks", "update_nodegroup_version"): "of the update that was started: the wait for it tells",
    ("eks", "describe_update"): "the wait for it tells",
    ("service-quotas", "get_aws_default_service_quota"): "why a quota has no value",
    ("service-quotas", "get_service_quota"): "why a quota has no value",
}
"""Calls whose answer has such a member for the state of a thing, not for the call."""


def failing(service, action) -> list[str]:
    """Members of a call's answer that sound like failures, two levels deep."""
    shape = model(service, action).output_shape
    members = shape.members if shape else {}
    inner = {f"{name}.{key}" for name, member in members.items() if member.type_name == "structure" for key in member.members}
    return sorted(name for name in {*members, *inner} if FAILED.search(name))


def test_every_call_that_may_fail_inside_a_success_is_known():
    made = calls_made()
    assert len(made) > 200 and {("events", "put_targets"), ("s3", "delete_objects")} <= made
    found = {call: members for call in sorted(made) if (members := failing(*call))}
    assert {call: members for call, members in found.items() if call not in {*PARTIAL, *WARNED, *STATES}} == {}
    assert {*PARTIAL, *WARNED, *STATES} <= found.keys()


def example(shape, text="x"):
    """An answer of a shape with one of everything."""
    if shape.type_name == "structure":
        return {name: example(member, name) for name, member in shape.members.items()}
    return [example(shape.member)] if shape.type_name == "list" else text


@pytest.mark.parametrize(("call", "path"), [*PARTIAL.items(), *WARNED.items()], ids=lambda value: "-".join(value) if isinstance(value, tuple) else "")
def test_where_it_says_so_is_where_botocore_has_it(call, path):
    (found,) = jmespath.search(path, example(model(*call).output_shape))
    assert None not in found.values()


@pytest.fixture
def sent(monkeypatch):
    """Send a call whose answers are given, one after the other: the answer, or the line it failed with, and how often it was sent."""
    monkeypatch.setattr(sending, "PAUSE", 0)

    def send(call, *answers):
        left, told = list(answers), []
        client = SimpleNamespace(meta=SimpleNamespace(service_model=model(call.service, call.action).service_model))
        client.meta.method_to_api_mapping = {call.action: model(call.service, call.action).name}
        setattr(client, call.action, lambda **params: left.pop(0))
        delivery = sending.Delivery(
            SimpleNamespace(client=lambda service: client, heard={call.service}, patience=Patience(), log=told.append), call, call.params
        )
        try:
            return delivery.answer(), len(answers) - len(left), told
        except AwsFailure as failure:
            return str(failure), len(answers) - len(left), told

    return send


TARGETS = AwsCall("events", "put_targets", Rule="airflow-dev", Targets=[{"Id": "karpenter"}])
ENDPOINTS = AwsCall("ec2", "delete_vpc_endpoints", missing=("InvalidVpcEndpointId.NotFound",), VpcEndpointIds=["vpce-1", "vpce-2"])


def target(code):
    return {"FailedEntryCount": 1, "FailedEntries": [{"TargetId": "karpenter", "ErrorCode": code, "ErrorMessage": "no"}]}


def endpoint(code, thing="vpce-1"):
    return {"ResourceId": thing, "Error": {"Code": code, "Message": "no"}}


def test_it_fails_with_its_own_line(sent):
    assert sent(TARGETS, target("ResourceNotFoundException"))[:2] == ("events put-targets: ResourceNotFoundException: karpenter: no", 1)
    assert sent(ENDPOINTS, {"Unsuccessful": [endpoint("OperationNotPermitted")]})[0] == "ec2 delete-vpc-endpoints: OperationNotPermitted: vpce-1: no"


@pytest.mark.parametrize("code", ["ConcurrentModificationException", "InternalException"])
def test_what_passes_is_sent_again(sent, code):
    assert sent(TARGETS, target(code), {"FailedEntryCount": 0, "FailedEntries": []})[1] == 2


def test_what_is_not_there_any_more_is_no_failure_and_hides_none(sent):
    gone = endpoint("InvalidVpcEndpointId.NotFound")
    assert sent(ENDPOINTS, {"Unsuccessful": [gone]})[0] == {"Unsuccessful": [gone]}
    assert "vpce-2: no" in sent(ENDPOINTS, {"Unsuccessful": [gone, endpoint("OperationNotPermitted", "vpce-2")]})[0]


def test_what_will_not_work_of_what_was_made_is_told(sent):
    call = AwsCall("ec2", "create_launch_template", LaunchTemplateName="airflow-dev", LaunchTemplateData={})
    warned = {"LaunchTemplate": {}, "Warning": {"Errors": [{"Code": "InvalidVolumeType", "Message": "gp9"}]}}
    assert sent(call, warned)[2] == ["ec2 create-launch-template: InvalidVolumeType: gp9"]

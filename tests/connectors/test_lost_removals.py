"""A removal whose answer was lost, and that is refused when it is sent again: what it removes tells whether it was carried out, not AWS's words."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from calls_made import calls_made, model

from connectors.aws import sending
from connectors.aws.client import Patience
from connectors.aws.errors import AwsFailure
from connectors.aws.removals import LINGERING
from connectors.commands.command import AwsCall

AT_ONCE = {
    "acm": ("delete_certificate",),
    "budgets": ("delete_budget", "delete_notification"),
    "ec2": (
        *("delete_internet_gateway", "delete_launch_template", "delete_network_interface", "delete_route", "delete_route_table"),
        *("delete_security_group", "delete_subnet", "delete_vpc", "detach_internet_gateway", "disassociate_route_table", "release_address"),
        *("revoke_security_group_egress", "revoke_security_group_ingress", "terminate_instances"),
    ),
    "eks": ("delete_access_entry", "delete_pod_identity_association", "disassociate_access_policy"),
    "elb": ("delete_load_balancer",),
    "elbv2": ("delete_load_balancer", "delete_target_group"),
    "events": ("delete_rule", "remove_targets"),
    "iam": ("delete_instance_profile", "delete_role", "delete_role_policy", "detach_role_policy", "remove_role_from_instance_profile"),
    "logs": ("delete_log_group",),
    "rds": ("delete_db_parameter_group", "delete_db_snapshot", "delete_db_subnet_group", "remove_tags_from_resource"),
    "s3": ("delete_bucket", "delete_objects"),
    "sqs": ("delete_queue",),
    "ssm": ("delete_parameter",),
}
"""Removals that are done when they are answered: sent again, AWS finds no such thing or says yes once more."""

GIVEN = {
    ("eks", "delete_cluster"): {"name": "airflow-test"},
    ("eks", "delete_nodegroup"): {"clusterName": "airflow-test", "nodegroupName": "core"},
    ("eks", "delete_addon"): {"clusterName": "airflow-test", "addonName": "coredns"},
    ("rds", "delete_db_instance"): {"DBInstanceIdentifier": "airflow-test", "SkipFinalSnapshot": True},
    ("ec2", "delete_nat_gateway"): {"NatGatewayId": "nat-1"},
    ("ec2", "delete_vpc_endpoints"): {"VpcEndpointIds": ["vpce-1"]},
    ("ec2", "delete_volume"): {"VolumeId": "vol-1"},
    ("efs", "delete_file_system"): {"FileSystemId": "fs-1"},
    ("efs", "delete_mount_target"): {"MountTargetId": "fsmt-0a1b2c3d"},
    ("efs", "delete_access_point"): {"AccessPointId": "fsap-1"},
    ("amp", "delete_workspace"): {"workspaceId": "ws-1"},
    ("kms", "schedule_key_deletion"): {"KeyId": "key-1"},
    ("secretsmanager", "delete_secret"): {"SecretId": "airflow-test/fernet"},
}
STATES = ("deleting", "DELETING", "PendingDeletion")
"""What the services call a thing that is going."""


def test_of_every_removal_it_is_known_whether_the_thing_lingers():
    removals = {(service, action) for service, action in calls_made() if AwsCall(service, action).removes}
    at_once = {(service, action) for service, actions in AT_ONCE.items() for action in actions}
    assert len(removals) > 40 and not at_once & LINGERING.keys()
    assert removals - LINGERING.keys() - at_once == set()
    assert GIVEN.keys() == LINGERING.keys()


def answer(shape, state):
    """An answer of a shape with one thing in a state, as far as it has one; a secret has a date of its removal instead."""
    if shape.type_name == "structure":
        dated = {} if state in STATES else {"DeletedDate"}
        return {name: answer(member, state) for name, member in shape.members.items() if name not in dated}
    return [answer(shape.member, state)] if shape.type_name == "list" else state


@pytest.fixture(params=LINGERING, ids="-".join)
def call(request):
    return AwsCall(*request.param, **GIVEN[request.param])


@pytest.fixture
def carried_out(call, monkeypatch):
    """Whether the call, lost the first time and refused the second, counts as carried out while its look shows this; else what AWS said."""
    monkeypatch.setattr(sending, "PAUSE", 0)
    look, removal = model(call.service, LINGERING[call.service, call.action].action), model(call.service, call.action)

    def send(state):
        refusals = [refusal("InternalFailure", 500), refusal("ValidationException", 400)]

        def sent(**params):
            raise refusals.pop(0)

        def looked(shown):
            assert not ParamValidator().validate(shown.params, look.input_shape).has_errors(), shown
            assert shown.missing, "it may be gone"
            return answer(look.output_shape, state) if state else None

        meta = SimpleNamespace(service_model=removal.service_model, method_to_api_mapping={call.action: removal.name})
        client = SimpleNamespace(meta=meta, **{call.action: sent})
        aws = SimpleNamespace(client=lambda service: client, call=looked, heard=set(), patience=Patience(not_yet=0, release=0), log=None)
        try:
            return sending.Delivery(aws, call, call.params).answer() is None
        except AwsFailure as failure:
            return str(failure)

    return send


def refusal(code, status):
    return ClientError({"Error": {"Code": code, "Message": "in its own words"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "")


def test_what_is_gone_was_removed(carried_out):
    assert carried_out(None) is True


def test_what_is_going_was_removed(carried_out):
    assert [state for state in STATES if carried_out(state) is True]


def test_what_still_stands_was_not(carried_out):
    assert "ValidationException: in its own words" in carried_out("available")

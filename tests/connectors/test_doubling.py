"""No call of the whole platform can make a second thing when its answer is lost."""

import ast
from pathlib import Path

import pytest

from connectors.aws import session
from connectors.aws.sending import CREATES, NAMED, NAMED_CREATES, _token
from connectors.commands.command import AwsCall

ROOT = Path(__file__).parents[2]
HOW = {
    "acm request_certificate": "token",
    "amp create_workspace": "token",
    "budgets create_budget": "named",
    "budgets create_notification": "named",
    "ec2 allocate_address": "looked for",
    "ec2 create_internet_gateway": "looked for",
    "ec2 create_launch_template": "token",
    "ec2 create_launch_template_version": "token",
    "ec2 create_nat_gateway": "token",
    "ec2 create_route": "named",
    "ec2 create_route_table": "token",
    "ec2 create_security_group": "looked for",
    "ec2 create_subnet": "looked for",
    "ec2 create_tags": "named",
    "ec2 create_vpc": "looked for",
    "ec2 create_vpc_endpoint": "looked for",
    "efs create_file_system": "token",
    "efs create_mount_target": "looked for",
    "eks create_access_entry": "token",
    "eks create_addon": "token",
    "eks create_cluster": "token",
    "eks create_nodegroup": "token",
    "eks create_pod_identity_association": "token",
    "iam create_instance_profile": "named",
    "iam create_role": "looked for",
    "kms create_alias": "named",
    "kms create_key": "looked for",
    "logs create_log_group": "named",
    "rds create_db_instance": "looked for",
    "rds create_db_parameter_group": "looked for",
    "rds create_db_snapshot": "named",
    "rds create_db_subnet_group": "looked for",
    "s3 create_bucket": "looked for",
    "secretsmanager create_secret": "token",
    "sqs create_queue": "named",
}
"""
Every create, and what keeps a second one from being made: a client token; a look for what it makes (``made``) before it is sent again; a name of
its own, under which AWS refuses a second or answers the first.
"""


def creates():
    """The creates that stand in the code of the operations."""
    found = {}
    for path in sorted((ROOT / "operations").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AwsCall":
                service, action = (getattr(argument, "value", None) for argument in node.args[:2])
                for name in [action] if isinstance(action, str) else [one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)]:
                    if str(name).startswith(CREATES):
                        found.setdefault(f"{service} {name}", set()).add("made" in {given.arg for given in node.keywords})
    return found


@pytest.mark.parametrize("call", creates())
def test_a_create_is_protected(call):
    service, _, action = call.partition(" ")
    looked_for = creates().get(call, {False}) == {True}
    client = session.client(service, "us-west-2", credentials=session.Credentials("key", "secret"))
    token = bool(_token(client, AwsCall(service, action), {}))
    named = service in NAMED or action in NAMED_CREATES
    assert HOW[call] == ("looked for" if looked_for else "token" if token else "named" if named else "nothing")


def test_no_create_is_listed_that_is_not_sent():
    assert sorted(HOW) == sorted(creates())

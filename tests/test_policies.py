"""What the roles of a deployment may do: no more than they need, and every exception with its reason."""

import json

import pytest

from deploys.platform import platform
from deploys.platform.policies import table
from operations.policy import changed
from settings import Settings
from settings.root import ROOT

SETTINGS = Settings.of({**table.DEPLOYMENT, **table.EVERYTHING})
ROLES = {role.subject.removeprefix(SETTINGS.role("")): role for role in table.roles(SETTINGS)}
EACH = pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
LARGEST = 10240
"""Characters AWS takes in all inline policies of a role, white space not counted."""


@EACH
def test_actions_are_named(role):
    """No ``*:*``, no ``ec2:*``, no ``ec2:Describe*``."""
    assert [action for _, statement in table.statements(role) for action in table.listed(statement["Action"]) if "*" in action] == []
    assert not [statement for _, statement in table.statements(role) if statement.keys() & {"NotAction", "NotResource"}]


@EACH
def test_what_is_for_every_resource_says_why(role):
    silent = [statement for _, statement in table.statements(role) if "*" in table.listed(statement["Resource"]) and statement.get("Sid") not in table.REASONS]
    assert silent == []


@EACH
def test_what_is_for_every_resource_changes_nothing(role):
    reads = ("Describe", "Get", "List", "PutMetricData")
    actions = [
        action.partition(":")[2]
        for _, statement in table.statements(role)
        if "*" in table.listed(statement["Resource"])
        for action in table.listed(statement["Action"])
    ]
    assert [action for action in actions if not action.startswith(reads)] == []


@EACH
def test_policies_fit_into_the_role(role):
    assert sum(len("".join(json.dumps(document, default=str).split())) for document in (role.fields.get("policies") or {}).values()) <= LARGEST


@EACH
def test_pods_of_no_other_cluster_take_the_role(role):
    (statement,) = role.fields["trust"]["Statement"]
    if statement["Principal"]["Service"] == "pods.eks.amazonaws.com":
        cluster = SETTINGS.arn("eks", f"cluster/{SETTINGS.deployment}")
        assert statement["Condition"] == {"StringEquals": {"aws:RequestTag/eks-cluster-arn": cluster}}


@EACH
def test_statements_are_told_apart(role):
    for name in role.fields.get("policies") or {}:
        sids = [statement.get("Sid") for policy, statement in table.statements(role) if policy == name]
        assert None not in sids and len(set(sids)) == len(sids)


def test_roles_that_pods_take_are_bound_to_a_service_account():
    bound = {want.fields["role_arn"] for want in platform(SETTINGS) if want.kind == "eks.pod_identity"}
    taken = {
        SETTINGS.role_arn(name) for name, role in ROLES.items() if role.fields["trust"]["Statement"][0]["Principal"]["Service"] == "pods.eks.amazonaws.com"
    }
    assert bound == taken


def test_what_is_open_to_everybody_is_held_by_a_condition():
    documents = [(str(want), want.fields["policy"]) for want in platform(SETTINGS) if isinstance(want.fields.get("policy"), dict)]
    assert {name.partition(" ")[0] for name, _ in documents} >= {"s3.bucket", "sqs.queue", "efs.file_system"}
    open_ones = [
        name
        for name, document in documents
        for statement in document["Statement"]
        if statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition")
    ]
    assert open_ones == []


@EACH
def test_linter_finds_nothing_but_what_is_known(role):
    """Actions and conditions IAM knows. One action is allowed in several statements, each for some of the kinds it needs: the linter reads one at a time."""
    parliament = pytest.importorskip("parliament", reason="parliament is not installed: policies are not linted")
    newer = ("elasticloadbalancing:ModifyIpPools", "elasticloadbalancing:CreateAction", "ec2:GetSecurityGroupsForVpc")
    found = []
    for document in (role.fields.get("policies") or {}).values():
        for finding in parliament.analyze_policy_string(json.dumps(known(document))).findings:
            if finding.issue != "RESOURCE_MISMATCH" and not any(word in str(finding) for word in newer):
                found.append(str(finding))
    assert found == []


def known(document):
    """The document with an ARN in the place of what is known only when it is sent."""
    return json.loads(json.dumps(document, default=lambda ref: f"arn:aws:{ref.fact.name.split('.')[1].replace('amp', 'aps')}:us-west-2:123456789012:x/y"))


def test_every_reason_is_used():
    used = {statement.get("Sid") for role in ROLES.values() for _, statement in table.statements(role)}
    assert set(table.REASONS) <= used


def test_the_page_is_up_to_date():
    assert (ROOT / "docs/policies.md").read_text() == table.page(), "run: python -m deploys.platform.policies.table > docs/policies.md"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-eusc"])
def test_an_account_is_the_same_by_number_and_by_arn(partition):
    spelt = [{"Statement": [{"Principal": {"AWS": name}}]} for name in ("123456789012", f"arn:{partition}:iam::123456789012:root")]
    assert changed("Policy", *spelt) == ()
    assert changed("Policy", spelt[0], {"Statement": [{"Principal": {"AWS": f"arn:{partition}:iam::123456789012:role/x"}}]})

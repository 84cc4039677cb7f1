"""docs/permissions.md: what a plan needs to read."""

import json
from pathlib import Path

from connectors.aws.permissions import action, operation
from deploys.permissions import page

PAGE = Path(__file__).parent.parent / "docs" / "permissions.md"


def test_the_page_names_the_calls_of_the_facts():
    assert page() == PAGE.read_text(), "python -m deploys.permissions > docs/permissions.md"


def test_actions_are_called_as_iam_calls_them():
    assert action("rds", operation("rds", "describe_db_instances")) == "rds:DescribeDBInstances"
    assert action("efs", operation("efs", "describe_file_systems")) == "elasticfilesystem:DescribeFileSystems"
    assert action("s3", operation("s3", "list_buckets")) == "s3:ListAllMyBuckets"


def test_what_may_hold_secrets_of_others_is_read_of_the_deployment_alone():
    statements = json.loads(page().partition("```json")[2].partition("```")[0])["Statement"]
    everywhere = {action for statement in statements if statement["Resource"] == "*" for action in statement["Action"]}
    assert not everywhere & {"ssm:GetParameter", "secretsmanager:GetSecretValue", "s3:GetObject", "kms:Decrypt"}
    assert not [action for action in everywhere if action.startswith(("ssm:Get", "secretsmanager:Get", "secretsmanager:BatchGet"))]
    assert all("<deployment>/" in statement["Resource"] for statement in statements if statement["Resource"] != "*")

"""What IAM calls the actions that calls of AWS need."""

from __future__ import annotations

from functools import cache

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

PREFIXES = {
    "amp": "aps",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
"""Where IAM calls a service otherwise than botocore."""

ACTIONS = {
    ("budgets", "DescribeBudget"): "budgets:ViewBudget",
    ("budgets", "DescribeSubscribersForNotification"): "budgets:ViewBudget",
    ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "s3:GetLifecycleConfiguration",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
    ("s3", "HeadBucket"): "s3:ListBucket",
}
"""Where the action is not called like the call. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/"""


def action(service: str, operation: str) -> str:
    """
    The IAM action of a call.

    + service: as botocore spells it, ``efs``
    + operation: as the API spells it, ``DescribeFileSystems``
    """
    return ACTIONS.get((service, operation), f"{PREFIXES.get(service, service)}:{operation}")


def operation(service: str, method: str) -> str:
    """
    What the API calls a method of boto3: ``DescribeDBInstances``.

    + service, method: as boto3 spells them, ``rds`` and ``describe_db_instances``
    """
    return _operations(service)[method]


@cache
def _operations(service: str) -> dict[str, str]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return {xform_name(name): name for name in model.operation_names}

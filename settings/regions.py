"""AWS's regions as botocore knows them: the partition each is in, and the services that are there."""

from functools import cache
from typing import Any

NEEDED = {
    "ec2": "Amazon EC2",
    "autoscaling": "EC2 Auto Scaling",
    "eks": "Amazon EKS",
    "eks-auth": "EKS Pod Identity",
    "rds": "Amazon RDS",
    "elasticfilesystem": "Amazon EFS",
    "elasticloadbalancing": "Elastic Load Balancing",
    "s3": "Amazon S3",
    "sqs": "Amazon SQS",
    "events": "Amazon EventBridge",
    "kms": "AWS KMS",
    "secretsmanager": "AWS Secrets Manager",
    "ssm": "AWS Systems Manager",
    "logs": "CloudWatch Logs",
    "monitoring": "Amazon CloudWatch",
    "sts": "AWS STS",
    "tagging": "Resource Groups Tagging API",
}
"""Services the platform does not work without, as botocore's endpoints call them."""

CA_BUNDLES = {
    "aws": "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem",
    "aws-cn": "https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem",
    "aws-us-gov": "https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem",
}
"""
Where AWS publishes the certificates of RDS, by partition.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html and
https://docs.amazonaws.cn/en_us/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
"""

EC2_OF_ITS_OWN = ("aws-cn", "aws-iso", "aws-iso-b")
"""Partitions where EC2 takes roles under the partition's own suffix; every other service, and EC2 everywhere else, does under amazonaws.com."""

S3_AS_ELSEWHERE = ("aws-cn",)
"""Partitions whose endpoint service of S3 is called as in all others."""


@cache
def partitions() -> list[dict[str, Any]]:
    """Returns botocore's endpoint data: the partitions with their `regions`, `services` and `dnsSuffix`."""
    from botocore.loaders import create_loader

    return create_loader().load_data("endpoints")["partitions"]


@cache
def partition(region: str) -> dict[str, Any] | None:
    """
    Returns the partition a region is in; None for one botocore does not know.

    + region: `us-west-2`
    """
    return next((found for found in partitions() if region in found["regions"]), None)


def offered(region: str, service: str) -> bool:
    """
    Returns whether a service has an endpoint in a region.

    + region: one that botocore knows
    + service: as botocore's endpoints call it, `aps`
    """
    return region in partition(region)["services"].get(service, {}).get("endpoints", {})


ENDPOINTS = {"pricing": "api.pricing"}
"""Services that are asked in another region where their own has none, and what botocore's endpoints call them."""


@cache
def asked_in(region: str, service: str) -> str:
    """
    Returns the region a service is asked in: the deployment's own, or one of its partition where the service is in few.

    + region: of the deployment
    + service: as boto3 spells it, `pricing`
    """
    endpoints = partition(region)["services"].get(ENDPOINTS.get(service, ""), {}).get("endpoints", {})
    return region if region in endpoints or not endpoints else sorted(endpoints)[-1]

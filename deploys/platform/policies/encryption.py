"""What the account's own KMS key must allow: to whom its policy gives it, and which of our roles use it."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings

USE = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
AUTO_SCALING = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
OBJECTS, VOLUMES = "objects", "volumes"

USERS = {
    "airflow-": OBJECTS,
    "spark-": OBJECTS,
    "aws-ebs-csi-driver": VOLUMES,
    "karpenter": VOLUMES,
}
"""Roles by how their component begins, and what they use the key for: S3 and Secrets Manager ask in the caller's name, EC2 for a grant."""


def key_statements(settings: Settings) -> list[dict]:
    """
    Returns what the key's own policy must say: IAM's policies count in the account, CloudWatch encrypts its groups, Auto Scaling starts nodes.

    + settings: of the deployment

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": settings.arn("logs", "*")}}
    account, scaling = (settings.arn("iam", whose, region=False) for whose in ("root", AUTO_SCALING))
    return [
        _allow("RolesOfTheAccount", {"AWS": account}, [*USE, "kms:CreateGrant"]),
        {**_allow("LogGroups", {"Service": f"logs.{settings.region}.amazonaws.com"}, USE), "Condition": groups},
        _allow("VolumesOfNodes", {"AWS": scaling}, USE),
        {**_allow("GrantsForNodes", {"AWS": scaling}, ["kms:CreateGrant"]), "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
    ]


def key_user(settings: Settings, component: str) -> dict | None:
    """
    Returns the policy of a role on the key, ``None`` where the role does not use it.

    + settings: of the deployment
    + component: of the role
    """
    use = next((use for begin, use in USERS.items() if component.startswith(begin)), None)
    if not settings.kms_key_arn or use is None or component == "karpenter-node":
        return None
    services = {OBJECTS: ("s3", "secretsmanager"), VOLUMES: ("ec2",)}[use]
    through = {"StringEquals": {"kms:ViaService": [f"{service}.{settings.region}.amazonaws.com" for service in services]}}
    uses = {"Sid": "UseTheKey", "Effect": "Allow", "Action": USE, "Resource": settings.kms_key_arn, "Condition": through}
    grants = {**uses, "Sid": "GrantTheKey", "Action": "kms:CreateGrant", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
    return {"Version": VERSION, "Statement": [uses, *([grants] if use == VOLUMES else [])]}


def _allow(sid: str, principal: dict, actions: list[str]) -> dict:
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}

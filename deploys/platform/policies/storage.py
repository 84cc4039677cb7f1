"""What may be done with buckets and file systems."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings
from settings.deployment import OWNER_TAG


def airflow_logs(bucket_arn: str, folder: str, write: bool) -> dict:
    """
    Returns the policy of an Airflow component on the bucket of task logs.

    + bucket_arn: ARN of the bucket
    + folder: the prefix they are under
    + write: whether it writes logs or only shows them
    """
    objects = ["s3:GetObject", "s3:PutObject"] if write else ["s3:GetObject"]
    return {
        "Version": VERSION,
        "Statement": [
            {"Sid": "FindLogs", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": bucket_arn},
            {"Sid": "Logs", "Effect": "Allow", "Action": objects, "Resource": f"{bucket_arn}/{folder}/*"},
        ],
    }


def airflow_secrets(secret_arn: str) -> dict:
    """
    Returns the policy of an Airflow component on the secrets that hold connections and variables.

    + secret_arn: how their ARNs begin
    """
    resources = [f"{secret_arn}/{kind}/*" for kind in ("connections", "variables")]
    return {"Version": VERSION, "Statement": [{"Sid": "Secrets", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": resources}]}


def tls_only(bucket_arn: str) -> dict:
    """
    Returns the policy of a bucket that is never spoken to in clear.

    + bucket_arn: ARN of the bucket
    """
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def mounted_over_tls(file_system_arn) -> dict:
    """
    Returns the policy of a file system that is mounted through its mount targets, over TLS and not as root.

    + file_system_arn: ARN of the file system, or a `Ref` to it
    """
    statement = {
        "Sid": "MountedOverTls",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": file_system_arn,
        "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true", "aws:SecureTransport": "true"}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def tagged_access_points(settings: Settings) -> dict:
    """
    Returns what the EFS driver's role needs next to AWS's policy, which lets it give access points no tag but its own.

    + settings: of the deployment

    Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/issues/1921
    """
    ours = {"aws:RequestTag/efs.csi.aws.com/cluster": "true", f"aws:RequestTag/{OWNER_TAG}": settings.deployment}
    systems, points = (settings.arn("elasticfilesystem", f"{kind}/*") for kind in ("file-system", "access-point"))
    made = {"Sid": "TaggedAccessPoints", "Effect": "Allow", "Action": "elasticfilesystem:CreateAccessPoint", "Resource": systems}
    tags = {"Sid": "TagNewAccessPoints", "Effect": "Allow", "Action": "elasticfilesystem:TagResource", "Resource": points}
    at_birth = {"elasticfilesystem:CreateAction": "CreateAccessPoint"}
    statements = [{**made, "Condition": {"StringEquals": ours}}, {**tags, "Condition": {"StringEquals": {**ours, **at_birth}}}]
    return {"Version": VERSION, "Statement": statements}

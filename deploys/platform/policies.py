"""IAM policy documents: who may take a role, and what the role may do."""

from __future__ import annotations

from settings import Settings

VERSION = "2012-10-17"


def service_trust(service: str) -> dict:
    """
    Returns the trust policy of a role that an AWS service takes.

    + service: `eks.amazonaws.com`
    """
    return {"Version": VERSION, "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}


def pod_identity_trust(settings: Settings) -> dict:
    """
    Returns the trust policy of a role that pods of the deployment's cluster take, and no other cluster's.

    + settings: of the deployment
    """
    cluster = settings.arn("eks", f"cluster/{settings.deployment}")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": {"aws:RequestTag/eks-cluster-arn": cluster}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def airflow_logs(bucket_arn: str, write: bool) -> dict:
    """
    Returns the policy of an Airflow component on the bucket of task logs.

    + bucket_arn: ARN of the bucket
    + write: whether it writes logs or only shows them
    """
    objects = ["s3:GetObject", "s3:PutObject"] if write else ["s3:GetObject"]
    return {
        "Version": VERSION,
        "Statement": [
            {"Sid": "FindLogs", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": bucket_arn},
            {"Sid": "Logs", "Effect": "Allow", "Action": objects, "Resource": f"{bucket_arn}/airflow/*"},
        ],
    }


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

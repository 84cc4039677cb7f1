"""What may be done with buckets and file systems."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION


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

"""What Spark applications and their history server may do: write and read event logs."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION


def event_logs(bucket_arn: str, write: bool) -> dict:
    """
    Returns the policy on the bucket of Spark's event logs.

    + bucket_arn: ARN of the bucket
    + write: whether logs are written (a running log is written anew and renamed) or only shown
    """
    objects = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"] if write else ["s3:GetObject"]
    return {
        "Version": VERSION,
        "Statement": [
            {"Sid": "FindEventLogs", "Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": bucket_arn},
            {"Sid": "EventLogs", "Effect": "Allow", "Action": objects, "Resource": f"{bucket_arn}/*"},
        ],
    }

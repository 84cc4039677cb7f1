"""Facts about S3. Only buckets of the caller's account are ever seen, whoever else may own one of the same name; `ExistingBucket` apart."""

from __future__ import annotations

import json

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


class Bucket(AwsFact):
    """
    Returns the bucket if the account has it, or ``None``: ``Name``, ``CreationDate``. All buckets of the account come in one read.

    + bucket: its name
    """

    def command(self, bucket):
        self.pick = f"Buckets[?Name=='{bucket}'] | [0]"
        return AwsCall("s3", "list_buckets", about=bucket)


class ExistingBucket(AwsFact):
    """
    Returns a bucket that is somebody else's, maybe of another account, or ``None``: ``BucketRegion``.

    + bucket: its name
    """

    def command(self, bucket):
        return AwsCall("s3", "head_bucket", missing=("404", "NoSuchBucket"), Bucket=bucket)


class BucketTags(AwsFact):
    """
    Returns the tags of a bucket, or ``None`` when it has none: a list of ``Key``, ``Value``.

    + bucket: its name
    """

    pick = "TagSet"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_tagging", missing=("NoSuchTagSet", "NoSuchBucket"), Bucket=bucket)


class PublicAccessBlock(AwsFact):
    """
    Returns what keeps a bucket private, or ``None``: ``BlockPublicAcls``, ``IgnorePublicAcls``, ``BlockPublicPolicy``, ``RestrictPublicBuckets``.

    + bucket: its name
    """

    pick = "PublicAccessBlockConfiguration"

    def command(self, bucket):
        return AwsCall("s3", "get_public_access_block", missing=("NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"), Bucket=bucket)


class Ownership(AwsFact):
    """
    Returns who owns the objects of a bucket, or ``None``: ``BucketOwnerEnforced``, ``BucketOwnerPreferred`` or ``ObjectWriter``.

    + bucket: its name
    """

    pick = "OwnershipControls.Rules[0].ObjectOwnership"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_ownership_controls", missing=("OwnershipControlsNotFoundError", "NoSuchBucket"), Bucket=bucket)


class Encryption(AwsFact):
    """
    Returns how a bucket encrypts new objects, or ``None``: ``SSEAlgorithm``, ``KMSMasterKeyID``.

    + bucket: its name
    """

    pick = "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_encryption", missing=("ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucket"), Bucket=bucket)


class BucketPolicy(AwsFact):
    """
    Returns a bucket's policy as a document, or ``None`` where there is none.

    + bucket: its name
    """

    pick = "Policy"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_policy", missing=("NoSuchBucketPolicy", "NoSuchBucket"), Bucket=bucket)

    def process(self, output):
        return json.loads(super().process(output))


class Lifecycle(AwsFact):
    """
    Returns the lifecycle rules of a bucket, or ``None`` where there are none: ``ID``, ``Status``, ``Filter``, ``Expiration``, ...

    + bucket: its name
    """

    pick = "Rules"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_lifecycle_configuration", missing=("NoSuchLifecycleConfiguration", "NoSuchBucket"), Bucket=bucket)


class Versioning(AwsFact):
    """
    Returns whether a bucket keeps old versions: ``Enabled``, ``Suspended``, or ``None`` where it never did.

    + bucket: its name
    """

    pick = "Status"

    def command(self, bucket):
        return AwsCall("s3", "get_bucket_versioning", missing=("NoSuchBucket",), Bucket=bucket)


class Contents(AwsFact):
    """
    Returns what is in a bucket, every version counted, or ``None`` when there is no such bucket.

    + bucket: its name
    + most: how many versions are counted at most

    .. code:: python

        {"versions": 10000, "bytes": 734003200, "more": True}
    """

    def command(self, bucket, most=10_000):
        return AwsCall("s3", "list_object_versions", missing=("NoSuchBucket",), Bucket=bucket, PaginationConfig={"MaxItems": most})

    def process(self, output):
        answer = super().process(output)
        versions = answer.get("Versions") or []
        return {"versions": len(versions), "bytes": sum(version["Size"] for version in versions), "more": "NextToken" in answer}

"""Operations on S3: private, encrypted buckets."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationValueError
from pyinfra.context import host

from connectors.aws.bucket import EmptyBucket
from connectors.commands.command import AwsCall
from connectors.commands.reference import Json, Ref
from facts.s3 import Bucket, BucketPolicy, BucketTags, Encryption, ExistingBucket, Lifecycle, Ownership, PublicAccessBlock, Versioning
from operations import tags as tag
from operations.differ import differing_in
from operations.existing import existing
from operations.foreign import absent
from operations.ownership import own
from operations.policy import changed

PRIVATE = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
UPLOAD_DAYS = 7
"""Days after which what is left of an interrupted upload is deleted."""

OLD_VERSION_DAYS = 30
"""Days for which a bucket with versions keeps what was overwritten or deleted."""


@operation()
def bucket(
    bucket: str,
    region: str | None = None,
    policy: dict | None = None,
    infrequent_access_days: int | None = None,
    expire_days: int | None = None,
    versioning: bool | None = None,
    kms_key: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a bucket: no public access, no ACLs, encrypted with S3's keys or one of the account's, unfinished uploads deleted after a week.

    + bucket: its name
    + region: where it is made
    + policy: its bucket policy (whole)
    + infrequent_access_days: objects move to Standard-IA after this many days, 30 or more; ``None``: they stay
    + expire_days: objects are deleted after this many days; ``None``: never
    + versioning: whether it keeps overwritten and deleted objects (for a month)
    + kms_key: ARN of the key that encrypts new objects; ``None``: S3's
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** each of these is put right by itself. A removal empties the bucket first. A bucket of the account without the deployment's
    tag is refused, and never removed; another account's is never touched.

    **Example:**

    .. code:: python

        s3.bucket(bucket="airflow-logs-airflow-dev-123456789012-us-west-2", region="us-west-2", expire_days=90, name="Log bucket")
    """
    if infrequent_access_days is not None and infrequent_access_days < 30:
        raise OperationValueError(f"bucket {bucket}: infrequent_access_days is {infrequent_access_days}, S3 wants 30 or more")
    now = host.get_fact(Bucket, bucket=bucket)
    tags = tags or {}
    tagged = host.get_fact(BucketTags, bucket=bucket) if now else None
    now = own("bucket", bucket, now, tagged, present)
    if not present:
        if now:
            yield EmptyBucket(bucket)
            yield AwsCall("s3", "delete_bucket", missing=("NoSuchBucket",), Bucket=bucket)
        else:
            absent("bucket", bucket, now)
        return
    rules = _rules(infrequent_access_days, expire_days)
    if not now:
        place = {} if region in (None, "us-east-1") else {"LocationConstraint": region}
        yield AwsCall(
            "s3",
            "create_bucket",
            made=Ref(Bucket, "Name", bucket=bucket),
            Bucket=bucket,
            ObjectOwnership="BucketOwnerEnforced",
            **_configured({**place, **({"Tags": tag.listed(tags)} if tags else {})}),
        )
        yield from (command for _, command in [*([_encryption(bucket, kms_key)] if kms_key else []), *_commands(bucket, policy, rules, versioning)])
        return
    said = {
        "PublicAccessBlock": host.get_fact(PublicAccessBlock, bucket=bucket),
        "ObjectOwnership": host.get_fact(Ownership, bucket=bucket),
        "Encryption": host.get_fact(Encryption, bucket=bucket) or {},
        "Lifecycle": host.get_fact(Lifecycle, bucket=bucket),
        "Policy": host.get_fact(BucketPolicy, bucket=bucket) if policy is not None else None,
        "Versioning": (host.get_fact(Versioning, bucket=bucket) == "Enabled") if versioning is not None else None,
    }
    fixed = {"PublicAccessBlock": PRIVATE, "ObjectOwnership": "BucketOwnerEnforced", "Encryption": _algorithm(kms_key), "Lifecycle": rules}
    wanted = {**fixed, "Versioning": versioning}
    sent = False
    for field, command in [*_always(bucket, kms_key), *_commands(bucket, policy, rules, versioning)]:
        changes = changed("Policy", said["Policy"], policy) if field == "Policy" else differing_in(said, {field: wanted[field]})
        if changes:
            sent = True
            yield command.because(changes)
    if changes := tag.missing(tagged, tags):
        sent = True
        merged = tag.listed({**tag.mapped(tagged), **tags})
        yield AwsCall("s3", "put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": merged}).because(changes)
    if not sent:
        host.noop(f"bucket {bucket} is already present")


@operation()
def existing_bucket(bucket: str, region: str | None = None, present: bool = True):
    """
    Look at a bucket that is somebody else's.

    + bucket: its name
    + region: where it has to be
    + present: ``False`` leaves it alone too

    **Idempotency:** nothing is ever sent; a bucket that is not there, or in another region, is refused.

    **Example:**

    .. code:: python

        s3.existing_bucket(bucket="company-logs", region="us-west-2", name="Bucket of task logs")
    """
    now = host.get_fact(ExistingBucket, bucket=bucket) if present else None
    place = now and now.get("BucketRegion")
    wrong = "there is none of this name" if not now else f"it is in {place}: wanted one in {region}" if region and place not in (None, region) else ""
    yield from existing("bucket", bucket, wrong, present)


def _always(bucket: str, kms_key: str | None):
    """What a new bucket has from its creation."""
    ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    yield "ObjectOwnership", AwsCall("s3", "put_bucket_ownership_controls", Bucket=bucket, OwnershipControls=ownership)
    yield _encryption(bucket, kms_key)


def _encryption(bucket: str, kms_key: str | None):
    rule = {"ApplyServerSideEncryptionByDefault": _algorithm(kms_key), **({"BucketKeyEnabled": True} if kms_key else {})}
    return "Encryption", AwsCall("s3", "put_bucket_encryption", Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def _algorithm(kms_key: str | None) -> dict:
    return {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms_key} if kms_key else {"SSEAlgorithm": "AES256"}


def _commands(bucket: str, policy: dict | None, rules: list, versioning: bool | None):
    yield "PublicAccessBlock", AwsCall("s3", "put_public_access_block", Bucket=bucket, PublicAccessBlockConfiguration=PRIVATE)
    yield "Lifecycle", AwsCall("s3", "put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    if policy is not None:
        yield "Policy", AwsCall("s3", "put_bucket_policy", Bucket=bucket, Policy=Json(policy))
    if versioning is not None:
        status = {"Status": "Enabled" if versioning else "Suspended"}
        yield "Versioning", AwsCall("s3", "put_bucket_versioning", Bucket=bucket, VersioningConfiguration=status)


def _rules(infrequent_access_days: int | None, expire_days: int | None) -> list[dict]:
    everything = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    rules = [
        {
            "ID": "leftovers",
            **everything,
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS},
        }
    ]
    if infrequent_access_days is not None:
        rules.append({"ID": "infrequent-access", **everything, "Transitions": [{"Days": infrequent_access_days, "StorageClass": "STANDARD_IA"}]})
    if expire_days is not None:
        rules.append({"ID": "expire", **everything, "Expiration": {"Days": expire_days}})
    return rules


def _configured(configuration: dict) -> dict:
    return {"CreateBucketConfiguration": configuration} if configuration else {}

"""S3: names, regions, and buckets that must be empty before they go."""

import ipaddress
import json
import re

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket, s3_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, follows, refuses

NAME = re.compile(r"(?!xn--)(?!.*(-s3alias|--ol-s3)$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@refuses("s3", "CreateBucket")
def check_bucket(call: Call) -> None:
    name = call.params["Bucket"]
    if not NAME.fullmatch(name) or is_address(name):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
    location = (call.params.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    if location is None and call.region != "us-east-1":
        message = "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
        raise AwsError("IllegalLocationConstraintException", message)
    if location == "us-east-1":
        raise AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid")
    if location and location != call.region:
        message = f"The {location} location constraint is incompatible for the region specific endpoint this request was sent to."
        raise AwsError("IllegalLocationConstraintException", message)
    for account, backends in s3_backends.items():
        if name in backends["aws"].buckets:
            refuse_taken(name, account == call.account, backends["aws"].buckets[name].region_name, call)


def refuse_taken(name: str, own: bool, region: str, call: Call) -> None:
    if own and region == call.region == "us-east-1":
        return
    if own:
        message = "Your previous request to create the named bucket succeeded and you already own it."
        raise AwsError("BucketAlreadyOwnedByYou", message, status=409)
    message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
    raise AwsError("BucketAlreadyExists", f"{message} Please select a different name and try again.", status=409)


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@refuses("s3", "DeleteBucket")
def keep_full_buckets(call: Call) -> None:
    """Old versions and delete markers count too."""
    bucket = s3_backends[call.account]["aws"].buckets.get(call.params["Bucket"])
    if bucket and any(bucket.keys.getlist(key) for key in bucket.keys):
        status = bucket.versioning_status
        message = "The bucket you tried to delete is not empty."
        raise AwsError("BucketNotEmpty", f"{message} You must delete all versions in the bucket." if status else message, status=409)


@follows("s3", "CreateBucket")
def finish_new_bucket(call: Call) -> None:
    """Every bucket is encrypted from the start, and carries the tags it was created with."""
    encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}}
    s3_backends[call.account]["aws"].put_bucket_encryption(call.params["Bucket"], encryption)
    tags = (call.params.get("CreateBucketConfiguration") or {}).get("Tags") or []
    if tags:
        s3_backends[call.account]["aws"].put_bucket_tagging(call.params["Bucket"], {tag["Key"]: tag["Value"] for tag in tags})


def permission(bucket: FakeBucket, action: str, resource: str):
    """What the bucket's policy says. The sandbox's loopback counts as TLS; the emulator takes an unmet condition for a refusal."""
    policy = json.loads(bucket.policy or b'{"Version": "2012-10-17", "Statement": []}')
    policy["Statement"] = [statement for statement in policy["Statement"] if not is_about_clear_text(statement)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def is_about_clear_text(statement: dict) -> bool:
    return (statement.get("Condition") or {}).get("Bool", {}).get("aws:SecureTransport") in ("false", False)


FakeBucket.get_permission = permission


@amends("resourcegroupstaggingapi", "GetResources")
def leave_out_buckets_elsewhere(call: Call, answer: dict) -> None:
    """The tagging API of a region tells the buckets of that region; the emulator's tells all."""
    buckets = s3_backends[call.account]["aws"].buckets
    elsewhere = {f"arn:aws:s3:::{name}" for name, bucket in buckets.items() if bucket.region_name != call.region}
    answer["ResourceTagMappingList"] = [tagged for tagged in answer["ResourceTagMappingList"] if tagged["ResourceARN"] not in elsewhere]

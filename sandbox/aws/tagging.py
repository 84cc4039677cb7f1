"""The tagging API: it tells of its own region's resources, buckets included."""

from moto.s3.models import s3_backends

from sandbox.aws.call import Call
from sandbox.aws.rules import amends

BUCKET = "arn:aws:s3:::"


@amends("resourcegroupstaggingapi", "GetResources")
def leave_out_buckets_of_other_regions(call: Call, answer: dict) -> None:
    buckets = s3_backends[call.account]["aws"].buckets
    regions = {f"{BUCKET}{name}": bucket.region_name for name, bucket in buckets.items()}
    answer["ResourceTagMappingList"] = [found for found in answer["ResourceTagMappingList"] if regions.get(found["ResourceARN"], call.region) == call.region]

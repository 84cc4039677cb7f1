"""Emptying a bucket: more calls than a plan can list."""

from __future__ import annotations

from pyinfra.connectors.util import CommandOutput

from connectors.aws.client import AwsFailure
from connectors.commands.command import AwsCall, Command

AT_ONCE = 1000
"""As many objects as S3 lists and deletes in one call."""


class EmptyBucket(Command):
    """
    Delete all objects of a bucket with every version and delete marker, and abort the uploads under way.

    + bucket: its name
    """

    def __init__(self, bucket: str):
        super().__init__()
        self.bucket = bucket

    def text(self):
        return f"aws s3 rm s3://{self.bucket} --recursive # with every version, delete marker and unfinished upload"

    def carry_out(self, connector):
        """Delete page by page, telling now and then how many are gone."""
        aws, deleted = connector.aws, 0
        for upload in (self._ask(aws, "list_multipart_uploads") or {}).get("Uploads", []):
            gone = ("NoSuchUpload", "NoSuchBucket")
            aws.write(AwsCall("s3", "abort_multipart_upload", missing=gone, Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]))
        before = None
        while page := self._page(aws):
            if page == before:
                raise AwsFailure(f"s3 bucket {self.bucket}: its objects are still there after they were deleted: run again")
            before = page
            aws.write(AwsCall("s3", "delete_objects", Bucket=self.bucket, Delete={"Objects": page, "Quiet": True}))
            deleted += len(page)
            aws.log(f"s3 bucket {self.bucket}: {deleted} object versions deleted")
        return True, CommandOutput([])

    def _page(self, aws) -> list[dict]:
        answer = self._ask(aws, "list_object_versions", MaxKeys=AT_ONCE) or {}
        versions = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]

    def _ask(self, aws, action: str, **params):
        return aws.call(AwsCall("s3", action, missing=("NoSuchBucket",), Bucket=self.bucket, **params))

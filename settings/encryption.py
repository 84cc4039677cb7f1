"""The KMS key of the account that encrypts what is kept."""

import re
from collections.abc import Iterator

from pydantic import field_validator

from .subject import Contradiction, Subject


class Encryption(Subject):
    """One key for secrets of Kubernetes, database, files, objects, logs and volumes, instead of a key of our own and AWS's."""

    kms_key_arn: str | None

    @field_validator("kms_key_arn")
    @classmethod
    def _kms_key_arn(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/(mrk-)?[0-9a-f-]{32,36}", value):
            raise ValueError("wanted the ARN of a KMS key, not of its alias, as arn:aws:kms:us-west-2:123456789012:key/0a1b2c3d-...")
        return value

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields a key of another region or partition, where nothing here could use it."""
        yield from super().contradictions()
        if self.kms_key_arn and self.kms_key_arn.split(":")[1:4] != [self.partition, "kms", self.region]:
            line = f"kms_key_arn is {self.kms_key_arn}: wanted a key in {self.region}, arn:{self.partition}:kms:{self.region}:..."
            yield Contradiction(("kms_key_arn", "region"), line)

"""
An SSM parameter that several runs write to without overwriting each other, which SSM itself cannot promise.

Each write names the write it follows, and SSM numbers them: of two that follow the same one the first alone counts, and whoever wrote
the second sees that by its number. Where a write counts, nobody wrote since its writer looked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from uuid import uuid4

from connectors.aws.sending import Delivery
from connectors.commands.command import AwsCall


@dataclass(frozen=True)
class Written:
    """
    One write.

    + content: what was written, with its own ``id`` and that of the write it ``follows``
    + version: its number
    + age: seconds since then, by SSM's clock
    """

    content: dict
    version: int
    age: float


class Parameter:
    """
    One such parameter; every call raises `AwsFailure` when AWS does not answer.

    + aws: the AWS half of the connector
    + name: its name
    + tags: what it is tagged with
    """

    def __init__(self, aws, name: str, tags: dict):
        self.aws, self.name, self.tags = aws, name, tags

    def look(self) -> tuple[Written | None, Written | None]:
        """The newest write, and the newest that counts; ``None`` where there is no parameter."""
        newest = counting = self._read(self.name)
        while counting and counting.version > 1:
            before = self._read(f"{self.name}:{counting.version - 1}")
            if before is None or counting.content.get("follows") == before.content.get("id"):
                break
            counting = before
        return newest, counting

    def write(self, newest: Written | None, content: dict) -> bool:
        """
        Write to it: whether it counts for sure. Where it does not, look again: an answer may have been lost.

        + newest: the newest write, as `look` found it
        + content: what is written
        """
        value = json.dumps({**content, "id": uuid4().hex, "follows": newest and newest.content.get("id")})
        how = {"Overwrite": True} if newest else {"Tags": [{"Key": key, "Value": text} for key, text in self.tags.items()]}
        answer = self._answer("put_parameter", ("ParameterAlreadyExists",), Name=self.name, Type="String", Value=value, **how)
        return bool(answer) and answer["Version"] == (newest.version if newest else 0) + 1

    def remove(self) -> None:
        """Remove it, whoever wrote to it last."""
        self._answer("delete_parameter", ("ParameterNotFound",), Name=self.name)

    def _read(self, name: str) -> Written | None:
        answer = self._answer("get_parameter", ("ParameterNotFound", "ParameterVersionNotFound"), Name=name)
        if not answer:
            return None
        found, now = answer["Parameter"], parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        try:
            content = dict(json.loads(found["Value"]))
        except (TypeError, ValueError):
            content = {}
        return Written(content, found["Version"], (now - found["LastModifiedDate"]).total_seconds())

    def _answer(self, action: str, missing: tuple, **params) -> dict | None:
        return Delivery(self.aws, AwsCall("ssm", action, missing=missing), params).answer()

"""Failures inside an answer that is a success: what AWS could not do of a call that concerns many things."""

from __future__ import annotations

import jmespath
from botocore.exceptions import ClientError

PARTIAL = {
    ("ec2", "delete_vpc_endpoints"): "Unsuccessful[].{thing: ResourceId, code: Error.Code, message: Error.Message}",
    ("events", "put_targets"): "FailedEntries[].{thing: TargetId, code: ErrorCode, message: ErrorMessage}",
    ("events", "remove_targets"): "FailedEntries[].{thing: TargetId, code: ErrorCode, message: ErrorMessage}",
    ("s3", "delete_objects"): "Errors[].{thing: Key, code: Code, message: Message}",
}
"""Calls that answer so, and JMESPath of what failed. Source: the output shapes of botocore's service models."""

WARNED = {
    ("ec2", "create_launch_template"): "Warning.Errors[].{code: Code, message: Message}",
    ("ec2", "create_launch_template_version"): "Warning.Errors[].{code: Code, message: Message}",
}
"""Calls whose answer says what will not work of what was made, and JMESPath of it."""

AWS_FAILED = ("Internal", "ServiceUnavailable", "ServiceException")
"""How error codes begin that would have been a 500 by themselves."""


def raise_failures(service: str, action: str, answer: dict, missing: tuple) -> None:
    """
    Raise what an answer says has failed, as AWS would have answered it for one thing alone.

    + service, action: the call
    + answer: AWS's, a success
    + missing: error codes that mean "there is no such thing", as the call has them
    """
    path = PARTIAL.get((service, action))
    for failure in (jmespath.search(path, answer) or ()) if path else ():
        code = failure["code"] or "Unsuccessful"
        if code in missing:
            continue
        error = {"Code": code, "Message": f"{failure['thing']}: {failure['message'] or 'AWS does not say why'}"}
        raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 500 if code.startswith(AWS_FAILED) else 400}}, action)


def warnings(service: str, action: str, answer: dict) -> list[str]:
    """What an answer says will not work of what was made, a line each."""
    path = WARNED.get((service, action))
    return [f"{found['code']}: {found['message']}" for found in jmespath.search(path, answer) or ()] if path else []

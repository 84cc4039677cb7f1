"""How errors of AWS are told apart."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError, ProxyConnectionError
from botocore.parsers import ResponseParserError

SENDING = (ClientError, BotoCoreError, ResponseParserError)
"""What botocore raises while a call is sent."""

THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "EC2ThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "PriorRequestNotComplete",
    "OperationAborted",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "EntityTemporarilyUnmodifiable",
}

TIMED_OUT = {"RequestTimeout", "RequestTimeoutException"}

NOT_YET = (
    ("InvalidParameterException", "role"),
    ("InvalidParameterException", "invalid principal"),
    ("InvalidParameterValueException", "role"),
    ("InvalidRequestException", "role"),
    ("ResourceInUseException", "update in progress"),
    ("InvalidVpcID.NotFound", ""),
    ("InvalidSubnetID.NotFound", ""),
    ("InvalidInternetGatewayID.NotFound", ""),
    ("InvalidRouteTableID.NotFound", ""),
    ("InvalidGroup.NotFound", ""),
    ("InvalidAllocationID.NotFound", ""),
    ("NatGatewayNotFound", ""),
    ("InvalidNatGatewayID.NotFound", ""),
    ("InvalidLaunchTemplateId.NotFound", ""),
    ("MalformedPolicyDocument", "principal"),
    ("NoSuchBucket", ""),
    ("InvalidDBInstanceState", "available state"),
    ("IncorrectFileSystemLifeCycleState", ""),
    ("InvalidRequestException", "scheduled for deletion"),
    ("AWS.SimpleQueueService.QueueDeletedRecently", ""),
    ("QueueDeletedRecently", ""),
)
"""Error codes, with a word of the message, of AWS not yet knowing what it made a moment ago (IAM's and EC2's eventual consistency)."""

STILL_USED = ("DependencyViolation", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse", "VolumeInUse")
"""Error codes of a removal that something is in the way of; often it is on its way out itself."""

ALREADY = ("AlreadyExists", "AlreadyOwnedByYou", "Duplicate", "ResourceInUse", "Conflict", "AlreadyAssociated")
GONE = ("NotFound", "NoSuch", "NotAttached", "NoSuchEntity")


class AwsFailure(Exception):
    """
    A call failed for good. Its text is one line for a person.

    + code: AWS's error code
    """

    def __init__(self, text: str, code: str = ""):
        super().__init__(text)
        self.code = code


def code(error: Exception) -> str:
    """AWS's error code, or the name of what went wrong on the way there."""
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else type(error).__name__


def message(error: Exception) -> str:
    """AWS's own words, on one line."""
    text = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else str(error)
    return " ".join(text.split())


def throttled(error: Exception) -> bool:
    """Whether AWS turned the call away unseen: too many of them, or another was just changing the thing."""
    return code(error) in THROTTLED or (isinstance(error, ClientError) and _status(error) == 429)


def unreached(error: Exception) -> bool:
    """Whether the call never got to AWS."""
    return isinstance(error, (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError))


def ambiguous(error: Exception) -> bool:
    """Whether the call may or may not have taken effect."""
    if isinstance(error, ClientError):
        return (_status(error) >= 500 or code(error) in TIMED_OUT) and not throttled(error)
    return isinstance(error, (HTTPClientError, ResponseParserError))


def not_yet(error: Exception) -> bool:
    """Whether AWS does not know yet what it made a moment ago."""
    return any(code(error) == known and word in message(error).lower() for known, word in NOT_YET)


def still_used(error: Exception) -> bool:
    """Whether AWS did not remove a thing because another uses it."""
    return code(error) in STILL_USED


def absent(code: str) -> bool:
    """Whether an error code says that there is no such thing."""
    return any(part in code for part in GONE)


def there(code: str) -> bool:
    """Whether an error code says that what is made is there already."""
    return any(part in code for part in ALREADY)


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)

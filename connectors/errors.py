"""How errors of AWS are told apart, and what a person is told to do about them."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "TooManyRequestsException",
    "SlowDown",
    "PriorRequestNotComplete",
    "OperationAborted",
}

NOT_YET = (
    ("InvalidParameterException", "role"),
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
)
"""Error codes, with a word of the message, of AWS not yet knowing what it made a moment ago (IAM's and EC2's eventual consistency)."""

STILL_USED = ("DependencyViolation", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse")
"""Error codes of a removal that something is in the way of; often it is on its way out itself."""

ALREADY = ("AlreadyExists", "AlreadyOwnedByYou", "Duplicate", "ResourceInUse", "Conflict", "AlreadyAssociated")
GONE = ("NotFound", "NoSuch", "NotAttached", "NoSuchEntity")

CURES = {
    "ExpiredToken": "sign in again",
    "ExpiredTokenException": "sign in again",
    "RequestExpired": "sign in again",
    "InvalidClientTokenId": "use credentials AWS knows",
    "UnrecognizedClientException": "use credentials AWS knows",
    "AccessDenied": "allow the action in the caller's IAM policy",
    "AccessDeniedException": "allow the action in the caller's IAM policy",
    "UnauthorizedOperation": "allow the action in the caller's IAM policy",
    "VpcLimitExceeded": "remove a VPC or ask for a higher quota",
    "AddressLimitExceeded": "release an elastic IP or ask for a higher quota",
    "ResourceLimitExceededException": "remove something or ask for a higher quota",
    "UnsupportedAvailabilityZoneException": "list other zones in the setting `zones`",
    "InsufficientDBInstanceCapacity": "choose another db_instance_class, or try again later",
    "InvalidDBParameterGroupState": "a database still uses it: let the upgrade finish, then run again",
    "InvalidDBParameterGroupStateFault": "a database still uses it: let the upgrade finish, then run again",
    "BucketAlreadyExists": "another account has a bucket of this name: choose another name for the deployment",
    "DependencyViolation": "something still uses it: run the cleanup again, it names what is left",
}


def code(error: Exception) -> str:
    """AWS's error code, or the name of what went wrong on the way there."""
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else type(error).__name__


def message(error: Exception) -> str:
    """AWS's own words, on one line."""
    text = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else str(error)
    return " ".join(text.split())


def throttled(error: Exception) -> bool:
    """Whether AWS turned the call away unseen because there were too many."""
    return code(error) in THROTTLED or (isinstance(error, ClientError) and _status(error) == 429)


def ambiguous(error: Exception) -> bool:
    """Whether the call may or may not have taken effect."""
    if isinstance(error, ClientError):
        return _status(error) >= 500
    return isinstance(error, (ConnectionError, HTTPClientError))


def not_yet(error: Exception) -> bool:
    """Whether AWS does not know yet what it made a moment ago."""
    return any(code(error) == known and word in message(error).lower() for known, word in NOT_YET)


def still_used(error: Exception) -> bool:
    """Whether AWS did not remove a thing because another uses it."""
    return code(error) in STILL_USED


def line(thing: str, error: Exception) -> str:
    """One line for a person: the call, what AWS said, what to do."""
    cure = CURES.get(code(error)) or CURES.get(code(error).partition(".")[0])
    return f"{thing}: {code(error)}: {message(error)}" + (f" ({cure})" if cure else "")


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)

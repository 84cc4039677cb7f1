"""What a person is told when a call failed: what was called, what AWS said, what to do."""

from __future__ import annotations

from connectors.aws import errors

SIGN_IN = "sign in again, then run the same command again"
UNKNOWN = "use credentials AWS knows"
NO_CREDENTIALS = "set AWS_PROFILE or sign in"
ALLOW = "allow the action in the caller's IAM policy"
CLOCK = "set this machine's clock"
REACH = "check the region, the network or proxy, and AWS_ENDPOINT_URL if it is set"
PARAMETER_GROUP = "a database still uses it: let the upgrade finish, then run again"

CURES = {
    "ExpiredToken": SIGN_IN,
    "ExpiredTokenException": SIGN_IN,
    "RequestExpired": f"{SIGN_IN}; or {CLOCK}",
    "UnauthorizedSSOTokenError": SIGN_IN,
    "SSOTokenLoadError": SIGN_IN,
    "TokenRetrievalError": SIGN_IN,
    "LoginRefreshRequired": SIGN_IN,
    "LoginTokenLoadError": SIGN_IN,
    "CredentialRetrievalError": SIGN_IN,
    "NoCredentialsError": NO_CREDENTIALS,
    "PartialCredentialsError": NO_CREDENTIALS,
    "ProfileNotFound": "set AWS_PROFILE to one of `aws configure list-profiles`",
    "ConfigParseError": "mend the file",
    "InvalidClientTokenId": UNKNOWN,
    "UnrecognizedClientException": UNKNOWN,
    "AuthFailure": UNKNOWN,
    "SignatureDoesNotMatch": f"{UNKNOWN}; or {CLOCK}",
    "RequestTimeTooSkewed": CLOCK,
    "AccessDenied": ALLOW,
    "AccessDeniedException": ALLOW,
    "UnauthorizedOperation": ALLOW,
    "EndpointConnectionError": REACH,
    "ConnectTimeoutError": REACH,
    "ReadTimeoutError": REACH,
    "ConnectionClosedError": REACH,
    "HTTPClientError": REACH,
    "ProxyConnectionError": "check HTTPS_PROXY and NO_PROXY",
    "SSLError": "set AWS_CA_BUNDLE where a proxy has certificates of its own",
    "ResponseParserError": "something else than AWS answered: check the proxy, and AWS_ENDPOINT_URL if it is set",
    "InvalidEndpoint": "correct AWS_ENDPOINT_URL: https://<host>",
    "VpcLimitExceeded": "remove a VPC or ask for a higher quota",
    "AddressLimitExceeded": "release an elastic IP or ask for a higher quota",
    "ResourceLimitExceededException": "remove something or ask for a higher quota",
    "UnsupportedAvailabilityZoneException": "list other zones in the setting `zones`",
    "InsufficientDBInstanceCapacity": "choose another db_instance_class, or try again later",
    "InvalidDBParameterGroupState": PARAMETER_GROUP,
    "InvalidDBParameterGroupStateFault": PARAMETER_GROUP,
    "BucketAlreadyExists": "another account has a bucket of this name: choose another name for the deployment",
    "DependencyViolation": "something still uses it: cleanup names it at its end",
}


def line(thing: str, error: Exception, cure: str = "") -> str:
    """
    One line for a person: the call, what AWS said, what to do.

    + thing: the call
    + cure: what to do, when it is more than the error tells
    """
    code = errors.code(error)
    cure = cure or CURES.get(code) or CURES.get(code.partition(".")[0], "")
    return f"{thing}: {code}: {errors.message(error)}" + (f" ({cure})" if cure else "")

"""What AWS answers when it refuses."""

from moto.core.exceptions import ServiceException

STATUS = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "InvalidClientTokenId": 403,
    "UnrecognizedClientException": 403,
    "InvalidAccessKeyId": 403,
    "AuthFailure": 401,
    "MissingAuthenticationToken": 403,
    "SignatureDoesNotMatch": 403,
    "ThrottlingException": 429,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "BucketNotEmpty": 409,
    "BucketAlreadyOwnedByYou": 409,
    "BucketAlreadyExists": 409,
    "DeleteConflict": 409,
    "NoSuchEntity": 404,
    "EntityAlreadyExists": 409,
    "LimitExceeded": 409,
    "ResourceInUseException": 409,
    "ResourceNotFoundException": 404,
}


class AwsError(ServiceException):
    """
    A refusal in AWS's own words.

    + code: AWS's error code
    + message: AWS's message
    + status: HTTP status, where the service's model does not tell
    + details: further members of the error, as `clusterName`
    """

    def __init__(self, code: str, message: str, status: int | None = None, **details):
        super().__init__(code, message)
        self.status = status
        for name, value in details.items():
            setattr(self, name, value)

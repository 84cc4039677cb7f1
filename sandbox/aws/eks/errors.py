"""EKS's refusals."""

from sandbox.aws.errors import AwsError


def not_found(message: str, **details) -> AwsError:
    return AwsError("ResourceNotFoundException", message, status=404, **details)


def in_use(message: str, **details) -> AwsError:
    return AwsError("ResourceInUseException", message, status=409, **details)


def invalid_parameter(message: str, **details) -> AwsError:
    return AwsError("InvalidParameterException", message, status=400, **details)


def invalid_request(message: str, **details) -> AwsError:
    return AwsError("InvalidRequestException", message, status=400, **details)


def unsupported_zone(message: str, **details) -> AwsError:
    return AwsError("UnsupportedAvailabilityZoneException", message, status=400, **details)

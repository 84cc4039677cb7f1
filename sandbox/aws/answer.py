"""Turning answers and refusals into what goes over the wire, in the service's own protocol."""

import json
from typing import Any

from botocore.parsers import create_parser
from moto.core.model import OperationModel
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from sandbox.aws.call import Call
from sandbox.aws.errors import STATUS

Wire = tuple[int, dict[str, str], bytes]


def write_answer(call: Call, answer: dict[str, Any] | None) -> Wire:
    serializer = get_serializer_class(call.service, call.protocol)(operation_model=call.operation)
    return wire(serializer.serialize(answer))


def write_error(call: Call, error: Exception) -> Wire:
    operation = call.operation if call.action else OperationModel({}, get_service_model(call.service))
    serializer = get_serializer_class(call.service, call.protocol)(operation_model=operation)
    serialized = serializer.serialize(error)
    status = getattr(error, "status", None) or STATUS.get(error.code)
    if status:
        serialized["status_code"] = status
    return wire(serialized)


def wire(serialized) -> Wire:
    body = serialized["body"]
    return serialized["status_code"], dict(serialized["headers"]), body if isinstance(body, bytes) else body.encode()


def read_answer(call: Call, sent: Wire) -> dict[str, Any]:
    """What boto3 would make of an answer."""
    status, headers, body = sent
    parser = create_parser(call.protocol)
    response = {"status_code": status, "headers": {k.lower(): v for k, v in headers.items()}, "body": body, "context": {}}
    answer = parser.parse(response, call.operation.output_shape)
    answer.pop("ResponseMetadata", None)
    return answer


def error_code(call: Call, sent: Wire) -> str | None:
    if sent[0] < 400:
        return None
    try:
        response = {"status_code": sent[0], "headers": {k.lower(): v for k, v in sent[1].items()}, "body": sent[2], "context": {}}
        return create_parser(call.protocol).parse(response, None)["Error"]["Code"]
    except Exception:
        return str(sent[0])


def plain(status: int, document: Any) -> Wire:
    return status, {"Content-Type": "application/json"}, json.dumps(document, default=str, indent=1).encode() + b"\n"

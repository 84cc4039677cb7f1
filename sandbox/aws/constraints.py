"""Lengths, patterns and enumerations of the service's model: AWS checks them before anything else."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import Shape
from moto.core.utils import get_service_model

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError

CODES = {
    "iam": "ValidationError",
    "sts": "ValidationError",
    "rds": "InvalidParameterValue",
    "ec2": "InvalidParameterValue",
    "elb": "ValidationError",
    "elbv2": "ValidationError",
    "autoscaling": "ValidationError",
    "eks": "InvalidParameterException",
    "efs": "ValidationException",
    "secretsmanager": "ValidationException",
    "logs": "InvalidParameterException",
    "sqs": "InvalidParameterValue",
    "route53": "InvalidInput",
    "resourcegroupstaggingapi": "InvalidParameterException",
    "budgets": "InvalidParameterException",
    "pricing": "InvalidParameterException",
}
UNCHECKED = {"s3", "cloudwatch"}
UNICODE = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"}
"""The models' classes of letters as Python has them, within brackets: tags are spelt with them."""

LENIENT = {("sqs", "ReceiveMessage")}
"""AWS takes more attributes of a message than its model names."""


def check_constraints(call: Call) -> None:
    """Refuses what the service's model does not allow."""
    if call.service in UNCHECKED or (call.service, call.action) in LENIENT or call.operation.input_shape is None:
        return
    found = list(violations(call.params, call.operation.input_shape, call.service, ""))
    if found:
        errors = "; ".join(found)
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise AwsError(CODES.get(call.service, "ValidationException"), f"{count}: {errors}", status=400)


def violations(value: Any, shape: Shape, service: str, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"Value null at '{lower(path, name)}' failed to satisfy constraint: Member must not be null"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from violations(value[name], member, service, lower(path, name))
    elif shape.type_name == "list" and isinstance(value, list):
        yield from sizes(len(value), value, service, shape.name, path, "length")
        for index, item in enumerate(value, 1):
            yield from violations(item, shape.member, service, f"{path}.{index}.member")
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from sizes(len(value), value, service, shape.name, path, "length")
        for key, item in value.items():
            yield from violations(key, shape.key, service, path)
            yield from violations(item, shape.value, service, path)
    elif shape.type_name == "string" and isinstance(value, str):
        yield from strings(value, shape, service, path)
    elif shape.type_name in ("integer", "long") and isinstance(value, int):
        yield from sizes(value, value, service, shape.name, path, "value")


def strings(value: str, shape: Shape, service: str, path: str) -> Iterator[str]:
    text = "***" if shape.metadata.get("sensitive") else value
    if shape.enum and value not in shape.enum:
        yield f"Value '{text}' at '{path}' failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        return
    yield from sizes(len(value), text, service, shape.name, path, "length")
    pattern = compiled(service, shape.name)
    if pattern and not pattern.fullmatch(value):
        yield (f"Value '{text}' at '{path}' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern.pattern}")


def sizes(size: int, value: Any, service: str, shape_name: str, path: str, what: str) -> Iterator[str]:
    traits = declared(service, shape_name)
    least, most = traits.get("min"), traits.get("max")
    if least is not None and size < least:
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must have {what} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must have {what} less than or equal to {most}"


@cache
def declared(service: str, shape_name: str) -> dict:
    return get_service_model(service)._service_description["shapes"].get(shape_name, {})


@cache
def compiled(service: str, shape_name: str) -> re.Pattern | None:
    pattern = declared(service, shape_name).get("pattern")
    for java, python in UNICODE.items():
        pattern = pattern and pattern.replace(java, python)
    try:
        return re.compile(pattern, re.DOTALL) if pattern else None
    except re.error:
        return None


def lower(path: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member

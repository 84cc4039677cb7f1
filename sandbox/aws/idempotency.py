"""Client tokens: a request sent again with the same token makes nothing, and has the same answer."""

import json

from sandbox.aws.answer import Wire
from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError

TOKENS = {"ec2": "ClientToken", "amp": "clientToken", "efs": "ClientToken", "acm": "IdempotencyToken"}
answered: dict[tuple, tuple[str, Wire]] = {}


def key_of(call: Call) -> tuple | None:
    token = call.params.get(TOKENS.get(call.service, ""))
    return (call.account, call.region, call.service, call.action, token) if token else None


def replayed(call: Call) -> Wire | None:
    """What was answered to this token."""
    key = key_of(call)
    if key is None or key not in answered:
        return None
    params, sent = answered[key]
    if params != fingerprint(call):
        message = f"The client token you have provided is associated with a different request: {key[-1]}"
        raise AwsError("IdempotentParameterMismatch", message)
    return sent


def remember(call: Call, sent: Wire) -> None:
    key = key_of(call)
    if key and sent[0] < 300:
        answered[key] = fingerprint(call), sent


def fingerprint(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=str)

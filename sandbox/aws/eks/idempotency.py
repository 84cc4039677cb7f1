"""clientRequestToken: the same request twice makes one thing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from sandbox.aws.call import Call
from sandbox.aws.eks.backend import Description, backend_of
from sandbox.aws.eks.errors import invalid_request


def idempotent(alive: Callable[[Call, Description], bool]):
    """
    A create whose token is remembered while what it made lives.

    + alive: whether what was made still exists
    """

    def decorate(create: Callable[[Call], dict[str, Any]]):
        @wraps(create)
        def once(call: Call) -> dict[str, Any]:
            token = call.params.get("clientRequestToken")
            known = backend_of(call).tokens.get((call.action, token)) if token else None
            if known and alive(call, known[1]):
                if known[0] != call.params:
                    raise invalid_request("The clientRequestToken was already used with different parameters.")
                return known[1]
            answer = create(call)
            if token:
                backend_of(call).tokens[call.action, token] = call.params, answer
            return answer

        return once

    return decorate
